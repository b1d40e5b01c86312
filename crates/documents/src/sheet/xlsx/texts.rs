//! The shared strings of a workbook, and the text of elements in pieces.

use quick_xml::events::Event;

use crate::sheet::{
    CELLS_LIMIT, SheetProblem, TEXT_LIMIT, Watch, budget::CellText, package::Part, place::unescaped,
};

/// The shared strings, in one buffer.
#[derive(Default)]
pub(super) struct Texts {
    all: String,
    /// Where each ends, and whether it is within a cell's limit; a longer one only matters if it is used.
    ends: Vec<(usize, bool)>,
    /// Whether one is such as the caller looks for, on whatever sheet.
    pub(super) has_watched: bool,
}

impl Texts {
    pub(super) fn read(mut part: Part<'_, '_>, watch: &Watch<'_>) -> Result<Texts, SheetProblem> {
        let mut texts = Texts::default();
        let mut text = CellText::default();
        loop {
            match part.next()? {
                Event::Start(element) if element.local_name().as_ref() == "si" => {
                    text.clear();
                    let fits = rich_text(&mut part, &mut text)?;
                    let unescaped = unescaped(text.as_str());
                    texts.has_watched |= (watch.is_watched)(&unescaped);
                    texts.all.push_str(&unescaped);
                    texts.ends.push((texts.all.len(), fits));
                    if texts.all.len() > 2 * TEXT_LIMIT {
                        return Err(SheetProblem::TooMuchText {
                            limit: 2 * TEXT_LIMIT,
                            row: None,
                        });
                    }
                    if texts.ends.len() > CELLS_LIMIT {
                        return Err(SheetProblem::TooManyCells {
                            limit: CELLS_LIMIT,
                            row: None,
                        });
                    }
                }
                Event::Eof => return Ok(texts),
                _ => {}
            }
        }
    }

    /// The string of an index; the inner `None` if it is too long.
    pub(super) fn get(&self, number: usize) -> Option<Option<&str>> {
        let (end, fits) = *self.ends.get(number)?;
        let start = number
            .checked_sub(1)
            .map_or(0, |before| self.ends[before].0);
        Some(fits.then(|| &self.all[start..end]))
    }
}

/// Appends the text of the element that was just opened, without phonetic readings; returns false if it is too long.
pub(super) fn rich_text(
    part: &mut Part<'_, '_>,
    text: &mut CellText,
) -> Result<bool, SheetProblem> {
    let within = part.depth();
    let mut fits = true;
    let mut readings = None;
    loop {
        match part.next()? {
            Event::Start(element) => match element.local_name().as_ref() {
                "rPh" if readings.is_none() => readings = Some(part.depth()),
                "t" if readings.is_none() => part.text_within(|more| {
                    fits &= text.push(more);
                    Ok(())
                })?,
                _ => {}
            },
            Event::Eof => return Err(SheetProblem::Damaged),
            _ => {}
        }
        if readings.is_some_and(|depth| part.depth() < depth) {
            readings = None;
        }
        if part.depth() < within {
            return Ok(fits);
        }
    }
}
