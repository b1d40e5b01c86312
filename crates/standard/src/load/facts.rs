//! Reading `facts.toml`.

use crate::fact::{Fact, FactGroup, FactKind};
use crate::load::names::Names;
use crate::load::reader::Section;

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
    for key in root.keys() {
        if !["group", "fact"].contains(&key.word.as_str()) {
            root.ledger
                .add(key.at, format!("unknown key `{}` in the file", key.word));
        }
    }
    (groups, facts)
}

fn fact(section: Section<'_>, names: &Names) -> Fact {
    let ledger = section.ledger;
    let kind = section.keyed("kind").unwrap_or(FactKind::Truth);
    let group = section.spelled("group");
    if let Some(group) = &group {
        names.defined(ledger, "group", group, &names.groups);
    }
    let choices = section.strings("choices");
    if (kind == FactKind::Choice) == choices.is_empty() {
        let message = if choices.is_empty() {
            "a choice needs `choices`".to_owned()
        } else {
            format!("`choices` are for facts of kind choice, not {kind}")
        };
        ledger.add(
            choices.first().map_or(section.at, |choice| choice.at),
            message,
        );
    }
    let number = matches!(kind, FactKind::Count | FactKind::Money | FactKind::Level);
    let (min, max) = (section.maybe_number("min"), section.maybe_number("max"));
    if let (Some(low), Some(high)) = (min, max)
        && low > high
    {
        ledger.add(
            section.at,
            format!("`min` {low} is more than `max` {high}: no number is possible"),
        );
    }
    for (key, bound) in [("min", min), ("max", max)] {
        if let (Some(_), false, Some(value)) = (bound, number, section.value(key)) {
            ledger.add(
                value.span().start,
                format!("`{key}` is for numbers, not for a fact of kind {kind}"),
            );
        }
    }
    let at_most = section.maybe_spelled("at_most");
    if let Some(limit) = &at_most
        && let Some((_, shape)) = names.fact(ledger, limit)
        && (shape.kind != Some(kind) || !(number || kind == FactKind::Date))
    {
        ledger.add(
            limit.at,
            format!(
                "`at_most`: `{}` can't bound a fact of kind {kind}",
                limit.word
            ),
        );
    }
    let ask_when = section.maybe_spelled("ask_when");
    if let Some(condition) = &ask_when
        && let Some((_, shape)) = names.fact(ledger, condition)
        && shape.kind != Some(FactKind::Truth)
    {
        ledger.add(
            condition.at,
            format!("`ask_when`: `{}` is not a truth", condition.word),
        );
    }
    let fact = Fact {
        key: section.string("key"),
        group: group.unwrap_or_default().word,
        kind,
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
