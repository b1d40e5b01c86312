//! Questions of the year sheet that a proposal asks for, each as a clause of its own: a criterion is written for each, for the office to put into better words.

use super::editing::quoted;
use super::{ADD, Change};
use crate::fact::{Fact, FactKind};
use crate::programme::Standard;
use crate::text::Text;
use crate::what_if::change::FACT;

/// The text of a standard with a criterion for each question that the changes add to a title, and the changes with the clauses of these criteria.
pub fn with_questions(
    standard_toml: &str,
    standard: &Standard,
    changes: &[Change],
) -> (String, Vec<Change>) {
    let mut text = standard_toml.to_owned();
    let mut changes = changes.to_vec();
    let mut written: Vec<(String, String)> = Vec::new();
    for change in changes.iter_mut().filter(|change| change.path == ADD) {
        let Some(key) = change.clause.strip_prefix(FACT) else {
            continue;
        };
        let known = written.iter().find(|(known, _)| known == key);
        let clause = match (known, standard.fact(key)) {
            (Some((_, clause)), _) => clause.clone(),
            (None, Some(fact)) if fact.kind == FactKind::Truth => {
                let clause = free_clause(&text);
                text.push_str(&criterion(&clause, standard, fact));
                written.push((key.to_owned(), clause.clone()));
                clause
            }
            // What can't be added is told where the changes are made.
            _ => continue,
        };
        change.clause = clause;
    }
    (text, changes)
}

/// The first of N1, N2 … that the text doesn't use.
fn free_clause(text: &str) -> String {
    let mut number = 1;
    loop {
        let clause = format!("N{number}");
        if !text.contains(&quoted(&clause)) && !text.contains(&format!("'{clause}'")) {
            return clause;
        }
        number += 1;
    }
}

/// It stands where the clause stands that asks the question now, and is asked of the same units.
fn criterion(clause: &str, standard: &Standard, fact: &Fact) -> String {
    let mut criteria = standard.criteria.iter();
    let asks = criteria.find(|criterion| {
        let names = criterion.check.facts();
        names.iter().any(|name| name.key == fact.key)
    });
    let source = asks.map_or("", |criterion| criterion.source.as_str());
    let kinds: Vec<String> = standard
        .kinds_asked(fact)
        .into_iter()
        .map(|kind| quoted(kind.key()))
        .collect();
    let verify = if fact.evidence { "ledger" } else { "talk" };
    let said = |words: &Text| {
        let (zh, en) = (quoted(&words.zh), quoted(&words.en));
        format!("{{ zh = {zh}, en = {en} }}")
    };
    let lines = [
        String::new(),
        "[[criterion]]".to_owned(),
        format!("clause = {}", quoted(clause)),
        format!("source = {}", quoted(source)),
        format!("name = {}", said(&fact.name)),
        format!("text = {}", said(&fact.question)),
        format!("kinds = [{}]", kinds.join(", ")),
        format!("verify = [{}]", quoted(verify)),
        format!("check = {{ fact = {} }}", quoted(&fact.key)),
        String::new(),
    ];
    lines.join("\n")
}
