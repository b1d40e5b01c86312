//! Reading what people upload: the first sheet of an `.xlsx`, or a `.csv` in UTF-8 or GB 18030, as rows of text. A file that is
//! something else, broken, or too big is told apart, before it can fill the memory.

use std::{
    collections::BTreeMap,
    io::{Cursor, Read},
};

use calamine::{DataRef, Reader, Xlsx, open_workbook_from_rs};

/// The most bytes of a file.
pub const BYTES_LIMIT: usize = 20 * 1024 * 1024;
/// The most rows with something in them.
pub const ROWS_LIMIT: usize = 100_000;
/// The most columns that are read; what stands beyond is not.
pub const COLUMNS_LIMIT: usize = 200;
/// The most bytes of a workbook once unpacked.
const UNPACKED_LIMIT: u64 = 400 * 1024 * 1024;

/// The rows of a table that have something in them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    pub name: String,
    pub rows: Vec<SheetRow>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SheetRow {
    /// As the spreadsheet program counts: from 1.
    pub number: usize,
    /// Trimmed text; days as `2016-10-20`, whole numbers without a point.
    pub cells: Vec<String>,
}

/// Why a file can't be read as a table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SheetProblem {
    #[error("the file has more bytes than is read")]
    TooLarge { limit: usize },
    #[error("the table has more rows than is read")]
    TooManyRows { limit: usize },
    #[error("the file is no table but {found}")]
    NotATable { found: &'static str },
    /// The name says one thing, the content another.
    #[error("the file is named as a workbook but is not one")]
    FalseName { found: &'static str },
    #[error("the file is an old or a locked workbook")]
    OldOrLocked,
    #[error("the workbook is damaged")]
    Damaged,
    #[error("the text is in no known encoding")]
    Encoding,
    #[error("there is nothing in the file")]
    Empty,
}

/// The rows of an uploaded file; `file_name` is the sender's word and only checked against the content.
pub fn read(bytes: &[u8], file_name: &str) -> Result<Sheet, SheetProblem> {
    if bytes.len() > BYTES_LIMIT {
        return Err(SheetProblem::TooLarge { limit: BYTES_LIMIT });
    }
    let name = file_name.to_lowercase();
    let sheet = match kind_of(bytes) {
        Kind::Nothing => return Err(SheetProblem::Empty),
        Kind::Zip => workbook(bytes)?,
        Kind::OldOffice => return Err(SheetProblem::OldOrLocked),
        Kind::Other(found) if name.ends_with(".csv") || name.ends_with(".xlsx") => {
            return Err(SheetProblem::FalseName { found });
        }
        Kind::Other(found) => return Err(SheetProblem::NotATable { found }),
        Kind::Text if name.ends_with(".xlsx") || name.ends_with(".xls") => {
            return Err(SheetProblem::FalseName { found: "text" });
        }
        Kind::Text => text_table(bytes)?,
    };
    if sheet.rows.is_empty() {
        return Err(SheetProblem::Empty);
    }
    Ok(sheet)
}

enum Kind {
    Nothing,
    Zip,
    OldOffice,
    Other(&'static str),
    Text,
}

fn kind_of(bytes: &[u8]) -> Kind {
    const STARTS: [(&[u8], &str); 7] = [
        (b"%PDF", "PDF"),
        (b"\x89PNG", "PNG"),
        (b"\xff\xd8\xff", "JPEG"),
        (b"GIF8", "GIF"),
        (b"Rar!", "RAR"),
        (b"7z\xbc\xaf", "7z"),
        (b"\x7fELF", "program"),
    ];
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Kind::Nothing;
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return Kind::Zip;
    }
    if bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        return Kind::OldOffice;
    }
    if let Some((_, found)) = STARTS.iter().find(|(start, _)| bytes.starts_with(start)) {
        return Kind::Other(found);
    }
    let is_wide = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
    if !is_wide && bytes.iter().take(65_536).any(|byte| *byte == 0) {
        return Kind::Other("binary");
    }
    Kind::Text
}

fn workbook(bytes: &[u8]) -> Result<Sheet, SheetProblem> {
    if unpacked_size(bytes).ok_or(SheetProblem::Damaged)? > UNPACKED_LIMIT {
        return Err(SheetProblem::TooLarge {
            limit: UNPACKED_LIMIT as usize,
        });
    }
    // Every workbook names its parts in plain sight in the archive's directory.
    if !contains(bytes, b"xl/workbook") {
        let found = if contains(bytes, b"word/") {
            "Word"
        } else {
            "ZIP"
        };
        return Err(SheetProblem::NotATable { found });
    }
    let mut workbook: Xlsx<_> =
        open_workbook_from_rs(Cursor::new(bytes)).map_err(|_| SheetProblem::Damaged)?;
    let name = workbook
        .sheet_names()
        .into_iter()
        .next()
        .ok_or(SheetProblem::Empty)?;
    // Cell by cell: a sheet may claim a million columns, and only what is there is kept.
    let mut cells = workbook
        .worksheet_cells_reader(&name)
        .map_err(|_| SheetProblem::Damaged)?;
    let mut rows: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    while let Some(cell) = cells.next_cell().map_err(|_| SheetProblem::Damaged)? {
        let (row, column) = cell.get_position();
        let text = text_of(cell.get_value());
        if text.is_empty() || column as usize >= COLUMNS_LIMIT {
            continue;
        }
        let row = rows.entry(row).or_default();
        if row.len() <= column as usize {
            row.resize(column as usize + 1, String::new());
        }
        row[column as usize] = text;
        if rows.len() > ROWS_LIMIT {
            return Err(SheetProblem::TooManyRows { limit: ROWS_LIMIT });
        }
    }
    let rows = rows
        .into_iter()
        .map(|(row, cells)| SheetRow {
            number: row as usize + 1,
            cells,
        })
        .collect();
    Ok(Sheet { name, rows })
}

fn text_of(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => {
            format!("{number:.0}")
        }
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) => trimmed(text),
        DataRef::SharedString(text) => trimmed(text),
        DataRef::Bool(true) => "是".to_owned(),
        DataRef::Bool(false) => "否".to_owned(),
        DataRef::DateTime(at) => {
            let (year, month, day, ..) = at.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        DataRef::DateTimeIso(text) => text.split('T').next().unwrap_or_default().to_owned(),
        DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(error) => format!("{error}"),
        DataRef::Empty => String::new(),
    }
}

fn text_table(bytes: &[u8]) -> Result<Sheet, SheetProblem> {
    // One kind of line end: the reader counts lines by it.
    let text = decoded(bytes)?.replace("\r\n", "\n").replace('\r', "\n");
    // Spreadsheet programs save with commas, semicolons or tabs: the first line shows which.
    let first = text.lines().next().unwrap_or_default();
    let delimiter = [b'\t', b';', b',']
        .into_iter()
        .max_by_key(|delimiter| first.bytes().filter(|byte| byte == delimiter).count())
        .unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|_| SheetProblem::Damaged)?;
        let number = record
            .position()
            .map_or(0, |position| usize::try_from(position.line()).unwrap_or(0));
        let mut cells: Vec<String> = record
            .iter()
            .take(COLUMNS_LIMIT)
            .map(|cell| trimmed(unescaped(cell)))
            .collect();
        while cells.last().is_some_and(String::is_empty) {
            cells.pop();
        }
        if !cells.is_empty() {
            rows.push(SheetRow { number, cells });
        }
        if rows.len() > ROWS_LIMIT {
            return Err(SheetProblem::TooManyRows { limit: ROWS_LIMIT });
        }
    }
    Ok(Sheet {
        name: String::new(),
        rows,
    })
}

/// UTF-8 with or without a mark, UTF-16 with a mark, else GB 18030, which Chinese spreadsheet programs save.
fn decoded(bytes: &[u8]) -> Result<String, SheetProblem> {
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(bytes) {
        let (text, has_errors) = encoding.decode_without_bom_handling(&bytes[mark..]);
        return if has_errors {
            Err(SheetProblem::Encoding)
        } else {
            Ok(text.into_owned())
        };
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(text.to_owned());
    }
    let (text, has_errors) = encoding_rs::GB18030.decode_without_bom_handling(bytes);
    if has_errors {
        return Err(SheetProblem::Encoding);
    }
    Ok(text.into_owned())
}

fn trimmed(text: &str) -> String {
    text.trim_matches(|character: char| character.is_whitespace() || character == '\u{feff}')
        .to_owned()
}

/// Undoes what `workbook::csv` does to text that a spreadsheet program would take for a formula.
fn unescaped(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@']) => rest,
        _ => cell,
    }
}

/// What an archive says its parts take unpacked, from its directory; None when it has none.
fn unpacked_size(bytes: &[u8]) -> Option<u64> {
    let end = bytes
        .windows(4)
        .rposition(|window| window == b"PK\x05\x06")?;
    let number = |at: usize, length: usize| -> Option<u64> {
        let mut buffer = [0; 8];
        bytes
            .get(at..at + length)?
            .read_exact(&mut buffer[..length])
            .ok()?;
        Some(u64::from_le_bytes(buffer))
    };
    let entries = number(end + 10, 2)?;
    let mut at = usize::try_from(number(end + 16, 4)?).ok()?;
    let mut total: u64 = 0;
    for _ in 0..entries {
        if bytes.get(at..at + 4)? != b"PK\x01\x02" {
            return None;
        }
        total = total.saturating_add(number(at + 24, 4)?);
        let rest = number(at + 28, 2)? + number(at + 30, 2)? + number(at + 32, 2)?;
        at += 46 + usize::try_from(rest).ok()?;
    }
    Some(total)
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workbook::{Cell, Column, Table, csv, workbook};

    fn table() -> Table {
        Table {
            name: "工会".to_owned(),
            columns: vec![Column::plain("工会名称"), Column::plain("职工人数")],
            rows: vec![
                vec![Cell::Text("常州某厂工会".into()), Cell::Number(186)],
                vec![Cell::Text("=1+1工会".into()), Cell::Nothing],
            ],
        }
    }

    fn rows() -> Vec<SheetRow> {
        [
            (1, vec!["工会名称", "职工人数"]),
            (2, vec!["常州某厂工会", "186"]),
            (3, vec!["=1+1工会"]),
        ]
        .into_iter()
        .map(|(number, cells)| SheetRow {
            number,
            cells: cells.into_iter().map(str::to_owned).collect(),
        })
        .collect()
    }

    fn check(bytes: &[u8], name: &str, expect: Result<Vec<SheetRow>, SheetProblem>) {
        assert_eq!(read(bytes, name).map(|sheet| sheet.rows), expect, "{name}");
    }

    #[test]
    fn what_was_written_is_read_back_in_every_form() {
        let xlsx = workbook(&[table()], &[]).unwrap();
        check(&xlsx, "a.xlsx", Ok(rows()));
        let utf8 = csv(&table()).unwrap();
        check(&utf8, "a.csv", Ok(rows()));
        let text = String::from_utf8(utf8[3..].to_vec()).unwrap();
        check(text.as_bytes(), "a.csv", Ok(rows()));
        let (gbk, _, _) = encoding_rs::GB18030.encode(&text);
        check(&gbk, "a.csv", Ok(rows()));
        let tabs = text.replace(',', "\t");
        check(tabs.as_bytes(), "a.txt", Ok(rows()));
    }

    #[test]
    fn the_same_table_gives_the_same_bytes() {
        assert_eq!(
            workbook(&[table()], &[]).unwrap(),
            workbook(&[table()], &[]).unwrap()
        );
    }

    #[test]
    fn what_is_no_table_is_told_apart() {
        check(b"", "a.xlsx", Err(SheetProblem::Empty));
        check(b" \r\n\r\n", "a.csv", Err(SheetProblem::Empty));
        check(b",,\n,,", "a.csv", Err(SheetProblem::Empty));
        let found = "PDF";
        check(
            b"%PDF-1.7 ...",
            "a.xlsx",
            Err(SheetProblem::FalseName { found }),
        );
        check(
            b"%PDF-1.7 ...",
            "a.pdf",
            Err(SheetProblem::NotATable { found }),
        );
        check(
            b"a,b\n1,2",
            "a.xlsx",
            Err(SheetProblem::FalseName { found: "text" }),
        );
        check(
            b"\xd0\xcf\x11\xe0\xa1\xb1",
            "a.xls",
            Err(SheetProblem::OldOrLocked),
        );
        check(
            b"PK\x03\x04 broken off",
            "a.xlsx",
            Err(SheetProblem::Damaged),
        );
        let xlsx = workbook(&[table()], &[]).unwrap();
        let mut damaged = xlsx.clone();
        let middle = damaged.len() / 2;
        damaged[200..middle].fill(0x55);
        check(&damaged, "a.xlsx", Err(SheetProblem::Damaged));
        let large = vec![b'a'; BYTES_LIMIT + 1];
        check(
            &large,
            "a.csv",
            Err(SheetProblem::TooLarge { limit: BYTES_LIMIT }),
        );
        let long = "a\n".repeat(ROWS_LIMIT + 1);
        check(
            long.as_bytes(),
            "a.csv",
            Err(SheetProblem::TooManyRows { limit: ROWS_LIMIT }),
        );
        let binary = b"abc\x00def";
        check(
            binary,
            "a.dat",
            Err(SheetProblem::NotATable { found: "binary" }),
        );
    }
}
