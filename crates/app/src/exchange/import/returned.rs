//! The rows of a table that can't be imported, given back as a workbook: every bad cell is marked, and beside it stands why. The columns of reasons
//! have headings that no table has, so that what was corrected can be uploaded as it is, in either language.

use std::collections::HashSet;

use jianjia_documents::workbook::{self, Cell, Column, Table};
use jianjia_domain::{
    core::{ids::ImportId, policy::Actor},
    exchange::import::{
        ImportKind, ImportRow,
        fate::{Outcome, Reason, RowFate, joined},
        table::{
            Fault, Taken,
            own::{self, OwnColumn},
        },
    },
};
use jianjia_standard::{Lang, Text};

use crate::{
    core::{app::App, error::Result, export::long::XLSX},
    exchange::import::{again::taken_of, find_in, templates::Download},
};

/// The refused rows of a checked or imported workbook.
///
/// # Errors
/// As `imports::find`; `Busy` when too many are being read; `Damaged` when the uploaded file is.
pub async fn returned(app: &App, actor: &Actor, id: &ImportId, lang: Lang) -> Result<Download> {
    let mut tx = app.db.read().await?;
    let import = find_in(app, &mut tx, actor, id).await?;
    tx.commit().await?;
    let taken = taken_of(app, &import, import.report.hidden_rows(), None).await?;
    let name = match lang {
        Lang::Zh => format!("{}-不能导入的行", import.kind.word()),
        Lang::En => format!("{}-refused-rows", import.kind.key()),
    };
    Ok(Download {
        bytes: workbook_of(import.kind, &import.report.rows, &taken, lang)?,
        name: format!("{name}.xlsx"),
        media_type: XLSX.media_type,
    })
}

/// The refused rows of a table that was read for the command line.
///
/// # Errors
/// If a text exceeds what a workbook takes.
pub fn workbook_of(
    kind: ImportKind,
    fates: &[RowFate],
    taken: &Taken,
    lang: Lang,
) -> Result<Vec<u8>> {
    let table = table_of(kind, fates, taken, lang);
    Ok(workbook::workbook(&[table], &[])?)
}

fn table_of(kind: ImportKind, fates: &[RowFate], taken: &Taken, lang: Lang) -> Table {
    let refused: Vec<(&ImportRow, &[Reason])> = taken
        .rows
        .iter()
        .zip(fates)
        .filter_map(|(row, fate)| match &fate.outcome {
            Outcome::Refused { reasons } => Some((row, reasons.as_slice())),
            _ => None,
        })
        .collect();
    let told: HashSet<&str> = refused
        .iter()
        .flat_map(|(_, reasons)| reasons.iter())
        .map(|reason| reason.column.zh.as_str())
        .collect();
    let is_told = |column: &Text| told.contains(column.zh.as_str());
    let has_check = refused.iter().any(|(row, _)| fault_of(row, "").is_some());
    let mut columns = vec![Column::plain(own::heading(OwnColumn::Place, lang))];
    for (_, column) in &taken.columns {
        columns.push(Column::plain(column.get(lang)));
        if is_told(column) {
            let heading = own::heading_of_reasons(column.get(lang), lang);
            columns.push(reasons_column(&heading));
        }
    }
    columns.push(reasons_column(own::heading(OwnColumn::Problems, lang)));
    if has_check {
        columns.push(Column::plain(own::heading(OwnColumn::Check, lang)));
    }
    let rows = refused.iter().map(|(row, reasons)| {
        let mut cells = vec![Cell::Text(match lang {
            Lang::Zh => row.place().zh(),
            Lang::En => row.place().en(),
        })];
        let mut left: Vec<&Reason> = reasons.iter().collect();
        for (key, column) in &taken.columns {
            let of_column = |reason: &&Reason| reason.column.zh == column.zh;
            let said = sentences(left.iter().copied().filter(of_column), lang);
            left.retain(|reason| !of_column(reason));
            cells.push(if said.is_empty() {
                Cell::from(row.typed(key))
            } else {
                wrong(row, key, lang)
            });
            if is_told(column) {
                cells.push(Cell::from(said.as_str()));
            }
        }
        let named = left.into_iter().map(|reason| {
            let sentence = reason.sentence.get(lang);
            match (reason.column.get(lang), lang) {
                ("", _) => sentence.to_owned(),
                (column, Lang::Zh) => format!("{column}：{sentence}"),
                (column, Lang::En) => format!("{column}: {sentence}"),
            }
        });
        let named: Vec<String> = named.collect();
        let named = joined(named.iter().map(String::as_str), lang);
        cells.push(Cell::from(named.as_str()));
        if has_check {
            cells.push(check(row, lang));
        }
        cells
    });
    Table {
        name: match lang {
            Lang::Zh => kind.word().to_owned(),
            Lang::En => kind.key().to_owned(),
        },
        rows: rows.collect(),
        columns,
    }
}

fn fault_of(row: &ImportRow, key: &str) -> Option<Fault> {
    let mut faults = row.faults.iter();
    let found = faults.find(|(known, ..)| &**known == key);
    found.map(|(_, fault, _)| *fault)
}

/// A refused cell such that it is refused again until somebody mends it: what a value has lost is not made up for by giving it back.
fn wrong(row: &ImportRow, key: &str, lang: Lang) -> Cell {
    let typed = row.typed(key);
    let fault = fault_of(row, key);
    if fault == Some(Fault::LostDigits)
        && typed
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'-')
    {
        return typed
            .parse()
            .map_or_else(|_| Cell::Wrong(typed.to_owned()), Cell::WrongNumber);
    }
    // Only that others have an upper union makes an empty one doubtful, and those others may be imported.
    let is_upper = key == "upper" && typed.is_empty();
    let fault = fault.or_else(|| is_upper.then_some(Fault::UpperEmpty));
    let placeholder = fault.and_then(|fault| own::placeholder(fault, lang));
    Cell::Wrong(placeholder.unwrap_or(typed).to_owned())
}

/// What is wrong with the row as a whole, for the column to delete.
fn check(row: &ImportRow, lang: Lang) -> Cell {
    let Some((_, fault, typed)) = row.faults.iter().find(|(key, ..)| key.is_empty()) else {
        return Cell::Nothing;
    };
    let said = own::placeholder(*fault, lang).unwrap_or_default();
    Cell::Wrong(match fault {
        Fault::MoreCells => format!("{said}{typed}"),
        _ => said.to_owned(),
    })
}

fn reasons_column(heading: &str) -> Column {
    Column {
        width: 40,
        ..Column::plain(heading)
    }
}

fn sentences<'a>(reasons: impl Iterator<Item = &'a Reason>, lang: Lang) -> String {
    joined(reasons.map(|reason| reason.sentence.get(lang)), lang)
}
