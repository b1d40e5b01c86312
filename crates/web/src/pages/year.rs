//! A union's year.

pub mod activity;
pub mod evidence;
pub mod home;
pub mod sheet;
