//! Where the headings of a sheet are, and which columns they name: one row, or two of which the upper one groups the lower one's.

use std::collections::{HashMap, HashSet};

use jianjia_standard::programme::TableWords;

use super::{TableRow, own, own::OwnColumn, plain};
use crate::exchange::import::{
    ImportColumn,
    refusal::ImportRefusal,
    table::groups::{self, Split},
};

/// Rows before the headings that are passed over: a title, a unit's name.
const ROWS_BEFORE_HEADINGS: usize = 10;

/// Every heading that is understood, made plain, with its column.
pub(super) struct Words<'a> {
    own: HashMap<String, &'a ImportColumn>,
    /// What offices call columns besides; each a word of one column alone.
    also: HashMap<String, &'a ImportColumn>,
    /// What may stand in brackets behind a heading.
    remarks: HashSet<String>,
    /// The headings of a sum among the columns below one heading.
    sums: HashSet<String>,
}

impl<'a> Words<'a> {
    pub(super) fn of(columns: &'a [ImportColumn], table: &TableWords) -> Words<'a> {
        let sums = table.totals.iter().chain(&table.sums);
        let mut words = Words {
            own: HashMap::new(),
            also: HashMap::new(),
            remarks: table.remarks.iter().map(|word| plain(word)).collect(),
            sums: sums.map(|word| plain(word)).collect(),
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

    /// The column that a heading names, and whether by its own name. A remark in brackets behind it, such as a unit, changes nothing.
    fn find(&self, heading: &str) -> Option<(&'a ImportColumn, bool)> {
        let heading = plain(heading);
        self.find_plain(&heading).or_else(|| {
            let (name, remark) = heading
                .strip_suffix([')', ']', '】'])?
                .rsplit_once(['(', '[', '【'])?;
            let is_remark = !name.is_empty() && self.remarks.contains(remark);
            is_remark.then(|| self.find(name))?
        })
    }

    fn find_plain(&self, heading: &str) -> Option<(&'a ImportColumn, bool)> {
        let own = self.own.get(heading).map(|column| (*column, true));
        own.or_else(|| self.also.get(heading).map(|column| (*column, false)))
    }

    pub(super) fn get(&self, heading: &str) -> Option<&'a ImportColumn> {
        self.find(heading).map(|(column, _)| column)
    }

    /// Whether a heading below another is that of the sum.
    pub(super) fn is_sum(&self, heading: &str) -> bool {
        self.sums.contains(&plain(heading))
    }
}

/// A second column of what another one says already, which is not read.
pub(super) struct Again {
    pub(super) place: usize,
    pub(super) heading: String,
    /// The place of the column that is read.
    pub(super) read: usize,
}

#[derive(Default)]
pub(super) struct Headings<'a> {
    /// Place among the cells, and the column.
    pub(super) known: Vec<(usize, &'a ImportColumn)>,
    pub(super) unknown: Vec<(usize, String)>,
    pub(super) again: Vec<Again>,
    /// The columns that the table of refused rows adds.
    pub(super) own: Vec<(usize, OwnColumn)>,
    twice: Option<String>,
    split: Option<Split>,
    /// Known headings that are merged over more columns: the heading, and its first and last place.
    pub(super) spread: Vec<(String, usize, usize)>,
    /// The place of the first row below.
    pub(super) below: usize,
    /// Cells of the row of headings, in a text.
    pub(super) width: usize,
}

/// The row, or the two rows, that name the most columns: the first of several, and one rather than two, unless the one below it divides its columns.
pub(super) fn headings_of<'a>(words: &Words<'a>, rows: &[TableRow]) -> Headings<'a> {
    let mut best = Headings::default();
    let mut of_best = None;
    let places = 0..rows.len().min(ROWS_BEFORE_HEADINGS);
    let single = places.clone().map(|place| (place, place));
    let double = places.clone().skip(1).map(|place| (place - 1, place));
    for (upper, lower) in single.chain(double) {
        let found = headings_at(words, rows, (upper, lower));
        if found.known.len() > best.known.len() {
            (best, of_best) = (found, Some((upper, lower)));
        }
    }
    if let Some((upper, lower)) = of_best.filter(|(upper, lower)| upper == lower)
        && let Some(below) = rows.get(lower + 1)
        && groups::divides(words, &best, &rows[upper], below)
    {
        best = headings_at(words, rows, (upper, lower + 1));
    }
    best
}

fn headings_at<'a>(
    words: &Words<'a>,
    rows: &[TableRow],
    (upper, lower): (usize, usize),
) -> Headings<'a> {
    let (cells, split) = if upper == lower {
        (rows[lower].cells.clone(), None)
    } else {
        groups::together(words, &rows[upper], &rows[lower])
    };
    let mut found = named(words, &cells);
    let has_none = |place: &usize| cells.get(*place).is_none_or(String::is_empty);
    let merged = rows[upper].merged.iter().chain(&rows[lower].merged);
    for (first, last) in merged {
        let heading = cells.get(*first).map_or("", String::as_str);
        if words.get(heading).is_some() && (first + 1..=*last).all(|place| has_none(&place)) {
            found.spread.push((heading.to_owned(), *first, *last));
        }
    }
    found.split = split;
    found.below = lower + 1;
    found.width = rows[lower].width.max(rows[upper].width);
    found
}

fn named<'a>(words: &Words<'a>, cells: &[String]) -> Headings<'a> {
    let mut headings = Headings::default();
    let mut unknown: Vec<(usize, &String)> = Vec::new();
    let mut by_other_words: Vec<(usize, &String, &'a ImportColumn)> = Vec::new();
    for (place, cell) in cells.iter().enumerate() {
        if plain(cell).is_empty() {
            continue;
        }
        if let Some(own) = own::named(cell) {
            headings.own.push((place, own));
            continue;
        }
        match words.find(cell) {
            None => unknown.push((place, cell)),
            Some((column, false)) => by_other_words.push((place, cell, column)),
            Some((column, true)) if headings.place_of(column).is_some() => {
                headings.twice = Some(column.name.zh.clone());
            }
            Some((column, true)) => headings.known.push((place, column)),
        }
    }
    for (place, cell, column) in by_other_words {
        // The column's own name is there, or another word for it: this one is left aside, and named.
        match headings.place_of(column) {
            Some(read) => headings.again.push(Again {
                place,
                heading: shortened(cell),
                read,
            }),
            None => headings.known.push((place, column)),
        }
    }
    headings.known.sort_by_key(|(place, _)| *place);
    unknown.sort_by_key(|(place, _)| *place);
    let unknown = unknown.into_iter();
    headings.unknown = unknown
        .map(|(place, cell)| (place, shortened(cell)))
        .collect();
    headings
}

fn shortened(heading: &str) -> String {
    heading.trim().chars().take(30).collect()
}

impl<'a> Headings<'a> {
    fn place_of(&self, column: &ImportColumn) -> Option<usize> {
        let mut known = self.known.iter();
        let found = known.find(|(_, known)| known.key == column.key);
        found.map(|(place, _)| *place)
    }

    /// Every place that has a heading.
    pub(super) fn places(&self) -> HashSet<usize> {
        let known = self.known.iter().map(|(place, _)| *place);
        let unknown = self.unknown.iter().map(|(place, _)| *place);
        let again = self.again.iter().map(|again| again.place);
        let own = self.own.iter().map(|(place, _)| *place);
        known.chain(unknown).chain(again).chain(own).collect()
    }

    /// The headings, if each of the required columns is there once. `sheets` are the names of all sheets, and of the hidden ones.
    pub(super) fn complete(
        self,
        columns: &[ImportColumn],
        (sheets, hidden): (Vec<String>, &[String]),
    ) -> Result<Headings<'a>, ImportRefusal> {
        let required = || columns.iter().filter(|column| column.is_required);
        let missing: Vec<String> = required()
            .filter(|column| self.place_of(column).is_none())
            .map(|column| column.name.zh.clone())
            .collect();
        // One heading alone may be a word in a title, unless it is all that is required.
        if self.known.len() < 2 && self.twice.is_none() && !missing.is_empty() {
            return Err(ImportRefusal::NoHeadings {
                expected: required().map(|column| column.name.zh.clone()).collect(),
                sheets,
                hidden: hidden.to_vec(),
            });
        }
        if let Some(heading) = self.twice {
            return Err(ImportRefusal::HeadingTwice { heading });
        }
        if let Some(Split { heading, below }) = self.split {
            return Err(ImportRefusal::HeadingSplit { heading, below });
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
