//! The city's spot checks.

pub mod draw;
pub mod entry;
pub mod outcome;
pub mod renewal;
pub mod risk;
pub mod spot_check;
pub mod visit;
