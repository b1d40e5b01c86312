//! Spot checks.

pub mod address;
pub mod renewal;
pub mod report;
pub mod visit;
