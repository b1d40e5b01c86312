//! The SQL of the project, one text for SQLite and PostgreSQL: one file per noun, one function per query, named after what it finds or keeps. It
//! decides nothing. Start at `core::db` (transactions, the dialect's rules) and `migrations/` (the tables).

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
pub mod testing;
pub mod year;

/// What is kept of the tree's rows and counted anew at a commit that changed them.
const FOLLOWERS: &[core::changed::Follow] = &[honour::target::follow];

/// What is kept of units and follows them when they move.
const CARRIED: &[core::changed::Carry] = &[year::shortfall::carry];

/// What is kept of living units alone.
const OF_LIVING: &[core::changed::End] = &[year::shortfall::end];
