pub mod code;
pub mod happening;
pub mod person;
pub mod tree;
pub mod union;
