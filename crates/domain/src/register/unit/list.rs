//! What a list of units is asked for, and one line of it.

use crate::{
    core::{ids::UnitId, place::UnitKind},
    register::unit::UnitState,
};

/// What is listed. Empty text and None filter nothing.
#[derive(Clone, Debug, Default)]
pub struct UnitFilter {
    /// The paths whose subtrees may be seen; none at all shows nothing.
    pub scopes: Vec<String>,
    /// Only within this path.
    pub under: Option<String>,
    pub kind: Option<UnitKind>,
    /// A division's code: it and everything in it.
    pub division: String,
    pub state: Option<UnitState>,
    /// Part of a name or of its pinyin, a number, or a whole credit code.
    pub search: String,
    pub sort: UnitSort,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UnitSort {
    #[default]
    Name,
    Number,
    Workers,
    Members,
    ChangedAt,
}

impl UnitSort {
    pub const ALL: [UnitSort; 5] = [
        UnitSort::Name,
        UnitSort::Number,
        UnitSort::Workers,
        UnitSort::Members,
        UnitSort::ChangedAt,
    ];

    pub fn key(self) -> &'static str {
        match self {
            UnitSort::Name => "name",
            UnitSort::Number => "number",
            UnitSort::Workers => "workers",
            UnitSort::Members => "members",
            UnitSort::ChangedAt => "changed",
        }
    }

    pub fn from_key(key: &str) -> Option<UnitSort> {
        UnitSort::ALL.into_iter().find(|sort| sort.key() == key)
    }
}

/// One line of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitLine {
    pub id: UnitId,
    pub number: i64,
    pub kind: UnitKind,
    pub name: String,
    pub state: UnitState,
    pub upper_name: String,
    pub division_name: String,
    pub credit_code: Option<String>,
    pub workers: Option<i64>,
    pub members: Option<i64>,
}
