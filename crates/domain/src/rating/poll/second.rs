//! A poll of a year that has a result already: members who voted once are not asked again until it suits somebody. So it says what it would
//! replace, opens only with the consent of the union above, and keeps what it replaced.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    core::{
        ids::PollId,
        policy::{Permit, act},
        refusal::Refusal,
    },
    rating::{
        count::Rating,
        poll::{Plan, Poll, PollState, in_state, refusal::PollRefusal},
    },
    year::totals::RatingTotals,
};

/// The most characters of a reason that are kept.
const LONGEST_REASON: usize = 500;

/// The result of the year that a poll replaces once it is signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replaced {
    /// The poll that it came from; none where it was copied from paper.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poll: Option<PollId>,
    pub totals: RatingTotals,
    pub recorded_at: Timestamp,
    /// What was noted of it; its poll's id where it came from one.
    pub note: String,
}

/// The union above agrees that a second poll is held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    pub by_name: String,
    pub reason: String,
    pub at: Timestamp,
}

impl Replaced {
    /// What a year's rating is, seen from a poll that would take its place.
    pub fn of(rating: &Rating) -> Replaced {
        Replaced {
            poll: rating.note.parse().ok(),
            totals: rating.counts.clone(),
            recorded_at: rating.recorded_at,
            note: rating.note.clone(),
        }
    }

    /// The year's rating again, when the poll that replaced it counts no more.
    pub fn rating(&self, poll: &Poll) -> Rating {
        Rating {
            unit: poll.unit,
            unit_path: poll.unit_path.clone(),
            year: poll.year,
            counts: self.totals.clone(),
            recorded_by: String::new(),
            recorded_by_name: String::new(),
            recorded_at: self.recorded_at,
            note: self.note.clone(),
        }
    }
}

/// What a poll may open in spite of: nothing, or a result for which the union above agreed.
///
/// # Errors
/// `NeedsConsent`.
pub(super) fn check_consent(poll: &Poll) -> Result<(), PollRefusal> {
    if poll.replaces.is_some() && poll.consent.is_none() {
        return Err(PollRefusal::NeedsConsent { year: poll.year });
    }
    Ok(())
}

/// The union above agrees, before the poll opens, that it is held though the year has a result.
///
/// # Errors
/// `WrongState` once it is open; `NothingReplaced`; `NoReason` at the field `consent_reason`.
pub fn consent(
    poll: Poll,
    permit: &Permit<act::ConsentToPoll>,
    by_name: &str,
    reason: &str,
    now: Timestamp,
) -> Result<Poll, Refusal> {
    in_state(&poll, PollState::Preparing)?;
    if poll.replaces.is_none() {
        return Err(PollRefusal::NothingReplaced { year: poll.year }.into());
    }
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(Refusal::at("consent_reason", PollRefusal::NoReason));
    }
    let consent = Consent {
        by_name: format!("{} {by_name}", permit.as_role.unit.name),
        reason: reason.chars().take(LONGEST_REASON).collect(),
        at: now,
    };
    Ok(Poll {
        consent: Some(consent),
        revision: poll.revision + 1,
        changed_at: now,
        ..poll
    })
}

/// A consent holds for the roll that was seen: another roll asks for another.
pub(super) fn after_change(poll: &Poll, plan: &Plan) -> Option<Consent> {
    let roll = |plan: &Plan| (plan.roll, plan.voters.clone(), plan.roll_reason.clone());
    let consent = poll.consent.clone();
    consent.filter(|_| roll(&poll.plan) == roll(plan))
}
