//! Members' rating.

pub mod ballot;
pub mod count;
pub mod improvement;
pub mod paper;
pub mod poll;
pub mod slip;
