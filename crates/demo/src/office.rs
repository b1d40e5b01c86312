pub mod account;
pub mod actor;
pub mod invitation;
