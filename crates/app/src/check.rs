//! The city's spot checks.

pub mod spot_check;
pub mod visit;
