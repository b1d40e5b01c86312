//! Unions and people.

pub mod address;
pub mod person;
pub mod unit;
