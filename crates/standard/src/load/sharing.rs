//! Parsing `standard.toml`: sharing experience.

use toml::de::DeValue;

use crate::load::reader::{Section, number};
use crate::programme::Sharing;

/// Nobody is reminded of a meeting earlier than this.
const EARLIEST_REMINDER: u64 = 30;

pub(crate) fn sharing(section: Section<'_>) -> Sharing {
    let sharing = Sharing {
        clause: section.string("clause"),
        sizes: sizes(&section),
        remind_days: remind_days(&section),
    };
    section.finish();
    sharing
}

fn sizes(section: &Section<'_>) -> Vec<i64> {
    let Some(value) = section.value("sizes") else {
        return Vec::new();
    };
    let DeValue::Array(list) = value.get_ref() else {
        section.wrong_type("sizes", value, "a list of whole numbers");
        return Vec::new();
    };
    let mut sizes: Vec<i64> = Vec::new();
    for one in list.iter() {
        let size = number(one).and_then(|size| i64::try_from(size).ok());
        match size {
            Some(size) if size > sizes.last().copied().unwrap_or(0) => sizes.push(size),
            _ => section.ledger.add(
                one.span().start,
                "`sizes` are whole numbers from 1, each greater than the one before",
            ),
        }
    }
    sizes
}

fn remind_days(section: &Section<'_>) -> i64 {
    let default = Sharing::default().remind_days;
    let days = section.maybe_number("remind_days");
    if let (Some(days), Some(value)) = (days, section.value("remind_days"))
        && !(1..=EARLIEST_REMINDER).contains(&days)
    {
        section.ledger.add(
            value.span().start,
            format!("`remind_days` is at least 1 and at most {EARLIEST_REMINDER}"),
        );
    }
    days.and_then(|days| i64::try_from(days).ok())
        .unwrap_or(default)
}
