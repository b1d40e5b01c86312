//! The year's totals of the members' democratic rating (clauses M5d, T3b): what a signed poll came to, as judging reads it.

use jiff::Timestamp;

use crate::{core::ids::UnitId, year::totals::RatingTotals};

#[derive(Clone, Debug, PartialEq)]
pub struct Rating {
    pub unit: UnitId,
    pub unit_path: String,
    pub year: i16,
    pub counts: RatingTotals,
    pub recorded_by: String,
    pub recorded_by_name: String,
    pub recorded_at: Timestamp,
    pub note: String,
}
