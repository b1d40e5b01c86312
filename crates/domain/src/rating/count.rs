//! The year's totals of the members' democratic rating (clauses M5d, T3b): what a signed poll came to, as judging reads it.

use jianjia_standard::subject::RatingCounts;
use jiff::Timestamp;

use crate::core::ids::UnitId;

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

/// Ballots by answer, and the members who may vote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RatingTotals {
    pub roll: i64,
    pub satisfied: i64,
    pub basically_satisfied: i64,
    pub dissatisfied: i64,
    pub void: i64,
}

impl RatingTotals {
    pub fn cast(&self) -> i64 {
        self.satisfied + self.basically_satisfied + self.dissatisfied + self.void
    }

    /// As judging reads them.
    pub fn counts(&self) -> RatingCounts {
        let number = |count: i64| u64::try_from(count).unwrap_or(0);
        RatingCounts {
            roll: Some(number(self.roll)),
            answers: [
                ("satisfied", self.satisfied),
                ("basically_satisfied", self.basically_satisfied),
                ("dissatisfied", self.dissatisfied),
                ("void", self.void),
            ]
            .into_iter()
            .map(|(answer, count)| (answer.to_owned(), number(count)))
            .collect(),
        }
    }
}
