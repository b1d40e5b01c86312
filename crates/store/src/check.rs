//! The city's spot checks: frames, draws and visits.

pub mod risk;
pub mod spot_check;
pub mod visit;
