//! The rows of a table that can't be imported, given back as a workbook: every bad cell is marked, and beside it stands why. The columns of reasons
//! have headings that no table has, so that what was corrected can be uploaded as it is.

use std::collections::HashSet;

use jianjia_documents::workbook::{self, Cell, Column, Table};
use jianjia_domain::{
    core::{ids::ImportId, policy::Actor},
    exchange::import::{
        ImportRow,
        fate::{Outcome, Reason, RowFate},
        table::Taken,
    },
};
use jianjia_standard::Text;

use crate::{
    core::{app::App, error::Result},
    exchange::import::{
        find_in, taken_of,
        templates::{Download, XLSX},
    },
};

/// The refused rows of a checked or imported workbook.
///
/// # Errors
/// As `imports::find`; `Busy` when too many are being read; `Damaged` when the uploaded file is.
pub async fn returned(app: &App, actor: &Actor, id: &ImportId) -> Result<Download> {
    let mut tx = app.db.read().await?;
    let import = find_in(app, &mut tx, actor, id).await?;
    tx.commit().await?;
    let taken = taken_of(app, &import, import.report.hidden_rows()).await?;
    let name = import.kind.word();
    Ok(Download {
        name: format!("{name}-不能导入的行.xlsx"),
        media_type: XLSX,
        bytes: workbook::workbook(&[table_of(name, &import.report.rows, &taken)], &[])?,
    })
}

/// The refused rows of a table that was read for the command line.
///
/// # Errors
/// If a text exceeds what a workbook takes.
pub fn workbook_of(name: &str, fates: &[RowFate], taken: &Taken) -> Result<Vec<u8>> {
    Ok(workbook::workbook(&[table_of(name, fates, taken)], &[])?)
}

fn table_of(name: &str, fates: &[RowFate], taken: &Taken) -> Table {
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
    let mut columns = vec![Column::plain("原表行号")];
    for (_, column) in &taken.columns {
        columns.push(Column::plain(&column.zh));
        if is_told(column) {
            columns.push(reasons_column(&format!("{}：问题", column.zh)));
        }
    }
    columns.push(reasons_column("这一行的问题"));
    let rows = refused.iter().map(|(row, reasons)| {
        let mut cells = vec![Cell::Text(row.place().zh())];
        let mut left: Vec<&Reason> = reasons.iter().collect();
        for (key, column) in &taken.columns {
            let of_column = |reason: &&Reason| reason.column.zh == column.zh;
            let said = sentences(left.iter().copied().filter(of_column));
            left.retain(|reason| !of_column(reason));
            cells.push(match (said.is_empty(), row.typed(key)) {
                (false, typed) => Cell::Wrong(typed.to_owned()),
                (true, typed) => Cell::from(typed),
            });
            if is_told(column) {
                cells.push(Cell::from(said.as_str()));
            }
        }
        let named = left
            .into_iter()
            .map(|reason| match reason.column.zh.as_str() {
                "" => reason.sentence.zh.clone(),
                column => format!("{column}：{}", reason.sentence.zh),
            });
        cells.push(Cell::from(named.collect::<Vec<_>>().join("\n").as_str()));
        cells
    });
    Table {
        name: name.to_owned(),
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

fn sentences<'a>(reasons: impl Iterator<Item = &'a Reason>) -> String {
    let sentences: Vec<&str> = reasons.map(|reason| reason.sentence.zh.as_str()).collect();
    sentences.join("\n")
}
