//! Accounts, sessions and the start page.

pub mod account;
pub mod beginning;
pub mod browser;
pub mod desk;
pub mod letter;
pub mod notice;
pub mod request;
pub mod risk;
pub mod session;
