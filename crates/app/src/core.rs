//! What every area of the application builds on.

pub mod app;
pub mod audit;
pub mod clock;
pub mod counting;
pub mod entropy;
pub mod error;
pub mod export;
pub(crate) mod guess;
pub mod head;
pub(crate) mod imprint;
pub mod instance;
pub mod job;
pub mod memory;
pub(crate) mod message;
pub mod paper;
pub mod post;
pub mod provider;
pub mod readiness;
mod scope;
pub mod seal;
pub mod secret;
pub mod sort_key;
pub mod standard;
pub mod tour;
pub(crate) mod turn;
