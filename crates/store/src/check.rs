//! The city's spot checks: frames, draws and visits, and what these come to.

pub mod outcome;
pub mod remark;
pub mod renewal;
pub mod report;
pub mod risk;
pub mod spot_check;
pub mod visit;
