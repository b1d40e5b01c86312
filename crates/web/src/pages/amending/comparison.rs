//! Two versions of the standard side by side, for a page and for its table. What a standard calls its parts and fields is said in words here; what has no word yet
//! stands as the file has it.

mod words;

use std::borrow::Cow;

use jianjia_documents::workbook::Cell;
use jianjia_standard::compare::{Difference, How, Line, Said};

use self::words::{field, part};
use crate::frame::Frame;

/// The differences in a part of the standard.
pub struct Group {
    pub part: String,
    pub rows: Vec<Row>,
}

/// A line of the comparison.
pub struct Row {
    /// Which clause, title or question; empty where the one above is meant.
    pub of: String,
    /// Added, removed or changed; empty where the one above is meant.
    pub how: String,
    /// The class of its tag.
    pub class: &'static str,
    pub place: String,
    pub was: String,
    pub is: String,
}

/// The differences, part by part in the order of the new version.
pub fn groups(frame: &Frame, differences: &[Difference]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for difference in differences {
        let part = named(frame, part(&difference.part), &difference.part);
        let rows = rows(frame, difference);
        match groups.iter_mut().find(|group| group.part == part) {
            Some(group) => group.rows.extend(rows),
            None => groups.push(Group {
                part: part.into_owned(),
                rows,
            }),
        }
    }
    groups
}

fn rows(frame: &Frame, difference: &Difference) -> Vec<Row> {
    let (how, class) = match difference.how {
        How::Added => (frame.t("对比|新增"), "tag-met"),
        How::Removed => (frame.t("对比|删去"), "tag-unmet"),
        How::Changed => (frame.t("对比|修改"), "tag-claimed"),
        How::Reordered => (frame.t("对比|次序调整"), "tag-na"),
    };
    let lines = difference.lines.iter().enumerate();
    lines
        .map(|(place, line)| {
            let is_first = place == 0;
            Row {
                of: match is_first {
                    true => called(frame, difference),
                    false => String::new(),
                },
                how: if is_first { how } else { "" }.to_owned(),
                class,
                place: place_of(frame, line),
                was: said(frame, line.was.as_ref()),
                is: said(frame, line.is.as_ref()),
            }
        })
        .collect()
}

fn called(frame: &Frame, difference: &Difference) -> String {
    match (&difference.name, difference.key.as_str()) {
        (Some(name), "") => frame.text(name).to_owned(),
        (Some(name), key) => format!("{} {key}", frame.text(name)),
        (None, key) => key.to_owned(),
    }
}

fn said(frame: &Frame, said: Option<&Said>) -> String {
    match said.map(|said| said.get(frame.lang)) {
        None => String::new(),
        Some("true") => frame.t("是").to_owned(),
        Some("false") => frame.t("否").to_owned(),
        Some(said) => said.to_owned(),
    }
}

/// Where a line stands: the words of its path, one after the other.
fn place_of(frame: &Frame, line: &Line) -> String {
    let parts = line.path.split('.').filter(|part| !part.is_empty());
    let words: Vec<Cow<'_, str>> = parts.map(|part| named(frame, field(part), part)).collect();
    words.join(" · ")
}

/// A word in the person's language, or what the file says where there is none.
fn named<'a>(frame: &Frame, word: &'static str, key: &'a str) -> Cow<'a, str> {
    match word {
        "" => Cow::Borrowed(key),
        word => Cow::Borrowed(frame.t_fixed(word)),
    }
}

/// The headings of the table.
pub const HEADINGS: [&str; 6] = [
    "对比|部分",
    "对比|内容",
    "对比|怎样改",
    "对比|位置",
    "对比|原来",
    "对比|新版",
];

/// The comparison as a table to download, with every cell filled in.
pub fn table(frame: &Frame, differences: &[Difference]) -> Vec<Vec<Cell>> {
    let mut table = Vec::new();
    for group in groups(frame, differences) {
        let (mut of, mut how) = (String::new(), String::new());
        for row in group.rows {
            if !row.how.is_empty() {
                (of, how) = (row.of, row.how);
            }
            let cells = [
                group.part.as_str(),
                of.as_str(),
                how.as_str(),
                row.place.as_str(),
                row.was.as_str(),
                row.is.as_str(),
            ];
            table.push(cells.map(Cell::from).into());
        }
    }
    table
}
