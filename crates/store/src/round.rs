//! The round of a year: applications, reviews, recommendations, vetoes.

pub mod application;
pub mod assignment;
pub mod conflict;
pub mod department;
pub mod entry;
pub mod finding;
pub mod objection;
pub mod office_note;
pub mod posting;
pub mod property;
pub mod publication;
pub mod quota;
pub mod receipt;
pub mod recommendation;
pub mod review;
#[expect(
    clippy::module_inception,
    reason = "the area has the name of its first noun"
)]
pub mod round;
pub mod tally;
pub mod veto;
