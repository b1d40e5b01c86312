//! Members' rating.

pub mod ballot;
pub mod count;
pub mod improvement;
pub mod lock;
pub mod paper;
pub mod poll;
mod scope;
pub mod slip;
pub(crate) mod telling;
