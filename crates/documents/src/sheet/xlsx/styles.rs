//! Which cell formats show a date.

use std::collections::HashMap;

use quick_xml::events::Event;

use super::ENTRIES_LIMIT;
use crate::sheet::{
    SheetProblem,
    format::{is_builtin_day, is_day_format},
    package::{Part, attribute},
};

/// For each cell format, whether it shows a date.
pub(super) fn day_styles(mut part: Part<'_, '_>) -> Result<Vec<bool>, SheetProblem> {
    let mut own: HashMap<u32, bool> = HashMap::new();
    let mut days = Vec::new();
    // The formats of cells, not those of named styles, which have the same elements.
    let mut formats_depth = None;
    loop {
        match part.next()? {
            Event::Start(element) => match element.local_name().as_ref() {
                "numFmt" => {
                    let id = attribute(&element, "numFmtId")?.and_then(|id| id.parse().ok());
                    if let (Some(id), Some(code)) = (id, attribute(&element, "formatCode")?) {
                        own.insert(id, is_day_format(&code));
                    }
                }
                "cellXfs" => formats_depth = Some(part.depth()),
                "xf" if formats_depth.is_some() => {
                    let id = attribute(&element, "numFmtId")?.and_then(|id| id.parse().ok());
                    days.push(id.is_some_and(|id| {
                        own.get(&id).copied().unwrap_or_else(|| is_builtin_day(id))
                    }));
                }
                _ => {}
            },
            Event::Eof => return Ok(days),
            _ => {}
        }
        if formats_depth.is_some_and(|depth| part.depth() < depth) {
            formats_depth = None;
        }
        if own.len() > ENTRIES_LIMIT || days.len() > ENTRIES_LIMIT {
            return Err(SheetProblem::TooIntricate);
        }
    }
}
