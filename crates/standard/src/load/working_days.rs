//! Parsing `standard.toml`: the working days of years that the national file doesn't have, or has otherwise.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use toml::de::DeValue;

use crate::load::reader::{self, Section};
use crate::working_days::{WorkingDays, YearOfWork, mistakes};

/// The national years, with the standard's own in their place.
pub(crate) fn working_days(sections: Vec<Section<'_>>) -> WorkingDays {
    let mut own = BTreeMap::new();
    for section in sections {
        let number = section.year("year");
        let year = YearOfWork {
            notice: section.string("notice"),
            is_provisional: section.truth("provisional", false),
            off: days(&section, "off"),
            worked: days(&section, "worked"),
        };
        for (_, wrong) in mistakes(number, &year) {
            section.ledger.add(section.at, wrong);
        }
        if own.insert(number, year).is_some() {
            let wrong = format!("the working days of {number} stand twice");
            section.ledger.add(section.at, wrong);
        }
        section.finish();
    }
    WorkingDays::national().with(own)
}

fn days(section: &Section<'_>, key: &'static str) -> BTreeSet<Date> {
    let Some(value) = section.required(key) else {
        return BTreeSet::new();
    };
    let DeValue::Array(array) = value.get_ref() else {
        section.wrong_type(key, value, "a list of days such as [2016-10-03]");
        return BTreeSet::new();
    };
    let mut days = BTreeSet::new();
    for item in array.iter() {
        match reader::date(item) {
            Some(day) => {
                days.insert(day);
            }
            None => section.wrong_type(key, item, "a list of days such as [2016-10-03]"),
        }
    }
    days
}
