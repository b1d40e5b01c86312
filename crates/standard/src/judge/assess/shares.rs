//! Shares: a part of a whole, compared with a rate.

use crate::check::FactName;
use crate::fact::FactValue;
use crate::figure::Rate;
use crate::judge::assess::{Assessed, Known, Scale, UNKNOWN, met_if};
use crate::judgement::Status;

/// A share of none: met where the standard says so, whatever the part is; else unknown, though no answer is missing.
fn of_none(none_is_met: bool, rate: Rate) -> Assessed {
    let status = if none_is_met {
        Status::Met
    } else {
        Status::Unknown
    };
    Assessed { status, ..UNKNOWN }.requiring(rate)
}

pub(crate) fn ratio(
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

pub(crate) fn subordinates(
    known: &Known<'_>,
    tier: &str,
    rate: Rate,
    none_is_met: bool,
) -> Assessed {
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

pub(crate) fn rating(known: &Known<'_>, rate: Rate) -> Assessed {
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
