//! Parsing `standard.toml`: the spot checks.

use std::collections::BTreeSet;

use crate::figure::Rate;
use crate::load::names::Names;
use crate::load::reader::{Section, Spelled};
use crate::programme::{RiskClass, RiskSign, Sign, SpotCheck};

pub(crate) fn spot_check(section: Section<'_>, names: &Names) -> SpotCheck {
    let title = section.spelled("title").unwrap_or_default();
    names.defined(section.ledger, "title", &title, &names.titles);
    section.required("classes");
    let check = SpotCheck {
        clause: section.string("clause"),
        title: title.word,
        every_years: within(&section, "every_years", 1, 10),
        announced: section.truth("announced", false),
        days: within(&section, "days", 1, 365),
        inspectors: within(&section, "inspectors", 1, 5),
        minimum: within(&section, "minimum", 0, 1_000),
        classes: classes(&section),
        signs: section
            .sections("signs")
            .into_iter()
            .filter_map(|sign| risk_sign(sign, names))
            .collect(),
    };
    section.finish();
    check
}

/// A number between two others, both included.
fn within(section: &Section<'_>, key: &'static str, least: u64, most: u64) -> u64 {
    let number = section.number(key);
    if let Some(value) = section.value(key)
        && !(least..=most).contains(&number)
    {
        let message = format!("`{key}` is from {least} to {most}");
        section.ledger.add(value.span().start, message);
    }
    number
}

/// Each class begins below the one before, and the last at 0, so that every score is in one.
fn classes(section: &Section<'_>) -> Vec<RiskClass> {
    let mut found: Vec<RiskClass> = Vec::new();
    let mut seen = BTreeSet::new();
    let sections = section.sections("classes");
    let last = sections.len().saturating_sub(1);
    for (place, class) in sections.into_iter().enumerate() {
        let key = class.spelled("key").unwrap_or_default();
        let is_letters = key.word.bytes().all(|byte| byte.is_ascii_lowercase());
        if !is_letters {
            let message = format!("`{}` has other than lower-case letters", key.word);
            class.ledger.add(key.at, message);
        }
        if !key.word.is_empty() && !seen.insert(key.word.clone()) {
            let message = format!("class `{}` is there twice", key.word);
            class.ledger.add(key.at, message);
        }
        let from = class.number("from");
        let at = class
            .value("from")
            .map_or(class.at, |from| from.span().start);
        if found.last().is_some_and(|before| before.from <= from) {
            let message = "`from` is not below that of the class before: classes stand in order, the riskiest first";
            class.ledger.add(at, message);
        }
        if place == last && from > 0 && class.is_whole() {
            let message = "the last class begins at 0, so that every unit is in one";
            class.ledger.add(at, message);
        }
        let share = rate(&class, "share");
        if share.exceeds_whole() {
            let at = class
                .value("share")
                .map_or(class.at, |share| share.span().start);
            class.ledger.add(at, "`share` is at most 100%");
        }
        found.push(RiskClass {
            key: key.word,
            name: class.text("name"),
            from,
            share,
        });
        class.finish();
    }
    if found.is_empty() && section.is_whole() && section.value("classes").is_some() {
        section
            .ledger
            .add(section.at, "`classes` has at least one class of risk");
    }
    found
}

fn rate(section: &Section<'_>, key: &'static str) -> Rate {
    let none = Rate {
        numerator: 0,
        denominator: 100,
    };
    let Some(Spelled { word, at }) = section.spelled(key) else {
        return none;
    };
    word.parse().unwrap_or_else(|message: &str| {
        section.ledger.add(at, message);
        none
    })
}

crate::keyed! {
    pub enum SignKind {
        Unanswered = "unanswered",
        Jump = "jump",
        SharedPhotos = "shared-photos",
        FirstTimer = "first-timer",
        EarlierFinding = "earlier-finding",
    }
}

fn risk_sign(section: Section<'_>, names: &Names) -> Option<RiskSign> {
    let kind: Option<SignKind> = section.keyed("sign");
    let (name, weight) = (section.text("name"), section.number("weight"));
    let what = kind.map(|kind| match kind {
        SignKind::Unanswered => Sign::Unanswered {
            from: rate(&section, "from"),
        },
        SignKind::Jump => {
            section.required("facts");
            Sign::Jump {
                facts: numbers(&section, names),
                from: rate(&section, "from"),
            }
        }
        SignKind::SharedPhotos => Sign::SharedPhotos {
            from: section.number("from"),
        },
        SignKind::FirstTimer => Sign::FirstTimer,
        SignKind::EarlierFinding => Sign::EarlierFinding,
    });
    // Of a sign that is not known nothing is said about its other keys.
    let what = what?;
    section.finish();
    Some(RiskSign { name, weight, what })
}

/// The facts that a sign names, which are numbers.
fn numbers(section: &Section<'_>, names: &Names) -> Vec<String> {
    let mut found = Vec::new();
    for fact in section.strings("facts") {
        let Some((name, shape)) = names.fact(section.ledger, &fact) else {
            continue;
        };
        if shape.kind.is_some_and(|kind| !kind.is_number()) {
            let message = format!("`{}` is no number, so it can't jump", fact.word);
            section.ledger.add(fact.at, message);
        }
        found.push(name.key);
    }
    found
}
