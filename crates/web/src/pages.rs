//! The pages, by areas; one file a noun.

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
