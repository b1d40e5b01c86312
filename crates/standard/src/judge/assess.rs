//! Evaluating one check on what is known.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::check::{Check, FactName};
use crate::fact::FactValue;
use crate::figure::Rate;
use crate::judge::application::holds;
use crate::judgement::Status;
use crate::period::{Period, last_complete};
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

/// A share of none: met where the standard says so, whatever the part is; else unknown, though no answer is missing.
fn of_none(none_is_met: bool, rate: Rate) -> Assessed {
    let status = if none_is_met {
        Status::Met
    } else {
        Status::Unknown
    };
    Assessed { status, ..UNKNOWN }.requiring(rate)
}

fn ratio(
    known: &Known<'_>,
    (part, whole): (&FactName, &FactName),
    rate: Rate,
    none_is_met: bool,
) -> Assessed {
    let (first, second) = (known.number(part), known.number(whole));
    if let Some((0, _)) = second {
        let mut none = of_none(none_is_met, rate);
        none.actual = first.and_then(|(part, _)| (part == 0).then(|| "0/0".to_owned()));
        return none;
    }
    let (Some((part_number, scale)), Some((whole_number, whole_scale))) = (first, second) else {
        let absent = [(part, first), (whole, second)]
            .into_iter()
            .filter(|(_, value)| value.is_none());
        return Assessed::unknown(absent.map(|(fact, _)| fact.key.clone()).collect())
            .requiring(rate);
    };
    if scale != whole_scale {
        return Assessed::unknown(vec![part.key.clone()]).requiring(rate);
    }
    let met = rate.reached_by(part_number, whole_number);
    let short = rate.of(whole_number).saturating_sub(part_number);
    let (actual, short) = match scale {
        Scale::One => (format!("{part_number}/{whole_number}"), short),
        Scale::Fen => {
            let yuan = |fen| FactValue::Money(fen).to_string();
            (
                format!("{}/{}", yuan(part_number), yuan(whole_number)),
                short.div_ceil(100),
            )
        }
    };
    Assessed {
        status: met_if(met),
        actual: Some(actual),
        short_by: (!met).then_some(short),
        ..UNKNOWN
    }
    .requiring(rate)
}

/// The activities of one period, compared with what is required.
pub(crate) struct PeriodTally {
    pub(crate) period: Period,
    pub(crate) count: u64,
    /// The union was founded after the period began, so the period is not held against it.
    pub(crate) exempt: bool,
}

/// The number of activities of a check's kinds by period, oldest first; `None` if the activities are unknown.
pub(crate) fn tally(subject: &Subject, check: &Check, as_of: Date) -> Option<Vec<PeriodTally>> {
    let Check::Activities {
        kinds,
        every,
        periods,
        ..
    } = check
    else {
        return None;
    };
    let activities = subject.activities.as_ref()?;
    let mut tallies: Vec<PeriodTally> = last_complete(*every, *periods, as_of)
        .map(|period| PeriodTally {
            period,
            count: 0,
            exempt: subject
                .founded_on
                .is_some_and(|founded_on| period.began_before(founded_on)),
        })
        .collect();
    let first = tallies.first().map_or(0, |tally| tally.period.index);
    for activity in activities
        .iter()
        .filter(|activity| kinds.contains(&activity.kind))
    {
        let place = usize::try_from(Period::of(*every, activity.on).index - first);
        if let Some(tally) = place.ok().and_then(|place| tallies.get_mut(place)) {
            tally.count += 1;
        }
    }
    Some(tallies)
}

fn activities(tallies: Option<Vec<PeriodTally>>, at_least: u64) -> Assessed {
    let Some(tallies) = tallies else {
        return Assessed::unknown(vec!["activities".to_owned()]);
    };
    let counted = tallies.iter().filter(|tally| !tally.exempt);
    let all = counted.clone().count();
    let enough = counted
        .clone()
        .filter(|tally| tally.count >= at_least)
        .count();
    let short: u64 = counted
        .map(|tally| at_least.saturating_sub(tally.count))
        .sum();
    Assessed {
        status: met_if(short == 0),
        actual: Some(format!("{enough}/{all}")),
        short_by: (short > 0).then_some(short),
        ..UNKNOWN
    }
    .requiring(format!("{all}/{all}"))
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

fn subordinates(known: &Known<'_>, tier: &str, rate: Rate, none_is_met: bool) -> Assessed {
    let Some(subordinates) = &known.subject.subordinates else {
        return Assessed::unknown(vec!["subordinates".to_owned()]).requiring(rate);
    };
    let holding = subordinates.holding.get(tier).copied();
    if subordinates.unions == Some(0) {
        let mut none = of_none(none_is_met, rate);
        none.actual = holding.map(|_| "0/0".to_owned());
        return none;
    }
    let (Some(holding), Some(unions)) = (holding, subordinates.unions) else {
        let mut missing = Vec::new();
        if holding.is_none() {
            missing.push(format!("subordinates.{tier}"));
        }
        if subordinates.unions.is_none() {
            missing.push("subordinates.unions".to_owned());
        }
        return Assessed::unknown(missing).requiring(rate);
    };
    let met = rate.reached_by(holding, unions);
    Assessed {
        status: met_if(met),
        actual: Some(format!("{holding}/{unions}")),
        short_by: (!met).then(|| rate.of(unions).saturating_sub(holding)),
        ..UNKNOWN
    }
    .requiring(rate)
}

fn rating(known: &Known<'_>, rate: Rate) -> Assessed {
    let (Some(formula), Some(counts)) = (&known.standard.rating, &known.subject.rating) else {
        return Assessed::unknown(vec!["rating".to_owned()]).requiring(rate);
    };
    let mut missing: Vec<String> = counts
        .roll
        .is_none()
        .then(|| "rating.roll".to_owned())
        .into_iter()
        .collect();
    let absent = formula
        .cast
        .iter()
        .filter(|answer| !counts.answers.contains_key(*answer));
    missing.extend(absent.map(|answer| format!("rating.{answer}")));
    let (Some(roll), true) = (counts.roll, missing.is_empty()) else {
        return Assessed::unknown(missing).requiring(rate);
    };
    let sum = |answers: &[String]| -> u64 {
        let counts = answers
            .iter()
            .filter_map(|answer| counts.answers.get(answer));
        counts.fold(0u64, |sum, count| sum.saturating_add(*count))
    };
    let (satisfied, valid, cast) = (sum(&formula.counts), sum(&formula.of), sum(&formula.cast));
    let actual = Some(format!("{satisfied}/{valid}"));
    if !formula.quorum.reached_by(cast, roll) {
        // Below the quorum: the ballots are shown, but the satisfaction is unknown.
        let short_by = Some(formula.quorum.of(roll).saturating_sub(cast));
        return Assessed {
            actual,
            short_by,
            ..UNKNOWN
        }
        .requiring(rate);
    }
    if valid == 0 {
        // Only void ballots: there is no satisfaction.
        return Assessed { actual, ..UNKNOWN }.requiring(rate);
    }
    let met = rate.reached_by(satisfied, valid);
    Assessed {
        status: met_if(met),
        actual,
        short_by: (!met).then(|| rate.of(valid).saturating_sub(satisfied)),
        ..UNKNOWN
    }
    .requiring(rate)
}
