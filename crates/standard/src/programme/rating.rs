//! How members rate, and how their answers are counted.

use crate::figure::Quorum;
use crate::programme::roll::RollRules;
use crate::text::Text;

/// How the members' rating is calculated: counted answers ÷ valid answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rating {
    /// The answers that count as satisfied.
    pub counts: Vec<String>,
    /// The valid answers.
    pub of: Vec<String>,
    /// The answers that make up all ballots cast, void ones included.
    pub cast: Vec<String>,
    pub quorum: Quorum,
    pub note: Option<Text>,
    /// How many days it takes from preparing it to signing its result, by experience; `None` if nothing is said of it.
    pub takes_days: Option<u64>,
    /// How the roll compares with the members; `None` if the standard does not compare them.
    pub roll: Option<RollRules>,
    /// How the poll is held; `None` if the totals come from elsewhere.
    pub ballot: Option<BallotRules>,
}

/// How members answer, and who holds the poll.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BallotRules {
    /// What is rated, in the order of the slip; one of them decides.
    pub objects: Vec<RatedObject>,
    /// The grades to choose from, best first. Each is among the valid answers.
    pub grades: Vec<Grade>,
    /// The answer counted for a ballot that leaves the object blank.
    pub blank: String,
    pub group: GroupRules,
    /// Results are not published if fewer ballots than this would be shown, or could be told apart from the others.
    pub fewest_shown: u64,
    /// How long at most a ballot waits for others, in a small poll, before it is committed and its voter thanked.
    pub gathering_seconds: u64,
    /// A result that differs from last year's by more than this, in percentage points, is pointed out to the upper union.
    pub far_from_last_year: u64,
    /// The rating's own `roll`, for those who plan a poll.
    pub roll: Option<RollRules>,
}

/// One thing that members rate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RatedObject {
    pub key: String,
    pub name: Text,
    /// Whether it is the one that the criteria refer to.
    pub decides: bool,
    /// Whether it is rated once for the chair and each vice chair, by name.
    pub each_leader: bool,
}

/// One grade of the ballot; `key` is an answer of the formula.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grade {
    pub key: String,
    pub name: Text,
}

/// The working group that holds the poll.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupRules {
    pub least: u64,
    pub most: u64,
    /// The sides that its members represent; at least one member for each.
    pub sides: Vec<Side>,
    /// How many members open the box together.
    pub keys: u64,
    /// The part of the group whose signatures a result needs.
    pub signatures: Quorum,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    pub key: String,
    pub name: Text,
    /// Whether a leader who is rated may stand for it.
    pub may_be_rated: bool,
}
