//! A union's year: year sheet, activities, evidence, judgement, "My home".

pub mod activity;
pub mod assessment;
pub mod evidence;
pub mod sheet;
pub mod standing;
