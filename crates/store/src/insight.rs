//! Where the unions stand: progress towards the targets, what holds back, what contradicts itself.

pub mod doubt;
pub mod xray;
