//! The year's round.

pub mod address;
pub mod api;
pub mod application;
pub mod calendar;
pub mod department;
pub mod entry;
pub mod home;
pub mod how_it_works;
pub mod naming;
pub mod objection;
pub mod posting;
pub mod publication;
pub mod quota;
pub mod recommendation;
pub mod review;
#[expect(
    clippy::module_inception,
    reason = "the area has the name of its first noun"
)]
pub mod round;
pub mod tour;
pub mod veto;
