//! From an uploaded file to the rows of its sheets.

use jianjia_documents::sheet::{self, SheetProblem, Watch, place::letters_of};
use jianjia_domain::{
    core::{identity, refusal::Refusal},
    exchange::import::{
        self as imports, ImportKind,
        aside::RowPlace,
        refusal::ImportRefusal,
        table::{Fault, HiddenRows, Table, TableRow, TableSheet, Taken},
    },
    register::credit_code,
};
use jianjia_standard::Standard;

use crate::core::{error::Result, standard::Standards};

/// The rows of a file, of its bytes and its name, by the standards of their years.
///
/// # Errors
/// What the sheet can't be read for (`NotATable`, `TooLarge`, `OldOrLocked`, `Damaged` …); as `table::rows_of` when its rows have no headings.
pub(super) fn read(
    standards: &Standards,
    this_year: i16,
    kind: ImportKind,
    (bytes, file_name): (&[u8], &str),
    hidden_rows: HiddenRows,
    on_row: &dyn Fn(usize),
) -> Result<Taken> {
    let watch = Watch {
        is_watched: &identity::stands_in,
        on_row,
    };
    let sheets = sheet::read_watching(bytes, file_name, &watch)
        .map_err(|problem| Refusal::from(told(&problem)))?;
    let has_watched = sheets.has_watched;
    let mut table = Table {
        sheets: sheets.visible.into_iter().map(table_of).collect(),
        hidden: sheets.hidden,
        hidden_rows,
    };
    let mut identity_numbers = leave_out_identity_numbers(&mut table);
    if has_watched && identity_numbers.is_empty() {
        // On a hidden sheet, which is not read.
        identity_numbers.push((RowPlace::default(), String::new()));
    }
    let all: Vec<&Standard> = standards
        .all()
        .into_iter()
        .map(|standard| &**standard)
        .collect();
    let of_year = |year: i16| -> &Standard { standards.of(year) };
    let mut taken = imports::rows_by_year(kind, &all, &of_year, this_year, &table)?;
    taken.identity_numbers = identity_numbers;
    Ok(taken)
}

/// Puts words in the place of identity numbers, and tells where they stood.
fn leave_out_identity_numbers(table: &mut Table) -> Vec<(RowPlace, String)> {
    let are_several = table.sheets.len() > 1;
    let mut found = Vec::new();
    for sheet in &mut table.sheets {
        let name = if are_several { sheet.name.as_str() } else { "" };
        for row in &mut sheet.rows {
            for (column, cell) in row.cells.iter_mut().enumerate() {
                // A right credit code may have the shape by chance.
                if !identity::stands_in(cell) || credit_code::read(cell).is_ok() {
                    continue;
                }
                identity::LEFT_OUT.clone_into(cell);
                row.faults.retain(|(marked, _)| *marked != column);
                row.faults.push((column, Fault::IdentityNumber));
                let place = RowPlace {
                    sheet: name.to_owned(),
                    row: row.number,
                };
                found.push((place, letters_of(column)));
            }
        }
    }
    found
}

fn table_of(sheet: sheet::Sheet) -> TableSheet {
    let rows = sheet.rows.into_iter().map(|row| TableRow {
        number: row.number,
        cells: row.cells,
        faults: row
            .marks
            .into_iter()
            .map(|mark| (mark.column, fault_of(mark.fault)))
            .collect(),
        is_hidden: row.is_hidden,
        is_typed: row.is_typed,
        merged: row.merged,
        width: row.width,
    });
    TableSheet {
        name: sheet.name,
        rows: rows.collect(),
        hidden_columns: sheet.hidden_columns,
    }
}

fn fault_of(fault: sheet::Fault) -> Fault {
    match fault {
        sheet::Fault::NoValue => Fault::NoValue,
        sheet::Fault::Error => Fault::Error,
        sheet::Fault::LostDigits => Fault::LostDigits,
        sheet::Fault::Covered => Fault::Covered,
    }
}

fn told(problem: &SheetProblem) -> ImportRefusal {
    const MEGABYTE: usize = 1024 * 1024;
    match problem {
        SheetProblem::TooLarge { limit } => ImportRefusal::TooLarge {
            megabytes: limit / MEGABYTE,
        },
        SheetProblem::UnpackedTooLarge { limit } => ImportRefusal::UnpackedTooLarge {
            megabytes: limit / MEGABYTE,
        },
        SheetProblem::TooManyRows { limit } => ImportRefusal::TooManyRows { limit: *limit },
        SheetProblem::TooManyCells { limit, row } => ImportRefusal::TooManyCells {
            limit: *limit,
            row: *row,
        },
        SheetProblem::TooManyColumns { limit, row } => ImportRefusal::TooManyColumns {
            limit: *limit,
            row: *row,
        },
        SheetProblem::TooMuchText { limit, row } => ImportRefusal::TooMuchText {
            megabytes: limit / MEGABYTE,
            row: *row,
        },
        SheetProblem::CellTooLong { limit, row, column } => ImportRefusal::CellTooLong {
            limit: *limit,
            cell: format!("{}{row}", letters_of(*column)),
        },
        SheetProblem::TooManyParts { limit } => ImportRefusal::TooManyParts { limit: *limit },
        SheetProblem::TooIntricate => ImportRefusal::TooIntricate,
        SheetProblem::TookTooLong { seconds } => ImportRefusal::TookTooLong { seconds: *seconds },
        SheetProblem::NotATable { found } => ImportRefusal::NotATable { found },
        SheetProblem::FalseName { found } => ImportRefusal::FalseName { found },
        SheetProblem::OldOrLocked => ImportRefusal::OldOrLocked,
        SheetProblem::Damaged => ImportRefusal::Damaged,
        SheetProblem::Encoding => ImportRefusal::Encoding,
        SheetProblem::OpenQuote { row } => ImportRefusal::OpenQuote { row: *row },
        SheetProblem::Empty => ImportRefusal::Empty,
        SheetProblem::NothingVisible { hidden } => ImportRefusal::NothingVisible {
            hidden: hidden.clone(),
        },
    }
}
