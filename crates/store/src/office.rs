//! Accounts, sessions and the start page.

pub mod account;
pub mod beginning;
pub mod browser;
pub mod desk;
pub mod invitation;
pub mod notice;
pub mod request;
pub mod session;
