//! Members' rating.

pub mod count;
pub mod improvement;
pub mod poll;
