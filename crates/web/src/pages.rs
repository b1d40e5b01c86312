//! The pages, one file a noun.

pub mod accounts;
pub mod desk;
pub mod settings;
pub mod sign_in;
