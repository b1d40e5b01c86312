//! A union's year: its year sheet, activities, evidence and judgements.

pub mod activity;
pub mod evidence;
pub mod judgement;
pub(crate) mod participation;
pub mod shortfall;
pub mod standing;
pub mod statement;
pub mod subject;
