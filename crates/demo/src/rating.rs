pub mod ballot;
pub mod count;
pub mod poll;
pub mod trying;
pub mod voting;
