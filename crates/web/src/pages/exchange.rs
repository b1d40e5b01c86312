//! Imports, backups.

pub mod address;
pub mod api;
pub mod import;
