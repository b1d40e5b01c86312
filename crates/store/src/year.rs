//! A union's year.

pub mod activity;
pub mod evidence;
pub mod judgement;
pub mod standing;
pub mod statement;
pub mod subject;
