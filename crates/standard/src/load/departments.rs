//! Parsing `standard.toml`: the departments that answer for the veto clauses.

use toml::de::DeValue;

use crate::load::names::Names;
use crate::load::reader::{Section, number};
use crate::programme::{Department, Veto};

/// No period is longer, in working days.
const LONGEST: u64 = 120;

/// `[[department]]`: each key once, each clause a veto of the standard.
pub(crate) fn departments(
    sections: Vec<Section<'_>>,
    vetoes: &[Veto],
    names: &Names,
) -> Vec<Department> {
    let mut found: Vec<Department> = Vec::new();
    for section in sections {
        let key = section.spelled("key").unwrap_or_default();
        if !key.word.is_empty() && found.iter().any(|known| known.key == key.word) {
            let message = format!("department `{}` is there twice", key.word);
            section.ledger.add(key.at, message);
        }
        let mut clauses: Vec<String> = Vec::new();
        if section.required("clauses").is_some() && section.strings("clauses").is_empty() {
            let message = "`clauses` is empty: there is nothing to ask the department for";
            section.ledger.add(section.at, message);
        }
        for clause in section.strings("clauses") {
            let is_veto = vetoes.iter().any(|veto| veto.clause == clause.word);
            if !is_veto && !names.is_lost(&clause.word) {
                let message = format!("`{}` is no veto clause of this standard", clause.word);
                section.ledger.add(clause.at, message);
            } else if clauses.contains(&clause.word) {
                let message = format!("`clauses` has `{}` twice", clause.word);
                section.ledger.add(clause.at, message);
            }
            clauses.push(clause.word);
        }
        let days = |name: &'static str| {
            let days = section.number(name);
            if let Some(value) = section.value(name)
                && !(1..=LONGEST).contains(&days)
            {
                let message = format!("`{name}` is 1 to {LONGEST} working days");
                section.ledger.add(value.span().start, message);
            }
            i64::try_from(days).unwrap_or(0)
        };
        let (days_to_answer, days_to_reply) = (days("days_to_answer"), days("days_to_reply"));
        let remind = remind(&section, days_to_answer);
        found.push(Department {
            key: key.word,
            name: section.text("name"),
            clauses,
            is_own: section.truth("own", false),
            holds_naming: section.truth("holds_naming", false),
            days_to_answer,
            days_to_reply,
            remind,
        });
        section.finish();
    }
    found
}

/// The days on which it is reminded, by how many working days before the last one.
fn remind(section: &Section<'_>, days_to_answer: i64) -> Vec<i64> {
    let Some(value) = section.value("remind") else {
        return Vec::new();
    };
    let DeValue::Array(days) = value.get_ref() else {
        section.wrong_type("remind", value, "a list of whole numbers");
        return Vec::new();
    };
    // With a part of the table lost, nobody knows the last day.
    let below = match section.is_whole() {
        true => days_to_answer.max(1),
        false => i64::MAX,
    };
    let mut found = Vec::new();
    for day in days.iter() {
        let before = number(day).and_then(|before| i64::try_from(before).ok());
        match before {
            Some(before) if before < below && !found.contains(&before) => {
                found.push(before);
            }
            _ => section.ledger.add(
                day.span().start,
                "`remind` holds working days before the last one, each once and fewer than `days_to_answer`",
            ),
        }
    }
    found
}
