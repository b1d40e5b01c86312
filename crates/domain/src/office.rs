//! Accounts and desks.

pub mod account;
pub mod device;
pub mod factor;
pub mod invitation;
pub mod letter;
pub mod notice;
pub mod passkey;
pub mod post;
pub mod provider;
pub mod request;
pub mod risk;
pub mod search;
pub mod token;
