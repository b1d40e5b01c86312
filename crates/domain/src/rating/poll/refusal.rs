//! Why something of a poll is not done; the sentences are in `zh` and `en`.

mod en;
mod zh;

use crate::core::refusal::Refuse;
use jianjia_standard::{Lang, Text, figure::Rate};
use jiff::{
    ToSpan,
    civil::{Date, date},
};

use crate::rating::poll::{PollState, list::Doubtful, slip::SlipRefusal};

/// A last day that would do, to show how one is written: a week from today, within the year.
fn last_day_like(today: Date, year: i16) -> Date {
    let (first, last) = (date(year, 1, 1), date(year, 12, 31));
    let in_a_week = today.saturating_add(7.days());
    in_a_week.clamp(first, last)
}

#[derive(Clone, Debug, PartialEq)]
pub enum PollRefusal {
    /// The standard knows no ballot.
    NoBallot,
    WrongState {
        state: PollState,
        wanted: PollState,
    },
    /// Another poll of the year is not over, or its result holds.
    AnotherPoll {
        state: PollState,
    },
    /// The year has a result, and the union above did not agree to another poll.
    NeedsConsent {
        year: i16,
    },
    /// The year has no result to replace.
    NothingReplaced {
        year: i16,
    },
    NoNumber {
        least: i64,
        most: i64,
    },
    ListTooLong {
        names: usize,
        most: usize,
    },
    /// Lines of the pasted list that are no name, or not one, or one again.
    DoubtfulList {
        lines: Vec<Doubtful>,
    },
    NoName {
        name: String,
    },
    Twice {
        name: String,
    },
    NoSide,
    RatedForMembers {
        name: String,
        side: Text,
    },
    TooManyLeaders {
        most: usize,
    },
    NoLeader,
    RollTooSmall {
        roll: i64,
        fewest: i64,
    },
    RollAboveMembers {
        roll: i64,
        members: i64,
    },
    /// Who is on the roll was not said.
    NoVoters {
        known: Vec<Text>,
    },
    /// The roll is far from the members, and nobody said why.
    RollUnexplained {
        roll: i64,
        members: i64,
        by: Rate,
    },
    ReasonTooLong {
        characters: usize,
        most: usize,
    },
    GroupSize {
        members: usize,
        least: u64,
        most: u64,
    },
    SideMissing {
        sides: Vec<Text>,
    },
    NoLastDay {
        today: Date,
        year: i16,
    },
    /// The union above makes the slips.
    SlipsByUpper,
    MoreSlipsThanRoll {
        number: i64,
        valid: i64,
        roll: i64,
    },
    NotSpoilable(SlipRefusal),
    /// What can't be taken back was not ticked.
    NotTicked,
    NoGrade,
    SuggestionTooLong {
        characters: usize,
        most: usize,
    },
    Slip(SlipRefusal),
    /// Keys can be made anew only while the box is empty.
    BoxNotEmpty,
    /// The keys were made anew between a ballot's sealing and its commit.
    KeysRenewed,
    NoSuchCode,
    TooManyTries,
    SameMember,
    TooFewKeys {
        keys: u64,
    },
    PaperDoesNotAddUp {
        object: Text,
        sum: i64,
        ballots: i64,
    },
    PaperNotAgreed,
    BoxDoesNotBalance {
        sealed: i64,
        used: i64,
    },
    MoreThanTheRoll {
        ballots: i64,
        roll: i64,
    },
    /// A sealed ballot does not open: the data was changed.
    BallotDamaged,
    SignedAlready {
        name: String,
    },
    NoReason,
    /// Too few ballots to show.
    Withheld,
}

impl Refuse for PollRefusal {
    fn key(&self) -> &'static str {
        match self {
            PollRefusal::NoBallot => "poll/no-ballot",
            PollRefusal::WrongState { .. } => "poll/wrong-state",
            PollRefusal::AnotherPoll { .. } => "poll/another-poll",
            PollRefusal::NeedsConsent { .. } => "poll/needs-consent",
            PollRefusal::NothingReplaced { .. } => "poll/nothing-replaced",
            PollRefusal::NoNumber { .. } => "poll/no-number",
            PollRefusal::ListTooLong { .. } => "poll/list-too-long",
            PollRefusal::DoubtfulList { .. } => "poll/doubtful-list",
            PollRefusal::NoName { .. } => "poll/no-name",
            PollRefusal::Twice { .. } => "poll/twice",
            PollRefusal::NoSide => "poll/no-side",
            PollRefusal::RatedForMembers { .. } => "poll/rated-for-members",
            PollRefusal::TooManyLeaders { .. } => "poll/too-many-leaders",
            PollRefusal::NoLeader => "poll/no-leader",
            PollRefusal::RollTooSmall { .. } => "poll/roll-too-small",
            PollRefusal::RollAboveMembers { .. } => "poll/roll-above-members",
            PollRefusal::NoVoters { .. } => "poll/no-voters",
            PollRefusal::RollUnexplained { .. } => "poll/roll-unexplained",
            PollRefusal::ReasonTooLong { .. } => "poll/reason-too-long",
            PollRefusal::GroupSize { .. } => "poll/group-size",
            PollRefusal::SideMissing { .. } => "poll/side-missing",
            PollRefusal::NoLastDay { .. } => "poll/no-last-day",
            PollRefusal::SlipsByUpper => "poll/slips-by-upper",
            PollRefusal::MoreSlipsThanRoll { .. } => "poll/more-slips-than-roll",
            PollRefusal::NotSpoilable(_) => "poll/not-spoilable",
            PollRefusal::NotTicked => "poll/not-ticked",
            PollRefusal::NoGrade => "poll/no-grade",
            PollRefusal::SuggestionTooLong { .. } => "poll/suggestion-too-long",
            PollRefusal::Slip(slip) => slip.key(),
            PollRefusal::BoxNotEmpty => "poll/box-not-empty",
            PollRefusal::KeysRenewed => "poll/keys-renewed",
            PollRefusal::NoSuchCode => "poll/no-such-code",
            PollRefusal::TooManyTries => "poll/too-many-tries",
            PollRefusal::SameMember => "poll/same-member",
            PollRefusal::TooFewKeys { .. } => "poll/too-few-keys",
            PollRefusal::PaperDoesNotAddUp { .. } => "poll/paper-does-not-add-up",
            PollRefusal::PaperNotAgreed => "poll/paper-not-agreed",
            PollRefusal::BoxDoesNotBalance { .. } => "poll/box-does-not-balance",
            PollRefusal::MoreThanTheRoll { .. } => "poll/more-than-the-roll",
            PollRefusal::BallotDamaged => "poll/ballot-damaged",
            PollRefusal::SignedAlready { .. } => "poll/signed-already",
            PollRefusal::NoReason => "poll/no-reason",
            PollRefusal::Withheld => "poll/withheld",
        }
    }

    fn sentence(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => self.zh(),
            Lang::En => self.en(),
        }
    }
}
