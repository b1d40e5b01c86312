pub mod roll;
pub mod title;
