//! SQL for SQLite and PostgreSQL, the same text for both: one file a noun, each function named after what it finds or keeps.
//! It decides nothing. Start at `db` (reading, writing, the dialect's rules) and `migrations/` (the tables).

#![deny(clippy::unwrap_used)]

pub mod account;
pub mod account_notice;
pub mod account_request;
pub mod activity;
pub mod application;
pub mod audit;
pub mod backup;
pub mod ballot;
pub mod bulk;
mod condition;
pub mod conflict;
pub mod counter;
pub mod cover;
pub mod db;
pub mod desk;
pub mod division;
pub mod election;
pub mod evidence;
pub mod files;
pub mod finding;
pub mod honour;
pub mod import;
pub mod improvement;
pub mod instance;
pub mod judgement;
pub mod known_browser;
pub mod outage;
pub mod paper;
pub mod person;
pub mod poll;
pub mod progress;
pub mod quota;
pub mod rating;
pub mod recommendation;
pub mod review;
pub mod round;
pub mod schema;
pub mod scope;
pub mod session;
pub mod sign_in_failure;
pub mod slip;
pub mod standard;
pub mod standing;
pub mod statement;
pub mod subject;
pub mod testing;
pub mod unit;
pub mod veto;
