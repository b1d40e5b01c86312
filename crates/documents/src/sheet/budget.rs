//! The budget of reading a table. Every limit is counted while reading, on what is really there: a file of a few kilobytes can unpack to gigabytes,
//! repeat one long text in every cell, or claim false numbers.

use std::{
    cell::Cell,
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use crate::sheet::{
    CELL_LIMIT, CELLS_LIMIT, COLUMNS_LIMIT, Fault, Mark, ROWS_LIMIT, SECONDS_LIMIT, Sheet,
    SheetProblem, SheetRow, TEXT_LIMIT, UNPACKED_LIMIT, fault::fault_of, place::LAST_COLUMN,
};

/// Limit on cells and rows visited, including cells that only have a format.
const SEEN_LIMIT: usize = 3 * CELLS_LIMIT;

/// Bytes between two readings of the clock.
const CLOCK_EVERY: u64 = 64 * 1024;

/// The bytes unpacked and the time taken by one file.
pub(super) struct Budget {
    unpacked: Cell<u64>,
    until: Instant,
}

impl Budget {
    pub(super) fn new() -> Budget {
        Budget {
            unpacked: Cell::new(0),
            until: Instant::now() + Duration::from_secs(SECONDS_LIMIT),
        }
    }

    pub(super) fn unpack(&self, bytes: usize) -> Result<(), SheetProblem> {
        let before = self.unpacked.get();
        let unpacked = before + bytes as u64;
        self.unpacked.set(unpacked);
        if unpacked > UNPACKED_LIMIT {
            let limit = usize::try_from(UNPACKED_LIMIT).unwrap_or(usize::MAX);
            return Err(SheetProblem::UnpackedTooLarge { limit });
        }
        // Reading the clock takes longer than reading most pieces, so it is read only now and then.
        if before / CLOCK_EVERY != unpacked / CLOCK_EVERY && Instant::now() > self.until {
            return Err(SheetProblem::TookTooLong {
                seconds: SECONDS_LIMIT,
            });
        }
        Ok(())
    }
}

/// Text that grows up to the limit of a cell.
#[derive(Default)]
pub(super) struct CellText {
    text: String,
    characters: usize,
}

impl CellText {
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.characters = 0;
    }

    /// Returns whether it fitted; nothing is added if it did not.
    pub(super) fn push(&mut self, more: &str) -> bool {
        let characters = self.characters + more.chars().count();
        if characters > CELL_LIMIT {
            return false;
        }
        self.characters = characters;
        self.text.push_str(more);
        true
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }
}

/// The rows as they are read, of one sheet after the other: the limits are those of all of them together.
#[derive(Default)]
pub(super) struct Rows {
    rows: BTreeMap<usize, SheetRow>,
    /// Whether the row that is being read is hidden.
    pub(super) is_hidden: bool,
    hidden_columns: BTreeSet<usize>,
    /// Rows of the sheets before.
    before: usize,
    seen: usize,
    cells: usize,
    text: usize,
}

impl Rows {
    /// Counts a cell, or the beginning of a row, whatever is in it; both numbers count from 1.
    pub(super) fn see(&mut self, row: usize, column: usize) -> Result<(), SheetProblem> {
        if column > LAST_COLUMN {
            return Err(SheetProblem::TooManyColumns {
                limit: LAST_COLUMN,
                row,
            });
        }
        self.seen += 1;
        if self.seen > SEEN_LIMIT {
            return Err(SheetProblem::TooManyCells {
                limit: SEEN_LIMIT,
                row: Some(row),
            });
        }
        Ok(())
    }

    /// Adds a text that somebody typed; rows count from 1, columns from 0. Every use of a text counts, and so do the empty cells before it.
    pub(super) fn keep(
        &mut self,
        row: usize,
        column: usize,
        text: &str,
    ) -> Result<(), SheetProblem> {
        let text = trimmed(text);
        if text.is_empty() || column >= COLUMNS_LIMIT {
            return Ok(());
        }
        self.put(row, column, text)?.is_typed = true;
        match fault_of(text) {
            Some(fault) => self.mark(row, column, fault),
            None => Ok(()),
        }
    }

    /// Adds the kept result of a formula.
    pub(super) fn keep_computed(
        &mut self,
        row: usize,
        column: usize,
        text: &str,
    ) -> Result<(), SheetProblem> {
        let text = trimmed(text);
        if text.is_empty() || column >= COLUMNS_LIMIT {
            return Ok(());
        }
        self.put(row, column, text)?;
        match fault_of(text) {
            Some(fault) => self.mark(row, column, fault),
            None => Ok(()),
        }
    }

    /// Notes why a cell does not say what was meant.
    pub(super) fn mark(
        &mut self,
        row: usize,
        column: usize,
        fault: Fault,
    ) -> Result<(), SheetProblem> {
        if column < COLUMNS_LIMIT {
            let marks = &mut self.row(row)?.marks;
            if marks.iter().all(|mark| mark.column != column) {
                marks.push(Mark { column, fault });
            }
        }
        Ok(())
    }

    fn row(&mut self, row: usize) -> Result<&mut SheetRow, SheetProblem> {
        if self.before + self.rows.len() >= ROWS_LIMIT && !self.rows.contains_key(&row) {
            return Err(SheetProblem::TooManyRows { limit: ROWS_LIMIT });
        }
        let is_hidden = self.is_hidden;
        Ok(self.rows.entry(row).or_insert_with(|| SheetRow {
            number: row,
            is_hidden,
            ..SheetRow::default()
        }))
    }

    fn put(
        &mut self,
        row: usize,
        column: usize,
        text: &str,
    ) -> Result<&mut SheetRow, SheetProblem> {
        // No spreadsheet program writes it, and not every database stores it.
        if text.contains('\0') {
            return Err(SheetProblem::Damaged);
        }
        if text.chars().count() > CELL_LIMIT {
            return Err(SheetProblem::CellTooLong {
                limit: CELL_LIMIT,
                row,
                column,
            });
        }
        self.text += text.len();
        if self.text > TEXT_LIMIT {
            return Err(SheetProblem::TooMuchText {
                limit: TEXT_LIMIT,
                row: Some(row),
            });
        }
        let had = self.rows.get(&row).map_or(0, |row| row.cells.len());
        self.cells += (column + 1).saturating_sub(had);
        if self.cells > CELLS_LIMIT {
            return Err(SheetProblem::TooManyCells {
                limit: CELLS_LIMIT,
                row: Some(row),
            });
        }
        let found = self.row(row)?;
        if had <= column {
            found.cells.reserve_exact(column + 1 - had);
            found.cells.resize(column + 1, String::new());
        }
        text.clone_into(&mut found.cells[column]);
        Ok(found)
    }

    /// Makes merged cells what everybody sees of them: their first one's text, also in the rows below, and nothing beside it, whatever the file
    /// still holds under them. Rows that hold nothing else stay absent; every row and every cell that is looked at counts.
    pub(super) fn merge(
        &mut self,
        first: (usize, usize),
        last: (usize, usize),
    ) -> Result<(), SheetProblem> {
        self.see(first.0, first.1)?;
        let (left, right) = (first.1 - 1, (last.1 - 1).min(COLUMNS_LIMIT - 1));
        if first == last || last.0 < first.0 || left > right {
            return Ok(());
        }
        let top = self.rows.get(&first.0);
        let text = top.and_then(|top| top.cells.get(left).cloned());
        let fault = top.and_then(|top| top.marks.iter().find(|mark| mark.column == left));
        let shown = (text.unwrap_or_default(), fault.map(|mark| mark.fault));
        let mut next = first.0;
        // The end stands behind the range: one that is empty would not be allowed.
        while let Some((row, cells)) = self.rows.range(next..).next() {
            let row = *row;
            if row > last.0 {
                break;
            }
            self.seen += cells.cells.len().saturating_sub(left);
            self.see(row, first.1)?;
            self.cover(row, (left, right), row == first.0, &shown)?;
            next = row + 1;
        }
        Ok(())
    }

    /// One row of merged cells.
    fn cover(
        &mut self,
        row: usize,
        (left, right): (usize, usize),
        is_first: bool,
        (text, fault): &(String, Option<Fault>),
    ) -> Result<(), SheetProblem> {
        let is_blank = text.is_empty() && fault.is_none();
        let covered = if is_first { left + 1 } else { left };
        let found = self.row(row)?;
        let holds: Vec<usize> = (covered..=right.min(found.cells.len().saturating_sub(1)))
            .filter(|column| {
                found
                    .cells
                    .get(*column)
                    .is_some_and(|cell| !cell.is_empty())
            })
            .collect();
        if is_blank {
            for column in holds {
                self.mark(row, column, Fault::Covered)?;
            }
            return Ok(());
        }
        found
            .marks
            .retain(|mark| !(covered..=right).contains(&mark.column));
        for column in holds {
            found.cells[column].clear();
        }
        while found.cells.last().is_some_and(String::is_empty) {
            found.cells.pop();
        }
        if right > left {
            found.merged.push((left, right));
        }
        if !is_first && !text.is_empty() {
            self.put(row, left, text)?;
        }
        match fault {
            Some(fault) => self.mark(row, left, *fault),
            None => Ok(()),
        }
    }

    /// Notes that columns are hidden; they count from 0.
    pub(super) fn hide_columns(&mut self, first: usize, last: usize) {
        self.hidden_columns
            .extend(first..=last.min(COLUMNS_LIMIT - 1));
    }

    /// Notes how many cells the line of a row has.
    pub(super) fn note_width(&mut self, row: usize, width: usize) {
        if let Some(row) = self.rows.get_mut(&row) {
            row.width = width;
        }
    }

    /// The rows so far, as a sheet; the next rows are another's.
    pub(super) fn take(&mut self, name: String) -> Sheet {
        self.before += self.rows.len();
        let rows = std::mem::take(&mut self.rows).into_values().collect();
        let hidden_columns = std::mem::take(&mut self.hidden_columns);
        Sheet {
            name,
            rows,
            hidden_columns: hidden_columns.into_iter().collect(),
        }
    }
}

fn trimmed(text: &str) -> &str {
    text.trim_matches(|character: char| character.is_whitespace() || character == '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_that_hold_nothing_count_as_well() {
        let mut rows = Rows::default();
        for _ in 0..SEEN_LIMIT {
            rows.see(7, 1).unwrap();
        }
        assert_eq!(
            rows.see(8, 1),
            Err(SheetProblem::TooManyCells {
                limit: SEEN_LIMIT,
                row: Some(8)
            })
        );
    }

    #[test]
    fn reading_ends_when_its_time_is_over() {
        let budget = Budget {
            unpacked: Cell::new(0),
            until: Instant::now(),
        };
        assert_eq!(budget.unpack(1_000), Ok(()));
        while Instant::now() <= budget.until {}
        assert_eq!(
            budget.unpack(100_000),
            Err(SheetProblem::TookTooLong {
                seconds: SECONDS_LIMIT
            })
        );
    }
}
