//! Accounts and desks.

pub mod account;
pub mod notice;
pub mod request;
pub mod risk;
