//! While members vote: who makes the slips, keys made anew, and the closing.

use jiff::Timestamp;

use crate::{
    core::policy::{Act, Permit, act},
    rating::poll::{
        Lock, Poll, PollState, in_state,
        refusal::PollRefusal,
        stage::{Closed, Opened, Stage},
        wrong_state,
    },
};

/// Who makes the slips.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Demand {
    ByUpper,
    ByUnion,
}

/// The union above asks to make the slips itself, or leaves it to the union again.
///
/// # Errors
/// `WrongState` once voting is over.
pub fn demand_slips(
    poll: Poll,
    _: &Permit<act::SupervisePoll>,
    demanded: Demand,
    now: Timestamp,
) -> Result<Poll, PollRefusal> {
    match poll.stage {
        Stage::Preparing | Stage::Open(_) => Ok(Poll {
            slips_by_upper: demanded == Demand::ByUpper,
            revision: poll.revision + 1,
            changed_at: now,
            ..poll
        }),
        _ => Err(wrong_state(&poll, PollState::Open)),
    }
}

/// Whether keys may be made anew: while the box, which has `sealed` ballots, is empty.
///
/// # Errors
/// `WrongState`, `BoxNotEmpty`.
pub fn may_renew_codes(poll: &Poll, sealed: i64) -> Result<(), PollRefusal> {
    in_state(poll, PollState::Open)?;
    if sealed > 0 {
        return Err(PollRefusal::BoxNotEmpty);
    }
    Ok(())
}

/// Which act makes slips of a poll: the union's own, or the supervision's where that asked for it.
pub fn slip_act(poll: &Poll) -> Act {
    if poll.slips_by_upper {
        Act::SupervisePoll
    } else {
        Act::HoldPoll
    }
}

/// Gives the box another lock, for papers with member codes that were lost or never printed.
///
/// # Errors
/// `SlipsByUpper` when the permit is not for the act that makes this poll's slips; as `may_renew_codes`.
pub fn renew_codes(
    poll: Poll,
    permit: &Permit,
    sealed: i64,
    lock: Lock,
    now: Timestamp,
) -> Result<Poll, PollRefusal> {
    if permit.act != slip_act(&poll) {
        return Err(PollRefusal::SlipsByUpper);
    }
    may_renew_codes(&poll, sealed)?;
    let Stage::Open(opened) = poll.stage else {
        return Err(wrong_state(&poll, PollState::Open));
    };
    Ok(Poll {
        stage: Stage::Open(Opened { lock, ..opened }),
        revision: poll.revision + 1,
        changed_at: now,
        ..poll
    })
}

/// Ends voting. Paper ballots are entered after this, then the box is opened.
///
/// # Errors
/// `WrongState` when it is not open.
pub fn close(poll: Poll, _: &Permit<act::HoldPoll>, now: Timestamp) -> Result<Poll, PollRefusal> {
    let Stage::Open(opened) = poll.stage else {
        return Err(wrong_state(&poll, PollState::Open));
    };
    Ok(Poll {
        stage: Stage::Closed(Closed { opened, at: now }),
        revision: poll.revision + 1,
        changed_at: now,
        ..poll
    })
}
