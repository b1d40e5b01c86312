pub mod acts;
pub mod application;
pub mod filing;
pub mod veto;
