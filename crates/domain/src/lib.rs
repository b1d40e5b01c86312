//! What the programme decides, as pure functions: the register, facts, the process of a round and the permission policy.
//! It knows no SQL, HTTP, clock or randomness: days, instants and ids are handed in. Start reading at `policy` (who may do
//! what) and `refusal` (how a "no" is told); every other file is one noun of the glossary in `docs/concepts.md`.

#![deny(clippy::unwrap_used)]

pub mod account;
pub mod account_notice;
pub mod account_request;
pub mod activity;
pub mod application;
pub mod assessment;
pub mod audit;
pub mod credit_code;
pub mod day;
pub mod election;
pub mod evidence;
pub mod honour;
pub mod ids;
pub mod import;
pub mod improvement;
pub mod naming;
pub mod person;
pub mod policy;
pub mod poll;
pub mod rating;
pub mod recommendation;
pub mod refusal;
pub mod review;
pub mod round;
pub mod route;
pub mod sheet;
pub mod statement;
pub mod target;
pub mod unit;
pub mod veto;
pub mod width;
