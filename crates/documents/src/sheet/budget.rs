//! The budget of reading a table. Every limit is counted while reading, on what is really there: a file of a few kilobytes can unpack to gigabytes,
//! repeat one long text in every cell, or claim false numbers.

use std::{
    cell::Cell,
    collections::BTreeMap,
    time::{Duration, Instant},
};

use crate::sheet::{
    CELL_LIMIT, CELLS_LIMIT, COLUMNS_LIMIT, ROWS_LIMIT, SECONDS_LIMIT, Sheet, SheetProblem,
    SheetRow, TEXT_LIMIT, UNPACKED_LIMIT, place::LAST_COLUMN,
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

/// The rows as they are read.
#[derive(Default)]
pub(super) struct Rows {
    rows: BTreeMap<usize, Vec<String>>,
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

    /// Adds a text; rows count from 1, columns from 0. Every use of a text counts, and so do the empty cells before it.
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
        if self.rows.len() == ROWS_LIMIT && !self.rows.contains_key(&row) {
            return Err(SheetProblem::TooManyRows { limit: ROWS_LIMIT });
        }
        let cells = self.rows.entry(row).or_default();
        if cells.len() <= column {
            self.cells += column + 1 - cells.len();
            if self.cells > CELLS_LIMIT {
                return Err(SheetProblem::TooManyCells {
                    limit: CELLS_LIMIT,
                    row: Some(row),
                });
            }
            cells.reserve_exact(column + 1 - cells.len());
            cells.resize(column + 1, String::new());
        }
        text.clone_into(&mut cells[column]);
        Ok(())
    }

    pub(super) fn into_sheet(self, name: String) -> Sheet {
        let rows = self.rows.into_iter();
        let rows = rows.map(|(number, cells)| SheetRow { number, cells });
        Sheet {
            name,
            rows: rows.collect(),
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
