//! Changing the standard: trying a change, amendments, editions in force.

pub mod edition;
pub mod what_if;
