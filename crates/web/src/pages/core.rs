//! What every area stands on.

pub mod address;
pub mod api;
pub mod audit;
pub mod export;
pub mod health;
pub mod job;
pub mod standard;
