//! Comma-separated text, as saved by spreadsheet programs.

use std::borrow::Cow;

use csv_core::{ReadFieldResult, ReaderBuilder};

use crate::{
    sheet::{CELL_LIMIT, Fault, Sheet, SheetProblem, Watch, budget::Rows},
    workbook::unmarked,
};

/// Reads a table field by field: a field that is too long is refused before it is stored, and no record is held as a whole.
pub(super) fn read(bytes: &[u8], watch: &Watch<'_>) -> Result<Sheet, SheetProblem> {
    let mut text = decoded(bytes)?;
    // Line ends are unified, because the reader counts lines by them.
    if text.contains('\r') {
        text = Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"));
    }
    let delimiter = delimiter_of(&text);
    check_quotes(&text, delimiter)?;
    let mut reader = ReaderBuilder::new().delimiter(delimiter).build();
    let mut rest = text.as_bytes();
    let mut field = vec![0; 4 * CELL_LIMIT + 4];
    let mut rows = Rows::default();
    // The record's row is known once its first field has been read.
    let (mut row, mut column) = (None, 0);
    loop {
        let mut length = 0;
        let (is_last, ended) = loop {
            let (result, read, written) = reader.read_field(rest, &mut field[length..]);
            // The line that ends with this field has been counted, unless the text ended without a line end.
            let ended = usize::from(rest[..read].ends_with(b"\n"));
            rest = &rest[read..];
            length += written;
            match result {
                // The end of the text shows as an empty read.
                ReadFieldResult::InputEmpty => {}
                ReadFieldResult::OutputFull => {
                    return Err(SheetProblem::CellTooLong {
                        limit: CELL_LIMIT,
                        row: row.unwrap_or_else(|| line(&reader)),
                        column,
                    });
                }
                ReadFieldResult::Field { record_end } => {
                    break (record_end, if record_end { ended } else { 0 });
                }
                ReadFieldResult::End => return Ok(rows.take(String::new())),
            }
        };
        let text = std::str::from_utf8(&field[..length]).map_err(|_| SheetProblem::Damaged)?;
        let lines = text.matches('\n').count();
        let row_now = *row.get_or_insert_with(|| line(&reader).saturating_sub(lines + ended));
        rows.see(row_now, column + 1)?;
        if column == 0 {
            (watch.on_row)(row_now);
        }
        let text = text.trim();
        // A line of signs is no formula.
        let formula = text
            .strip_prefix('=')
            .filter(|rest| !rest.is_empty() && !rest.starts_with('='));
        match formula {
            None => rows.keep(row_now, column, unmarked(text))?,
            Some(formula) => match kept_as_text(formula) {
                Some(text) => rows.keep(row_now, column, text.trim())?,
                None => {
                    rows.keep(row_now, column, text)?;
                    rows.mark(row_now, column, Fault::NoValue)?;
                }
            },
        }
        column += 1;
        if is_last {
            rows.note_width(row_now, column);
            (row, column) = (None, 0);
        }
    }
}

/// What stands between the quotation marks of `="913204022000693449"`, by which spreadsheet programs keep a number as text. A formula is none.
fn kept_as_text(formula: &str) -> Option<Cow<'_, str>> {
    let text = formula.trim().strip_prefix('"')?.strip_suffix('"')?;
    let single = text.replace("\"\"", "");
    if single.contains('"') {
        None
    } else if single.len() == text.len() {
        Some(Cow::Borrowed(text))
    } else {
        Some(Cow::Owned(text.replace("\"\"", "\"")))
    }
}

/// Lines by which the separator is told: headings stand among them, and so do the first rows.
const LINES_LOOKED_AT: usize = 20;

/// Spreadsheet programs use commas, semicolons or tabs. The one that stands as often in several lines separates them; a title above the headings
/// may have any of the others.
fn delimiter_of(text: &str) -> u8 {
    let lines = || text.lines().take(LINES_LOOKED_AT);
    let weight = |delimiter: &u8| {
        let counts: Vec<usize> = lines()
            .map(|line| outside_quotes(line, *delimiter))
            .filter(|count| *count > 0)
            .collect();
        let alike = |count: &usize| counts.iter().filter(|other| *other == count).count();
        let weights = counts.iter().map(|count| count * alike(count).pow(2));
        weights.max().unwrap_or(0)
    };
    [b'\t', b';', b',']
        .into_iter()
        .max_by_key(weight)
        .unwrap_or(b',')
}

fn outside_quotes(line: &str, delimiter: u8) -> usize {
    let mut is_quoted = false;
    line.bytes()
        .filter(|byte| {
            is_quoted ^= *byte == b'"';
            !is_quoted && *byte == delimiter
        })
        .count()
}

/// Refuses a quoted cell that the end of the text, or no separator, follows: one that somebody forgot to close takes the next rows into its cell.
fn check_quotes(text: &str, delimiter: u8) -> Result<(), SheetProblem> {
    if !text.contains('"') {
        return Ok(());
    }
    let bytes = text.as_bytes();
    let (mut at, mut row, mut begins) = (0, 1, true);
    while let Some(byte) = bytes.get(at) {
        if begins && *byte == b'"' {
            let began_in = row;
            at += 1;
            loop {
                match bytes.get(at) {
                    None => return Err(SheetProblem::OpenQuote { row: began_in }),
                    Some(b'"') if bytes.get(at + 1) == Some(&b'"') => at += 1,
                    Some(b'"') => break,
                    Some(b'\n') => row += 1,
                    Some(_) => {}
                }
                at += 1;
            }
            let after = bytes.get(at + 1);
            if after.is_some_and(|after| *after != b'\n' && *after != delimiter) {
                return Err(SheetProblem::OpenQuote { row: began_in });
            }
            begins = false;
        } else {
            begins = *byte == b'\n' || *byte == delimiter;
            row += usize::from(*byte == b'\n');
        }
        at += 1;
    }
    Ok(())
}

fn line(reader: &csv_core::Reader) -> usize {
    usize::try_from(reader.line()).unwrap_or(usize::MAX)
}

/// UTF-8 with or without a byte order mark, UTF-16 with one, else GB 18030, which Chinese spreadsheet programs save.
fn decoded(bytes: &[u8]) -> Result<Cow<'_, str>, SheetProblem> {
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(bytes) {
        let (text, has_errors) = encoding.decode_without_bom_handling(&bytes[mark..]);
        return if has_errors {
            Err(SheetProblem::Encoding)
        } else {
            Ok(text)
        };
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(Cow::Borrowed(text));
    }
    let (text, has_errors) = encoding_rs::GB18030.decode_without_bom_handling(bytes);
    if has_errors {
        return Err(SheetProblem::Encoding);
    }
    Ok(text)
}
