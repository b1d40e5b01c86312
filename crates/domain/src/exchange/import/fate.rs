//! What becomes of a table's rows, and why a row is refused.

use jianjia_standard::{Lang, Text};
use serde::{Deserialize, Serialize};

use crate::{
    core::{refusal::Refusal, text::form::of_union},
    exchange::import::{ImportColumn, ImportRow, refusal::ImportRefusal},
};

/// What becomes of one row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowFate {
    /// As the spreadsheet program counts.
    pub row: usize,
    /// The name that the row is about.
    pub name: String,
    pub outcome: Outcome,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum Outcome {
    New,
    /// The headings of what changes.
    Changed {
        fields: Vec<Text>,
    },
    Unchanged,
    /// Says the same as an earlier row; passed over.
    Duplicate {
        of_row: usize,
    },
    /// The whole table is refused with it.
    Refused {
        reasons: Vec<Reason>,
    },
}

/// Why a row is refused: the column's heading (empty when it is about the whole row) and the sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    pub column: Text,
    pub sentence: Text,
}

/// What would become, or became, of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportReport {
    pub rows: Vec<RowFate>,
}

impl ImportReport {
    /// New, changed, unchanged, duplicate and refused rows.
    pub fn counts(&self) -> [usize; 5] {
        let mut counts = [0; 5];
        for fate in &self.rows {
            let place = match fate.outcome {
                Outcome::New => 0,
                Outcome::Changed { .. } => 1,
                Outcome::Unchanged => 2,
                Outcome::Duplicate { .. } => 3,
                Outcome::Refused { .. } => 4,
            };
            counts[place] += 1;
        }
        counts
    }

    /// Whether the table can be imported: no row is refused.
    pub fn is_clean(&self) -> bool {
        self.counts()[4] == 0
    }

    /// Whether importing it would change anything.
    pub fn changes(&self) -> bool {
        let [new, changed, ..] = self.counts();
        new + changed > 0
    }
}

/// Gathers the reasons of one row.
#[derive(Default)]
pub(crate) struct Reasons(Vec<Reason>);

impl Reasons {
    pub(crate) fn add(&mut self, columns: &[ImportColumn], key: &str, refusal: &Refusal) {
        if let Refusal::Fields(fields) = refusal {
            for (field, refusal) in fields {
                self.add(columns, field, refusal);
            }
            return;
        }
        let column = columns
            .iter()
            .find(|column| &*column.key == key)
            .map_or_else(Text::default, |column| column.name.clone());
        self.0.push(Reason {
            column,
            sentence: Text {
                zh: shortened(refusal.sentence(Lang::Zh)),
                en: shortened(refusal.sentence(Lang::En)),
            },
        });
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn outcome(self) -> Outcome {
        Outcome::Refused { reasons: self.0 }
    }
}

/// What becomes of a row about the same thing as an earlier one: passed over if it says the same, else refused.
pub(crate) fn repeated(columns: &[ImportColumn], earlier: &ImportRow, row: &ImportRow) -> Outcome {
    let of_row = earlier.number;
    if say_the_same(earlier, row) {
        return Outcome::Duplicate { of_row };
    }
    let mut reasons = Reasons::default();
    let differs = ImportRefusal::DiffersFromRow { row: of_row };
    reasons.add(columns, "", &differs.into());
    reasons.outcome()
}

/// Whether two rows say the same, in whatever spelling.
fn say_the_same(one: &ImportRow, other: &ImportRow) -> bool {
    one.cells.len() == other.cells.len()
        && one.cells.iter().all(|(key, cell)| {
            let other = other.get(key);
            cell == other || of_union(cell) == of_union(other)
        })
}

/// A sentence without the middle of what it repeats from the table, where a cell may hold a book. What to do stands at the end.
fn shortened(sentence: String) -> String {
    const BEGINNING: usize = 100;
    const END: usize = 300;
    let length = sentence.chars().count();
    if length <= BEGINNING + END {
        return sentence;
    }
    let beginning = sentence.chars().take(BEGINNING);
    let end = sentence.chars().skip(length - END);
    beginning.chain(std::iter::once('…')).chain(end).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::refusal::Refuse;

    #[test]
    fn a_reason_does_not_repeat_a_book_from_the_table() {
        for length in [1, 30_000] {
            let refusal = ImportRefusal::UnitUnknown {
                typed: "长".repeat(length),
            };
            let whole = refusal.sentence(Lang::Zh);
            let mut reasons = Reasons::default();
            reasons.add(&[], "unit", &refusal.into());
            let told = &reasons.0[0].sentence.zh;
            assert_eq!(*told == whole, length == 1);
            assert!(told.chars().count() <= 401);
            let end: String = whole.chars().skip(whole.chars().count() - 10).collect();
            assert!(told.ends_with(&end), "{told}");
        }
    }
}
