//! The visible sheets of a workbook as rows of text. Only the shared strings, the flags of date formats and the rows are kept in memory; nothing is
//! allocated on a file's claims, and every use of a shared string counts.

mod book;
mod styles;
mod texts;

use quick_xml::events::{BytesStart, Event};

use crate::sheet::{
    CELL_LIMIT, Fault, SheetProblem, Sheets, Watch,
    budget::{Budget, CellText, Rows},
    package::{Package, Part, attribute, attributes},
    place::{LAST_ROW, day_of, place_of, unescaped},
    xlsx::{
        book::Book,
        styles::day_styles,
        texts::{Texts, rich_text},
    },
};

/// Limit on cell formats, number formats and relationships: a spreadsheet program stops at 65,490.
const ENTRIES_LIMIT: usize = 100_000;

/// Reads the visible sheets.
pub(super) fn read(bytes: &[u8], watch: &Watch<'_>) -> Result<Sheets, SheetProblem> {
    let budget = Budget::new();
    let mut package = Package::open(bytes)?;
    let Some(book) = Book::find(&mut package, &budget)? else {
        let found = if package.has_folder("word/") {
            "Word"
        } else {
            "ZIP"
        };
        return Err(SheetProblem::NotATable { found });
    };
    let texts = match package.part(&book.texts, &budget)? {
        Some(part) => Texts::read(part, watch)?,
        None => Texts::default(),
    };
    let days = match package.part(&book.styles, &budget)? {
        Some(part) => day_styles(part)?,
        None => Vec::new(),
    };
    let mut rows = Rows::default();
    let mut visible = Vec::new();
    for (name, part) in book.sheets {
        {
            let part = package.part(&part, &budget)?;
            let mut cells = Cells {
                part: part.ok_or(SheetProblem::Damaged)?,
                texts: &texts,
                days: &days,
                is_1904: book.is_1904,
                rows: &mut rows,
                watch,
            };
            match cells.read() {
                // A sheet without cells, of which there may be some.
                Err(SheetProblem::Empty) => {}
                read => read?,
            }
        }
        visible.push(rows.take(name));
    }
    Ok(Sheets {
        visible,
        hidden: book.hidden,
        has_watched: texts.has_watched,
    })
}

/// The cells of a sheet, while reading.
struct Cells<'b, 'a> {
    part: Part<'b, 'a>,
    texts: &'b Texts,
    days: &'b [bool],
    is_1904: bool,
    rows: &'b mut Rows,
    watch: &'b Watch<'b>,
}

/// A cell's attributes. The row counts from 1, the column from 0.
#[derive(Default)]
struct CellHead {
    row: usize,
    column: usize,
    kind: CellKind,
    is_day: bool,
    is_computed: bool,
}

/// The kind of a cell's value.
#[derive(Clone, Copy, Default)]
enum CellKind {
    #[default]
    Number,
    /// An index into the shared strings.
    Shared,
    /// The text is in the cell and not in its value.
    Inline,
    /// The result of a formula.
    Text,
    Truth,
    Day,
    Error,
}

impl CellKind {
    fn of(kind: &str) -> CellKind {
        match kind {
            "s" => CellKind::Shared,
            "inlineStr" => CellKind::Inline,
            "str" => CellKind::Text,
            "b" => CellKind::Truth,
            "d" => CellKind::Day,
            "e" => CellKind::Error,
            _ => CellKind::Number,
        }
    }
}

impl Cells<'_, '_> {
    fn read(&mut self) -> Result<(), SheetProblem> {
        // Row and column of the last cell, from 1: where a cell gives no reference, it follows the previous one.
        let (mut row, mut column) = (0, 0);
        let mut has_cells = false;
        loop {
            match self.part.next()? {
                Event::Start(element) => match element.local_name().as_ref() {
                    "sheetData" => has_cells = true,
                    "col" => {
                        if let Some((first, last)) = hidden_columns(&element)? {
                            self.rows.hide_columns(first, last);
                        }
                    }
                    "row" => {
                        row = match attribute(&element, "r")? {
                            Some(number) => row_of(&number).ok_or(SheetProblem::Damaged)?,
                            None => row + 1,
                        };
                        column = 0;
                        self.rows.is_hidden = is_hidden(&element)?;
                        self.rows.see(row, 0)?;
                        (self.watch.on_row)(row);
                    }
                    "c" => {
                        let mut place = None;
                        let mut head = CellHead::default();
                        for attribute in attributes(&element) {
                            let (name, value) = attribute?;
                            match name {
                                "r" => {
                                    place = Some(place_of(&value).ok_or(SheetProblem::Damaged)?);
                                }
                                "s" => {
                                    let style: Option<usize> = value.parse().ok();
                                    let day = style.and_then(|style| self.days.get(style));
                                    head.is_day = day.copied().unwrap_or(false);
                                }
                                "t" => head.kind = CellKind::of(&value),
                                _ => {}
                            }
                        }
                        (row, column) = place.unwrap_or((row.max(1), column + 1));
                        (head.row, head.column) = (row, column - 1);
                        self.rows.see(row, column)?;
                        self.cell(&mut head)?;
                    }
                    _ => {}
                },
                Event::End(element) if element.local_name().as_ref() == "sheetData" => {
                    return self.merged();
                }
                Event::Eof => break,
                _ => {}
            }
        }
        if has_cells {
            // The part is truncated.
            return Err(SheetProblem::Damaged);
        }
        Err(SheetProblem::Empty)
    }

    /// The merged cells, which stand behind the rows. A part that ends before them has none.
    fn merged(&mut self) -> Result<(), SheetProblem> {
        // What the format has behind them is not looked at.
        const BEHIND: [&str; 5] = [
            "phoneticPr",
            "conditionalFormatting",
            "dataValidations",
            "hyperlinks",
            "pageMargins",
        ];
        loop {
            match self.part.next()? {
                Event::Start(element) => match element.local_name().as_ref() {
                    "mergeCell" => {
                        let range = attribute(&element, "ref")?.unwrap_or_default();
                        let (first, last) = range.split_once(':').unwrap_or((&range, &range));
                        let places = place_of(first).zip(place_of(last));
                        let (first, last) = places.ok_or(SheetProblem::Damaged)?;
                        self.rows.merge(first, last)?;
                    }
                    name if BEHIND.contains(&name) => return Ok(()),
                    _ => {}
                },
                Event::End(element) if element.local_name().as_ref() == "mergeCells" => {
                    return Ok(());
                }
                Event::Eof => return Ok(()),
                _ => {}
            }
        }
    }

    fn cell(&mut self, head: &mut CellHead) -> Result<(), SheetProblem> {
        let within = self.part.depth();
        let (row, column) = (head.row, head.column);
        let too_long = || SheetProblem::CellTooLong {
            limit: CELL_LIMIT,
            row,
            column,
        };
        let mut has_value = false;
        let mut text = CellText::default();
        loop {
            match self.part.next()? {
                Event::Start(element) => match element.local_name().as_ref() {
                    "f" => head.is_computed = true,
                    "is" => {
                        has_value = true;
                        text.clear();
                        if !rich_text(&mut self.part, &mut text)? {
                            return Err(too_long());
                        }
                        self.keep(head, &unescaped(text.as_str()))?;
                    }
                    // Some programs repeat an inline text here.
                    "v" if !matches!(head.kind, CellKind::Inline) => {
                        text.clear();
                        self.part.text_within(|more| {
                            if text.push(more) {
                                Ok(())
                            } else {
                                Err(too_long())
                            }
                        })?;
                        has_value |= !text.as_str().is_empty();
                        self.value(head, text.as_str(), too_long)?;
                    }
                    _ => {}
                },
                Event::Eof => return Err(SheetProblem::Damaged),
                _ => {}
            }
            if self.part.depth() < within {
                break;
            }
        }
        // An empty text is a result.
        if head.is_computed && !has_value && !matches!(head.kind, CellKind::Text) {
            return self.rows.mark(row, column, Fault::NoValue);
        }
        Ok(())
    }

    fn value(
        &mut self,
        head: &CellHead,
        value: &str,
        too_long: impl Fn() -> SheetProblem,
    ) -> Result<(), SheetProblem> {
        if value.is_empty() {
            return Ok(());
        }
        match head.kind {
            CellKind::Shared => {
                let number = value.trim().parse().map_err(|_| SheetProblem::Damaged)?;
                let text = self.texts.get(number).ok_or(SheetProblem::Damaged)?;
                let text = text.ok_or_else(too_long)?;
                self.keep(head, text)
            }
            CellKind::Text => self.keep(head, &unescaped(value)),
            CellKind::Truth => self.keep(head, if is_true(value) { "是" } else { "否" }),
            CellKind::Day => self.keep(head, value.split('T').next().unwrap_or_default()),
            CellKind::Error => {
                self.keep(head, value)?;
                self.rows.mark(head.row, head.column, Fault::Error)
            }
            CellKind::Inline => self.keep(head, value),
            CellKind::Number => match value.trim().parse::<f64>() {
                Ok(number) if head.is_day => self.keep(head, &day_of(number, self.is_1904)),
                Ok(number) if number.fract() == 0.0 && number.abs() < 1e15 => {
                    self.keep(head, &format!("{number:.0}"))
                }
                Ok(number) => {
                    self.keep(head, &number.to_string())?;
                    // Up to there every whole number has its digits.
                    if number.abs() >= 1e15 {
                        self.rows.mark(head.row, head.column, Fault::LostDigits)?;
                    }
                    Ok(())
                }
                Err(_) => self.keep(head, value),
            },
        }
    }

    fn keep(&mut self, head: &CellHead, text: &str) -> Result<(), SheetProblem> {
        if head.is_computed {
            self.rows.keep_computed(head.row, head.column, text)
        } else {
            self.rows.keep(head.row, head.column, text)
        }
    }
}

/// The first and the last of columns that are hidden or have no width, from 0.
fn hidden_columns(columns: &BytesStart<'_>) -> Result<Option<(usize, usize)>, SheetProblem> {
    let (mut first, mut last, mut is_hidden) = (None, None, false);
    for attribute in attributes(columns) {
        let (name, value) = attribute?;
        let number = || value.trim().parse::<usize>().ok()?.checked_sub(1);
        match name {
            "min" => first = number(),
            "max" => last = number(),
            "hidden" => is_hidden |= is_true(&value),
            "width" => is_hidden |= value.trim().parse::<f64>() == Ok(0.0),
            _ => {}
        }
    }
    Ok(first.zip(last).filter(|_| is_hidden))
}

/// Whether a row is hidden, by hand or by a filter, or has no height.
fn is_hidden(row: &BytesStart<'_>) -> Result<bool, SheetProblem> {
    for attribute in attributes(row) {
        match attribute? {
            ("hidden", value) if is_true(&value) => return Ok(true),
            ("ht", value) if value.trim() == "0" => return Ok(true),
            _ => {}
        }
    }
    Ok(false)
}

fn row_of(number: &str) -> Option<usize> {
    let row = number.parse().ok()?;
    (1..=LAST_ROW).contains(&row).then_some(row)
}

fn is_true(value: &str) -> bool {
    let value = value.trim();
    value == "1" || value.eq_ignore_ascii_case("true")
}
