//! A visit: a home that was drawn for a spot check, and the inspectors who go there.

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
    }
}

impl VisitState {
    /// Whether the home was not visited yet: until the last one is, nobody may know who was drawn.
    pub fn is_open(self) -> bool {
        matches!(self, VisitState::Drawn)
    }
}

jianjia_standard::keyed! {
    /// What an inspection came to. The keys stand in tables: one that was written once stays.
    pub enum Colour {
        Green = "green" / "抽查|绿",
        Amber = "amber" / "抽查|黄",
        Red = "red" / "抽查|红",
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
    /// From 1; whoever is drawn in the place of somebody with a conflict takes it over.
    pub place: i64,
    pub ticket: String,
    /// The conflict that they declared; none: they go.
    pub conflict: Option<InspectorConflict>,
    pub drawn_at: Timestamp,
}

/// Why an inspector does not go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InspectorConflict {
    pub reason: String,
    pub at: Timestamp,
}
