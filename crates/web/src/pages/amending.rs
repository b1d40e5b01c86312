//! Changing the standard: trying a change, amendments, editions in force.

pub mod address;
pub mod amendment;
mod comparison;
pub mod edition;
pub mod what_if;
