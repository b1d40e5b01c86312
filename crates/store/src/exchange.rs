//! Imports and backups.

pub mod backup;
pub mod import;
