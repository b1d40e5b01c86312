//! A unit of the register: a union, a federation or a branch, in the leadership tree (clauses A1-A4).

pub mod change;
pub mod codes;
pub mod form;
pub mod list;
pub mod refusal;

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::core::ids::UnitId;

jianjia_standard::keyed! {
    /// What a unit is. The kinds that can hold titles are those of the standard's subjects; `City` and `District` only lead.
    pub enum UnitKind {
        City = "city" / "市总工会",
        District = "district" / "辖市、区总工会",
        Industry = "industry" / "产业、局、公司工会联合会",
        Direct = "direct" / "市直属单位工会",
        Township = "township" / "镇（街道）总工会",
        Zone = "zone" / "开发区（园区）总工会",
        Village = "village" / "村（社区）工会联合会",
        Sector = "sector" / "区域性、行业性工会",
        Grassroots = "grassroots" / "基层工会",
        Branch = "branch" / "分工会（小组）",
    }
}

impl UnitKind {
    /// Whether units of this kind lead other unions.
    pub fn is_federation(self) -> bool {
        !matches!(
            self,
            UnitKind::Grassroots | UnitKind::Direct | UnitKind::Branch
        )
    }
}

/// The little that deciding needs to know of a unit: who it is and where it stands in the tree.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct UnitPlace {
    pub id: UnitId,
    pub kind: UnitKind,
    pub name: String,
    /// `/1/12/345/`: the numbers from the city down to the unit.
    pub path: String,
}

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

/// Whether the unit at `path` is the unit at `above` or stands below it.
pub fn is_within(path: &str, above: &str) -> bool {
    path.starts_with(above)
}

/// The paths of the units above, nearest first: `/1/12/` and `/1/` above `/1/12/345/`.
pub fn paths_above(path: &str) -> Vec<&str> {
    let mut paths = Vec::new();
    let mut end = path.len();
    while let Some(cut) = path[..end.saturating_sub(1)]
        .rfind('/')
        .filter(|cut| *cut > 0)
    {
        paths.push(&path[..=cut]);
        end = cut + 1;
    }
    paths
}

/// The bounds of a subtree for SQL: `path >= lower AND path < upper`.
pub fn subtree(path: &str) -> (String, String) {
    let stem = path.strip_suffix('/').unwrap_or(path);
    (path.to_owned(), format!("{stem}0"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subtree_holds_the_unit_and_all_below_but_no_neighbour() {
        let (lower, upper) = subtree("/1/12/");
        let within = |path: &str| path >= lower.as_str() && path < upper.as_str();
        let paths = ["/1/", "/1/12/", "/1/12/345/", "/1/120/", "/1/13/"];
        assert_eq!(paths.map(within), [false, true, true, false, false]);
        assert_eq!(
            paths.map(|path| is_within(path, "/1/12/")),
            [false, true, true, false, false]
        );
    }
}
