//! Where a unit stands in the leadership tree, and what kind of unit it is: the little that the policy needs to know of it.

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
