//! Parsing `standard.toml`: public notices.

use crate::load::names::Names;
use crate::load::reader::Section;
use crate::programme::{Publication, PublicationRule};

/// Nothing is shown longer than this before it is decided on.
const LONGEST: u64 = 60;

/// No naming waits longer than this for objections that nobody confirms.
const LONGEST_TO_CONFIRM: u64 = 10;

pub(crate) fn publication(section: Section<'_>, names: &Names) -> Publication {
    let publication = Publication {
        clause: section.string("clause"),
        unit: section.section("unit").map(|section| rule(section, names)),
        city: section.section("city").map(|section| rule(section, names)),
        unconfirmed_working_days: unconfirmed_working_days(&section),
    };
    if publication.unit.is_none() && publication.city.is_none() {
        section.ledger.add(
            section.at,
            "`publication` says neither what a unit shows (`unit`) nor what the city shows (`city`)",
        );
    }
    section.finish();
    publication
}

/// The day after is the least, since one of the last evening can't be confirmed before it.
fn unconfirmed_working_days(section: &Section<'_>) -> i64 {
    let days = section.maybe_number("unconfirmed_working_days");
    if let (Some(days), Some(value)) = (days, section.value("unconfirmed_working_days"))
        && !(1..=LONGEST_TO_CONFIRM).contains(&days)
    {
        section.ledger.add(
            value.span().start,
            format!("`unconfirmed_working_days` is at least 1 and at most {LONGEST_TO_CONFIRM}"),
        );
    }
    days.map_or(1, |days| i64::try_from(days).unwrap_or(1))
}

fn rule(section: Section<'_>, names: &Names) -> PublicationRule {
    let days = section.number("working_days");
    if let Some(value) = section.value("working_days")
        && !(1..=LONGEST).contains(&days)
    {
        section.ledger.add(
            value.span().start,
            format!("`working_days` is at least 1 and at most {LONGEST}"),
        );
    }
    section.required("titles");
    let mut titles = Vec::new();
    for title in section.strings("titles") {
        if names.defined(section.ledger, "title", &title, &names.titles) {
            titles.push(title.word);
        }
    }
    let rule = PublicationRule {
        titles,
        working_days: i64::try_from(days).unwrap_or(0),
        is_asked: section.truth("asked", false),
    };
    section.finish();
    rule
}
