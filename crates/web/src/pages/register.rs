//! Unions and people.

pub mod address;
pub mod api;
pub mod person;
pub mod unit;
