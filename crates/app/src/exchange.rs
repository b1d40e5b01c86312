//! Imports, backups.

pub mod founding;
pub mod import;
pub mod verification;
