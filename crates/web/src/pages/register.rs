//! Unions and people.

pub mod person;
pub mod unit;
