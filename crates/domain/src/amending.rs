//! Changing the standard: trying a change, amendments, editions in force.

pub mod what_if;
