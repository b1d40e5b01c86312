//! Accounts and desks.

pub mod account;
pub mod invitation;
pub mod notice;
pub mod request;
