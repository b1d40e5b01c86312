//! The year's round.

pub mod application;
pub mod assessment;
pub mod department;
pub mod entry;
pub mod home;
pub mod naming;
pub mod objection;
pub mod paper;
pub mod posting;
pub mod publication;
pub mod recommendation;
pub mod review;
#[expect(
    clippy::module_inception,
    reason = "the area has the name of its first noun"
)]
pub mod round;
mod scope;
pub(crate) mod telling;
pub mod veto;
