//! Accounts and desks.

pub mod account;
pub mod address;
mod beginning;
pub mod desk;
pub mod factor;
pub mod invitation;
pub mod letter;
pub mod message;
pub mod post;
pub mod provider;
pub mod reset;
pub mod risk;
pub mod search;
pub mod session;
pub mod settings;
pub mod sign_in;
pub mod token;
