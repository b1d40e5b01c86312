//! What every area of the store builds on.

pub mod audit;
pub mod bulk;
pub mod changed;
pub(crate) mod condition;
pub mod counter;
pub mod cover;
pub mod db;
pub mod file;
pub mod guess;
pub mod imprint;
pub mod instance;
pub mod job;
pub mod message;
pub mod outage;
pub(crate) mod pinyin;
pub mod place;
pub mod post;
pub mod role;
pub mod schema;
pub mod scope;
pub mod sort_key;
pub mod standard;
pub(crate) mod tally;
pub mod tour;
