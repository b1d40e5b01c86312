//! Two versions of a standard side by side: what was added, removed and changed, clause by clause. It compares the texts as they are written and knows no
//! part of them by name, so that nothing is left out, whatever a standard comes to hold.

use std::collections::{BTreeMap, BTreeSet};

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use crate::keyed;
use crate::text::{Lang, Text};

/// The two files of a version.
#[derive(Clone, Copy, Debug)]
pub struct Texts<'a> {
    pub standard_toml: &'a str,
    pub facts_toml: &'a str,
}

/// Something that stands in one version and not, or otherwise, in the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Which part of the standard it is in, as the file calls it: `title`, `criterion`, `calendar`.
    pub part: String,
    /// Which one of its part, by key or clause; empty where there is but one.
    pub key: String,
    /// What it is called, where it has a name.
    pub name: Option<Text>,
    pub how: How,
    pub lines: Vec<Line>,
}

keyed! {
    pub enum How {
        Added = "added",
        Removed = "removed",
        Changed = "changed",
        /// The same things in another order: lines have no path then.
        Reordered = "reordered",
    }
}

/// One word or figure; `path` says where it stands: `check.at_least`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub path: String,
    pub was: Option<Said>,
    pub is: Option<Said>,
}

/// As a version says it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Said {
    Plain(String),
    Both { zh: String, en: String },
}

impl Said {
    pub fn get(&self, lang: Lang) -> &str {
        match (self, lang) {
            (Said::Plain(said), _) => said,
            (Said::Both { zh, .. }, Lang::Zh) => zh,
            (Said::Both { en, .. }, Lang::En) => en,
        }
    }
}

/// What two versions say otherwise, in the order of the new one, what is gone last. What is not TOML is passed over.
pub fn compare(old: Texts<'_>, new: Texts<'_>) -> Vec<Difference> {
    let mut differences = Vec::new();
    for (old, new, file) in [
        (old.standard_toml, new.standard_toml, ""),
        (old.facts_toml, new.facts_toml, "facts"),
    ] {
        let (old, new) = (entries(old, file), entries(new, file));
        of_file(&old, &new, &mut differences);
    }
    differences
}

/// Something with a key of its own, and all that it says.
struct Entry {
    part: String,
    key: String,
    name: Option<Text>,
    leaves: Leaves,
}

/// What is said where; several lines may have one path.
type Leaves = Vec<(String, Said)>;

fn of_file(old: &[Entry], new: &[Entry], differences: &mut Vec<Difference>) {
    let find = |among: &'_ [Entry], one: &Entry| {
        let is_same = |other: &Entry| other.part == one.part && other.key == one.key;
        among.iter().position(is_same)
    };
    let mut order: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for entry in new {
        let before = find(old, entry);
        let none = Leaves::new();
        let was = before.map_or(&none, |place| &old[place].leaves);
        let lines = lines(was, &entry.leaves);
        if let Some(place) = before {
            order.entry(&entry.part).or_default().push(place);
        }
        if !lines.is_empty() {
            let how = match before {
                Some(_) => How::Changed,
                None => How::Added,
            };
            differences.push(difference(entry, how, lines));
        }
    }
    for (part, places) in order {
        if !places.is_sorted() {
            differences.push(reordered(part, &places, old));
        }
    }
    for entry in old {
        if find(new, entry).is_none() {
            let lines = lines(&entry.leaves, &Leaves::new());
            differences.push(difference(entry, How::Removed, lines));
        }
    }
}

fn difference(entry: &Entry, how: How, lines: Vec<Line>) -> Difference {
    Difference {
        part: entry.part.clone(),
        key: entry.key.clone(),
        name: entry.name.clone(),
        how,
        lines,
    }
}

/// `places` are those of the new order among the old ones.
fn reordered(part: &str, places: &[usize], old: &[Entry]) -> Difference {
    let called = |places: &[usize]| {
        let entries = places.iter().map(|place| &old[*place]);
        let said = |text: &dyn Fn(&Entry) -> String| {
            let all: Vec<String> = entries.clone().map(text).collect();
            all.join(" · ")
        };
        let name = |entry: &Entry, lang| match &entry.name {
            Some(name) => name.get(lang).to_owned(),
            None => entry.key.clone(),
        };
        Some(Said::Both {
            zh: said(&|entry| name(entry, Lang::Zh)),
            en: said(&|entry| name(entry, Lang::En)),
        })
    };
    let mut before = places.to_vec();
    before.sort_unstable();
    Difference {
        part: part.to_owned(),
        key: String::new(),
        name: None,
        how: How::Reordered,
        lines: vec![Line {
            path: String::new(),
            was: called(&before),
            is: called(places),
        }],
    }
}

/// What two say otherwise, in the order of the new one; what is only in the old one comes where its path does, or last.
fn lines(old: &[(String, Said)], new: &[(String, Said)]) -> Vec<Line> {
    let of_path = |leaves: &[(String, Said)], path: &str| -> Vec<Said> {
        let same = leaves.iter().filter(|(other, _)| other == path);
        same.map(|(_, said)| said.clone()).collect()
    };
    let mut lines = Vec::new();
    let mut seen = BTreeSet::new();
    for (path, _) in new.iter().chain(old) {
        if !seen.insert(path) {
            continue;
        }
        let (mut was, mut is) = (of_path(old, path), of_path(new, path));
        // What both say is no difference, wherever it stands among the others.
        was.retain(|said| match is.iter().position(|other| other == said) {
            Some(place) => {
                is.remove(place);
                false
            }
            None => true,
        });
        let (mut was, mut is) = (was.into_iter(), is.into_iter());
        loop {
            let line = Line {
                path: path.clone(),
                was: was.next(),
                is: is.next(),
            };
            if line.was.is_none() && line.is.is_none() {
                break;
            }
            lines.push(line);
        }
    }
    lines
}

/// All entries of a file in its order; `prefix` stands before the parts of the file of facts.
fn entries(text: &str, prefix: &str) -> Vec<Entry> {
    let table = DeTable::parse_recoverable(text).0.into_inner();
    let part_of = |name: &str| match prefix {
        "" => name.to_owned(),
        prefix => format!("{prefix}.{name}"),
    };
    let mut entries: Vec<(usize, Entry)> = Vec::new();
    for (name, value) in in_order(&table) {
        let at = value.span().start;
        match value.get_ref() {
            DeValue::Array(array) if is_of_tables(array) => {
                let tables = array.iter().filter_map(|item| {
                    let table = item.get_ref().as_table()?;
                    Some((item.span().start, table))
                });
                for (place, (at, table)) in tables.enumerate() {
                    let key = ident(table).unwrap_or_else(|| format!("#{}", place + 1));
                    entries.push((at, entry(text, part_of(name), key, table)));
                }
            }
            DeValue::Table(table) if text_of(table).is_none() => {
                entries.push((at, entry(text, part_of(name), String::new(), table)));
            }
            _ => {
                let mut leaves = Leaves::new();
                add(text, name, value, &mut leaves);
                let entry = Entry {
                    part: part_of(""),
                    key: name.to_owned(),
                    name: None,
                    leaves,
                };
                entries.push((at, entry));
            }
        }
    }
    entries.sort_by_key(|(at, _)| *at);
    let mut entries: Vec<Entry> = entries.into_iter().map(|(_, entry)| entry).collect();
    number_twins(&mut entries);
    entries
}

fn entry(text: &str, part: String, key: String, table: &DeTable<'_>) -> Entry {
    let mut leaves = Leaves::new();
    for (name, value) in in_order(table) {
        add(text, name, value, &mut leaves);
    }
    let name = table.get("name").and_then(|name| name.get_ref().as_table());
    Entry {
        part,
        key,
        name: name.and_then(text_of),
        leaves,
    }
}

/// Entries of a part that have one key, such as two ways of one clause, are told apart by their number.
fn number_twins(entries: &mut [Entry]) {
    let mut seen: BTreeMap<(String, String), usize> = BTreeMap::new();
    for entry in entries {
        let count = seen
            .entry((entry.part.clone(), entry.key.clone()))
            .or_default();
        *count += 1;
        if *count > 1 {
            entry.key = format!("{}#{count}", entry.key);
        }
    }
}

/// The keys that say which of several a table is.
const IDENTS: [&str; 8] = [
    "key", "clause", "level", "when", "sign", "phase", "from", "act",
];

fn ident(table: &DeTable<'_>) -> Option<String> {
    let scalar = |key: &&str| match table.get(*key)?.get_ref() {
        DeValue::String(word) => Some(word.to_string()),
        DeValue::Datetime(day) => Some(day.to_string()),
        _ => None,
    };
    let first = IDENTS.iter().find_map(&scalar)?;
    // Headings are those of a column of a kind of table, a reminder is of a phase and somebody.
    let more = ["column", "to"].iter().find_map(scalar);
    Some(match more {
        Some(more) => format!("{first}/{more}"),
        None => first,
    })
}

fn is_of_tables(array: &DeArray<'_>) -> bool {
    let mut items = array.iter();
    let is_entry = |item: &Spanned<DeValue<'_>>| {
        let table = item.get_ref().as_table();
        table.is_some_and(|table| text_of(table).is_none())
    };
    !array.is_empty() && items.all(is_entry)
}

/// Adds all that a value says, each with its path.
fn add(text: &str, path: &str, value: &Spanned<DeValue<'_>>, leaves: &mut Leaves) {
    match value.get_ref() {
        DeValue::Table(table) => match text_of(table) {
            Some(Text { zh, en }) => leaves.push((path.to_owned(), Said::Both { zh, en })),
            None => {
                for (name, value) in in_order(table) {
                    add(text, &format!("{path}.{name}"), value, leaves);
                }
            }
        },
        DeValue::Array(array) => add_array(text, path, array, leaves),
        DeValue::String(said) => leaves.push((path.to_owned(), Said::Plain(said.to_string()))),
        _ => {
            let said = text.get(value.span()).unwrap_or_default().trim();
            leaves.push((path.to_owned(), Said::Plain(said.to_owned())));
        }
    }
}

fn add_array(text: &str, path: &str, array: &DeArray<'_>, leaves: &mut Leaves) {
    let tables = array.iter().map(|item| item.get_ref().as_table());
    let idents: Vec<Option<String>> = tables.map(|table| table.and_then(ident)).collect();
    let is_by_ident = {
        let different: BTreeSet<&Option<String>> = idents.iter().collect();
        different.len() == idents.len() && !different.contains(&None)
    };
    let is_text = |item: &Spanned<DeValue<'_>>| {
        let table = item.get_ref().as_table();
        table.is_some_and(|table| text_of(table).is_some())
    };
    let is_plain = |item: &Spanned<DeValue<'_>>| {
        let value = item.get_ref();
        !value.is_table() && !value.is_array()
    };
    for (place, (item, ident)) in array.iter().zip(idents).enumerate() {
        match ident {
            _ if is_plain(item) || is_text(item) => add(text, path, item, leaves),
            Some(ident) if is_by_ident => {
                // That it is there is a line of its own.
                leaves.push((path.to_owned(), Said::Plain(ident.clone())));
                let table = item.get_ref().as_table();
                for (name, value) in table.into_iter().flat_map(in_order) {
                    if value.get_ref().as_str() != Some(&*ident) || !IDENTS.contains(&name) {
                        add(text, &format!("{path}.{ident}.{name}"), value, leaves);
                    }
                }
            }
            _ => add(text, &format!("{path}.{}", place + 1), item, leaves),
        }
    }
}

/// A text in both languages, or in one.
fn text_of(table: &DeTable<'_>) -> Option<Text> {
    let mut keys = table.iter().map(|(key, _)| key.get_ref().as_ref());
    if table.is_empty() || !keys.all(|key: &str| key == "zh" || key == "en") {
        return None;
    }
    let word = |key: &str| {
        let value = table.get(key).and_then(|value| value.get_ref().as_str());
        value.unwrap_or_default().to_owned()
    };
    Some(Text {
        zh: word("zh"),
        en: word("en"),
    })
}

/// The values of a table in the order in which they are written.
fn in_order<'a, 'b>(table: &'a DeTable<'b>) -> Vec<(&'a str, &'a Spanned<DeValue<'b>>)> {
    let mut values: Vec<(usize, &str, &Spanned<DeValue<'_>>)> = table
        .iter()
        .map(|(key, value)| (key.span().start, key.get_ref().as_ref(), value))
        .collect();
    values.sort_by_key(|(at, ..)| *at);
    values
        .into_iter()
        .map(|(_, key, value)| (key, value))
        .collect()
}
