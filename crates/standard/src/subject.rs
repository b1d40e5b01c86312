//! A subject to be judged, with everything known of it.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use crate::fact::FactValue;
use crate::kinds::{Employer, HonourLevel, Kind, Post};

/// One subject: a line of `judge`'s input. What is absent is unknown; [`crate::subject_line::read`] parses it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Subject {
    pub id: String,
    pub kind: Kind,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub employer: Option<Employer>,
    /// The post of a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub post: Option<Post>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub founded_on: Option<Date>,
    /// Known answers by the key of the fact, typed as `facts.toml` says.
    pub facts: BTreeMap<String, FactValue>,
    /// `None` if unknown; an empty list if there were none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activities: Option<Vec<Activity>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rating: Option<RatingCounts>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub titles: Vec<HeldTitle>,
    /// The veto clauses that apply to the unit; a branch has its union's.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub vetoes: Vec<VetoState>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subordinates: Option<Subordinates>,
    /// A person's own union.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub union: Option<UnionOfPerson>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Activity {
    pub on: Date,
    pub kind: String,
}

/// The members' ballots: the size of the roll, and the ballots by answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RatingCounts {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roll: Option<u64>,
    /// Keys as in the standard's `[rating]`: satisfied, void …
    #[serde(flatten)]
    pub answers: BTreeMap<String, u64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HeldTitle {
    pub title: String,
    /// The year in which it was given.
    pub year: i16,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<HonourLevel>,
    /// Its federation found that the holder still meets the conditions.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub reconfirmed: bool,
}

/// A veto clause applied to a unit in a year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VetoState {
    pub clause: String,
    pub year: i16,
}

/// The unions below a federation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Subordinates {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unions: Option<u64>,
    /// By tier, how many of them hold it.
    #[serde(flatten)]
    pub holding: BTreeMap<String, u64>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct UnionOfPerson {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub titles: Vec<HeldTitle>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub vetoes: Vec<VetoState>,
}

impl Subject {
    /// A subject of which nothing else is known.
    pub fn unknown(id: impl Into<String>, kind: Kind) -> Subject {
        Subject {
            id: id.into(),
            kind,
            employer: None,
            post: None,
            founded_on: None,
            facts: BTreeMap::new(),
            activities: None,
            rating: None,
            titles: Vec::new(),
            vetoes: Vec::new(),
            subordinates: None,
            union: None,
        }
    }
}
