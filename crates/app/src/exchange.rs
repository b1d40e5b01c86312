//! Imports, exports and verification.

pub mod founding;
pub mod import;
pub mod verification;
