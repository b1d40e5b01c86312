//! Addresses of accounts and of the inbox.

use jianjia_domain::{
    core::ids::{AccountId, LetterId, MessageId, UnitId},
    office::risk::Risk,
};

/// An account as an administrator sees it.
pub fn account(account: &AccountId) -> String {
    format!("/accounts/{account}")
}

/// The access tokens of the accounts that an administrator looks after.
pub const TOKENS_BELOW: &str = "/accounts/tokens/below";

/// The way to the city's identity provider.
pub const PROVIDER: &str = "/sign-in/provider";

/// Where somebody asks for another password.
pub const FORGOTTEN: &str = "/sign-in/forgotten";

/// The inbox of whoever is signed in.
pub const MESSAGES: &str = "/messages";

/// One of its messages: leads on to what it is about.
pub fn message(message: &MessageId) -> String {
    format!("/messages/{message}")
}

/// What somebody wants to be told by mail and text message.
pub const OWN_POST: &str = "/accounts/post";

/// What waits, failed and was sent.
pub const POST: &str = "/post";

/// Where the public writes.
pub const CONTACT: &str = "/contact";

/// Where a letter is followed.
pub fn followed(number: i64) -> String {
    format!("{CONTACT}/{number}")
}

/// The letters of the public.
pub const LETTERS: &str = "/letters";

pub fn letter(letter: &LetterId) -> String {
    format!("{LETTERS}/{letter}")
}

/// The units below a federation that may miss the round.
pub fn risk(federation: &UnitId, risk: Risk) -> String {
    format!("/units/{federation}/risk?risk={risk}")
}
