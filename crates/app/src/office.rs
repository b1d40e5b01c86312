//! Accounts, signing in and the start page.

pub mod account;
pub mod asker;
pub mod beginning;
pub mod contact;
pub mod desk;
pub mod factor;
pub mod hashing;
pub mod invitation;
pub mod letter;
pub mod message;
pub mod notice;
pub mod paper;
pub mod passkey;
pub mod password;
pub mod post;
pub mod provider;
pub mod reminder;
pub mod request;
pub mod reset;
pub mod risk;
pub mod search;
pub mod session;
pub(crate) mod sign_in;
pub mod sweep;
pub mod token;
pub(crate) mod unusual;
