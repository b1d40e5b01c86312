//! The demo city, and the small cities that tests stand on (`testing`).

#![deny(clippy::unwrap_used)]

mod core;
pub mod crawl;
mod honour;
mod making;
mod office;
mod rating;
mod record;
mod register;
mod rolls;
mod round;
pub mod testing;
mod year;

pub use crate::{
    core::{
        city::Size,
        day::{clock, reached},
    },
    making::{AS_OF, YEAR, make, maker},
    office::account::{ACCOUNTS, DemoAccount, PASSWORD},
    rating::trying::{SLIP_KEY, Trying, trying},
};
