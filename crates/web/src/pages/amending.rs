//! Changing the standard: trying a change, amendments, editions in force.

pub mod address;
pub mod what_if;
