//! Imports, backups and archives.

pub mod archive;
pub mod backup;
pub mod import;
