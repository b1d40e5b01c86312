//! From the sheets of a file to rows: where the headings are, which columns they name, and which lines are no rows. What is plainly meant is read,
//! and what is left aside is told.

mod above;
mod columns;
mod groups;
mod headings;
mod lines;
pub mod own;

use std::sync::Arc;

use jianjia_standard::{Text, programme::TableWords};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use crate::{
    core::width::narrow,
    exchange::import::{
        ImportColumn, ImportRow,
        aside::{Aside, AsideSheet, RowPlace},
        refusal::ImportRefusal,
        table::{
            above::Above,
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
    /// The columns that are hidden, from 0.
    pub hidden_columns: Vec<usize>,
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
    /// The cells that are merged with others of the row, by their first and last column: only the first says anything.
    pub merged: Vec<(usize, usize)>,
    /// Cells of the line in a text; else 0.
    pub width: usize,
}

/// Why a cell does not say what was meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    NoValue,
    Error,
    LostDigits,
    /// A person's identity number, which is not handed on: its text is left out.
    IdentityNumber,
    /// The cell is one with that before it.
    Merged,
    /// A text that nobody sees, under an empty cell that it is merged with.
    Covered,
    /// 同上, where it can't be told what stands above.
    SameAbove,
    /// 同上 in a column in which no two rows are alike.
    SameOwn,
    /// No upper union, where others of the table have one.
    UpperEmpty,
    /// Of the row: nothing else stands in it, so that it may be a title.
    Alone,
    /// Of the row: there are more cells than headings, so that it can't be told which belongs where.
    MoreCells,
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
/// `NoRows` without a row below the headings; `NoHeadings`, `HeadingTwice`, `HeadingSplit` or `HeadingsMissing` when no sheet has the headings;
/// `HeadingSpread` or `HeadingsAgain` when a sheet's headings don't say which column is meant.
pub fn rows_of(
    columns: &[ImportColumn],
    words: &TableWords,
    table: &Table,
) -> Result<Taken, ImportRefusal> {
    let known = Words::of(columns, words);
    let names = || table.sheets.iter().map(|sheet| sheet.name.clone());
    let mut read: Vec<(&TableSheet, Headings<'_>)> = Vec::new();
    let mut taken = Taken::default();
    let mut refused: Option<(usize, ImportRefusal)> = None;
    for sheet in &table.sheets {
        let headings = headings_of(&known, &sheet.rows);
        let likeness = headings.known.len();
        match headings.complete(columns, (names().collect(), table.hidden.as_slice())) {
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
        let lines = Lines::of(words, &known, headings);
        let hidden_rows = table.hidden_rows;
        read_sheet(&lines, (order, name), &sheet.rows, hidden_rows, &mut taken)?;
        columns::told(&lines, headings, sheet, are_named, &mut taken.aside)?;
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

/// So many lines are read side by side.
const PORTION: usize = 4_096;

fn read_sheet(
    lines: &Lines<'_>,
    (order, name): (usize, Arc<str>),
    rows: &[TableRow],
    hidden_rows: HiddenRows,
    taken: &mut Taken,
) -> Result<(), ImportRefusal> {
    // Each line stands for itself: a long table's are read side by side, a portion at a time.
    let portions = rows[lines.headings.below..].chunks(PORTION);
    let read = portions.flat_map(|portion| {
        let read: Vec<Line> = portion.par_iter().map(|row| lines.line_of(row)).collect();
        portion.iter().zip(read)
    });
    let mut above = Above::default();
    for (row, line) in read {
        above.reach(row.number, &line);
        let place = || RowPlace {
            sheet: name.to_string(),
            row: row.number,
        };
        match line {
            Line::Nothing => {}
            Line::Aside(why) => taken.aside.add_row(why, place()),
            Line::OtherHeadings => {
                return Err(ImportRefusal::HeadingsAgain { row: place() });
            }
            Line::Row(mut found) => {
                if row.is_hidden {
                    let is_taken = hidden_rows == HiddenRows::Take;
                    taken.aside.add_hidden(is_taken, place());
                    if !is_taken {
                        above.fill(lines, &mut found, taken);
                        above.leave(found);
                        continue;
                    }
                }
                found.order = order;
                found.sheet = Arc::clone(&name);
                for column in above.fill(lines, &mut found, taken) {
                    taken.aside.add_same_above(column, place());
                }
                above.take(taken.rows.len());
                taken.rows.push(found);
            }
        }
    }
    Ok(())
}

/// A heading or a word without blanks, required marks and full-width or capital letters.
pub(super) fn plain(text: &str) -> String {
    let made = narrow(text);
    // Nearly every cell of a long table is plain.
    let is_plain = |character: char| matches!(character, '\u{4e00}'..='\u{9fff}' | 'a'..='z' | '0'..='9' | '(' | ')' | '-');
    if made.chars().all(is_plain) {
        return made;
    }
    made.chars()
        .filter(|character| !character.is_whitespace() && *character != '*')
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests;
