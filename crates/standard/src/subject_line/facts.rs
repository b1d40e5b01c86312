//! The answers of a line.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::fact::{Fact, FactValue, impossible};
use crate::programme::Standard;
use crate::subject_line::ReadAnswer;
use crate::subject_line::errors::Errors;
use crate::text::Text;

pub(crate) fn facts(
    standard: &Standard,
    value: &Value,
    read_answer: ReadAnswer,
    errors: &mut Errors,
) -> BTreeMap<String, FactValue> {
    let known: Vec<&str> = standard
        .facts
        .iter()
        .map(|fact| fact.key.as_str())
        .collect();
    let meaning = |key: &str| named(standard, key).map(|fact| fact.key.clone());
    let Some(object) = errors.object_meaning(value, &known, meaning) else {
        return BTreeMap::new();
    };
    let mut facts = BTreeMap::new();
    for (key, value) in object {
        let Some(fact) = standard.fact(key) else {
            continue;
        };
        match read_answer(fact, value) {
            Ok(value) => {
                facts.insert(key.clone(), value);
            }
            Err(reason) => errors.add(key, reason),
        }
    }
    for found in impossible(standard, &facts) {
        let reason = Text {
            zh: format!("{}：请核对这两项", found.reason.zh),
            en: format!("{}: check both", found.reason.en),
        };
        errors.add(&found.key, reason);
    }
    facts
}

/// The fact of which a key is the name.
fn named<'a>(standard: &'a Standard, key: &str) -> Option<&'a Fact> {
    let mut facts = standard.facts.iter();
    facts.find(|fact| fact.name.zh == key || fact.name.en == key)
}
