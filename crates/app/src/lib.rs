//! One function per act, one per reading. An act opens one writing transaction, checks permission in it, asks the domain,
//! keeps the record and the audit line, and commits. It knows no HTTP and no SQL. Start at `app` (what every function is
//! given) and `error` (what it may answer); every other file is one noun.

#![deny(clippy::unwrap_used)]

pub mod core;
pub mod exchange;
pub mod honour;
pub mod office;
pub mod rating;
pub mod register;
pub mod round;
pub mod year;

/// What follows from the register and is kept beside it: where units stand.
pub const FOLLOWERS: &[core::app::Follow] = &[year::standing::follow];
