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
    /// Founded in this year, ended in this year.
    pub founded_in: Option<i16>,
    pub ended_in: Option<i16>,
    /// Part of a name or of its pinyin, a number, or a whole credit code.
    pub search: String,
    pub sort: UnitSort,
}

jianjia_standard::keyed! {
    #[derive(Default)]
    pub enum UnitSort {
        #[default]
        Name = "name",
        Number = "number",
        Workers = "workers",
        Members = "members",
        ChangedAt = "changed",
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
