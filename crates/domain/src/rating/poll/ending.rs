//! Polls that come to count for nothing: given up, declared void, or void since their votes were lost.

use jiff::Timestamp;

use crate::{
    core::{
        policy::{Permit, act},
        refusal::Refusal,
    },
    rating::poll::{
        Poll, PollState,
        refusal::PollRefusal,
        stage::{Ended, Stage},
        wrong_state,
    },
};

/// The most characters of a reason that are kept.
const LONGEST_REASON: usize = 500;

/// Gives a poll up before it is counted.
///
/// # Errors
/// `WrongState`; `NoReason` at the field `reason`.
pub fn abandon(
    poll: Poll,
    _: &Permit<act::HoldPoll>,
    reason: &str,
    now: Timestamp,
) -> Result<Poll, Refusal> {
    match poll.stage {
        Stage::Preparing | Stage::Open(_) | Stage::Closed(_) => {}
        _ => return Err(wrong_state(&poll, PollState::Open).into()),
    }
    let because = read_reason(reason)?;
    Ok(ended(poll, because, Stage::Abandoned, now))
}

/// Declares a poll void, in whatever state: for the union above. A result that was signed counts no more.
///
/// # Errors
/// `WrongState` when it counts for nothing already; `NoReason` at the field `reason`.
pub fn annul(
    poll: Poll,
    _: &Permit<act::SupervisePoll>,
    reason: &str,
    now: Timestamp,
) -> Result<Poll, Refusal> {
    if matches!(poll.stage, Stage::Abandoned(_) | Stage::Annulled(_)) {
        return Err(wrong_state(&poll, PollState::Signed).into());
    }
    let because = read_reason(reason)?;
    Ok(ended(poll, because, Stage::Annulled, now))
}

/// Declares a poll void whose sealed ballots were lost: no backup has them.
///
/// # Errors
/// `WrongState` when it had no sealed ballots to lose.
pub fn annul_lost(poll: Poll, because: &str, now: Timestamp) -> Result<Poll, PollRefusal> {
    match poll.stage {
        Stage::Open(_) | Stage::Closed(_) => {
            Ok(ended(poll, because.to_owned(), Stage::Annulled, now))
        }
        _ => Err(wrong_state(&poll, PollState::Open)),
    }
}

fn read_reason(typed: &str) -> Result<String, Refusal> {
    let reason = typed.trim();
    if reason.is_empty() {
        let refusal = PollRefusal::NoReason;
        return Err(Refusal::Fields(vec![("reason".to_owned(), refusal.into())]));
    }
    Ok(reason.chars().take(LONGEST_REASON).collect())
}

fn ended(poll: Poll, because: String, how: fn(Ended) -> Stage, now: Timestamp) -> Poll {
    let was = Box::new(poll.stage);
    Poll {
        stage: how(Ended { because, was }),
        revision: poll.revision + 1,
        changed_at: now,
        ..poll
    }
}
