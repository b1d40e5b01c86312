//! The answers of a line.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::fact::{FactValue, impossible};
use crate::programme::Standard;
use crate::subject_line::ReadAnswer;
use crate::subject_line::errors::Errors;

pub(crate) fn facts(
    standard: &Standard,
    value: &Value,
    read_answer: ReadAnswer,
    errors: &mut Errors,
) -> BTreeMap<String, FactValue> {
    let Value::Object(object) = value else {
        errors.wrong("", "应为对象", "must be an object");
        return BTreeMap::new();
    };
    let mut facts = BTreeMap::new();
    for (key, value) in object {
        let Some(fact) = standard.fact(key) else {
            let known: Vec<&str> = standard
                .facts
                .iter()
                .map(|fact| fact.key.as_str())
                .collect();
            errors.unknown(key, &known);
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
        errors.add(&found.key, found.reason);
    }
    facts
}
