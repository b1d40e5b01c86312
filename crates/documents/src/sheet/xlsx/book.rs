//! Where the parts of a workbook are, by its relationships.

use std::collections::HashMap;

use quick_xml::events::Event;

use super::ENTRIES_LIMIT;
use crate::sheet::{
    PARTS_LIMIT, SheetProblem,
    budget::Budget,
    package::{Package, Part, attribute},
};

/// The parts of a workbook.
pub(super) struct Book {
    /// Names and parts of the visible sheets, in their order.
    pub(super) sheets: Vec<(String, String)>,
    /// The names of the hidden ones.
    pub(super) hidden: Vec<String>,
    pub(super) texts: String,
    pub(super) styles: String,
    pub(super) is_1904: bool,
}

impl Book {
    pub(super) fn find(
        package: &mut Package<'_>,
        budget: &Budget,
    ) -> Result<Option<Book>, SheetProblem> {
        let Some(part) = package.part("_rels/.rels", budget)? else {
            return Ok(None);
        };
        let main = relations(part, "")?;
        let main = main
            .values()
            .find(|(kind, _)| kind.ends_with("/officeDocument"));
        let Some((_, main)) = main.cloned() else {
            return Ok(None);
        };
        let (folder, file) = main.rsplit_once('/').unwrap_or(("", &main));
        let folder = if folder.is_empty() {
            String::new()
        } else {
            format!("{folder}/")
        };
        let related = match package.part(&format!("{folder}_rels/{file}.rels"), budget)? {
            Some(part) => relations(part, &folder)?,
            None => return Err(SheetProblem::Damaged),
        };
        let Some(part) = package.part(&main, budget)? else {
            return Err(SheetProblem::Damaged);
        };
        let Some((sheets, hidden, is_1904)) = sheets(part, &related)? else {
            return Ok(None);
        };
        let by_kind = |kind: &str, usual: &str| {
            let found = related.values().find(|(known, _)| known.ends_with(kind));
            found.map_or_else(|| format!("{folder}{usual}"), |(_, part)| part.clone())
        };
        Ok(Some(Book {
            sheets,
            hidden,
            texts: by_kind("/sharedStrings", "sharedStrings.xml"),
            styles: by_kind("/styles", "styles.xml"),
            is_1904,
        }))
    }
}

/// Kinds and targets of relationships by their ids.
fn relations(
    mut part: Part<'_, '_>,
    folder: &str,
) -> Result<HashMap<String, (String, String)>, SheetProblem> {
    let mut found = HashMap::new();
    loop {
        match part.next()? {
            Event::Start(element) if element.local_name().as_ref() == "Relationship" => {
                let text = |name| {
                    Ok(attribute(&element, name)?
                        .map(|text| text.into_owned())
                        .unwrap_or_default())
                };
                let target: String = text("Target")?;
                let target = match target.strip_prefix('/') {
                    Some(absolute) => absolute.to_owned(),
                    None => format!("{folder}{target}"),
                };
                found.insert(text("Id")?, (text("Type")?, target));
                if found.len() > ENTRIES_LIMIT {
                    return Err(SheetProblem::TooIntricate);
                }
            }
            Event::Eof => return Ok(found),
            _ => {}
        }
    }
}

/// Names and parts of the visible sheets with cells, names of the hidden ones, and whether days count from 1904.
type Listed = (Vec<(String, String)>, Vec<String>, bool);

/// `None` if the part is not a workbook.
fn sheets(
    mut part: Part<'_, '_>,
    related: &HashMap<String, (String, String)>,
) -> Result<Option<Listed>, SheetProblem> {
    let mut is_1904 = false;
    let mut is_workbook = false;
    let (mut visible, mut hidden) = (Vec::new(), Vec::new());
    loop {
        match part.next()? {
            Event::Start(element) => match element.local_name().as_ref() {
                "workbook" => is_workbook = true,
                "workbookPr" => {
                    if let Some(value) = attribute(&element, "date1904")? {
                        is_1904 = matches!(value.as_ref(), "1" | "true");
                    }
                }
                "sheet" => {
                    let name = attribute(&element, "name")?.unwrap_or_default();
                    let id = attribute(&element, "id")?.unwrap_or_default();
                    let (kind, target) = related.get(id.as_ref()).ok_or(SheetProblem::Damaged)?;
                    let state = attribute(&element, "state")?.unwrap_or_default();
                    if kind.ends_with("/worksheet") && state.to_lowercase().contains("hidden") {
                        hidden.push(name.into_owned());
                    } else if kind.ends_with("/worksheet") {
                        visible.push((name.into_owned(), target.clone()));
                    }
                    if visible.len() + hidden.len() > PARTS_LIMIT {
                        return Err(SheetProblem::TooManyParts { limit: PARTS_LIMIT });
                    }
                }
                _ => {}
            },
            Event::Eof => break,
            _ => {}
        }
    }
    if !is_workbook {
        return Ok(None);
    }
    if visible.is_empty() && hidden.is_empty() {
        return Err(SheetProblem::Empty);
    }
    Ok(Some((visible, hidden, is_1904)))
}
