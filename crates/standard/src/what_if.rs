//! What would be if the standard were another: a change as data, the standard that it makes, and who would gain or lose which title by it. Nothing is
//! judged here that judging would not judge alike.

pub mod apply;
pub mod change;
pub mod effect;
pub mod lever;
pub mod people;
