//! What every area stands on.

pub mod audit;
pub mod day;
pub mod ids;
pub mod policy;
pub mod refusal;
pub mod width;
