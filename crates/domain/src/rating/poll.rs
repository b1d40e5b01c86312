//! A poll: one holding of the members' democratic rating (民主测评, clauses M5b, M5d, T3b, O1). A working group prepares it, opens it,
//! closes it, opens the box together and signs the result off; the signed result is the year's `rating`. Start at `stage::Stage`. Every transition
//! consumes the old poll and gives the new one, or a refusal: `planning`, `voting`, `signing`, `ending`.

pub mod ballot;
pub mod counting;
pub mod ending;
pub mod list;
pub mod paper;
pub mod planning;
pub mod refusal;
pub mod roll;
pub mod second;
pub mod signal;
pub mod signing;
pub mod slip;
pub mod stage;
pub mod voting;

use jianjia_standard::{Lang, Standard, Text, programme::BallotRules};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    core::{
        day,
        ids::{PollId, UnitId},
    },
    rating::poll::{
        counting::ClosingRecord,
        refusal::PollRefusal,
        second::{Consent, Replaced},
        slip::Gate,
        stage::Stage,
    },
};

/// A poll of a union in a year. At most one of a union's polls in a year is not over.
#[derive(Clone, Debug, PartialEq)]
pub struct Poll {
    pub id: PollId,
    pub unit: UnitId,
    pub unit_path: String,
    pub unit_name: String,
    pub year: i16,
    pub plan: Plan,
    /// Whether the union above makes the slips.
    pub slips_by_upper: bool,
    /// The year's result that stood when it was planned, and stands no more once this one is signed.
    pub replaces: Option<Replaced>,
    /// The union above agreed to replace it.
    pub consent: Option<Consent>,
    pub stage: Stage,
    pub prepared_at: Timestamp,
    /// Counts its changes; each meets the one on which it was decided.
    pub revision: i64,
    pub changed_at: Timestamp,
}

jianjia_standard::keyed! {
    /// How far a poll is.
    pub enum PollState {
        /// The group plans; nothing is fixed.
        Preparing = "preparing",
        /// Slips are made and used; formula, roll and objects are fixed.
        Open = "open",
        /// Voting is over; paper ballots are entered and the box waits for its keys.
        Closed = "closed",
        /// The box is opened and counted; the group has not signed.
        Counted = "counted",
        /// Signed off: the result is a fact of the year.
        Signed = "signed",
        /// Given up by the group before counting; counts for nothing.
        Abandoned = "abandoned",
        /// Declared void by the union above; counts for nothing.
        Annulled = "annulled",
    }
}

impl PollState {
    pub fn word(self, lang: Lang) -> &'static str {
        let (zh, en) = match self {
            PollState::Preparing => ("准备中", "Being prepared"),
            PollState::Open => ("投票中", "Voting"),
            PollState::Closed => ("已停止投票，待开箱", "Voting is over, the box is locked"),
            PollState::Counted => ("已计票，待签字", "Counted, to be signed"),
            PollState::Signed => ("结果已签字", "Signed"),
            PollState::Abandoned => ("已中止", "Abandoned"),
            PollState::Annulled => ("已作废", "Annulled"),
        };
        match lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }

    /// Whether nothing can happen in it any more.
    pub fn is_over(self) -> bool {
        matches!(
            self,
            PollState::Signed | PollState::Abandoned | PollState::Annulled
        )
    }

    /// Whether the box was opened and its result may be seen.
    pub fn has_result(self) -> bool {
        matches!(self, PollState::Counted | PollState::Signed)
    }
}

/// What the group fixes before voting.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The members who may vote.
    pub roll: i64,
    /// Whether the roll is a list of names, kept until the poll is over.
    pub has_list: bool,
    /// Who is on the roll: a kind of the standard's `[rating.roll]`; empty where nobody said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub voters: String,
    /// Why the roll is not all members; empty where nobody said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub roll_reason: String,
    /// How many members the union had, as it said, when the plan was kept and when it was opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub members: Option<i64>,
    /// The chair and vice chairs, each rated by itself.
    pub leaders: Vec<String>,
    pub group: Vec<GroupMember>,
    /// The last day of voting.
    pub closes_on: Option<Date>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupMember {
    pub name: String,
    /// A side of the standard's group rules.
    pub side: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    pub member: usize,
    pub at: Timestamp,
}

/// The lock of the box: ballots are sealed for `public_key`; its secret is wrapped once for every set of members that may open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lock {
    /// Goes up when keys are made anew, which can happen only while the box is empty.
    pub version: i64,
    /// X25519, 64 hexadecimal digits.
    pub public_key: String,
    /// Each member's code, hashed, in the order of the group.
    pub code_hashes: Vec<String>,
    pub wraps: Vec<Wrap>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wrap {
    pub members: Vec<usize>,
    /// Nonce and sealed secret, hexadecimal.
    pub sealed: String,
}

/// One thing on the slip.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Object {
    /// `home-building`, or `leader:2` for the second leader.
    pub key: String,
    pub name: Text,
    pub decides: bool,
}

/// The standard's rules of the ballot.
///
/// # Errors
/// `NoBallot` when this standard knows none.
pub fn rules(standard: &Standard) -> Result<&BallotRules, PollRefusal> {
    standard
        .rating
        .as_ref()
        .and_then(|rating| rating.ballot.as_ref())
        .ok_or(PollRefusal::NoBallot)
}

/// What the slip asks, in its order: the leaders by name.
pub fn objects(rules: &BallotRules, leaders: &[String]) -> Vec<Object> {
    rules
        .objects
        .iter()
        .flat_map(|object| {
            if !object.each_leader {
                return vec![Object {
                    key: object.key.clone(),
                    name: object.name.clone(),
                    decides: object.decides,
                }];
            }
            leaders
                .iter()
                .zip(1..)
                .map(|(leader, place)| Object {
                    key: format!("{}:{place}", object.key),
                    name: Text {
                        zh: format!("{leader} {}", object.name.zh),
                        en: format!("{leader}: {}", object.name.en),
                    },
                    decides: false,
                })
                .collect()
        })
        .collect()
}

impl Poll {
    pub fn state(&self) -> PollState {
        self.stage.state()
    }

    /// The instant from which no slip is taken any more: the end of the last day.
    pub fn closes_at(&self) -> Option<Timestamp> {
        let after = self.plan.closes_on?.tomorrow().ok()?;
        Some(day::start_of(after))
    }

    /// What voting needs to know of it.
    pub fn gate(&self) -> Gate {
        Gate {
            until: match self.stage {
                Stage::Open(_) => self.closes_at(),
                _ => None,
            },
            lock_version: self.lock().map_or(0, |lock| lock.version),
        }
    }

    /// What locks the box; none before the opening.
    pub fn lock(&self) -> Option<&Lock> {
        self.stage.opened().map(|opened| &opened.lock)
    }

    /// What the counting came to; none before it.
    pub fn record(&self) -> Option<&ClosingRecord> {
        self.stage.counted().map(|counted| &counted.record)
    }

    /// Who signed the result so far.
    pub fn signatures(&self) -> &[Signature] {
        self.stage
            .counted()
            .map_or(&[], |counted| counted.signatures.as_slice())
    }

    /// The name of a member by place.
    pub fn member_name(&self, member: usize) -> &str {
        self.plan
            .group
            .get(member)
            .map_or("", |member| member.name.as_str())
    }
}

/// The poll in the state that an act needs.
///
/// # Errors
/// `WrongState` when it is in another.
pub fn in_state(poll: &Poll, wanted: PollState) -> Result<(), PollRefusal> {
    if poll.state() == wanted {
        Ok(())
    } else {
        Err(wrong_state(poll, wanted))
    }
}

fn wrong_state(poll: &Poll, wanted: PollState) -> PollRefusal {
    PollRefusal::WrongState {
        state: poll.state(),
        wanted,
    }
}

#[cfg(test)]
mod tests;
