//! Changing the standard: trying a change, amendments, editions in force.

pub mod amendment;
pub mod edition;
pub mod what_if;
