pub mod acts;
pub mod application;
pub mod calendar;
pub mod department;
pub mod filing;
pub mod publication;
pub mod quota;
pub mod veto;
