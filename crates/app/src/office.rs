//! Accounts, signing in and the start page.

pub mod account;
pub mod beginning;
pub mod contact;
pub mod desk;
pub mod hashing;
pub mod letter;
pub mod message;
pub mod notice;
pub mod password;
pub mod post;
pub mod reminder;
pub mod request;
pub mod risk;
pub mod session;
pub(crate) mod sign_in;
pub mod sweep;
