//! The file for the bank, and the list that comes back from it.

use std::collections::HashMap;

use bytes::Bytes;
use jianjia_documents::{
    sheet::Sheet,
    workbook::{self, Cell, Column, Table},
};
use jianjia_domain::{
    core::{ids::GrantId, refusal::Refusal},
    money::{
        amount::plain,
        grant::GrantRefusal,
        payment::{PaymentRefusal, PaymentRow, PaymentRun, ReturnRow},
    },
};

use crate::{
    core::{app::App, error::Result},
    money::{bank, grant::table},
};

/// The same rows in both formats.
pub struct BankFile {
    pub csv: Vec<u8>,
    pub xlsx: Vec<u8>,
}

const COLUMNS: [&str; 7] = ["序号", "收款户名", "开户行", "账号", "金额", "用途", "单位"];

/// The file of a run: the same bytes for the same rows. `purposes` are those of the grants; without one its whole basis stands there, as in the files that
/// were approved before they had one.
///
/// # Errors
/// `KeyLost` when a number can't be opened; when it can't be written.
pub(super) fn of(
    app: &App,
    run: &PaymentRun,
    rows: &[PaymentRow],
    purposes: &HashMap<GrantId, String>,
) -> Result<BankFile> {
    let mut cells = Vec::new();
    for row in rows {
        let number = bank::opened(app, &row.unit, &row.sealed);
        let number = number.map_err(|_| PaymentRefusal::KeyLost {
            unit: row.unit_name.clone(),
        })?;
        cells.push(vec![
            Cell::Number(row.place),
            Cell::Text(row.account_name.clone()),
            Cell::Text(row.bank.clone()),
            Cell::Text(number),
            Cell::Text(plain(row.amount_fen)),
            Cell::Text(purposes.get(&row.grant).unwrap_or(&row.basis).clone()),
            Cell::Text(row.unit_name.clone()),
        ]);
    }
    let table = Table {
        name: format!("付款{}", run.number),
        columns: COLUMNS.map(Column::plain).to_vec(),
        rows: cells,
    };
    Ok(BankFile {
        csv: workbook::csv(&table)?,
        xlsx: workbook::workbook(&[table], &[])?,
    })
}

/// What banks write above the columns.
const WORDS: [&[&str]; 4] = [
    &["序号", "编号", "笔号", "No."],
    &["金额", "金额（元）", "交易金额", "付款金额"],
    &[
        "结果",
        "状态",
        "交易结果",
        "交易状态",
        "处理结果",
        "付款结果",
    ],
    &["原因", "失败原因", "备注", "说明", "退回原因", "附言"],
];

/// The rows of a bank's list.
///
/// # Errors
/// As a list of grants is read.
pub(super) async fn read_return(bytes: Bytes, file_name: &str) -> Result<Vec<ReturnRow>> {
    let sheet = table::first_sheet(bytes, file_name).await?;
    Ok(rows_of(&sheet).map_err(|refusal| Refusal::at("file", refusal))?)
}

fn rows_of(sheet: &Sheet) -> std::result::Result<Vec<ReturnRow>, GrantRefusal> {
    let found = table::columns_of(sheet, &WORDS, &[0, 2]);
    let (at, places) = found.ok_or(GrantRefusal::NoColumns {
        missing: "序号、结果",
    })?;
    let rows = sheet.rows.iter().skip(at + 1).map(|row| {
        let cell = |column: usize| {
            let cell = places[column].and_then(|place| row.cells.get(place));
            cell.cloned().unwrap_or_default()
        };
        ReturnRow {
            number: row.number,
            place: cell(0),
            amount: cell(1),
            result: cell(2),
            reason: cell(3),
        }
    });
    let rows: Vec<ReturnRow> = rows.filter(|row| !row.place.trim().is_empty()).collect();
    if rows.is_empty() {
        return Err(GrantRefusal::NoRows);
    }
    Ok(rows)
}
