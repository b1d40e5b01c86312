//! What every area of the store builds on.

pub mod audit;
pub mod bulk;
pub(crate) mod condition;
pub mod conflict;
pub mod counter;
pub mod cover;
pub mod db;
pub mod file;
pub mod instance;
pub mod outage;
pub mod schema;
pub mod scope;
pub mod standard;
