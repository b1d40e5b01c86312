//! Two versions of the standard side by side, for a page and for its table. What a standard calls its parts and fields is said in words here; what has no word yet
//! stands as the file has it.

mod words;

use std::{borrow::Cow, collections::BTreeMap};

use jianjia_documents::workbook::Cell;
use jianjia_standard::{
    compare::{Difference, How, Line, Said},
    kinds::Kind,
};

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
    let names = names(frame, differences);
    for difference in differences {
        let part = named(frame, part(&difference.part), &difference.part);
        let rows = rows(frame, difference, &names);
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

/// What the keys of titles, tiers and figures are called, as far as the comparison itself says so.
type Names<'a> = BTreeMap<&'a str, &'a str>;

fn names<'a>(frame: &Frame, differences: &'a [Difference]) -> Names<'a> {
    let named = differences.iter().filter(|of| is_of_file(&of.key));
    named
        .filter_map(|of| Some((of.key.as_str(), frame.text(of.name.as_ref()?))))
        .collect()
}

/// Whether a key is one of the file's, which says nothing to readers as a clause does: `trusted-home`.
fn is_of_file(key: &str) -> bool {
    key.starts_with(|sign: char| sign.is_ascii_lowercase())
}

fn rows(frame: &Frame, difference: &Difference, names: &Names<'_>) -> Vec<Row> {
    let (how, class) = match difference.how {
        How::Added => (frame.t("对比|新增"), "tag-met"),
        How::Removed => (frame.t("对比|删去"), "tag-unmet"),
        How::Changed => (frame.t("对比|修改"), "tag-claimed"),
        How::Reordered => (frame.t("对比|次序调整"), "tag-na"),
    };
    let lines = difference.lines.iter();
    lines
        .filter(|line| difference.name.is_none() || line.path != "key")
        .enumerate()
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
                was: said(frame, names, line, line.was.as_ref()),
                is: said(frame, names, line, line.is.as_ref()),
            }
        })
        .collect()
}

fn called(frame: &Frame, difference: &Difference) -> String {
    // Several of one clause are numbered behind it.
    let key = difference.key.split('#').next().unwrap_or_default();
    match &difference.name {
        Some(name) if key.is_empty() || is_of_file(key) => frame.text(name).to_owned(),
        Some(name) => format!("{} {key}", frame.text(name)),
        None if key == "key" => String::new(),
        None => key.to_owned(),
    }
}

/// The fields that hold keys of titles, tiers and figures.
const OF_KEYS: [&str; 7] = [
    "titles",
    "title",
    "below",
    "tier",
    "parameter",
    "requires",
    "needs_union_title",
];

fn said(frame: &Frame, names: &Names<'_>, line: &Line, said: Option<&Said>) -> String {
    let Some(said) = said.map(|said| said.get(frame.lang)) else {
        return String::new();
    };
    let field = line.path.rsplit('.').next().unwrap_or_default();
    let kind = Kind::from_key(said).filter(|_| matches!(field, "kinds" | "ask_kinds"));
    match (said, kind) {
        ("true", _) => frame.t("是").to_owned(),
        ("false", _) => frame.t("否").to_owned(),
        (_, Some(kind)) => kind.name(frame.lang).to_owned(),
        (key, None) => {
            let name = names.get(key).filter(|_| OF_KEYS.contains(&field));
            name.copied().unwrap_or(key).to_owned()
        }
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
