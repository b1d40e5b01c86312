//! Where the unions stand: progress towards the targets, what holds back, what contradicts itself.

pub mod change;
pub mod dashboard;
pub mod doubt;
pub mod lacking;
pub mod xray;
