//! Writing downloads: tables with headings, drop-down lists and notes, as `.xlsx` or `.csv`. The same data gives the same bytes.

use std::{borrow::Cow, io::Write};

use anyhow::Result;
use rust_xlsxwriter::{
    Color, DataValidation, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder,
    Formula, Workbook, Worksheet, utility::column_number_to_name,
};

use crate::sheet::CELL_LIMIT;

pub mod long;

#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// The sheet's name, at most 31 characters.
    pub name: String,
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<Cell>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Column {
    pub heading: String,
    /// In characters.
    pub width: u16,
    pub is_required: bool,
    /// The choices in the column's drop-down list; empty for free text.
    pub choices: Vec<String>,
}

impl Column {
    pub fn plain(heading: &str) -> Column {
        Column {
            heading: heading.to_owned(),
            width: 16,
            ..Column::default()
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Text(String),
    /// Text in a cell that is marked as wrong.
    Wrong(String),
    Number(i64),
    /// Money in fen: a number of yuan with two decimals.
    Fen(i64),
    /// A number that is marked as wrong, and read again as the number it is.
    WrongNumber(f64),
    Nothing,
}

impl From<&str> for Cell {
    fn from(text: &str) -> Cell {
        if text.is_empty() {
            Cell::Nothing
        } else {
            Cell::Text(text.to_owned())
        }
    }
}

/// A sheet of sentences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notes {
    pub name: String,
    pub lines: Vec<String>,
}

/// The sheet with the choices of drop-down lists.
const CHOICES: &str = "可选项";

/// The number of rows with drop-down lists below the headings.
const LISTED_ROWS: u32 = 20_000;

/// A workbook: the tables, then the notes, then the choices.
///
/// # Errors
/// If a name, a heading or a note exceeds the format's limits; the text of a cell is cut off at them.
pub fn workbook(tables: &[Table], notes: &[Notes]) -> Result<Vec<u8>> {
    let mut workbook = Workbook::new();
    // A fixed date, so that the same data gives the same bytes.
    let made = ExcelDateTime::from_ymd(2016, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
    let mut lists: Vec<&[String]> = Vec::new();
    for table in tables {
        let sheet = workbook.add_worksheet();
        sheet.set_name(&table.name)?;
        write_table(sheet, table, &mut lists)?;
    }
    for notes in notes {
        let sheet = workbook.add_worksheet();
        sheet.set_name(&notes.name)?;
        sheet.set_column_width(0, 100)?;
        let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
        for (row, line) in (0..).zip(&notes.lines) {
            sheet.write_with_format(row, 0, line.as_str(), &wrapped)?;
        }
    }
    write_choices(&mut workbook, &lists)?;
    Ok(workbook.save_to_buffer()?)
}

/// The sheet from which drop-down lists take their choices; none where there are none.
fn write_choices(workbook: &mut Workbook, lists: &[&[String]]) -> Result<()> {
    if lists.is_empty() {
        return Ok(());
    }
    let sheet = workbook.add_worksheet();
    sheet.set_name(CHOICES)?;
    for (column, list) in (0..).zip(lists) {
        sheet.set_column_width(column, 32)?;
        for (row, choice) in (0..).zip(list.iter()) {
            sheet.write(row, column, choice.as_str())?;
        }
    }
    Ok(())
}

/// The table as comma-separated text in UTF-8, with the byte order mark that spreadsheet programs look for.
///
/// # Errors
/// If the text can't be written.
pub fn csv(table: &Table) -> Result<Vec<u8>> {
    let mut writer = csv_begun(Vec::new(), &table.columns)?;
    for row in &table.rows {
        writer.write_record(csv_record(row))?;
    }
    Ok(writer.into_inner().map_err(|error| error.into_error())?)
}

fn csv_begun<W: Write>(mut target: W, columns: &[Column]) -> Result<csv::Writer<W>> {
    target.write_all("\u{feff}".as_bytes())?;
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(target);
    writer.write_record(
        columns
            .iter()
            .map(|column| marked(&column.heading).into_owned()),
    )?;
    Ok(writer)
}

fn csv_record(row: &[Cell]) -> impl Iterator<Item = String> {
    row.iter().map(|cell| match cell {
        Cell::Text(text) | Cell::Wrong(text) => marked(text).into_owned(),
        Cell::Number(number) => number.to_string(),
        Cell::Fen(fen) => {
            let sign = if *fen < 0 { "-" } else { "" };
            format!(
                "{sign}{}.{:02}",
                fen.unsigned_abs() / 100,
                fen.unsigned_abs() % 100
            )
        }
        Cell::WrongNumber(number) => number.to_string(),
        Cell::Nothing => String::new(),
    })
}

/// Prefixes text that a spreadsheet program would take for a formula with an apostrophe.
fn marked(text: &str) -> Cow<'_, str> {
    if looks_like_a_formula(text) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Undoes `marked`.
pub(crate) fn unmarked(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if looks_like_a_formula(rest) => rest,
        _ => text,
    }
}

/// Whether the first character begins a formula: also in its full-width and small forms, which Chinese and Japanese programs treat alike, and after
/// characters that a program may skip. Apostrophes are skipped too, so that text that has one survives a round trip.
fn looks_like_a_formula(text: &str) -> bool {
    const BEGINNINGS: [char; 12] = [
        '=', '+', '-', '@', '＝', '＋', '－', '＠', '﹦', '﹢', '﹣', '﹫',
    ];
    let is_skipped = |sign: char| {
        sign.is_whitespace()
            || sign.is_control()
            || matches!(
                sign,
                '\'' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}'
            )
    };
    text.trim_start_matches('\'')
        .starts_with(['\t', '\r', '\n'])
        || text.trim_start_matches(is_skipped).starts_with(BEGINNINGS)
}

/// How the cells of a table look.
struct Formats {
    heading: Format,
    required: Format,
    /// Text cells, so that a code of 18 digits is not turned into a number.
    text: Format,
    wrong: Format,
    yuan: Format,
}

impl Formats {
    fn new() -> Formats {
        let heading = Format::new()
            .set_bold()
            .set_border(FormatBorder::Thin)
            .set_background_color(Color::RGB(0xf3ece4));
        let text = Format::new().set_num_format("@");
        Formats {
            required: heading.clone().set_font_color(Color::RGB(0xb3261e)),
            wrong: text
                .clone()
                .set_border(FormatBorder::Thin)
                .set_background_color(Color::RGB(0xf9dcd6)),
            heading,
            text,
            yuan: Format::new().set_num_format("#,##0.00"),
        }
    }
}

fn write_table<'a>(
    sheet: &mut Worksheet,
    table: &'a Table,
    lists: &mut Vec<&'a [String]>,
) -> Result<()> {
    let formats = Formats::new();
    write_headings(sheet, &table.columns, &formats)?;
    write_lists(sheet, &table.columns, lists)?;
    for (row, cells) in (1..).zip(&table.rows) {
        write_row(sheet, row, cells, &formats)?;
    }
    Ok(())
}

/// The drop-down lists below the headings; `lists` are those of the workbook, to which new ones are added.
fn write_lists<'a>(
    sheet: &mut Worksheet,
    columns: &'a [Column],
    lists: &mut Vec<&'a [String]>,
) -> Result<()> {
    for (column, described) in (0..).zip(columns) {
        if !described.choices.is_empty() {
            // Columns with the same choices share a list.
            let list = lists.iter().position(|list| *list == described.choices);
            let place = list.unwrap_or(lists.len());
            if list.is_none() {
                lists.push(&described.choices);
            }
            let letters = column_number_to_name(u16::try_from(place)?);
            let range = format!(
                "='{CHOICES}'!${letters}$1:${letters}${}",
                described.choices.len()
            );
            let validation = DataValidation::new()
                .allow_list_formula(Formula::new(range))
                .set_error_message("请从下拉列表中选择一项。")?;
            sheet.add_data_validation(1, column, LISTED_ROWS, column, &validation)?;
        }
    }
    Ok(())
}

fn write_headings(sheet: &mut Worksheet, columns: &[Column], formats: &Formats) -> Result<()> {
    sheet.set_freeze_panes(1, 1)?;
    for (column, described) in (0..).zip(columns) {
        let format = if described.is_required {
            &formats.required
        } else {
            &formats.heading
        };
        sheet.set_column_width(column, described.width)?;
        sheet.set_column_format(column, &formats.text)?;
        sheet.write_string_with_format(0, column, described.heading.as_str(), format)?;
    }
    Ok(())
}

/// Text is written as text, never as a formula, whatever it begins with.
fn write_row(sheet: &mut Worksheet, row: u32, cells: &[Cell], formats: &Formats) -> Result<()> {
    for (column, cell) in (0..).zip(cells) {
        match cell {
            Cell::Text(value) => {
                sheet.write_string_with_format(row, column, fitting(value), &formats.text)?;
            }
            Cell::Wrong(value) => {
                sheet.write_string_with_format(row, column, fitting(value), &formats.wrong)?;
            }
            Cell::Number(value) => {
                // Whole numbers of people and the like, far below where a float becomes inexact.
                sheet.write_number(row, column, *value as f64)?;
            }
            Cell::Fen(value) => {
                // Below ten million million yuan the hundredths are those of the fen.
                sheet.write_number_with_format(
                    row,
                    column,
                    *value as f64 / 100.0,
                    &formats.yuan,
                )?;
            }
            Cell::WrongNumber(value) => {
                sheet.write_number_with_format(row, column, *value, &formats.wrong)?;
            }
            Cell::Nothing => {}
        }
    }
    Ok(())
}

/// As much of a text as a cell of a workbook takes: a line of the trail may be longer.
fn fitting(text: &str) -> &str {
    match text.char_indices().nth(CELL_LIMIT) {
        Some((end, _)) => &text[..end],
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn csv_of(texts: &[&str]) -> String {
        let table = Table {
            name: "表".to_owned(),
            columns: vec![Column::plain(texts[0])],
            rows: texts[1..]
                .iter()
                .map(|text| vec![Cell::Text((*text).to_owned())])
                .collect(),
        };
        String::from_utf8(csv(&table).unwrap()).unwrap()
    }

    #[test]
    fn what_a_spreadsheet_program_takes_for_a_formula_is_marked_as_text() {
        for sign in [
            "=", "+", "-", "@", "＝", "＋", "－", "＠", "﹦", "﹢", "﹣", "﹫",
        ] {
            for before in [
                "",
                " ",
                "\t",
                "\r",
                "\n",
                "\u{3000}",
                "\u{feff}",
                "\u{200b}\t",
                "'",
            ] {
                let text = format!("{before}{sign}cmd|' /C calc'!A1");
                assert_eq!(marked(&text), format!("'{text}"), "{text:?}");
                assert_eq!(unmarked(&marked(&text)), text);
            }
        }
        for text in ["\t1", "\r1", "\n1", "'\n1", "''\t1"] {
            assert_eq!(marked(text), format!("'{text}"));
            assert_eq!(unmarked(&marked(text)), text);
        }
        for text in ["工会", "'工会'", "1-2", "a=b", "", " ", "'", "甲＝乙"] {
            assert_eq!(marked(text), text);
            assert_eq!(unmarked(text), text);
        }
    }

    #[test]
    fn headings_are_marked_like_cells() {
        assert_eq!(
            csv_of(&["＝1+1", "＠SUM(A1)"]),
            "\u{feff}'＝1+1\r\n'＠SUM(A1)\r\n"
        );
    }

    #[test]
    fn a_text_that_no_cell_takes_is_cut_off() {
        let table = Table {
            name: "表".to_owned(),
            columns: vec![Column::plain("内容")],
            rows: vec![vec![Cell::Text("长".repeat(CELL_LIMIT + 1))]],
        };
        let bytes = workbook(&[table], &[]).unwrap();
        let read = crate::sheet::read(&bytes, "a.xlsx").unwrap();
        assert_eq!(read.rows[1].cells[0].chars().count(), CELL_LIMIT);
    }

    #[test]
    fn text_in_a_workbook_stays_text_and_is_not_marked() {
        let texts = ["=1+1", "＝1+1", "\t=1+1", "+1", "－1", "@A1", "'=1+1"];
        let table = Table {
            name: "表".to_owned(),
            columns: vec![Column::plain("＠A1")],
            rows: texts
                .iter()
                .map(|text| vec![Cell::Text((*text).to_owned())])
                .collect(),
        };
        let notes = Notes {
            name: "说明".to_owned(),
            lines: vec!["=1+1".to_owned()],
        };
        let bytes = workbook(&[table], &[notes]).unwrap();
        let read = crate::sheet::read(&bytes, "a.xlsx").unwrap();
        let cells: Vec<&str> = read.rows.iter().map(|row| row.cells[0].as_str()).collect();
        assert_eq!(
            cells,
            ["＠A1", "=1+1", "＝1+1", "=1+1", "+1", "－1", "@A1", "'=1+1"]
        );
    }
}
