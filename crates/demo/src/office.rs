pub mod account;
pub mod actor;
