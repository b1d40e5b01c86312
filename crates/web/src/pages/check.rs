//! The pages of spot checks.

pub mod address;
pub mod inspector;
pub mod public;
pub mod renewal;
pub mod report;
pub mod spot_check;
mod strata;
pub mod visit;
