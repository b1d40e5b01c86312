//! Changing the standard: trying a change, amendments, editions in force.

pub mod amendment;
pub mod edition;
