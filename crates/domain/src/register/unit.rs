//! A unit of the register: a union, a federation or a branch, in the leadership tree (clauses A1-A4).

pub mod change;
pub mod codes;
pub mod form;
pub mod list;
pub mod refusal;

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::core::{
    ids::UnitId,
    place::{UnitKind, UnitPlace},
};

/// The full record of a unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    pub id: UnitId,
    /// Counted through the whole register, from 1; it stays with the unit.
    pub number: i64,
    pub parent_id: Option<UnitId>,
    pub path: String,
    pub kind: UnitKind,
    pub details: UnitDetails,
    pub sort_key: String,
    pub state: UnitState,
    pub ended_on: Option<Date>,
    pub successor_id: Option<UnitId>,
    /// Goes up by one with every change; a form made from an older one is stale.
    pub revision: i64,
    pub created_at: Timestamp,
    pub changed_at: Timestamp,
}

impl Unit {
    pub fn place(&self) -> UnitPlace {
        UnitPlace {
            id: self.id,
            kind: self.kind,
            name: self.details.name.clone(),
            path: self.path.clone(),
        }
    }
}

/// What describes a unit: the fields of the national collection form. None is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UnitDetails {
    pub name: String,
    /// The code of the division it stands in; empty when not known.
    pub division: String,
    /// A key of `codes::FORMS`.
    pub form: Option<String>,
    pub credit_code: Option<String>,
    /// Why a code is kept whose check digit is off: what it was compared with. None where both codes are right.
    pub code_reason: Option<String>,
    pub founded_on: Option<Date>,
    /// A key of `codes::EMPLOYERS`: how the standard sorts the employer.
    pub employer: Option<String>,
    pub employer_name: Option<String>,
    pub employer_credit_code: Option<String>,
    pub employer_address: Option<String>,
    /// A key of `codes::NATURES`.
    pub employer_nature: Option<String>,
    /// A key of `codes::ECONOMIC_TYPES`.
    pub employer_economic_type: Option<String>,
    /// A key of `codes::INDUSTRIES`.
    pub employer_industry: Option<String>,
    pub phone: Option<String>,
    pub workers: Option<i64>,
    pub members: Option<i64>,
}

jianjia_standard::keyed! {
    pub enum UnitState {
        Active = "active" / "存续",
        /// Went into its successor.
        Merged = "merged" / "已合并",
        Closed = "closed" / "已撤销",
    }
}

jianjia_standard::keyed! {
    /// What a line of a unit's history records.
    pub enum UnitChange {
        Founded = "founded" / "登记",
        Corrected = "corrected" / "更正",
        Moved = "moved" / "转移",
        Renamed = "renamed" / "更名",
        Merged = "merged" / "合并",
        Closed = "closed" / "撤销",
    }
}

/// One line of a unit's history: what the record was from a day on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitVersion {
    pub valid_from: Date,
    pub change: UnitChange,
    pub unit: Unit,
    pub note: String,
    pub recorded_by: String,
    pub recorded_at: Timestamp,
}
