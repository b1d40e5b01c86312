//! Comma-separated text, as saved by spreadsheet programs.

use std::borrow::Cow;

use csv_core::{ReadFieldResult, ReaderBuilder};

use crate::{
    sheet::{CELL_LIMIT, Sheet, SheetProblem, budget::Rows},
    workbook::unmarked,
};

/// Reads a table field by field: a field that is too long is refused before it is stored, and no record is held as a whole.
pub(super) fn read(bytes: &[u8]) -> Result<Sheet, SheetProblem> {
    let mut text = decoded(bytes)?;
    // Line ends are unified, because the reader counts lines by them.
    if text.contains('\r') {
        text = Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"));
    }
    // Spreadsheet programs use commas, semicolons or tabs: the first line shows which.
    let first = text.lines().next().unwrap_or_default();
    let delimiter = [b'\t', b';', b',']
        .into_iter()
        .max_by_key(|delimiter| first.bytes().filter(|byte| byte == delimiter).count())
        .unwrap_or(b',');
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
                ReadFieldResult::End => return Ok(rows.into_sheet(String::new())),
            }
        };
        let text = std::str::from_utf8(&field[..length]).map_err(|_| SheetProblem::Damaged)?;
        let lines = text.matches('\n').count();
        let row_now = *row.get_or_insert_with(|| line(&reader).saturating_sub(lines + ended));
        rows.see(row_now, column + 1)?;
        rows.keep(row_now, column, unmarked(text.trim()))?;
        column += 1;
        if is_last {
            (row, column) = (None, 0);
        }
    }
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
