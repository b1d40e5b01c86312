//! What the members' rating of a year came to, by the standard's answers (clauses M5d, T3b): what judging reads of it.

use std::collections::BTreeMap;

use jianjia_standard::{Standard, subject::RatingCounts};
use serde::{Deserialize, Serialize};

/// The members who may vote, and the ballots by answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RatingTotals {
    pub roll: i64,
    /// By the keys of the standard (`cast` of its rating); those nobody gave count 0.
    pub answers: BTreeMap<String, i64>,
}

impl RatingTotals {
    /// Totals of answers by key.
    pub fn of<'a>(roll: i64, answers: impl IntoIterator<Item = (&'a str, i64)>) -> RatingTotals {
        let answers = answers.into_iter();
        RatingTotals {
            roll,
            answers: answers
                .map(|(answer, count)| (answer.to_owned(), count))
                .collect(),
        }
    }

    /// How many ballots were cast, void ones included.
    pub fn cast(&self) -> i64 {
        self.answers.values().sum()
    }

    /// The ballots that count as satisfied and the valid ones; none where an answer of the standard's formula is not among the totals.
    pub fn satisfied_of_valid(&self, standard: &Standard) -> Option<(i64, i64)> {
        let formula = standard.rating.as_ref()?;
        let sum = |answers: &[String]| -> Option<i64> {
            let counts = answers.iter();
            counts.map(|answer| self.answers.get(answer)).sum()
        };
        Some((sum(&formula.counts)?, sum(&formula.of)?))
    }

    /// As judging reads them.
    pub fn counts(&self) -> RatingCounts {
        let number = |count: i64| u64::try_from(count).unwrap_or(0);
        let answers = self.answers.iter();
        RatingCounts {
            roll: Some(number(self.roll)),
            answers: answers
                .map(|(answer, count)| (answer.clone(), number(*count)))
                .collect(),
        }
    }
}
