//! The pages, by areas; one file a noun.

pub mod check;
pub mod core;
pub mod exchange;
pub mod honour;
pub mod office;
pub mod rating;
pub mod register;
pub mod round;
pub mod year;
