//! Imports, backups.

pub mod address;
pub mod api;
pub mod export;
pub mod import;
pub mod verification;
