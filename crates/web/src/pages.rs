//! The pages, one file a noun.

pub mod accounts;
pub mod api;
pub mod audit;
pub mod desk;
pub mod health;
pub mod public;
pub mod settings;
pub mod sign_in;
pub mod standard;
