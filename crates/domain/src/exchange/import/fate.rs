//! What becomes of a table's rows, and why a row is refused.

use std::{collections::HashSet, sync::Arc};

use jianjia_standard::{Lang, Text};
use serde::{Deserialize, Serialize};

use crate::{
    core::{refusal::Refusal, text::form::of_union},
    exchange::import::{
        ImportColumn, ImportRow,
        aside::{Aside, RowPlace},
        pair::{Ask, Pair},
        refusal::ImportRefusal,
        table::{Fault, HiddenRows, Taken},
    },
};

/// What becomes of one row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowFate {
    /// As the spreadsheet program counts, with the sheet where several are read.
    #[serde(flatten)]
    pub place: RowPlace,
    /// The name that the row is about.
    pub name: String,
    pub outcome: Outcome,
    /// What is written of the row, in the order of the report's columns; what is not written of it, as typed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub says: Vec<Said>,
    /// What is written otherwise than it is typed, until it is among `says`.
    #[serde(skip)]
    pub(crate) written: Written,
}

/// What a cell of the report says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Said {
    Plain(String),
    /// In the language of whoever reads.
    Words(Text),
}

impl Said {
    pub fn get(&self, lang: Lang) -> &str {
        match self {
            Said::Plain(text) => text,
            Said::Words(words) => words.get(lang),
        }
    }
}

/// What a row writes where that is not what its cell says, by the column's key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Written(Vec<(Arc<str>, Said)>);

impl Written {
    pub(crate) fn text(&mut self, row: &ImportRow, key: &str, text: &str) {
        if row.get(key) != text {
            self.0.push((key.into(), Said::Plain(text.to_owned())));
        }
    }

    pub(crate) fn words(&mut self, row: &ImportRow, key: &str, words: Text) {
        if row.get(key) != words.zh {
            self.0.push((key.into(), Said::Words(words)));
        }
    }

    fn take(&mut self, key: &str) -> Option<Said> {
        let place = self.0.iter().position(|(known, _)| &**known == key)?;
        Some(self.0.swap_remove(place).1)
    }
}

/// Several reasons in one text: each once, and only the last with its full stop.
pub fn joined<'a>(sentences: impl IntoIterator<Item = &'a str>, lang: Lang) -> String {
    let (stop, between) = match lang {
        Lang::Zh => ('。', "；"),
        Lang::En => ('.', "; "),
    };
    let mut seen: Vec<&str> = Vec::new();
    for sentence in sentences {
        let sentence = sentence.trim();
        if !sentence.is_empty() && !seen.contains(&sentence) {
            seen.push(sentence);
        }
    }
    let last = seen.pop().unwrap_or_default();
    let before = seen
        .into_iter()
        .map(|sentence| sentence.trim_end_matches([stop, '；', ';']))
        .collect::<Vec<_>>();
    before
        .into_iter()
        .chain(std::iter::once(last))
        .collect::<Vec<_>>()
        .join(between)
}

impl RowFate {
    pub(crate) fn of(row: &ImportRow, name: String, outcome: Outcome) -> RowFate {
        RowFate {
            place: row.place(),
            name,
            outcome,
            says: Vec::new(),
            written: Written::default(),
        }
    }

    pub(crate) fn writing(self, written: Written) -> RowFate {
        RowFate { written, ..self }
    }
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
        /// Its sheet, where several are read.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        of_sheet: String,
    },
    /// The whole table is refused with it, unless only the others are asked for.
    Refused {
        reasons: Vec<Reason>,
    },
}

/// Why a row is refused: the column's heading (empty when it is about the whole row) and the sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    pub column: Text,
    pub sentence: Text,
    /// Who may be meant, if that is the question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ask: Option<Ask>,
}

/// What would become, or became, of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportReport {
    pub rows: Vec<RowFate>,
    /// The columns of what the rows say.
    #[serde(default)]
    pub columns: Vec<Text>,
    /// What was not read as a row.
    #[serde(default)]
    pub aside: Aside,
    /// Whether the refused rows were given back and the others imported.
    #[serde(default)]
    pub only_good: bool,
    /// What somebody said that names of the table mean.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pairs: Vec<Pair>,
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

    /// What was chosen for hidden rows.
    pub fn hidden_rows(&self) -> HiddenRows {
        match &self.aside.hidden {
            Some(hidden) if !hidden.is_taken => HiddenRows::Leave,
            _ => HiddenRows::Take,
        }
    }

    /// Adds what the rows write or say, and what was left aside; `known` are the columns of the kind, and `under` is the upper union of rows that
    /// name none.
    pub fn complete(&mut self, taken: &Taken, known: &[ImportColumn], under: Option<&str>) {
        let written: HashSet<&str> = self
            .rows
            .iter()
            .flat_map(|fate| fate.written.0.iter().map(|(key, _)| &**key))
            .chain(under.map(|_| "upper"))
            .collect();
        // What is written without a column of the table has one of its own.
        let added = known.iter().filter(|column| {
            let is_there = || taken.columns.iter().any(|(key, _)| *key == column.key);
            written.contains(&*column.key) && !is_there()
        });
        let added = added.map(|column| (Arc::clone(&column.key), column.name.clone()));
        let columns: Vec<(Arc<str>, Text)> = taken.columns.iter().cloned().chain(added).collect();
        self.columns = columns.iter().map(|(_, name)| name.clone()).collect();
        let outside = std::mem::take(&mut self.aside.outside);
        self.aside = Aside {
            outside,
            ..taken.aside.clone()
        };
        for (fate, row) in self.rows.iter_mut().zip(&taken.rows) {
            // A unit that is registered stays where it is.
            let is_new = matches!(fate.outcome, Outcome::New);
            let under = under.filter(|_| is_new).unwrap_or_default();
            let mut written = std::mem::take(&mut fate.written);
            let said = columns.iter().map(|(key, _)| {
                let typed = || match row.typed(key) {
                    "" if &**key == "upper" => under,
                    said => said,
                };
                let said = written.take(key);
                said.unwrap_or_else(|| Said::Plain(typed().to_owned()))
            });
            fate.says = said.collect();
        }
    }

    /// Whether importing it would change anything.
    pub fn changes(&self) -> bool {
        let [new, changed, ..] = self.counts();
        new + changed > 0
    }
}

/// Gathers the reasons of one row.
#[derive(Default)]
pub(crate) struct Reasons {
    found: Vec<Reason>,
    /// The columns whose cell does not say what was meant, about which there is nothing more to say.
    faulty: Vec<Arc<str>>,
}

impl Reasons {
    /// Those that the cells themselves are: values that were lost before the table was saved.
    pub(crate) fn of(columns: &[ImportColumn], row: &ImportRow) -> Reasons {
        let mut reasons = Reasons::default();
        for (key, fault, typed) in &row.faults {
            let typed = typed.clone();
            let refusal = match fault {
                Fault::NoValue => ImportRefusal::NoValue,
                Fault::Error => ImportRefusal::FormulaFailed { typed },
                Fault::LostDigits => ImportRefusal::LostDigits { typed },
                Fault::IdentityNumber => ImportRefusal::IdentityNumber,
                Fault::Merged | Fault::Covered => ImportRefusal::Merged,
                Fault::SameAbove => ImportRefusal::SameAbove,
                Fault::SameOwn => ImportRefusal::SameOwn { typed },
                Fault::UpperEmpty => ImportRefusal::UpperEmpty,
                Fault::Alone => ImportRefusal::Alone { typed },
                Fault::MoreCells => ImportRefusal::MoreCells { typed },
            };
            reasons.add(columns, key, &refusal.into());
            reasons.faulty.push(Arc::clone(key));
        }
        reasons
    }

    pub(crate) fn add(&mut self, columns: &[ImportColumn], key: &str, refusal: &Refusal) {
        if let Refusal::Fields(fields) = refusal {
            for (field, refusal) in fields {
                self.add(columns, field, refusal);
            }
            return;
        }
        // Where the row itself is faulty there is nothing to say of its cells.
        let is_of_row = |faulty: &Arc<str>| faulty.is_empty();
        if self
            .faulty
            .iter()
            .any(|faulty| &**faulty == key || is_of_row(faulty))
        {
            return;
        }
        let column = columns
            .iter()
            .find(|column| &*column.key == key)
            .map_or_else(Text::default, |column| column.name.clone());
        self.found.push(Reason {
            column,
            sentence: Text {
                zh: shortened(refusal.sentence(Lang::Zh)),
                en: shortened(refusal.sentence(Lang::En)),
            },
            ask: refusal
                .of::<ImportRefusal>()
                .and_then(|refusal| refusal.asks(key)),
        });
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    pub(crate) fn outcome(self) -> Outcome {
        Outcome::Refused {
            reasons: self.found,
        }
    }
}

/// What becomes of a row about the same thing as an earlier one: passed over if it says the same, else refused. `meant_alike` are the columns whose
/// cells were found to mean the same, however they are spelled.
pub(crate) fn repeated(
    columns: &[ImportColumn],
    (earlier, row): (&ImportRow, &ImportRow),
    meant_alike: &[&str],
) -> Outcome {
    let of = earlier.place();
    if say_the_same(earlier, row, meant_alike) {
        return Outcome::Duplicate {
            of_row: of.row,
            of_sheet: of.sheet,
        };
    }
    let mut reasons = Reasons::default();
    let differs = ImportRefusal::DiffersFromRow { row: of };
    reasons.add(columns, "", &differs.into());
    reasons.outcome()
}

/// Whether two rows say the same, in whatever spelling.
fn say_the_same(one: &ImportRow, other: &ImportRow, meant_alike: &[&str]) -> bool {
    one.cells.keys().chain(other.cells.keys()).all(|key| {
        let (one, other) = (one.get(key), other.get(key));
        meant_alike.contains(&&**key) || one == other || of_union(one) == of_union(other)
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
    fn several_reasons_stand_in_one_text_each_once() {
        for (sentences, expect) in [
            (&["甲。", "乙。", "甲。"][..], "甲；乙。"),
            (&["甲。"], "甲。"),
            (&["甲", "乙；"], "甲；乙；"),
            (&["甲。请改。", "", "乙。"], "甲。请改；乙。"),
            (&[], ""),
        ] {
            assert_eq!(joined(sentences.iter().copied(), Lang::Zh), expect);
        }
        assert_eq!(
            joined(["One. Mend it.", "Two."], Lang::En),
            "One. Mend it; Two."
        );
    }

    #[test]
    fn a_reason_does_not_repeat_a_book_from_the_table() {
        for length in [1, 30_000] {
            let refusal = ImportRefusal::UnitUnknown {
                typed: "长".repeat(length),
            };
            let whole = refusal.sentence(Lang::Zh);
            let mut reasons = Reasons::default();
            reasons.add(&[], "unit", &refusal.into());
            let told = &reasons.found[0].sentence.zh;
            assert_eq!(*told == whole, length == 1);
            assert!(told.chars().count() <= 401);
            let end: String = whole.chars().skip(whole.chars().count() - 10).collect();
            assert!(told.ends_with(&end), "{told}");
        }
    }
}
