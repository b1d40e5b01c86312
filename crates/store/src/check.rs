//! The city's spot checks: frames, draws and visits, and what these come to.

pub mod entry;
pub mod outcome;
pub mod renewal;
pub mod report;
pub mod risk;
pub mod spot_check;
pub mod visit;
