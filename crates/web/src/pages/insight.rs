//! Where the unions stand: progress towards the targets, what holds back, what contradicts itself.

pub mod address;
pub mod change;
pub mod chart;
pub mod dashboard;
pub mod holding_back;
pub mod lacking;
pub mod xray;
