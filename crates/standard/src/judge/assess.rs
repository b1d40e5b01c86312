//! Evaluating one check on what is known.

pub(crate) mod activities;
mod shares;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::check::{Check, FactName};
use crate::fact::FactValue;
use crate::judge::application::holds;
use crate::judge::assess::activities::{activities, tally};
use crate::judge::assess::shares::{rating, ratio, subordinates};
use crate::judgement::Status;
use crate::programme::Standard;
use crate::subject::Subject;

/// A subject's answers by the index of their facts in the standard.
pub(crate) struct Known<'a> {
    pub(crate) standard: &'a Standard,
    pub(crate) subject: &'a Subject,
    pub(crate) as_of: Date,
    values: Vec<Option<&'a FactValue>>,
}

/// The status of a check and the figures it was based on.
#[derive(Debug)]
pub(crate) struct Assessed {
    pub(crate) status: Status,
    pub(crate) actual: Option<String>,
    pub(crate) required: Option<String>,
    pub(crate) short_by: Option<u64>,
    pub(crate) missing: Vec<String>,
}

/// Nothing known yet.
const UNKNOWN: Assessed = Assessed {
    status: Status::Unknown,
    actual: None,
    required: None,
    short_by: None,
    missing: Vec::new(),
};

impl<'a> Known<'a> {
    pub(crate) fn of(standard: &'a Standard, subject: &'a Subject, as_of: Date) -> Known<'a> {
        let mut values = vec![None; standard.facts.len()];
        // Both are sorted by key, so one merge pass finds every answer.
        let mut answers = subject.facts.iter().peekable();
        for place in &standard.facts_by_key {
            let key = &standard.facts[*place].key;
            while answers.next_if(|(answered, _)| *answered < key).is_some() {}
            values[*place] = answers
                .next_if(|(answered, _)| *answered == key)
                .map(|(_, value)| value);
        }
        Known {
            standard,
            subject,
            as_of,
            values,
        }
    }

    fn value(&self, fact: &FactName) -> Option<&'a FactValue> {
        self.values.get(fact.index).copied().flatten()
    }

    /// A number, or a sum in fen; the scale says which.
    fn number(&self, fact: &FactName) -> Option<(u64, Scale)> {
        match self.value(fact)? {
            FactValue::Number(number) => Some((*number, Scale::One)),
            FactValue::Money(fen) => Some((*fen, Scale::Fen)),
            FactValue::Truth(_) | FactValue::Date(_) | FactValue::Choice(_) => None,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Scale {
    One,
    Fen,
}

impl Assessed {
    fn unknown(missing: Vec<String>) -> Assessed {
        Assessed { missing, ..UNKNOWN }
    }

    fn not_applicable() -> Assessed {
        Assessed {
            status: Status::NotApplicable,
            ..UNKNOWN
        }
    }

    fn requiring(mut self, required: impl ToString) -> Assessed {
        self.required = Some(required.to_string());
        self
    }
}

fn met_if(truth: bool) -> Status {
    if truth { Status::Met } else { Status::Unmet }
}

pub(crate) fn assess(known: &Known<'_>, check: &Check) -> Assessed {
    let Known {
        standard,
        subject,
        as_of,
        ..
    } = *known;
    match check {
        Check::Fact { fact } => truth(known, fact),
        Check::Ratio {
            part,
            whole,
            at_least,
            none_is_met,
        } => ratio(
            known,
            (part, whole),
            standard.rate(at_least, as_of),
            *none_is_met,
        ),
        Check::Count { fact, at_least } | Check::Level { fact, at_least } => {
            count(known, fact, standard.number(at_least, as_of))
        }
        Check::Activities { at_least, .. } => activities(
            tally(subject, check, as_of),
            standard.number(at_least, as_of),
        ),
        Check::Term { date, years } => term(known, date, years),
        Check::Held { title } => {
            let held = holds(standard, &subject.titles, title, as_of);
            Assessed {
                status: met_if(held),
                actual: Some(held.to_string()),
                ..UNKNOWN
            }
            .requiring(true)
        }
        Check::Subordinates {
            tier,
            at_least,
            none_is_met,
        } => subordinates(known, tier, standard.rate(at_least, as_of), *none_is_met),
        Check::Rating { at_least, .. } => rating(known, standard.rate(at_least, as_of)),
        Check::All(checks) => all(known, checks),
        Check::Any(checks) => any(known, checks),
        Check::When { when, then } => {
            let condition = assess(known, when);
            match condition.status {
                Status::Met => assess(known, then),
                Status::Unmet | Status::NotApplicable => Assessed::not_applicable(),
                Status::Unknown => Assessed::unknown(condition.missing),
            }
        }
    }
}

#[inline]
fn truth(known: &Known<'_>, fact: &FactName) -> Assessed {
    match known.value(fact) {
        Some(FactValue::Truth(truth)) => Assessed {
            status: met_if(*truth),
            actual: Some(truth.to_string()),
            ..UNKNOWN
        },
        _ => Assessed::unknown(vec![fact.key.clone()]),
    }
    .requiring(true)
}

#[inline]
fn count(known: &Known<'_>, fact: &FactName, wanted: u64) -> Assessed {
    match known.value(fact) {
        Some(FactValue::Number(number)) => Assessed {
            status: met_if(*number >= wanted),
            actual: Some(number.to_string()),
            short_by: (*number < wanted).then(|| wanted - number),
            ..UNKNOWN
        },
        _ => Assessed::unknown(vec![fact.key.clone()]),
    }
    .requiring(wanted)
}

#[inline]
fn all(known: &Known<'_>, checks: &[Check]) -> Assessed {
    let mut all = Assessed::not_applicable();
    for assessed in checks.iter().map(|check| assess(known, check)) {
        all.status = all.status.and(assessed.status);
        all.missing.extend(assessed.missing);
    }
    all
}

#[inline]
fn any(known: &Known<'_>, checks: &[Check]) -> Assessed {
    let mut any = Assessed::not_applicable();
    for assessed in checks.iter().map(|check| assess(known, check)) {
        any.status = any.status.or(assessed.status);
        any.missing.extend(assessed.missing);
    }
    if any.status == Status::Met {
        any.missing.clear();
    }
    any
}

fn term(known: &Known<'_>, date: &FactName, years: &FactName) -> Assessed {
    let begun = match known.value(date) {
        Some(FactValue::Date(date)) => Some(*date),
        _ => None,
    };
    let length = match known.value(years) {
        Some(FactValue::Number(years)) => Some(*years),
        Some(FactValue::Choice(years)) => years.parse().ok(),
        _ => None,
    };
    let (Some(begun), Some(length)) = (begun, length) else {
        let absent = [(date, begun.is_none()), (years, length.is_none())]
            .into_iter()
            .filter(|(_, absent)| *absent);
        return Assessed::unknown(absent.map(|(fact, _)| fact.key.clone()).collect())
            .requiring(known.as_of);
    };
    // What was to happen after the day of judgement is not known to have happened, though no answer is missing.
    if begun > known.as_of {
        return Assessed::unknown(Vec::new()).requiring(known.as_of);
    }
    let length = i64::try_from(length.min(9999)).unwrap_or(9999);
    let ends = begun.saturating_add(length.years());
    Assessed {
        status: met_if(known.as_of <= ends),
        actual: Some(ends.to_string()),
        ..UNKNOWN
    }
    .requiring(known.as_of)
}
