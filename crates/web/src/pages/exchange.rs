//! Imports, backups.

pub mod import;
