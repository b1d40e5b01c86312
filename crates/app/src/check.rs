//! The city's spot checks.

mod scope;
pub mod spot_check;
pub mod visit;
