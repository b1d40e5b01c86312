//! What the register answers in place of the union, and how it stands beside the union's own answers.

use std::collections::BTreeMap;

use jianjia_standard::{
    Standard,
    check::{Check, FactName},
    fact::{FactSource, FactValue, impossible},
};
use jiff::civil::Date;

use super::walk;

/// The facts that a unit is judged by: its answers, and the register's beside them. Answers that contradict each other count as unknown.
pub(crate) fn add_known(
    standard: &Standard,
    facts: &mut BTreeMap<String, FactValue>,
    known: &[(String, FactValue)],
) {
    facts.extend(known.iter().cloned());
    for impossible in impossible(standard, facts) {
        facts.remove(&impossible.key);
    }
}

/// The last of these elections (oldest first) that was held by a day.
pub(crate) fn last_election(
    elections: Option<&Vec<(Date, i64)>>,
    as_of: Date,
) -> Option<(Date, i64)> {
    let held = |election: &&(Date, i64)| election.0 <= as_of;
    elections?.iter().rev().find(held).copied()
}

/// What the register answers: the last election (its day, and the term in years) for the term checks, and the facts that the standard takes from
/// the register.
pub(crate) fn answered_by(
    standard: &Standard,
    (workers, members): (Option<i64>, Option<i64>),
    election: Option<(Date, i64)>,
) -> Vec<(String, FactValue)> {
    let mut known = Vec::new();
    if let Some((date, years)) = term_facts(standard)
        && let Some((held_on, term_years)) = election
    {
        known.push((date.key.clone(), FactValue::Date(held_on)));
        let value = serde_json::Value::from(term_years);
        let fact = standard.fact(&years.key);
        if let Some(years_value) = fact.and_then(|fact| FactValue::from_json(fact, &value).ok()) {
            known.push((years.key.clone(), years_value));
        }
    }
    for (key, count) in [("workers", workers), ("members", members)] {
        let from_register = standard
            .fact(key)
            .is_some_and(|fact| fact.from == Some(FactSource::Register));
        if let Some(count) = count.and_then(|count| u64::try_from(count).ok())
            && from_register
        {
            known.push((key.to_owned(), FactValue::Number(count)));
        }
    }
    known
}

/// The facts of the standard's term check: the day of the last election and the years of the term.
fn term_facts(standard: &Standard) -> Option<(&FactName, &FactName)> {
    let mut found = None;
    for title in &standard.titles {
        for criterion in &title.criteria {
            walk(&criterion.check, &mut |check| {
                if let Check::Term { date, years } = check {
                    found.get_or_insert((date, years));
                }
            });
        }
    }
    found
}
