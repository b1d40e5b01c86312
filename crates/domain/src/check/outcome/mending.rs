//! Time to mend, and the visits that look again: when one may find the unit short once more, and how a chain of them ends.

use jiff::civil::Date;

use super::{Decision, Outcome, OutcomeRefusal, VisitAct, VisitEvent};
use crate::{
    check::{
        remark::reasoned,
        visit::{Colour, Visit, VisitState},
    },
    core::{
        policy::{Permit, act},
        refusal::Refusal,
    },
};

/// What becomes of a visit that looked again, or was to, when the decision on the first one is taken back; none where nothing was decided on it.
pub fn falls_with(state: VisitState) -> Option<VisitState> {
    match state {
        VisitState::Drawn
        | VisitState::Hearing
        | VisitState::Mending
        | VisitState::Mended
        | VisitState::Withdrawn => Some(VisitState::Overturned),
        VisitState::Closed | VisitState::Cleared | VisitState::Overturned => None,
    }
}

/// What a visit that waits for its mending comes to by the decision on one that looked again; none where that gives more time.
pub fn ends_with(decision: Decision) -> Option<(VisitState, VisitAct)> {
    match decision {
        Decision::Withdraw => Some((VisitState::Withdrawn, VisitAct::Withdrawn)),
        Decision::Clear => Some((VisitState::Mended, VisitAct::Mended)),
        Decision::Mend => None,
    }
}

/// The time to mend that a visit gave, and whether the unit said that it is ready before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mending {
    pub until: Date,
    pub is_ready: bool,
}

impl Mending {
    /// Of a visit whose unit mends; none of any other.
    pub fn of(visit: &Visit, outcome: &Outcome, events: &[VisitEvent]) -> Option<Mending> {
        let until = outcome.mend_until?;
        (visit.state == VisitState::Mending).then(|| Mending {
            until,
            is_ready: events.iter().any(|event| event.act == VisitAct::Ready),
        })
    }
}

/// Whether a visit that looks again may find the unit short: not before its time to mend is over, unless it said that it is ready. What is found
/// mended may be concluded at any time.
///
/// # Errors
/// `BeforeMended`.
pub fn may_fail_again(
    mending: Option<Mending>,
    colour: Colour,
    today: Date,
) -> Result<(), OutcomeRefusal> {
    match mending {
        Some(mending) if colour == Colour::Red && !mending.is_ready && today <= mending.until => {
            let until = mending.until;
            Err(OutcomeRefusal::BeforeMended { until })
        }
        _ => Ok(()),
    }
}

/// The unit says that it mended: from then on it may be visited again, whatever that finds.
///
/// # Errors
/// `NotMending` when it has no time to mend, or another visit gave it anew; `ReadyAlready`; `ready_note`: as `reasoned`.
pub fn say_ready(
    state: VisitState,
    mending: Option<Mending>,
    _: &Permit<act::AnswerVisit>,
    note: &str,
) -> Result<String, Refusal> {
    match mending {
        None => Err(OutcomeRefusal::NotMending { state }.into()),
        Some(mending) if mending.is_ready => Err(OutcomeRefusal::ReadyAlready.into()),
        Some(_) => reasoned("ready_note", note),
    }
}
