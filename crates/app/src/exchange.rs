//! Imports, exports and verification.

pub mod backup;
pub mod founding;
pub mod import;
pub mod package;
pub mod verification;
