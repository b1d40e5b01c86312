//! Members' rating.

pub mod address;
pub mod ballot;
pub mod count;
pub mod improvement;
pub mod poll;
pub mod result;
pub mod slip;
