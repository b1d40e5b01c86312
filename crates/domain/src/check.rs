//! The city's spot checks.

pub mod draw;
pub mod risk;
pub mod spot_check;
pub mod visit;
