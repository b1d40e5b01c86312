//! The columns of a sheet that are told: those that are not read, and those that are read though they are hidden.

use std::collections::HashSet;

use super::{
    TableSheet,
    headings::Headings,
    lines::{Line, Lines},
};
use crate::exchange::import::{
    aside::{Aside, AsideColumn, letters_of},
    refusal::ImportRefusal,
};

/// Names the columns that are not read: those with a heading that is not known, or is there in another word, and those with values and no heading.
///
/// # Errors
/// `HeadingSpread` when a heading is merged over several columns and more than its first has values.
pub(super) fn told(
    lines: &Lines<'_>,
    headings: &Headings<'_>,
    sheet: &TableSheet,
    is_named: bool,
    aside: &mut Aside,
) -> Result<(), ImportRefusal> {
    let used = used_without_heading(lines, headings, sheet);
    let spread = headings.spread.iter().find(|(_, first, last)| {
        let mut used = used.iter();
        used.any(|place| (first + 1..=*last).contains(place))
    });
    if let Some((heading, first, last)) = spread {
        return Err(ImportRefusal::HeadingSpread {
            heading: heading.clone(),
            columns: (letters_of(*first), letters_of(*last)),
        });
    }
    let of_sheet = if is_named { sheet.name.as_str() } else { "" };
    let column = |place: usize, heading: String| AsideColumn {
        heading,
        letters: letters_of(place),
        sheet: of_sheet.to_owned(),
        is_expected: false,
        read: String::new(),
    };
    let unknown = headings.unknown.iter().cloned();
    let without = used.into_iter().map(|place| (place, String::new()));
    for (place, heading) in unknown.chain(without) {
        aside.columns.push(AsideColumn {
            is_expected: lines.is_office_column(&heading),
            ..column(place, heading)
        });
    }
    for again in &headings.again {
        aside.columns.push(AsideColumn {
            read: letters_of(again.read),
            ..column(again.place, again.heading.clone())
        });
    }
    let hidden = headings.known.iter();
    let hidden = hidden.filter(|(place, _)| sheet.hidden_columns.contains(place));
    aside
        .hidden_columns
        .extend(hidden.map(|(place, known)| column(*place, known.name.zh.clone())));
    Ok(())
}

/// The places without a heading at which rows have values, in order.
fn used_without_heading(
    lines: &Lines<'_>,
    headings: &Headings<'_>,
    sheet: &TableSheet,
) -> Vec<usize> {
    let mut used: HashSet<usize> = HashSet::new();
    let has_heading = headings.places();
    for row in &sheet.rows[headings.below..] {
        let cells = row.cells.iter().enumerate();
        let mut beyond = cells
            .filter(|(place, cell)| !cell.is_empty() && !has_heading.contains(place))
            .map(|(place, _)| place)
            .filter(|place| !used.contains(place))
            .peekable();
        if beyond.peek().is_some() && matches!(lines.line_of(row), Line::Row(_)) {
            let beyond: Vec<usize> = beyond.collect();
            used.extend(beyond);
        }
    }
    let mut used: Vec<usize> = used.into_iter().collect();
    used.sort_unstable();
    used
}
