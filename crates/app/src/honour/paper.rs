//! The papers of titles: what stands in them, with the fields of `papers/KIND.sample.json`.

pub mod decision;

use jianjia_domain::honour::honour::{Honour, HonourState};

/// The kinds of paper that there are of titles that were given in one act, for those who see them together.
pub fn of_batch(honours: &[Honour]) -> Vec<&'static str> {
    let is_there = honours.iter().any(stands);
    is_there.then_some("decision").into_iter().collect()
}

/// Whether a title still stands as it was given: one that was withdrawn was given by mistake.
fn stands(honour: &Honour) -> bool {
    honour.state != HonourState::Withdrawn
}
