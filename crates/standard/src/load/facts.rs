//! Parsing `facts.toml`.

use crate::fact::{Fact, FactGroup, FactKind};
use crate::load::names::Names;
use crate::load::reader::{Section, Spelled};

pub(crate) fn read(root: &Section<'_>, names: &Names) -> (Vec<FactGroup>, Vec<Fact>) {
    let groups = root
        .sections("group")
        .into_iter()
        .map(|section| {
            let group = FactGroup {
                key: section.string("key"),
                name: section.text("name"),
            };
            section.finish();
            group
        })
        .collect();
    let facts = root
        .sections("fact")
        .into_iter()
        .map(|section| fact(section, names))
        .collect();
    (groups, facts)
}

fn fact(section: Section<'_>, names: &Names) -> Fact {
    let ledger = section.ledger;
    let kind = section.keyed::<FactKind>("kind");
    let group = section.spelled("group");
    if let Some(group) = &group {
        names.defined(ledger, "group", group, &names.groups);
    }
    let choices = section.strings("choices");
    let (min, max) = (section.maybe_number("min"), section.maybe_number("max"));
    let at_most = section.maybe_spelled("at_most");
    // If the kind itself is wrong, what depends on it is not checked.
    if let Some(kind) = kind {
        choices_fit(&section, kind, &choices);
        bounds_fit(&section, kind, min, max);
        limit_fits(&section, names, kind, at_most.as_ref());
    }
    let ask_when = section.maybe_spelled("ask_when");
    if let Some(condition) = &ask_when
        && let Some((_, shape)) = names.fact(ledger, condition)
        && shape.kind.is_some_and(|kind| kind != FactKind::Truth)
    {
        ledger.add(
            condition.at,
            format!("`ask_when`: `{}` is not a truth", condition.word),
        );
    }
    let fact = Fact {
        key: section.string("key"),
        group: group.unwrap_or_default().word,
        kind: kind.unwrap_or(FactKind::Truth),
        name: section.text("name"),
        question: section.text("question"),
        hint: section.maybe_text("hint"),
        unit: section.maybe_text("unit"),
        choices: choices.into_iter().map(|choice| choice.word).collect(),
        min,
        max,
        at_most: at_most.map(|limit| limit.word),
        ask_kinds: section.keyed_list("ask_kinds"),
        ask_when: ask_when.map(|condition| condition.word),
        evidence: section.truth("evidence", false),
        changes_yearly: section.truth("changes_yearly", true),
        from: section.maybe_keyed("from"),
        more: section.maybe_text("more"),
    };
    section.finish();
    fact
}

fn choices_fit(section: &Section<'_>, kind: FactKind, choices: &[Spelled]) {
    let message = match (kind == FactKind::Choice, choices) {
        (true, []) => "a choice needs `choices`".to_owned(),
        (false, [_, ..]) => format!("`choices` are for facts of kind choice, not {kind}"),
        _ => return,
    };
    section.ledger.add(
        choices.first().map_or(section.at, |choice| choice.at),
        message,
    );
}

fn bounds_fit(section: &Section<'_>, kind: FactKind, min: Option<u64>, max: Option<u64>) {
    if let (Some(low), Some(high)) = (min, max)
        && low > high
    {
        let message = format!("`min` {low} is more than `max` {high}: no number is possible");
        section.ledger.add(section.at, message);
    }
    for key in ["min", "max"] {
        if let (false, Some(value)) = (kind.is_number(), section.value(key)) {
            let message = format!("`{key}` is for numbers, not for a fact of kind {kind}");
            section.ledger.add(value.span().start, message);
        }
    }
}

fn limit_fits(section: &Section<'_>, names: &Names, kind: FactKind, limit: Option<&Spelled>) {
    let Some(limit) = limit else { return };
    let Some((_, shape)) = names.fact(section.ledger, limit) else {
        return;
    };
    let comparable = kind.is_number() || kind == FactKind::Date;
    if !comparable || shape.kind.is_some_and(|other| other != kind) {
        let message = format!(
            "`at_most`: `{}` can't bound a fact of kind {kind}",
            limit.word
        );
        section.ledger.add(limit.at, message);
    }
}
