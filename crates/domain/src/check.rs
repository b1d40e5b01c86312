//! The city's spot checks.

pub mod draw;
pub mod outcome;
pub mod remark;
pub mod renewal;
pub mod risk;
pub mod spot_check;
pub mod visit;
