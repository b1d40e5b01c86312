//! Accounts and desks.

pub mod account;
pub mod device;
pub mod factor;
pub mod notice;
pub mod request;
pub mod token;
