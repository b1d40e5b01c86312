//! Tables, forms, grids, and the record at the foot.

use std::fmt::Write;

use crate::paper::{
    block::{Block, Cell, Inline, Look, Placed, Row, Table},
    layout::{Layout, Role},
    word::{
        body::Body,
        text::{Pitch, Style},
        twips, twips_of_mm,
    },
};

/// The height that a seal takes of its cell.
const SEAL_MM: f64 = 16.0;

pub(super) fn table(body: &mut Body<'_>, table: &Table, at_foot: bool) {
    let total: f64 = table.columns.iter().sum();
    let widths: Vec<f64> = table
        .columns
        .iter()
        .map(|share| share / total * body.width_pt)
        .collect();
    let (margin_pt, vertical_pt) = match table.look {
        Look::Grid => (0.0, 0.0),
        Look::Form => (5.6, 2.4),
        Look::Table => (3.4, 0.9),
    };
    let borders = match table.look {
        Look::Grid => String::new(),
        Look::Form | Look::Table => {
            borders(&["top", "left", "bottom", "right", "insideH", "insideV"])
        }
    };
    open(body, &borders, (margin_pt, vertical_pt), &widths, at_foot);
    let layout = body.layout;
    let base = match table.look {
        Look::Grid => body.base.clone(),
        Look::Form => cell_style(layout, layout.form_pt, 1.5),
        Look::Table => cell_style(layout, layout.table_pt, 1.4),
    };
    let mut taken = vec![Taken::default(); widths.len()];
    let rows = table.header.iter().map(|row| (row, true));
    for (row, is_header) in rows.chain(table.rows.iter().map(|row| (row, false))) {
        let base = if is_header {
            Style {
                role: Role::Heading,
                ..base.clone()
            }
        } else {
            base.clone()
        };
        let writing = Writing {
            base,
            widths: &widths,
            margin_pt,
            is_header,
        };
        if row.cells.iter().any(|cell| above_seal(cell).is_some()) {
            writing.row(body, row, Half::Above, &mut taken);
            writing.row(body, row, Half::Seal, &mut taken);
        } else {
            writing.row(body, row, Half::Whole, &mut taken);
        }
    }
    body.out.push_str("</w:tbl>");
}

/// 版记: lines between rules, at the foot of the page.
pub(super) fn record(body: &mut Body<'_>, lines: &[Vec<Inline>]) {
    let width = body.width_pt;
    let rules = borders(&["top", "bottom", "insideH"]);
    let small_pt = body.layout.small_pt;
    open(body, &rules, (0.0, 3.0), &[width], true);
    // A second line stands below what follows 抄送：.
    let style = Style {
        first_line: -3.0,
        left_pt: 4.0 * small_pt,
        right_pt: small_pt,
        ..cell_style(body.layout, small_pt, 1.5)
    };
    body.width_pt = width - small_pt;
    for line in lines {
        let _ = write!(
            body.out,
            "<w:tr><w:trPr><w:cantSplit/></w:trPr><w:tc><w:tcPr><w:tcW w:w=\"{}\" w:type=\"dxa\"/></w:tcPr>",
            twips(width)
        );
        body.paragraph(&style, &[line]);
        body.out.push_str("</w:tc></w:tr>");
    }
    body.width_pt = width;
    body.out.push_str("</w:tbl>");
}

fn cell_style(layout: &Layout, size_pt: f64, times: f64) -> Style {
    Style {
        size_pt,
        pitch: Pitch::Times(times),
        ..Style::body(layout)
    }
}

/// How thick a rule is.
const RULE_PT: f64 = 0.5;

fn borders(sides: &[&str]) -> String {
    // In eighths of a point.
    let size = twips(RULE_PT) * 8 / 20;
    let lines: String = sides
        .iter()
        .map(|side| {
            format!("<w:{side} w:val=\"single\" w:sz=\"{size}\" w:space=\"0\" w:color=\"000000\"/>")
        })
        .collect();
    format!("<w:tblBorders>{lines}</w:tblBorders>")
}

fn open(
    body: &mut Body<'_>,
    borders: &str,
    (margin_pt, vertical_pt): (f64, f64),
    widths: &[f64],
    at_foot: bool,
) {
    let place = if at_foot {
        // From the page's edge: LibreOffice leaves a table as wide as the text where it is, unless it stands off the page.
        format!(
            "<w:tblpPr w:vertAnchor=\"margin\" w:horzAnchor=\"page\" w:tblpX=\"{}\" w:tblpYSpec=\"bottom\"/>",
            twips_of_mm(body.layout.margin_mm.left)
        )
    } else {
        String::new()
    };
    let total: i64 = widths.iter().map(|width| twips(*width)).sum();
    let (side, vertical) = (twips(margin_pt), twips(vertical_pt));
    // A row's rule takes room of its own there, in a PDF it lies on the row's edge: over a page of rows that comes to a row.
    let above = if borders.is_empty() {
        vertical
    } else {
        twips((vertical_pt - RULE_PT).max(0.0))
    };
    // Writing into a String can't fail.
    let _ = write!(
        body.out,
        "<w:tbl><w:tblPr>{place}<w:tblW w:w=\"{total}\" w:type=\"dxa\"/><w:tblInd w:w=\"0\" w:type=\"dxa\"/>{borders}\
         <w:tblLayout w:type=\"fixed\"/><w:tblCellMar><w:top w:w=\"{above}\" w:type=\"dxa\"/><w:left w:w=\"{side}\" w:type=\"dxa\"/>\
         <w:bottom w:w=\"{vertical}\" w:type=\"dxa\"/><w:right w:w=\"{side}\" w:type=\"dxa\"/></w:tblCellMar></w:tblPr><w:tblGrid>"
    );
    for width in widths {
        let _ = write!(body.out, "<w:gridCol w:w=\"{}\"/>", twips(*width));
    }
    body.out.push_str("</w:tblGrid>");
}

/// Word has no cell with a text above and a seal at the bottom: such a row is two rows without a line between them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Half {
    Whole,
    Above,
    Seal,
}

/// A cell that reaches down into a column.
#[derive(Clone, Copy, Default)]
struct Taken {
    rows: usize,
    /// Its width in columns, at its first one.
    columns: usize,
}

/// The blocks above a cell's seal, and the seal.
fn above_seal(cell: &Cell) -> Option<(&[Placed], &Placed)> {
    let (last, above) = cell.blocks.split_last()?;
    matches!(last.block, Block::Seal(_)).then_some((above, last))
}

struct Writing<'a> {
    base: Style,
    widths: &'a [f64],
    margin_pt: f64,
    is_header: bool,
}

impl Writing<'_> {
    fn row(&self, body: &mut Body<'_>, row: &Row, half: Half, taken: &mut [Taken]) {
        body.out.push_str("<w:tr><w:trPr>");
        if row.whole || half == Half::Seal {
            body.out.push_str("<w:cantSplit/>");
        }
        let height = row
            .cells
            .iter()
            .map(|cell| cell.height_mm)
            .fold(0.0, f64::max);
        let height = match half {
            Half::Whole => height,
            Half::Above => (height - SEAL_MM).max(0.0),
            Half::Seal => 0.0,
        };
        if height > 0.0 {
            let _ = write!(
                body.out,
                "<w:trHeight w:val=\"{}\" w:hRule=\"atLeast\"/>",
                twips_of_mm(height)
            );
        }
        if self.is_header {
            body.out.push_str("<w:tblHeader/>");
        }
        body.out.push_str("</w:trPr>");
        let mut column = 0;
        let mut cells = row.cells.iter();
        while let Some(above) = taken.get(column).copied() {
            if above.rows > 0 {
                // The first half of a divided row leaves it as it is for the second.
                if half != Half::Above
                    && let Some(taken) = taken.get_mut(column)
                {
                    taken.rows -= 1;
                }
                self.continued(body, column, above.columns.max(1));
                column += above.columns.max(1);
                continue;
            }
            let Some(cell) = cells.next() else { break };
            self.cell(body, cell, column, half, row.whole);
            if half != Half::Above
                && let Some(taken) = taken.get_mut(column)
            {
                *taken = Taken {
                    rows: cell.rows - 1,
                    columns: cell.columns,
                };
            }
            column += cell.columns;
        }
        body.out.push_str("</w:tr>");
    }

    fn width_pt(&self, column: usize, columns: usize) -> f64 {
        self.widths.iter().skip(column).take(columns).sum()
    }

    /// A cell that belongs to the one above.
    fn continued(&self, body: &mut Body<'_>, column: usize, columns: usize) {
        let width = self.width_pt(column, columns);
        let _ = write!(
            body.out,
            "<w:tc><w:tcPr><w:tcW w:w=\"{}\" w:type=\"dxa\"/><w:gridSpan w:val=\"{columns}\"/><w:vMerge/></w:tcPr>",
            twips(width)
        );
        body.cell(&[], &self.base, width);
        body.out.push_str("</w:tc>");
    }

    fn cell(&self, body: &mut Body<'_>, cell: &Cell, column: usize, half: Half, whole: bool) {
        let divided = above_seal(cell);
        if half == Half::Seal && divided.is_none() {
            return self.continued(body, column, cell.columns);
        }
        let width = self.width_pt(column, cell.columns);
        let _ = write!(
            body.out,
            "<w:tc><w:tcPr><w:tcW w:w=\"{}\" w:type=\"dxa\"/><w:gridSpan w:val=\"{}\"/>",
            twips(width),
            cell.columns
        );
        let is_merged = cell.rows > 1 || (half == Half::Above && divided.is_none());
        if is_merged {
            body.out.push_str("<w:vMerge w:val=\"restart\"/>");
        }
        match (half, divided) {
            (Half::Above, Some(_)) => body
                .out
                .push_str("<w:tcBorders><w:bottom w:val=\"nil\"/></w:tcBorders>"),
            (Half::Seal, Some(_)) => body
                .out
                .push_str("<w:tcBorders><w:top w:val=\"nil\"/></w:tcBorders>"),
            _ => {}
        }
        let align = if cell.middle { "center" } else { "top" };
        let _ = write!(body.out, "<w:vAlign w:val=\"{align}\"/></w:tcPr>");
        let blocks = match (half, divided) {
            (Half::Above, Some((above, _))) => above,
            (Half::Seal, Some((_, seal))) => std::slice::from_ref(seal),
            _ => &cell.blocks,
        };
        let base = Style {
            align: cell.align,
            // A row's paragraphs that keep with the next hold it on the page of the row below.
            keep_next: half == Half::Above && whole,
            ..self.base.clone()
        };
        body.cell(blocks, &base, width - 2.0 * self.margin_pt);
        body.out.push_str("</w:tc>");
    }
}
