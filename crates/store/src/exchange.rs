//! Imports, backups.

pub mod backup;
pub mod import;
