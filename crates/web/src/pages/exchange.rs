//! Imports, exports, archives.

pub mod address;
pub mod api;
pub mod archive;
pub mod export;
pub mod import;
pub mod verification;
