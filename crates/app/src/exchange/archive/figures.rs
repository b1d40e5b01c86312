//! The figures of a round: how many lines of each noun there are, by what they are told apart by, and where the targets stand. They are counted once in the
//! database and once from the lines of an archive, and have to agree.

use std::collections::{BTreeMap, BTreeSet};

use jianjia_domain::{core::place::UnitKind, honour::target::Progress};
use jianjia_standard::Standard;
use jianjia_store::{
    core::db::Tx,
    exchange::archive::{self, noun},
    honour::target::YearFigure,
};
use jiff::civil::Date;
use serde_json::{Map, Value, json};

use crate::{
    core::{app::App, error::Result},
    honour::target,
};

/// By which fields lines are counted.
const BY: &[(&str, &[&str])] = &[
    ("statement", &["source"]),
    ("activity", &["kind"]),
    ("judgement", &["basis"]),
    ("poll", &["state"]),
    ("honour", &["title", "year", "state"]),
    ("quota", &["title"]),
    ("application", &["title", "state"]),
    ("finding", &["outcome"]),
    ("objection", &["outcome"]),
    ("veto", &["clause"]),
    ("department-answer", &["answer"]),
    ("entry", &["clause", "outcome"]),
    ("visit", &["state", "colour"]),
];

/// The figures of a year by the database.
pub(super) async fn of_database(app: &App, tx: &mut Tx, year: i16) -> Result<Value> {
    let (mut lines, mut by) = (BTreeMap::new(), BTreeMap::new());
    for noun in noun::nouns() {
        let counted = archive::count_by(tx, noun, &[], year).await?;
        lines.insert(noun.name.to_owned(), counted.values().sum());
        if let Some(fields) = fields_of(noun.name) {
            let counted = archive::count_by(tx, noun, fields, year).await?;
            by.insert(noun.name.to_owned(), counted);
        }
    }
    let progress = target::targets_until(tx, app, year, last_day(year)).await?;
    Ok(told(year, &lines, &by, &progress))
}

/// What is counted while the lines of an archive are read.
#[derive(Default)]
pub(super) struct Counting {
    lines: BTreeMap<String, i64>,
    by: BTreeMap<String, BTreeMap<String, i64>>,
    /// Units that ended: what they hold counts for no target.
    ended: BTreeSet<String>,
    unions: i64,
    held: Vec<Held>,
}

/// A title in force.
struct Held {
    unit: String,
    title: String,
    year: i16,
    of_unions: bool,
}

impl Counting {
    /// A noun of which there may be no line.
    pub(super) fn begin(&mut self, noun: &str) {
        self.lines.insert(noun.to_owned(), 0);
        if fields_of(noun).is_some() {
            self.by.insert(noun.to_owned(), BTreeMap::new());
        }
    }

    /// A line.
    pub(super) fn add(&mut self, noun: &str, line: &Map<String, Value>) {
        if let Some(count) = self.lines.get_mut(noun) {
            *count += 1;
        }
        if let (Some(fields), Some(by)) = (fields_of(noun), self.by.get_mut(noun)) {
            let words: Vec<String> = fields.iter().map(|field| word(line.get(*field))).collect();
            *by.entry(words.join(" ")).or_default() += 1;
        }
        match noun {
            "unit" => match word(line.get("state")).as_str() {
                "active" if is_union(&word(line.get("kind"))) => self.unions += 1,
                "closed" | "merged" => {
                    self.ended.insert(word(line.get("id")));
                }
                _ => {}
            },
            "honour" if word(line.get("state")) == "in-force" => self.held.push(Held {
                unit: word(line.get("unit_id")),
                title: word(line.get("title")),
                year: number(line.get("year")),
                of_unions: is_union(&word(line.get("unit_kind"))),
            }),
            _ => {}
        }
    }

    /// The figures of a year by the lines.
    pub(super) fn figures(&self, standard: &Standard, year: i16) -> Value {
        let mut counts: BTreeMap<(&str, i16, bool), i64> = BTreeMap::new();
        let first = standard.programme.first_year;
        for held in &self.held {
            if held.year >= first && !self.ended.contains(&held.unit) {
                let key = (held.title.as_str(), held.year, held.of_unions);
                *counts.entry(key).or_default() += 1;
            }
        }
        let counts: Vec<YearFigure> = counts
            .into_iter()
            .map(|((title, year, of_unions), held)| YearFigure {
                title: title.to_owned(),
                year,
                // Only the line asks when a title began, and it is not told.
                begun: year,
                of_unions,
                held,
            })
            .collect();
        let progress = target::standing(standard, &counts, self.unions, last_day(year));
        told(year, &self.lines, &self.by, &progress)
    }
}

/// Where two figures differ, each a sentence.
pub(super) fn differences(kept: &Value, counted: &Value) -> Vec<String> {
    let mut found = Vec::new();
    differ("", kept, counted, &mut found);
    found
}

fn differ(place: &str, kept: &Value, counted: &Value, found: &mut Vec<String>) {
    if let (Value::Object(kept), Value::Object(counted)) = (kept, counted) {
        let keys: BTreeSet<&String> = kept.keys().chain(counted.keys()).collect();
        for key in keys {
            let of = |object: &Map<String, Value>| object.get(key).cloned().unwrap_or_default();
            differ(&format!("{place}/{key}"), &of(kept), &of(counted), found);
        }
    } else if kept != counted {
        found.push(format!(
            "figures.json 的 {place} 是 {kept}，按各行重新计算是 {counted}。"
        ));
    }
}

fn told(
    year: i16,
    lines: &BTreeMap<String, i64>,
    by: &BTreeMap<String, BTreeMap<String, i64>>,
    progress: &[Progress],
) -> Value {
    let by: BTreeMap<&String, Value> = by
        .iter()
        .map(|(noun, counted)| {
            let fields = fields_of(noun).unwrap_or_default();
            (noun, json!({ "fields": fields, "counts": counted }))
        })
        .collect();
    // Where the line to the target's date stands, and what is expected, is the day's and not the round's.
    let targets: BTreeMap<String, Value> = progress
        .iter()
        .map(|progress| {
            let told = json!({
                "held": progress.held,
                "of": progress.of,
                "required": progress.required,
                "reached_bp": progress.reached_bp,
                "share_bp": progress.share_bp,
                "by_year": progress.by_year,
                "by": progress.by,
            });
            (format!("{} {}", progress.clause, progress.title), told)
        })
        .collect();
    json!({ "year": year, "lines": lines, "by": by, "targets": targets })
}

fn fields_of(noun: &str) -> Option<&'static [&'static str]> {
    BY.iter()
        .find(|(name, _)| *name == noun)
        .map(|(_, fields)| *fields)
}

/// A value as the database's count tells it.
fn word(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

fn number(value: Option<&Value>) -> i16 {
    let number = value.and_then(Value::as_i64).unwrap_or_default();
    i16::try_from(number).unwrap_or_default()
}

fn is_union(kind: &str) -> bool {
    [UnitKind::Grassroots, UnitKind::Direct]
        .map(UnitKind::key)
        .contains(&kind)
}

fn last_day(year: i16) -> Date {
    Date::new(year, 12, 31).unwrap_or(Date::MAX)
}
