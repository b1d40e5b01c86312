//! Units and people.

pub(crate) mod circular;
pub mod division;
pub mod election;
pub mod person;
pub mod unit;
