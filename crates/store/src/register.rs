//! Units and people.

pub mod division;
pub mod election;
pub mod person;
pub mod unit;
