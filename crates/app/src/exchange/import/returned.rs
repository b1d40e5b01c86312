//! The rows of a table that can't be imported, given back as a workbook: every bad cell is marked, and beside it stands why. The columns of reasons
//! have headings that no table has, so that what was corrected can be uploaded as it is, in either language.

use std::collections::HashSet;

use jianjia_documents::workbook::{self, Cell, Column, Table};
use jianjia_domain::{
    core::{ids::ImportId, policy::Actor},
    exchange::import::{
        ImportKind, ImportRow,
        fate::{Outcome, Reason, RowFate},
        table::Taken,
    },
};
use jianjia_standard::{Lang, Text};

use crate::{
    core::{app::App, error::Result},
    exchange::import::{
        again::taken_of,
        find_in,
        templates::{Download, XLSX},
    },
};

/// The refused rows of a checked or imported workbook.
///
/// # Errors
/// As `imports::find`; `Busy` when too many are being read; `Damaged` when the uploaded file is.
pub async fn returned(app: &App, actor: &Actor, id: &ImportId, lang: Lang) -> Result<Download> {
    let mut tx = app.db.read().await?;
    let import = find_in(app, &mut tx, actor, id).await?;
    tx.commit().await?;
    let taken = taken_of(app, &import, import.report.hidden_rows()).await?;
    let name = match lang {
        Lang::Zh => format!("{}-不能导入的行", import.kind.word()),
        Lang::En => format!("{}-refused-rows", import.kind.key()),
    };
    Ok(Download {
        bytes: workbook_of(import.kind, &import.report.rows, &taken, lang)?,
        name: format!("{name}.xlsx"),
        media_type: XLSX,
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

/// What the added columns are called: where the row stood, the reasons of a column, those of the row.
fn headings(lang: Lang) -> (&'static str, fn(&str) -> String, &'static str) {
    match lang {
        Lang::Zh => (
            "原表行号",
            |column| format!("{column}：问题"),
            "这一行的问题",
        ),
        Lang::En => (
            "Row in the table",
            |column| format!("{column}: problem"),
            "Problems of the row",
        ),
    }
}

fn table_of(kind: ImportKind, fates: &[RowFate], taken: &Taken, lang: Lang) -> Table {
    let (place, reasons_of, reasons_of_row) = headings(lang);
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
    let mut columns = vec![Column::plain(place)];
    for (_, column) in &taken.columns {
        columns.push(Column::plain(column.get(lang)));
        if is_told(column) {
            columns.push(reasons_column(&reasons_of(column.get(lang))));
        }
    }
    columns.push(reasons_column(reasons_of_row));
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
            cells.push(match (said.is_empty(), row.typed(key)) {
                (false, typed) => Cell::Wrong(typed.to_owned()),
                (true, typed) => Cell::from(typed),
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
        cells.push(Cell::from(named.collect::<Vec<_>>().join("\n").as_str()));
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

fn reasons_column(heading: &str) -> Column {
    Column {
        width: 40,
        ..Column::plain(heading)
    }
}

fn sentences<'a>(reasons: impl Iterator<Item = &'a Reason>, lang: Lang) -> String {
    let sentences: Vec<&str> = reasons.map(|reason| reason.sentence.get(lang)).collect();
    sentences.join("\n")
}
