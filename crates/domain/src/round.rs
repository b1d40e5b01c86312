//! The year's round.

pub mod application;
pub mod assignment;
pub mod department;
pub mod entry;
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
pub mod route;
pub mod structure;
pub mod veto;
