//! A visit: a home that was drawn for a spot check, and the inspectors who go there.

// The standard says what comes to which.
pub use jianjia_standard::programme::visit::Colour;
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::core::ids::{AccountId, HonourId, SpotCheckId, UnitId, VisitId};

/// A home that was drawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    pub id: VisitId,
    pub check: SpotCheckId,
    /// What the home is called in the frame's file.
    pub entry: String,
    pub year: i16,
    pub unit: UnitId,
    pub unit_path: String,
    pub unit_name: String,
    pub honour: HonourId,
    pub title: String,
    pub stratum: String,
    /// From 1 in its stratum, by tickets.
    pub place: i64,
    pub ticket: String,
    /// Whether the unit is told before.
    pub announced: bool,
    /// The last day on which it is visited.
    pub due_on: Date,
    pub state: VisitState,
    /// What the inspection came to; none before.
    pub colour: Option<Colour>,
    pub drawn_at: Timestamp,
}

jianjia_standard::keyed! {
    /// What became of a visit so far. The keys stand in tables: one that was written once stays.
    pub enum VisitState {
        Drawn = "drawn" / "抽查|待检查",
        /// It was inspected, and nothing is to be decided.
        Closed = "closed" / "抽查|已办结",
        /// It was found short; the unit is heard before the city decides.
        Hearing = "hearing" / "抽查|听取意见",
        /// It has time to mend and is visited again.
        Mending = "mending" / "抽查|限期整改",
        Mended = "mended" / "抽查|整改合格",
        Withdrawn = "withdrawn" / "抽查|撤销称号",
        /// The city heard the unit and does not hold it short.
        Cleared = "cleared" / "抽查|不认定不达标，保留称号",
        /// What was decided was taken back.
        Overturned = "overturned" / "抽查|决定已撤回",
    }
}

impl VisitState {
    /// Whether the home was not visited yet: until the last one is, nobody may know who was drawn.
    pub fn is_open(self) -> bool {
        matches!(self, VisitState::Drawn)
    }
}

/// Somebody who was drawn to visit a home.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitInspector {
    pub visit: VisitId,
    pub account: AccountId,
    /// The federation that they come from.
    pub unit: UnitId,
    pub unit_name: String,
    pub name: String,
    /// From 1; whoever is drawn in the place of somebody who does not go takes it over.
    pub place: i64,
    pub ticket: String,
    /// Why they do not go; none: they go.
    pub left: Option<Leaving>,
    pub drawn_at: Timestamp,
}

/// Why an inspector does not go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leaving {
    pub by: LeavingBy,
    pub reason: String,
    pub at: Timestamp,
}

jianjia_standard::keyed! {
    /// By what an inspector does not go. The keys stand in tables.
    pub enum LeavingBy {
        /// They declared a conflict.
        Conflict = "conflict" / "检查人员|回避",
        /// The city released them from this visit.
        Release = "released" / "检查人员|市总工会换人",
    }
}
