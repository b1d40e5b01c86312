//! Where the headings of a sheet are, and which columns they name: one row, or two of which the upper one groups the lower one's.

use std::collections::HashMap;

use super::{TableRow, plain};
use crate::exchange::import::{ImportColumn, refusal::ImportRefusal};

/// Rows before the headings that are passed over: a title, a unit's name.
const ROWS_BEFORE_HEADINGS: usize = 10;

/// Every heading that is understood, made plain, with its column.
pub(super) struct Words<'a> {
    own: HashMap<String, &'a ImportColumn>,
    /// What offices call columns besides; each a word of one column alone.
    also: HashMap<String, &'a ImportColumn>,
}

impl<'a> Words<'a> {
    pub(super) fn of(columns: &'a [ImportColumn]) -> Words<'a> {
        let mut words = Words {
            own: HashMap::new(),
            also: HashMap::new(),
        };
        for column in columns {
            words.own.insert(plain(&column.key), column);
            for text in std::iter::once(&column.name).chain(&column.question) {
                words.own.insert(plain(&text.zh), column);
                words.own.insert(plain(&text.en), column);
            }
            for also in &column.also {
                words.also.entry(plain(also)).or_insert(column);
            }
        }
        words
    }

    /// The column that a heading names, and whether by its own name.
    fn find(&self, heading: &str) -> Option<(&'a ImportColumn, bool)> {
        let heading = plain(heading);
        let own = self.own.get(&heading).map(|column| (*column, true));
        own.or_else(|| self.also.get(&heading).map(|column| (*column, false)))
    }

    fn get(&self, heading: &str) -> Option<&'a ImportColumn> {
        self.find(heading).map(|(column, _)| column)
    }
}

#[derive(Default)]
pub(super) struct Headings<'a> {
    /// Place among the cells, and the column.
    pub(super) known: Vec<(usize, &'a ImportColumn)>,
    pub(super) unknown: Vec<(usize, String)>,
    twice: Option<String>,
    /// The place of the first row below.
    pub(super) below: usize,
}

/// The row, or the two rows, that name the most columns: the first of several, and one rather than two.
pub(super) fn headings_of<'a>(words: &Words<'a>, rows: &[TableRow]) -> Headings<'a> {
    let mut best = Headings::default();
    let places = 0..rows.len().min(ROWS_BEFORE_HEADINGS);
    let single = places.clone().map(|place| (place, place));
    let double = places.clone().skip(1).map(|place| (place - 1, place));
    for (upper, lower) in single.chain(double) {
        let cells = if upper == lower {
            rows[lower].cells.clone()
        } else {
            together(words, &rows[upper].cells, &rows[lower].cells)
        };
        let found = named(words, &cells);
        if found.known.len() > best.known.len() {
            best = Headings {
                below: lower + 1,
                ..found
            };
        }
    }
    best
}

/// Two rows as one: what the lower one names, else what the upper one names, else both (工会 over 名称). A group stands over the columns beside it.
fn together(words: &Words<'_>, upper: &[String], lower: &[String]) -> Vec<String> {
    let cell = |row: &[String], place: usize| row.get(place).cloned().unwrap_or_default();
    let mut group = String::new();
    (0..upper.len().max(lower.len()))
        .map(|place| {
            let (above, below) = (cell(upper, place), cell(lower, place));
            if !above.is_empty() {
                group.clone_from(&above);
            }
            let both = format!("{group}{below}");
            if below.is_empty() || (words.get(&below).is_none() && words.get(&above).is_some()) {
                above
            } else if words.get(&below).is_none() && words.get(&both).is_some() {
                both
            } else {
                below
            }
        })
        .collect()
}

fn named<'a>(words: &Words<'a>, cells: &[String]) -> Headings<'a> {
    let mut headings = Headings::default();
    let mut unknown: Vec<(usize, &String)> = Vec::new();
    let mut by_other_words: Vec<(usize, &String, &'a ImportColumn)> = Vec::new();
    for (place, cell) in cells.iter().enumerate() {
        match words.find(cell) {
            _ if plain(cell).is_empty() => {}
            None => unknown.push((place, cell)),
            Some((column, false)) => by_other_words.push((place, cell, column)),
            Some((column, true)) if headings.names(column) => {
                headings.twice = Some(column.name.zh.clone());
            }
            Some((column, true)) => headings.known.push((place, column)),
        }
    }
    for (place, cell, column) in by_other_words {
        // The column's own name is there, or another word for it: this one is left aside, and named.
        if headings.names(column) {
            unknown.push((place, cell));
        } else {
            headings.known.push((place, column));
        }
    }
    headings.known.sort_by_key(|(place, _)| *place);
    unknown.sort_by_key(|(place, _)| *place);
    let shortened = |(place, cell): (usize, &String)| -> (usize, String) {
        let heading = cell.trim().chars().take(30).collect();
        (place, heading)
    };
    headings.unknown = unknown.into_iter().map(shortened).collect();
    headings
}

impl<'a> Headings<'a> {
    fn names(&self, column: &ImportColumn) -> bool {
        let mut known = self.known.iter();
        known.any(|(_, known)| known.key == column.key)
    }

    /// The headings, if each of the required columns is there once. `sheets` are the names of all sheets.
    pub(super) fn complete(
        self,
        columns: &[ImportColumn],
        sheets: Vec<String>,
    ) -> Result<Headings<'a>, ImportRefusal> {
        let required = || columns.iter().filter(|column| column.is_required);
        let is_known = |column: &ImportColumn| {
            let mut known = self.known.iter();
            known.any(|(_, known)| known.key == column.key)
        };
        let missing: Vec<String> = required()
            .filter(|column| !is_known(column))
            .map(|column| column.name.zh.clone())
            .collect();
        // One heading alone may be a word in a title, unless it is all that is required.
        if self.known.len() < 2 && self.twice.is_none() && !missing.is_empty() {
            return Err(ImportRefusal::NoHeadings {
                expected: required().map(|column| column.name.zh.clone()).collect(),
                sheets,
            });
        }
        if let Some(heading) = self.twice {
            return Err(ImportRefusal::HeadingTwice { heading });
        }
        if !missing.is_empty() {
            return Err(ImportRefusal::HeadingsMissing {
                headings: missing,
                unknown: self.unknown.into_iter().map(|(_, word)| word).collect(),
            });
        }
        Ok(self)
    }
}
