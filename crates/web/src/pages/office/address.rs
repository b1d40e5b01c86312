//! Addresses of accounts and of the inbox.

use jianjia_domain::{
    core::ids::{AccountId, MessageId, UnitId},
    office::risk::Risk,
};

/// An account as an administrator sees it.
pub fn account(account: &AccountId) -> String {
    format!("/accounts/{account}")
}

/// The inbox of whoever is signed in.
pub const MESSAGES: &str = "/messages";

/// One of its messages: leads on to what it is about.
pub fn message(message: &MessageId) -> String {
    format!("/messages/{message}")
}

/// The units below a federation that may miss the round.
pub fn risk(federation: &UnitId, risk: Risk) -> String {
    format!("/units/{federation}/risk?risk={risk}")
}
