//! A union's year.

pub mod activity;
pub mod assessment;
pub mod evidence;
pub mod sheet;
pub mod shortfall;
pub mod statement;
pub mod totals;
