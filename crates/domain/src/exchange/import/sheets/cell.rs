//! What a cell of a sheet says of a fact.

use jianjia_standard::fact::{Fact, FactKind, FactValue};

use super::{Before, NOT_KNOWN};
use crate::core::{count, day, width::narrow};

/// A cell's text as the sheet's form would bring it: full-width signs, thousands separators and units of measure made plain.
pub(super) fn words_of(fact: &Fact, cell: &str) -> String {
    // Nearly every cell of a long table is one of these and plain already.
    let is_number = fact.kind.is_number() && cell.bytes().all(|byte| byte.is_ascii_digit());
    if is_number || matches!(cell, "是" | "否") {
        return cell.to_owned();
    }
    let text = narrow(cell);
    if [NOT_KNOWN, "不清楚", "unknown", "not known yet"].contains(&text.to_lowercase().as_str())
    {
        return "unknown".to_owned();
    }
    let units = || fact.unit_words().chain(["元", "年"]);
    let bare = |text: &str| {
        let mut units = units();
        units
            .find_map(|unit| text.strip_suffix(unit))
            .unwrap_or(text)
            .trim()
            .to_owned()
    };
    match fact.kind {
        FactKind::Truth => text.to_lowercase(),
        FactKind::Date => day::read(&text).map_or(text, |day| day.to_string()),
        FactKind::Choice => bare(&text),
        FactKind::Count | FactKind::Level => {
            count::read(&text, units()).map_or(text, |count| count.to_string())
        }
        FactKind::Money => {
            let number = bare(&text).replace(',', "");
            // A sheet may carry a whole number as `200.0`.
            number.strip_suffix(".0").unwrap_or(&number).to_owned()
        }
    }
}

/// Whether a cell says what holds already.
pub(super) fn holds(before: &Before, fact: &Fact, words: &str) -> bool {
    let Some(said) = before.facts.get(&fact.key) else {
        return before.known.contains(&fact.key)
            && FactValue::from_words(fact, words).ok().as_ref()
                == before.subject.facts.get(&fact.key);
    };
    match FactValue::from_words(fact, words) {
        Ok(value) => said.value == value.to_json(),
        Err(_) => said.value.is_null() && words == "unknown",
    }
}
