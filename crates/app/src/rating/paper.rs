//! Papers of the members' rating, to be handed round: what stands in them, with the fields of `papers/KIND.sample.json`. (What members fill in by hand
//! is counted in `count::paper`.)

pub mod result;
pub mod slip_list;
pub mod slips;

use jianjia_domain::rating::poll::PollState;

use crate::rating::poll::PollPage;

/// The kinds of paper that there are of a year's rating.
pub fn of_rating(page: &PollPage) -> Vec<&'static str> {
    let is_there = page.rating.is_some() || result::shown(page).is_some();
    is_there.then_some("rating").into_iter().collect()
}

/// The kinds of paper that there are of a poll, for those who hold it.
pub fn of_poll(state: PollState) -> Vec<&'static str> {
    let hands_out = matches!(state, PollState::Preparing | PollState::Open);
    hands_out.then_some("slip-list").into_iter().collect()
}
