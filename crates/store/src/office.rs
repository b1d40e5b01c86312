//! Accounts, sessions and the start page.

pub mod account;
pub mod beginning;
pub mod browser;
pub mod desk;
pub mod factor;
pub mod invitation;
pub mod letter;
pub mod network;
pub mod notice;
pub mod passkey;
pub mod provider;
pub mod request;
pub mod risk;
pub mod search;
pub mod session;
pub mod token;
