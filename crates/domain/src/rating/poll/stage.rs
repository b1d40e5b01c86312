//! How far a poll is: each stage has what is true from then on, and nothing that is not true yet.

use jiff::Timestamp;

use crate::rating::poll::{Lock, PollState, Signature, counting::ClosingRecord};

/// A poll's state with what is true in it. A stage contains the one before it.
#[derive(Clone, Debug, PartialEq)]
pub enum Stage {
    Preparing,
    Open(Opened),
    Closed(Closed),
    Counted(Counted),
    Signed(Signed),
    Abandoned(Ended),
    Annulled(Ended),
}

/// What the opening fixed.
#[derive(Clone, Debug, PartialEq)]
pub struct Opened {
    /// The version of the standard whose formula and rules hold.
    pub standard: String,
    /// What locks the box.
    pub lock: Lock,
    pub at: Timestamp,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Closed {
    pub opened: Opened,
    pub at: Timestamp,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Counted {
    pub closed: Closed,
    pub record: ClosingRecord,
    /// Which group members (places in `plan.group`) signed, and when.
    pub signatures: Vec<Signature>,
    pub at: Timestamp,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Signed {
    /// Those members who did not sign yet may still add their signatures.
    pub counted: Counted,
    pub at: Timestamp,
}

/// A poll that counts for nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Ended {
    /// Why it was abandoned or annulled.
    pub because: String,
    /// How far it was then; never an ended one itself.
    pub was: Box<Stage>,
}

impl Stage {
    pub fn state(&self) -> PollState {
        match self {
            Stage::Preparing => PollState::Preparing,
            Stage::Open(_) => PollState::Open,
            Stage::Closed(_) => PollState::Closed,
            Stage::Counted(_) => PollState::Counted,
            Stage::Signed(_) => PollState::Signed,
            Stage::Abandoned(_) => PollState::Abandoned,
            Stage::Annulled(_) => PollState::Annulled,
        }
    }

    /// What its opening fixed, also where it ended later; none before it.
    pub fn opened(&self) -> Option<&Opened> {
        match self {
            Stage::Preparing => None,
            Stage::Open(opened) => Some(opened),
            Stage::Abandoned(ended) | Stage::Annulled(ended) => ended.was.opened(),
            Stage::Closed(_) | Stage::Counted(_) | Stage::Signed(_) => {
                self.closed().map(|closed| &closed.opened)
            }
        }
    }

    /// Its closing, also where it ended later; none before it.
    pub fn closed(&self) -> Option<&Closed> {
        match self {
            Stage::Preparing | Stage::Open(_) => None,
            Stage::Closed(closed) => Some(closed),
            Stage::Abandoned(ended) | Stage::Annulled(ended) => ended.was.closed(),
            Stage::Counted(_) | Stage::Signed(_) => self.counted().map(|counted| &counted.closed),
        }
    }

    /// What was counted and who signed, also where it ended later; none before the counting.
    pub fn counted(&self) -> Option<&Counted> {
        match self {
            Stage::Preparing | Stage::Open(_) | Stage::Closed(_) => None,
            Stage::Counted(counted) => Some(counted),
            Stage::Signed(signed) => Some(&signed.counted),
            Stage::Abandoned(ended) | Stage::Annulled(ended) => ended.was.counted(),
        }
    }

    /// When it was signed off, also where it ended later.
    pub fn signed_at(&self) -> Option<Timestamp> {
        match self {
            Stage::Preparing | Stage::Open(_) | Stage::Closed(_) | Stage::Counted(_) => None,
            Stage::Signed(signed) => Some(signed.at),
            Stage::Abandoned(ended) | Stage::Annulled(ended) => ended.was.signed_at(),
        }
    }

    /// Why it was abandoned or annulled; empty where it was not.
    pub fn ended_because(&self) -> &str {
        match self {
            Stage::Abandoned(ended) | Stage::Annulled(ended) => &ended.because,
            _ => "",
        }
    }
}
