//! Accounts and desks.

pub mod account;
pub mod letter;
pub mod notice;
pub mod post;
pub mod request;
pub mod risk;
