//! Imports, exports, archives and verification.

pub mod archive;
pub mod backup;
pub mod founding;
pub mod import;
pub mod package;
pub mod paper;
pub mod verification;
