//! From the sheets of a file to rows: where the headings are, which columns they name, and which lines are no rows. What is plainly meant is read,
//! and what is left aside is told.

mod headings;
mod lines;

use std::{collections::HashSet, sync::Arc};

use jianjia_standard::{Text, programme::TableWords};

use crate::{
    core::width::narrow,
    exchange::import::{
        ImportColumn, ImportRow,
        aside::{Aside, AsideColumn, AsideSheet, RowPlace, letters_of},
        refusal::ImportRefusal,
        table::{
            headings::{Headings, Words, headings_of},
            lines::{Line, Lines},
        },
    },
};

/// The sheets of a file, as they were read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    pub sheets: Vec<TableSheet>,
    /// The names of the hidden ones.
    pub hidden: Vec<String>,
    pub hidden_rows: HiddenRows,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TableSheet {
    /// Empty for a text, which has no sheets.
    pub name: String,
    pub rows: Vec<TableRow>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TableRow {
    /// As the spreadsheet program counts.
    pub number: usize,
    pub cells: Vec<String>,
    /// Columns from 0.
    pub faults: Vec<(usize, Fault)>,
    pub is_hidden: bool,
    /// Whether anything in it was typed, rather than computed.
    pub is_typed: bool,
}

/// Why a cell does not say what was meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    NoValue,
    Error,
    LostDigits,
    /// A person's identity number, which is not handed on: its text is left out.
    IdentityNumber,
}

jianjia_standard::keyed! {
    /// What becomes of rows that the spreadsheet program hides.
    #[derive(Default)]
    pub enum HiddenRows {
        #[default]
        Take = "take",
        Leave = "leave",
    }
}

/// What was taken from a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    pub rows: Vec<ImportRow>,
    /// The columns that the headings name, in the table's order.
    pub columns: Vec<(Arc<str>, Text)>,
    pub aside: Aside,
    /// Where identity numbers of people stand, by row and column: a file with one is not kept. A place without a row is a hidden sheet.
    pub identity_numbers: Vec<(RowPlace, String)>,
}

/// The rows below the headings of every sheet that has them, wherever they stand among its first rows.
///
/// # Errors
/// `NoRows` without a row below the headings; `NoHeadings`, `HeadingTwice` or `HeadingsMissing` when no sheet has the headings.
pub fn rows_of(
    columns: &[ImportColumn],
    words: &TableWords,
    table: &Table,
) -> Result<Taken, ImportRefusal> {
    let known = Words::of(columns);
    let names = || table.sheets.iter().map(|sheet| sheet.name.clone());
    let mut read: Vec<(&TableSheet, Headings<'_>)> = Vec::new();
    let mut taken = Taken::default();
    let mut refused: Option<(usize, ImportRefusal)> = None;
    for sheet in &table.sheets {
        let headings = headings_of(&known, &sheet.rows);
        let likeness = headings.known.len();
        match headings.complete(columns, names().collect()) {
            Ok(headings) => read.push((sheet, headings)),
            Err(refusal) => {
                taken.aside.sheets.push(AsideSheet {
                    name: sheet.name.clone(),
                    is_hidden: false,
                });
                if refused.as_ref().is_none_or(|(best, _)| likeness > *best) {
                    refused = Some((likeness, without_office_columns(refusal, words)));
                }
            }
        }
    }
    if read.is_empty() {
        return Err(refused.map_or(ImportRefusal::NoRows, |(_, refusal)| refusal));
    }
    let hidden = table.hidden.iter().map(|name| AsideSheet {
        name: name.clone(),
        is_hidden: true,
    });
    taken.aside.sheets.extend(hidden);
    let are_named = read.len() > 1;
    for (order, (sheet, headings)) in read.iter().enumerate() {
        let name: Arc<str> = if are_named {
            sheet.name.as_str().into()
        } else {
            "".into()
        };
        let lines = Lines::of(words, headings);
        read_sheet(
            &lines,
            (order, name),
            &sheet.rows,
            table.hidden_rows,
            &mut taken,
        );
        unread_columns(&lines, headings, sheet, are_named, &mut taken.aside);
        for (_, column) in &headings.known {
            if taken.columns.iter().all(|(key, _)| *key != column.key) {
                let column = (Arc::clone(&column.key), column.name.clone());
                taken.columns.push(column);
            }
        }
    }
    if taken.rows.is_empty() {
        return Err(ImportRefusal::NoRows);
    }
    Ok(taken)
}

/// A heading that is for the office alone is none that may be meant by a missing one.
fn without_office_columns(refusal: ImportRefusal, words: &TableWords) -> ImportRefusal {
    let ImportRefusal::HeadingsMissing {
        headings,
        mut unknown,
    } = refusal
    else {
        return refusal;
    };
    let is_of_the_office = |heading: &String| {
        let mut columns = words.office_columns.iter();
        columns.any(|column| plain(column) == plain(heading))
    };
    unknown.retain(|heading| !is_of_the_office(heading));
    ImportRefusal::HeadingsMissing { headings, unknown }
}

fn read_sheet(
    lines: &Lines<'_>,
    (order, name): (usize, Arc<str>),
    rows: &[TableRow],
    hidden_rows: HiddenRows,
    taken: &mut Taken,
) {
    for row in &rows[lines.headings.below..] {
        let place = || RowPlace {
            sheet: name.to_string(),
            row: row.number,
        };
        match lines.line_of(row) {
            Line::Nothing => {}
            Line::Aside(why) => taken.aside.add_row(why, place()),
            Line::Row(mut found) => {
                if row.is_hidden {
                    let is_taken = hidden_rows == HiddenRows::Take;
                    taken.aside.add_hidden(is_taken, place());
                    if !is_taken {
                        continue;
                    }
                }
                found.order = order;
                found.sheet = Arc::clone(&name);
                taken.rows.push(found);
            }
        }
    }
}

/// Names the columns that are not read: those with a heading that is not known, and those with values and no heading.
fn unread_columns(
    lines: &Lines<'_>,
    headings: &Headings<'_>,
    sheet: &TableSheet,
    is_named: bool,
    aside: &mut Aside,
) {
    let mut used: HashSet<usize> = HashSet::new();
    let has_heading: HashSet<usize> = headings
        .known
        .iter()
        .map(|(place, _)| *place)
        .chain(headings.unknown.iter().map(|(place, _)| *place))
        .collect();
    for row in &sheet.rows[headings.below..] {
        let cells = row.cells.iter().enumerate();
        let mut beyond = cells
            .filter(|(place, cell)| !cell.is_empty() && !has_heading.contains(place))
            .map(|(place, _)| place)
            .filter(|place| !used.contains(place))
            .peekable();
        if beyond.peek().is_some() && matches!(lines.line_of(row), Line::Row(_)) {
            let beyond: Vec<usize> = beyond.collect();
            used.extend(beyond);
        }
    }
    let mut without: Vec<usize> = used.into_iter().collect();
    without.sort_unstable();
    let unknown = headings.unknown.iter().cloned();
    let without = without.into_iter().map(|place| (place, String::new()));
    for (place, heading) in unknown.chain(without) {
        aside.columns.push(AsideColumn {
            is_expected: lines.is_office_column(&heading),
            heading,
            letters: letters_of(place),
            sheet: if is_named {
                sheet.name.clone()
            } else {
                String::new()
            },
        });
    }
}

/// A heading or a word without blanks, required marks and full-width or capital letters.
pub(super) fn plain(text: &str) -> String {
    narrow(text)
        .chars()
        .filter(|character| !character.is_whitespace() && *character != '*')
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests;
