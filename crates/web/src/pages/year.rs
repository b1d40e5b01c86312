//! A union's year.

pub mod activity;
pub mod address;
pub mod evidence;
pub mod holder;
pub mod sheet;
