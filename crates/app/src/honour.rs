//! Titles, their certificates, and targets.

pub mod certificate;
#[expect(
    clippy::module_inception,
    reason = "the area has the name of its first noun"
)]
pub mod honour;
pub mod paper;
pub mod picture;
pub(crate) mod scope;
pub mod target;
pub mod unit;
