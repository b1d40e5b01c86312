//! Imports, archives.

pub mod archive;
pub mod import;
