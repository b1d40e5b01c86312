//! A long table, written row by row while it is read: what was written lies in temporary files, so that a table of a quarter of a million rows takes no
//! more memory than one of a thousand. The same rows give the same bytes.

use std::{
    fs::File,
    io::{BufWriter, Seek, Write},
};

use anyhow::{Context, Result};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook};

use super::{
    Cell, Column, Formats, csv_begun, csv_record, write_choices, write_headings, write_lists,
    write_row,
};

/// A table that is being written.
pub struct Long {
    target: Target,
    rows: u32,
}

enum Target {
    Workbook {
        book: Box<Workbook>,
        formats: Box<Formats>,
    },
    Csv(Box<csv::Writer<File>>),
}

impl Long {
    /// Begins a workbook of one sheet, whose name has at most 31 characters, with the drop-down lists of its columns.
    ///
    /// # Errors
    /// When a name or a heading exceeds the format's limits, or no temporary file can be made.
    pub fn workbook(name: &str, columns: &[Column]) -> Result<Long> {
        let mut book = Workbook::new();
        // A fixed date, so that the same rows give the same bytes.
        let made = ExcelDateTime::from_ymd(2016, 1, 1)?;
        book.set_properties(&DocProperties::new().set_creation_datetime(&made));
        let formats = Formats::new();
        let sheet = book.add_worksheet_with_constant_memory()?;
        sheet.set_name(name)?;
        write_headings(sheet, columns, &formats)?;
        let mut lists = Vec::new();
        write_lists(sheet, columns, &mut lists)?;
        write_choices(&mut book, &lists)?;
        Ok(Long {
            target: Target::Workbook {
                book: Box::new(book),
                formats: Box::new(formats),
            },
            rows: 0,
        })
    }

    /// Begins comma-separated text, as [`super::csv`].
    ///
    /// # Errors
    /// When no temporary file can be made, or the headings can't be written.
    pub fn csv(columns: &[Column]) -> Result<Long> {
        Ok(Long {
            target: Target::Csv(Box::new(csv_begun(temporary()?, columns)?)),
            rows: 0,
        })
    }

    /// Writes rows after those before.
    ///
    /// # Errors
    /// When there are more than a workbook has: 1,048,576 with the headings.
    pub fn push(&mut self, rows: &[Vec<Cell>]) -> Result<()> {
        for cells in rows {
            self.rows += 1;
            match &mut self.target {
                Target::Workbook { book, formats } => {
                    write_row(book.worksheet_from_index(0)?, self.rows, cells, formats)?;
                }
                Target::Csv(writer) => writer.write_record(csv_record(cells))?,
            }
        }
        Ok(())
    }

    /// The rows so far, without the headings.
    pub fn rows(&self) -> i64 {
        self.rows.into()
    }

    /// The file, to be read from its beginning. It has no name, and is gone with whoever holds it.
    ///
    /// # Errors
    /// When it can't be put together.
    pub fn end(self) -> Result<File> {
        let mut file = match self.target {
            Target::Workbook { mut book, .. } => {
                let mut file = BufWriter::new(temporary()?);
                book.save_to_writer(&mut file)?;
                file.flush()?;
                file.into_inner().map_err(|error| error.into_error())?
            }
            Target::Csv(writer) => writer.into_inner().map_err(|error| error.into_error())?,
        };
        file.rewind()?;
        Ok(file)
    }
}

fn temporary() -> Result<File> {
    tempfile::tempfile().context("no temporary file can be made for a table")
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;
    use crate::{
        sheet,
        workbook::{Table, csv},
    };

    fn columns() -> Vec<Column> {
        ["单位", "＠A1", "人数"].map(Column::plain).into()
    }

    /// Most of them begin as formulas do.
    fn rows(number: i64) -> Vec<Vec<Cell>> {
        const BEGINNINGS: [&str; 9] = ["=", "+", "-", "@", "＝", "＋", "－", "＠", ""];
        let beginnings = BEGINNINGS.iter().cycle();
        (0..number)
            .zip(beginnings)
            .map(|(place, beginning)| {
                vec![
                    Cell::Text(format!("{beginning}第{place}厂<工会>&\"")),
                    Cell::from(if place % 2 == 0 { "" } else { "\t=1+1" }),
                    Cell::Number(place),
                ]
            })
            .collect()
    }

    fn written(mut long: Long, rows: &[Vec<Cell>], portion: usize) -> Vec<u8> {
        for rows in rows.chunks(portion) {
            long.push(rows).unwrap();
        }
        assert_eq!(usize::try_from(long.rows()).unwrap(), rows.len());
        let mut bytes = Vec::new();
        long.end().unwrap().read_to_end(&mut bytes).unwrap();
        bytes
    }

    fn workbook(rows: &[Vec<Cell>], portion: usize) -> Vec<u8> {
        written(Long::workbook("表", &columns()).unwrap(), rows, portion)
    }

    #[test]
    fn the_same_rows_give_the_same_bytes_however_they_come() {
        let rows = rows(300);
        assert_eq!(workbook(&rows, 1), workbook(&rows, 300));
    }

    #[test]
    fn a_long_table_reads_as_a_short_one_and_text_stays_text() {
        let rows = rows(1_000);
        let table = Table {
            name: "表".to_owned(),
            columns: columns(),
            rows: rows.clone(),
        };
        let short = super::super::workbook(std::slice::from_ref(&table), &[]).unwrap();
        let cells = |bytes: &[u8]| -> Vec<Vec<String>> {
            let read = sheet::read(bytes, "a.xlsx").unwrap();
            assert_eq!(read.name, "表");
            // A formula would have no value.
            assert!(read.rows.iter().all(|row| row.marks.is_empty()));
            read.rows.into_iter().map(|row| row.cells).collect()
        };
        let long = workbook(&rows, 64);
        assert_eq!(cells(&long), cells(&short));
        assert_eq!(cells(&long)[1][0], "=第0厂<工会>&\"");
        let long = Long::csv(&columns()).unwrap();
        assert_eq!(written(long, &rows, 64), csv(&table).unwrap());
    }

    #[test]
    fn a_long_table_offers_the_choices_of_its_columns() {
        let mut columns = columns();
        columns[1].choices = vec!["是".to_owned(), "否".to_owned()];
        let rows = rows(3);
        let table = Table {
            name: "表".to_owned(),
            columns: columns.clone(),
            rows: rows.clone(),
        };
        let short = super::super::workbook(std::slice::from_ref(&table), &[]).unwrap();
        let long = written(Long::workbook("表", &columns).unwrap(), &rows, 1);
        let sheets = |bytes: &[u8]| -> Vec<(String, Vec<Vec<String>>)> {
            let read = sheet::read_all(bytes, "a.xlsx").unwrap();
            let cells = |sheet: sheet::Sheet| {
                let rows = sheet.rows.into_iter().map(|row| row.cells);
                (sheet.name, rows.collect())
            };
            read.visible.into_iter().map(cells).collect()
        };
        assert_eq!(sheets(&long), sheets(&short));
        assert_eq!(sheets(&long)[1].0, "可选项");
    }

    #[test]
    fn a_table_without_rows_has_its_headings() {
        let read = sheet::read(&workbook(&[], 1), "a.xlsx").unwrap();
        let rows: Vec<&[String]> = read.rows.iter().map(|row| row.cells.as_slice()).collect();
        assert_eq!(rows, [["单位", "＠A1", "人数"]]);
    }
}
