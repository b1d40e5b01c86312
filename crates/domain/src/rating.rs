//! The year's totals of the members' democratic rating (clauses M5d, T3b), as the union above records them from paper.

use jianjia_standard::{subject::RatingCounts, text::Lang};
use jiff::Timestamp;

use crate::{ids::UnitId, refusal::Refusal};

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

/// What the form brings, as typed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RatingInput {
    pub roll: String,
    pub satisfied: String,
    pub basically_satisfied: String,
    pub dissatisfied: String,
    pub void: String,
    pub note: String,
}

/// More members than any union has.
const MOST: i64 = 10_000_000;

/// Reads what was typed, or says what is wrong at every field.
pub fn read(input: &RatingInput) -> Result<RatingTotals, Refusal> {
    let mut refused: Vec<(String, Refusal)> = Vec::new();
    let mut number = |field: &str, words: &str| match words.trim().parse::<i64>() {
        Ok(count) if (0..=MOST).contains(&count) => count,
        _ => {
            refused.push((field.to_owned(), RatingRefusal::NoCount.into()));
            0
        }
    };
    let totals = RatingTotals {
        roll: number("roll", &input.roll),
        satisfied: number("satisfied", &input.satisfied),
        basically_satisfied: number("basically_satisfied", &input.basically_satisfied),
        dissatisfied: number("dissatisfied", &input.dissatisfied),
        void: number("void", &input.void),
    };
    if refused.is_empty() && totals.cast() > totals.roll {
        let refusal = RatingRefusal::MoreThanTheRoll {
            cast: totals.cast(),
            roll: totals.roll,
        };
        refused.push(("roll".to_owned(), refusal.into()));
    }
    if refused.is_empty() {
        Ok(totals)
    } else {
        Err(Refusal::Fields(refused))
    }
}

/// Why totals are not recorded.
#[derive(Clone, Debug, PartialEq)]
pub enum RatingRefusal {
    NoCount,
    MoreThanTheRoll { cast: i64, roll: i64 },
}

impl RatingRefusal {
    pub fn key(&self) -> &'static str {
        match self {
            RatingRefusal::NoCount => "rating/no-count",
            RatingRefusal::MoreThanTheRoll { .. } => "rating/more-than-the-roll",
        }
    }

    pub fn sentence(&self, lang: Lang) -> String {
        match (self, lang) {
            (RatingRefusal::NoCount, Lang::Zh) => "请填整数；没有的填 0。".to_owned(),
            (RatingRefusal::NoCount, Lang::En) => {
                "Please enter a whole number; none is 0.".to_owned()
            }
            (RatingRefusal::MoreThanTheRoll { cast, roll }, Lang::Zh) => {
                format!("四种票加起来是 {cast} 张，多于应投人数 {roll} 人，不可能。请核对计票单。")
            }
            (RatingRefusal::MoreThanTheRoll { cast, roll }, Lang::En) => {
                format!(
                    "The ballots add up to {cast}, more than the {roll} members on the roll, which is impossible. Please check the count."
                )
            }
        }
    }
}
