//! What every area stands on.

pub mod api;
pub mod audit;
pub mod health;
pub mod public;
pub mod standard;
