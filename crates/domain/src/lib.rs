//! What the programme decides, as pure functions: the register, facts, the process of a round and the permission policy.
//! It knows no SQL, HTTP, clock or randomness: days, instants and ids are handed in. Start reading at `policy` (who may do
//! what) and `refusal` (how a "no" is told); every other file is one noun of the glossary in `docs/concepts.md`.

#![deny(clippy::unwrap_used)]

pub mod amending;
pub mod check;
pub mod core;
pub mod exchange;
pub mod honour;
pub mod insight;
pub mod money;
pub mod office;
pub mod rating;
pub mod register;
pub mod round;
pub mod sharing;
pub mod year;
