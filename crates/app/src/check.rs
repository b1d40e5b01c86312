//! The city's spot checks.

pub mod inspection;
pub mod outcome;
pub mod paper;
pub mod remark;
pub mod renewal;
pub mod report;
mod scope;
pub mod spot_check;
pub mod visit;
