//! One function per act, one per reading. An act opens one writing transaction, checks permission in it, asks the domain,
//! keeps the record and the audit line, and commits. It knows no HTTP and no SQL. Start at `app` (what every function is
//! given) and `error` (what it may answer); every other file is one noun.

#![deny(clippy::unwrap_used)]

pub mod account_notices;
pub mod account_requests;
pub mod accounts;
pub mod activities;
pub mod app;
pub mod applications;
pub mod assessments;
pub mod audits;
pub mod ballots;
pub mod clock;
pub mod counts;
pub mod demo;
pub mod desks;
pub mod divisions;
pub mod elections;
pub mod entropy;
pub mod error;
pub mod evidence;
pub mod founding;
pub mod hashing;
pub mod heads;
pub mod homes;
pub mod honours;
pub mod imports;
pub mod improvements;
pub mod instance;
pub mod locks;
pub mod namings;
pub mod passwords;
pub mod people;
pub mod polls;
pub mod progress;
pub mod readiness;
pub mod recommendations;
pub mod reviews;
pub mod rounds;
pub(crate) mod scopes;
pub mod seals;
pub mod sessions;
pub mod sheets;
mod sign_in_tries;
pub mod slips;
pub mod sort_key;
pub mod standards;
pub mod standings;
pub mod testing;
mod turns;
pub mod units;
pub mod verification;
pub mod vetoes;
