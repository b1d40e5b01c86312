//! Unions and people.

pub mod credit_code;
pub mod division;
pub mod election;
pub mod person;
pub mod unit;
