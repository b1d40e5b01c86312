//! Reading uploads: the visible sheets of an `.xlsx`, or a `.csv` in UTF-8 or GB 18030, as rows of text. Anything else, and any file that is damaged
//! or too big, is refused before it can fill the memory or occupy a core.

mod budget;
mod fault;
mod format;
mod package;
pub mod place;
mod text;
mod xlsx;

/// Limit on the bytes of a file.
pub const BYTES_LIMIT: usize = 20 * 1024 * 1024;
/// Limit on rows that are not empty: a hundred thousand, and what an office writes above and below them.
pub const ROWS_LIMIT: usize = 110_000;
/// Columns that are read; those beyond are ignored.
pub const COLUMNS_LIMIT: usize = 200;
/// Limit on cells, counting in each row all columns up to its last value.
pub const CELLS_LIMIT: usize = 2_000_000;
/// Limit on the characters of a cell, as in a spreadsheet program.
pub const CELL_LIMIT: usize = 32_767;
/// Limit on the bytes of text in all cells, counting each use of a shared string.
pub const TEXT_LIMIT: usize = 32 * 1024 * 1024;
/// Limit on the bytes of a workbook's parts when unpacked, counted while unpacking.
pub const UNPACKED_LIMIT: u64 = 200 * 1024 * 1024;
/// Limit on the parts of a workbook.
pub const PARTS_LIMIT: usize = 4_000;
/// Limit on the seconds that reading a workbook may take. The other limits keep it to a few; this one is for an overloaded machine.
pub const SECONDS_LIMIT: u64 = 60;

/// What is in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheets {
    /// The visible sheets that hold something, in their order; the one table of a text.
    pub visible: Vec<Sheet>,
    /// The names of hidden sheets, which are not read.
    pub hidden: Vec<String>,
    /// Whether any text of the file is one that the caller looks for; only with [`read_watching`].
    pub has_watched: bool,
}

/// The rows of a table that are not empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// Empty for a text.
    pub name: String,
    pub rows: Vec<SheetRow>,
    /// The columns that are hidden, from 0, in order.
    pub hidden_columns: Vec<usize>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SheetRow {
    /// As the spreadsheet program counts rows: from 1.
    pub number: usize,
    /// Trimmed text; days as `2016-10-20`, whole numbers without a decimal point.
    pub cells: Vec<String>,
    /// The cells that don't say what was meant; nearly always none.
    pub marks: Vec<Mark>,
    /// Whether the row is hidden, by hand or by a filter.
    pub is_hidden: bool,
    /// Whether any cell was typed: a row without has results of formulas only, or what it was merged with.
    pub is_typed: bool,
    /// The cells that are one with others of their row, by their first and last column: the first has the text, the others have none.
    pub merged: Vec<(usize, usize)>,
    /// Cells of the line, empty ones among them; only of a text, which has no other columns.
    pub width: usize,
}

/// A cell whose value was lost before the table was saved. Columns count from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    pub column: usize,
    pub fault: Fault,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A formula whose result the file doesn't hold.
    NoValue,
    /// A formula that failed; the cell's text is the error.
    Error,
    /// A number with more digits than a spreadsheet program keeps, which is 15.
    LostDigits,
    /// A text that nobody sees, since the cell is merged with an empty one.
    Covered,
}

/// Why a file can't be read as a table. Rows count from 1, columns from 0.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SheetProblem {
    #[error("the file has more bytes than is read")]
    TooLarge { limit: usize },
    #[error("the workbook has more bytes than is read, once unpacked")]
    UnpackedTooLarge { limit: usize },
    #[error("the table has more rows than is read")]
    TooManyRows { limit: usize },
    #[error("the table has more cells than is read")]
    TooManyCells { limit: usize, row: Option<usize> },
    #[error("a row has more columns than a sheet can have")]
    TooManyColumns { limit: usize, row: usize },
    #[error("a cell has more text than a cell can hold")]
    CellTooLong {
        limit: usize,
        row: usize,
        column: usize,
    },
    #[error("the table has more text than is read")]
    TooMuchText { limit: usize, row: Option<usize> },
    #[error("the workbook has more parts than is read")]
    TooManyParts { limit: usize },
    #[error("the workbook's parts are nested or tagged as no spreadsheet program does")]
    TooIntricate,
    #[error("reading the table takes too long")]
    TookTooLong { seconds: u64 },
    #[error("the file is no table but {found}")]
    NotATable { found: &'static str },
    /// The file's name and its content disagree.
    #[error("the file is named as a workbook but is not one")]
    FalseName { found: &'static str },
    #[error("the file is an old or a locked workbook")]
    OldOrLocked,
    #[error("the workbook is damaged")]
    Damaged,
    #[error("the text is in no known encoding")]
    Encoding,
    /// A quotation mark that is not closed, or closed in the middle of a cell: where the cell ends can't be told.
    #[error("a quotation mark of the text is not closed")]
    OpenQuote { row: usize },
    #[error("there is nothing in the file")]
    Empty,
    #[error("only hidden sheets may hold something")]
    NothingVisible { hidden: Vec<String> },
}

/// The first table of an uploaded file; `file_name` comes from the sender and is only compared with the content.
pub fn read(bytes: &[u8], file_name: &str) -> Result<Sheet, SheetProblem> {
    let sheets = read_all(bytes, file_name)?;
    sheets.visible.into_iter().next().ok_or(SheetProblem::Empty)
}

/// The tables of an uploaded file: at least one, and none without rows.
pub fn read_all(bytes: &[u8], file_name: &str) -> Result<Sheets, SheetProblem> {
    let watch = Watch {
        is_watched: &|_| false,
        on_row: &|_| {},
    };
    read_watching(bytes, file_name, &watch)
}

/// What the caller wants to know of the reading.
pub struct Watch<'a> {
    /// A text that the caller looks for, on hidden sheets too.
    pub is_watched: &'a dyn Fn(&str) -> bool,
    /// Told the number of each row that is begun.
    pub on_row: &'a dyn Fn(usize),
}

/// As [`read_all`], while somebody watches.
pub fn read_watching(
    bytes: &[u8],
    file_name: &str,
    watch: &Watch<'_>,
) -> Result<Sheets, SheetProblem> {
    if bytes.len() > BYTES_LIMIT {
        return Err(SheetProblem::TooLarge { limit: BYTES_LIMIT });
    }
    let name = file_name.to_lowercase();
    let mut sheets = match kind_of(bytes) {
        Kind::Nothing => return Err(SheetProblem::Empty),
        Kind::Zip => xlsx::read(bytes, watch)?,
        Kind::OldOffice => return Err(SheetProblem::OldOrLocked),
        Kind::Other(found) if name.ends_with(".csv") || name.ends_with(".xlsx") => {
            return Err(SheetProblem::FalseName { found });
        }
        Kind::Other(found) => return Err(SheetProblem::NotATable { found }),
        Kind::Text if name.ends_with(".xlsx") || name.ends_with(".xls") => {
            return Err(SheetProblem::FalseName { found: "text" });
        }
        Kind::Text => Sheets {
            visible: vec![text::read(bytes, watch)?],
            hidden: Vec::new(),
            // All of a text is read.
            has_watched: false,
        },
    };
    sheets.visible.retain(|sheet| !sheet.rows.is_empty());
    if sheets.visible.is_empty() {
        return Err(match sheets.hidden {
            hidden if hidden.is_empty() => SheetProblem::Empty,
            hidden => SheetProblem::NothingVisible { hidden },
        });
    }
    Ok(sheets)
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

#[cfg(test)]
mod bombs;
#[cfg(test)]
mod offices;
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
            is_typed: true,
            ..SheetRow::default()
        })
        .collect()
    }

    fn check(bytes: &[u8], name: &str, expect: Result<Vec<SheetRow>, SheetProblem>) {
        // A text counts the cells of its lines, a workbook does not.
        let plain = |row| SheetRow { width: 0, ..row };
        let rows = read(bytes, name).map(|sheet| sheet.rows.into_iter().map(plain).collect());
        assert_eq!(rows, expect, "{name}");
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
