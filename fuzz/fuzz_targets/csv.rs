//! A table as text: read, and what was read written and read again.
#![no_main]

use jianjia_documents::{
    sheet::{self, SheetRow},
    workbook::{self, Cell, Column, Table},
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(read) = sheet::read(bytes, "a.csv") else {
        return;
    };
    let width = read
        .rows
        .iter()
        .map(|row| row.cells.len())
        .max()
        .unwrap_or(0);
    let padded = |row: &SheetRow| -> Vec<Cell> {
        let cells = row.cells.iter().map(|cell| Cell::from(cell.as_str()));
        cells
            .chain(std::iter::repeat(Cell::Nothing))
            .take(width)
            .collect()
    };
    let table = Table {
        name: "表".to_owned(),
        columns: (0..width).map(|_| Column::plain("列")).collect(),
        rows: read.rows.iter().map(padded).collect(),
    };
    let written = workbook::csv(&table).expect("a table can be written");
    let again = sheet::read(&written, "a.csv").expect("what was written is read");
    let cells = |rows: Vec<SheetRow>| -> Vec<Vec<String>> {
        rows.into_iter()
            .map(|row| {
                row.cells
                    .iter()
                    .map(|cell| cell.replace('\r', "\n"))
                    .collect()
            })
            .collect()
    };
    assert_eq!(cells(again.rows)[1..], cells(read.rows));
});
