//! Where an application is on its route, and who has it.

use jiff::Timestamp;

use super::{Application, State, state_word};
use crate::{core::ids::UnitId, round::route::Step};

impl State {
    pub const KEYS: [&'static str; 6] = [
        "draft",
        "under-review",
        "returned",
        "withdrawn",
        "rejected",
        "named",
    ];

    pub fn key(&self) -> &'static str {
        match self {
            State::Draft => "draft",
            State::UnderReview { .. } => "under-review",
            State::Returned { .. } => "returned",
            State::Withdrawn { .. } => "withdrawn",
            State::Rejected { .. } => "rejected",
            State::Named { .. } => "named",
        }
    }

    pub fn word(&self) -> &'static str {
        state_word(self.key())
    }

    /// Where on the route it is, was returned or ended, counted from 0; none for a draft and what was withdrawn.
    pub fn step(&self) -> Option<usize> {
        match self {
            State::Draft | State::Withdrawn { .. } => None,
            State::UnderReview { step }
            | State::Returned { step }
            | State::Rejected { step, .. }
            | State::Named { step, .. } => Some(*step),
        }
    }

    /// When it ended; none while it is on its way.
    pub fn closed_at(&self) -> Option<Timestamp> {
        match self {
            State::Draft | State::UnderReview { .. } | State::Returned { .. } => None,
            State::Withdrawn { at } | State::Rejected { at, .. } | State::Named { at, .. } => {
                Some(*at)
            }
        }
    }
}

impl Application {
    /// The step whose turn it is, while it is under review.
    pub fn turn(&self) -> Option<&Step> {
        match self.state {
            State::UnderReview { step } => self.route.get(step),
            _ => None,
        }
    }

    /// The unit that has it now (or had it last): its id and path.
    pub fn holder(&self) -> (UnitId, &str) {
        let at_step = match self.state {
            State::UnderReview { step }
            | State::Rejected { step, .. }
            | State::Named { step, .. } => self.route.get(step),
            State::Draft | State::Returned { .. } | State::Withdrawn { .. } => None,
        };
        match at_step {
            Some(step) => (step.unit.id, &step.unit.path),
            None => (self.unit.id, &self.unit.path),
        }
    }
}
