//! Names of a table that are nobody's exactly: who may be meant, and what a person answered once for the whole table.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::{
    core::text::form::of_union,
    exchange::import::{
        ImportRow,
        fate::{ImportReport, Outcome},
    },
};

/// A name with those that may be meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    /// The column's key.
    pub key: String,
    pub typed: String,
    /// Names and numbers.
    pub candidates: Vec<(String, i64)>,
    /// Whether it may be a union that is not registered yet.
    pub may_be_new: bool,
}

/// What a name of the table means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pair {
    pub key: String,
    pub typed: String,
    /// The name and the number of the registered unit; none: a new union.
    pub unit: Option<(String, i64)>,
}

/// What was chosen for a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    Unit(i64),
    New,
}

impl Choice {
    /// A number, or `new`.
    pub fn read(text: &str) -> Option<Choice> {
        match text {
            "new" => Some(Choice::New),
            number => number.parse().ok().map(Choice::Unit),
        }
    }
}

impl Ask {
    /// The pair of a choice, if it is one of those offered.
    pub fn answered(&self, choice: Choice) -> Option<Pair> {
        let unit = match choice {
            Choice::New => self.may_be_new.then_some(None)?,
            Choice::Unit(number) => {
                let mut candidates = self.candidates.iter();
                Some(candidates.find(|(_, known)| *known == number)?.clone())
            }
        };
        Some(Pair {
            key: self.key.clone(),
            typed: self.typed.clone(),
            unit,
        })
    }
}

impl ImportReport {
    /// The names that are asked about, each once, with the number of rows that have it.
    pub fn asks(&self) -> Vec<(&Ask, usize)> {
        let mut places: HashMap<(&str, String), usize> = HashMap::new();
        let mut asks: Vec<(&Ask, usize)> = Vec::new();
        let reasons = self.rows.iter().filter_map(|fate| match &fate.outcome {
            Outcome::Refused { reasons } => Some(reasons),
            _ => None,
        });
        for ask in reasons.flatten().filter_map(|reason| reason.ask.as_ref()) {
            let place = *places
                .entry((&ask.key, of_union(&ask.typed)))
                .or_insert(asks.len());
            match asks.get_mut(place) {
                Some((_, rows)) => *rows += 1,
                None => asks.push((ask, 1)),
            }
        }
        asks
    }
}

/// The rows as they are meant: a name that was paired is that of its unit.
pub fn paired(rows: &[ImportRow], pairs: &[Pair]) -> Vec<ImportRow> {
    let known: HashMap<(&str, String), &Pair> = pairs
        .iter()
        .map(|pair| ((pair.key.as_str(), of_union(&pair.typed)), pair))
        .collect();
    let mut keys: Vec<&str> = pairs.iter().map(|pair| pair.key.as_str()).collect();
    keys.sort_unstable();
    keys.dedup();
    rows.iter()
        .map(|row| {
            let mut row = row.clone();
            for key in &keys {
                if let Some(pair) = known.get(&(*key, of_union(row.get(key)))) {
                    pair.mean(&mut row);
                }
            }
            row
        })
        .collect()
}

impl Pair {
    fn mean(&self, row: &mut ImportRow) {
        let mut set = |key: &str, text: String| row.cells.insert(key.into(), text);
        match &self.unit {
            None => set("is_new", "是".to_owned()),
            // A row that is about the unit keeps a name; its number tells which of several it is.
            Some((name, number)) if self.key == "name" => {
                set("number", number.to_string());
                set("name", name.clone())
            }
            Some((_, number)) => set(&self.key, number.to_string()),
        };
    }
}
