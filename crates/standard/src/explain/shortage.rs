//! What one check falls short by, as a phrase.

use jiff::civil::Date;

use crate::check::{Check, FactName};
use crate::explain::{missing_name, tier_title, worked_sum};
use crate::fact::FactValue;
use crate::judge::assess::activities::tally;
use crate::judgement::{CheckVerdict, Status};
use crate::programme::Standard;
use crate::subject::Subject;
use crate::text::Lang;

/// `None` if the check is met, does not apply, or is unknown only because answers are missing.
pub(crate) fn shortage(
    standard: &Standard,
    subject: &Subject,
    check: &Check,
    found: &CheckVerdict,
    as_of: Date,
    lang: Lang,
) -> Option<String> {
    if let (Check::Rating { .. }, Status::Unknown) = (check, found.status) {
        return below_quorum(found, lang);
    }
    if found.status == Status::Unknown {
        return doubtful(standard, subject, check, as_of, lang);
    }
    if found.status != Status::Unmet {
        return None;
    }
    let number = found.short_by.unwrap_or(0);
    Some(match check {
        Check::Fact { fact } => {
            let name = missing_name(standard, &fact.key, lang);
            match lang {
                Lang::Zh => format!("“{name}”还没有做到"),
                Lang::En => format!("not in place yet: {name}"),
            }
        }
        Check::Ratio { part: fact, .. } | Check::Count { fact, .. } | Check::Level { fact, .. } => {
            more(standard, fact, number, lang)
        }
        Check::Activities { .. } => activities(subject, standard, check, number, as_of, lang),
        Check::Term { .. } => {
            let ended = found.actual.as_deref().unwrap_or("");
            match lang {
                Lang::Zh => format!("任期已于 {ended} 届满"),
                Lang::En => format!("the term ended on {ended}"),
            }
        }
        Check::Held { title } => not_held(standard, title, lang),
        Check::Subordinates { tier, .. } => subordinates(standard, tier, number, lang),
        Check::Rating { .. } => satisfaction(standard, subject, found, number, lang),
        Check::Any(checks) => {
            let names: Vec<String> = checks
                .iter()
                .map(|check| names(standard, check, lang))
                .collect();
            match lang {
                Lang::Zh => format!("{}，做到一项即可", names.join("、")),
                Lang::En => format!("one of these is enough: {}", names.join(", ")),
            }
        }
        Check::All(_) => {
            let names = names(standard, check, lang);
            match lang {
                Lang::Zh => format!("“{names}”还没有都做到"),
                Lang::En => format!("not all in place yet: {names}"),
            }
        }
        Check::When { then, .. } => return shortage(standard, subject, then, found, as_of, lang),
    })
}

/// Why a check is unknown although its answers are there: a share of none, or a term that begins after the day of judgement.
fn doubtful(
    standard: &Standard,
    subject: &Subject,
    check: &Check,
    as_of: Date,
    lang: Lang,
) -> Option<String> {
    let answer = |fact: &FactName| subject.facts.get(&fact.key);
    let of_none = |name: &str| match lang {
        Lang::Zh => format!("{name}是 0，比例算不出来，请核对"),
        Lang::En => format!("{name}: 0, of which there is no share; check the number"),
    };
    match check {
        Check::Ratio { whole, .. } => match answer(whole)? {
            FactValue::Number(0) | FactValue::Money(0) => {
                Some(of_none(&missing_name(standard, &whole.key, lang)))
            }
            _ => None,
        },
        Check::Subordinates { .. } => {
            (subject.subordinates.as_ref()?.unions == Some(0)).then(|| {
                of_none(match lang {
                    Lang::Zh => "下属工会数",
                    Lang::En => "unions below",
                })
            })
        }
        Check::Term { date, .. } => match answer(date)? {
            FactValue::Date(begun) if *begun > as_of => {
                let name = missing_name(standard, &date.key, lang);
                Some(match lang {
                    Lang::Zh => format!("{name}（{begun}）在截止日 {as_of} 之后，请核对"),
                    Lang::En => {
                        format!("{name} ({begun}) is after the day of judgement, {as_of}; check it")
                    }
                })
            }
            _ => None,
        },
        Check::When { then, .. } => doubtful(standard, subject, then, as_of, lang),
        _ => None,
    }
}

/// The fact's own words for a shortage, or its name, number and unit.
fn more(standard: &Standard, fact: &FactName, number: u64, lang: Lang) -> String {
    let fact = standard.facts.get(fact.index);
    if let Some(more) = fact.and_then(|fact| fact.more.as_ref()) {
        return more.get(lang).replace("{n}", &number.to_string());
    }
    let name = fact.map_or("", |fact| fact.name.get(lang));
    let unit = fact
        .and_then(|fact| fact.unit.as_ref())
        .map_or("", |unit| unit.get(lang));
    match lang {
        Lang::Zh => format!("{name}还差 {number} {unit}").trim_end().to_owned(),
        Lang::En if unit.is_empty() => format!("{name}: {number} more"),
        Lang::En => format!("{name}: {number} more {unit}"),
    }
}

fn activities(
    subject: &Subject,
    standard: &Standard,
    check: &Check,
    number: u64,
    as_of: Date,
    lang: Lang,
) -> String {
    let at_least = match check {
        Check::Activities { at_least, .. } => standard.number(at_least, as_of),
        _ => 1,
    };
    let tallies = tally(subject, check, as_of).unwrap_or_default();
    let lacking: Vec<String> = tallies
        .iter()
        .filter(|tally| !tally.exempt && tally.count < at_least)
        .map(|tally| tally.period.name(lang))
        .collect();
    match lang {
        Lang::Zh => format!("还差 {number} 次活动（{}）", lacking.join("、")),
        Lang::En => format!(
            "activities still to hold: {number} ({})",
            lacking.join(", ")
        ),
    }
}

fn not_held(standard: &Standard, title: &str, lang: Lang) -> String {
    let name = standard
        .title(title)
        .map_or(title, |title| title.name.get(lang));
    match lang {
        Lang::Zh => format!("还没有{name}称号"),
        Lang::En => format!("the title {name} is not held yet"),
    }
}

fn subordinates(standard: &Standard, tier: &str, number: u64, lang: Lang) -> String {
    let name = tier_title(standard, tier, lang);
    match lang {
        Lang::Zh => format!("还差 {number} 家下属工会建成{name}"),
        Lang::En => format!("unions below still to hold the title {name}: {number}"),
    }
}

fn satisfaction(
    standard: &Standard,
    subject: &Subject,
    found: &CheckVerdict,
    number: u64,
    lang: Lang,
) -> String {
    let sum = subject
        .rating
        .as_ref()
        .and_then(|counts| worked_sum(standard, counts))
        .unwrap_or_default();
    let required = found.required.as_deref().unwrap_or("");
    match lang {
        Lang::Zh => format!("满意度 {sum}，不到 {required}，还差 {number} 票满意"),
        Lang::En => format!(
            "satisfaction {sum}, less than {required}; satisfied votes still lacking: {number}"
        ),
    }
}

fn below_quorum(found: &CheckVerdict, lang: Lang) -> Option<String> {
    let number = found.short_by?;
    Some(match lang {
        Lang::Zh => format!("参评票数不够，还差 {number} 票才作数"),
        Lang::En => format!("too few ballots: {number} more before the rating counts"),
    })
}

/// What a check is about, by the names of its facts.
fn names(standard: &Standard, check: &Check, lang: Lang) -> String {
    let facts = check.facts();
    if facts.is_empty() {
        return check.what();
    }
    let names: Vec<String> = facts
        .iter()
        .map(|fact| missing_name(standard, &fact.key, lang))
        .collect();
    names.join(match lang {
        Lang::Zh => "和",
        Lang::En => " and ",
    })
}
