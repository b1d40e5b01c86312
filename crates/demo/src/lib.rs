//! The demo city, the small cities that tests stand on (`testing`), and the walk through all pages (`crawl`). Start at `making`.
//!
//! It knows `app` and what `app` speaks of (`domain`, `standard`). The city goes through `app` alone. What people watch goes through the
//! acts: a few dozen applications, a dozen polls, changes in the register, photos, cases with topics and meetings. What was before them, some hundred thousand records and up to five years, is
//! handed over by nouns to `app::exchange::founding::city`, which writes each year in one transaction with one line of the trail: act by act, each
//! with a transaction, a judgement and a line of its own, it would take minutes instead of seconds. What goes past the acts so:
//!
//! - records of the past are taken as they are, with ids, instants and authors: divisions, units, people, elections, statements, the documents
//!   shown with them, activities, ratings copied from paper, promises of last year, titles held, vetoes, what departments were asked and said in past rounds, places, the round,
//!   accounts;
//! - applications that nobody watches are taken through the domain's decisions here (`round::application`) and entered with their events,
//!   findings, judgements and titles. Nobody's permit and no window of the calendar is asked for.
//!
//! Numbers handed out, where units stand and the figures behind the targets are worked out by `app` all the same.
//!
//! `testing` writes past `app` into `store`, and is the only part that knows it: a fixture sets up what no act may (a title of long ago, a
//! poll without end, an account without a password), on the databases that `store::testing` makes. `testing::keep` adds a line of the
//! trail, so that `verify` knows these rows.
//!
//! Tests that need a city stand in `crates/app/tests`, not beside `app`'s sources: the unit tests of `app` are another `jianjia_app` than the
//! one that this crate is built on, and their types don't fit each other's.
//!
//! The crawl is handed a site and its routes, and whoever serves the demo hands `web` the accounts to try: neither crate knows the other.

#![deny(clippy::unwrap_used)]

mod amending;
mod check;
mod core;
pub mod crawl;
mod honour;
mod insight;
mod living;
mod making;
mod money;
mod office;
mod rating;
mod register;
mod round;
mod sharing;
pub mod testing;
mod writing;
mod year;

pub use crate::{
    core::{
        city::Size,
        day::{clock, reached},
    },
    making::{AS_OF, LAST_DAY, YEAR, make, make_until, maker},
    office::account::{ACCOUNTS, DemoAccount, PASSWORD},
    rating::trying::{SLIP_KEY, Trying, trying, trying_in},
};
