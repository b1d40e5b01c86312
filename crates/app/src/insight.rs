//! Where the unions stand: progress towards the targets, what holds back, what contradicts itself.

pub mod change;
pub mod dashboard;
pub mod doubt;
pub mod holding_back;
pub mod place;
pub mod xray;
