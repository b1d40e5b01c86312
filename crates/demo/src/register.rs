pub mod code;
pub mod division;
pub mod election;
pub mod happening;
pub mod person;
pub mod tree;
pub mod union;
pub mod unit;
