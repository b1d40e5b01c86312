//! Accounts and desks.

pub mod account;
pub mod address;
mod beginning;
pub mod desk;
pub mod factor;
pub mod session;
pub mod settings;
pub mod sign_in;
pub mod token;
