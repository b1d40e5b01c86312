//! Tables, forms and grids.

use crate::paper::{
    block::{Align, Block, Cell, Inline, Look, Para, Placed, Row, Size, Table},
    fault::Fault,
    reading::{
        Reading,
        attribute::{align, attribute, children, known, number, required, wrong},
        content, inline, length, seal,
    },
    tree::Element,
};

/// A row with more characters in a cell may be divided between pages.
const WHOLE_CHARACTERS: usize = 500;
const COLUMNS_LIMIT: usize = 40;

pub(super) fn table(element: &Element, reading: &mut Reading<'_>) -> Result<Table, Fault> {
    known(element, &["columns"])?;
    let shares = required(element, "columns")?;
    let columns: Vec<f64> = shares
        .split_whitespace()
        .map(|share| share.parse().ok().filter(|share| *share > 0.0))
        .collect::<Option<_>>()
        .filter(|columns: &Vec<f64>| columns.iter().all(|share| share.is_finite()))
        .ok_or_else(|| {
            let what = format!("columns={shares:?} are not numbers above zero with spaces between");
            wrong(element, what)
        })?;
    if columns.len() > COLUMNS_LIMIT {
        let what = format!("there are more than {COLUMNS_LIMIT} columns");
        return Err(wrong(element, what));
    }
    let look = match element.name.as_str() {
        "form" => Look::Form,
        "grid" => Look::Grid,
        _ => Look::Table,
    };
    let mut table = Table {
        columns,
        header: Vec::new(),
        rows: Vec::new(),
        look,
    };
    let width = table.columns.len();
    let mut filling = (Filling::new(width), Filling::new(width));
    for child in children(element, &["header", "row", "opinion"])? {
        match child.name.as_str() {
            "header" => {
                known(child, &[])?;
                for element in children(child, &["row"])? {
                    let mut row = row(element, Align::Center, reading)?;
                    for cell in &mut row.cells {
                        cell.label = true;
                    }
                    filling.0.fill(element, &row)?;
                    table.header.push(row);
                }
            }
            "row" => {
                let row = row(child, Align::Left, reading)?;
                filling.1.fill(child, &row)?;
                table.rows.push(row);
            }
            _ => {
                let row = opinion(child, width, reading)?;
                filling.1.fill(child, &row)?;
                table.rows.push(row);
            }
        }
    }
    filling.0.end(element)?;
    filling.1.end(element)?;
    if table.rows.is_empty() {
        // Neither format knows a table without rows.
        table.rows.push(empty(width));
    }
    Ok(table)
}

fn row(element: &Element, align: Align, reading: &mut Reading<'_>) -> Result<Row, Fault> {
    known(element, &[])?;
    let cells: Vec<Cell> = children(element, &["cell", "label", "value"])?
        .into_iter()
        .map(|cell| read_cell(cell, align, reading))
        .collect::<Result<_, _>>()?;
    let whole = cells
        .iter()
        .all(|cell| length(&cell.blocks) <= WHOLE_CHARACTERS);
    Ok(Row { cells, whole })
}

fn read_cell(
    element: &Element,
    otherwise: Align,
    reading: &mut Reading<'_>,
) -> Result<Cell, Fault> {
    known(element, &["columns", "rows", "height", "align", "top"])?;
    let span = |name: &str| match attribute(element, name).unwrap_or("1").parse() {
        Ok(span @ 1..=COLUMNS_LIMIT) => Ok(span),
        _ => Err(wrong(element, format!("{name} is a number from 1 to 40"))),
    };
    let label = element.name == "label";
    let align = align(element)?.unwrap_or(if label { Align::Center } else { otherwise });
    Ok(Cell {
        blocks: content(element, align, reading)?,
        columns: span("columns")?,
        rows: span("rows")?,
        label,
        height_mm: number(element, "height", Some(0.0))?,
        align,
        middle: attribute(element, "top") != Some("yes"),
    })
}

/// A level's opinion: what it says, who signs, the place of the seal, the day.
fn opinion(element: &Element, width: usize, reading: &mut Reading<'_>) -> Result<Row, Fault> {
    known(element, &["label", "height", "sign", "seal", "date"])?;
    if width < 2 {
        let what = "an opinion needs a form of two columns at least".to_owned();
        return Err(wrong(element, what));
    }
    let mut blocks = content(element, Align::Both, reading)?;
    // The seal never stands alone on a page.
    if let Some(Placed {
        block: Block::Para(para),
        ..
    }) = blocks.last_mut()
    {
        para.keep = true;
    }
    let whole = length(&blocks) <= WHOLE_CHARACTERS;
    blocks.push(Placed {
        block: Block::Seal(seal(element)),
        place: element.place.clone(),
    });
    let label = Cell {
        blocks: vec![Placed {
            block: Block::Para(label_of(inline::text(required(element, "label")?))),
            place: element.place.clone(),
        }],
        columns: 1,
        rows: 1,
        label: true,
        height_mm: 0.0,
        align: Align::Center,
        middle: true,
    };
    let value = Cell {
        blocks,
        columns: width - 1,
        rows: 1,
        label: false,
        height_mm: number(element, "height", Some(42.0))?,
        align: Align::Left,
        middle: false,
    };
    Ok(Row {
        cells: vec![label, value],
        whole,
    })
}

fn label_of(text: Vec<Inline>) -> Para {
    Para {
        text,
        align: Align::Center,
        indent: false,
        size: Size::Body,
        keep: false,
    }
}

fn empty(width: usize) -> Row {
    let cell = Cell {
        blocks: Vec::new(),
        columns: width,
        rows: 1,
        label: false,
        height_mm: 0.0,
        align: Align::Left,
        middle: true,
    };
    Row {
        cells: vec![cell],
        whole: true,
    }
}

/// Checks that the cells fill the columns, with those that reach down from rows above.
struct Filling {
    /// How many more rows the cell above reaches into each column.
    taken: Vec<usize>,
}

impl Filling {
    fn new(width: usize) -> Filling {
        Filling {
            taken: vec![0; width],
        }
    }

    fn fill(&mut self, element: &Element, row: &Row) -> Result<(), Fault> {
        let free = self.taken.iter().filter(|rows| **rows == 0).count();
        let filled: usize = row.cells.iter().map(|cell| cell.columns).sum();
        if filled != free {
            return Err(wrong(
                element,
                format!("the cells of this row fill {filled} columns, and {free} are free"),
            ));
        }
        let mut at = 0;
        let mut next = vec![0; self.taken.len()];
        for cell in &row.cells {
            for _ in 0..cell.columns {
                while self.taken.get(at).is_some_and(|rows| *rows > 0) {
                    at += 1;
                }
                if let Some(rows) = next.get_mut(at) {
                    *rows = cell.rows - 1;
                }
                at += 1;
            }
        }
        for (taken, next) in self.taken.iter_mut().zip(next) {
            *taken = if *taken > 0 { *taken - 1 } else { next };
        }
        Ok(())
    }

    fn end(&self, element: &Element) -> Result<(), Fault> {
        if self.taken.iter().any(|rows| *rows > 0) {
            return Err(wrong(
                element,
                "a cell reaches below the last row of this table".to_owned(),
            ));
        }
        Ok(())
    }
}
