//! What of a standard can be moved: figures, periods, formulas, and which clauses a title asks for.

use jiff::civil::Date;

use crate::check::Check;
use crate::fact::{Fact, FactKind};
use crate::kinds::Kind;
use crate::period::Every;
use crate::programme::{Criterion, Standard, Title, TitleCriterion};
use crate::what_if::change::{RATING, name};

/// Something that can be moved, with the value that it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lever {
    pub title: String,
    pub clause: String,
    pub path: String,
    /// What it is of, for its label.
    pub what: What,
    pub value: String,
    pub form: Form,
}

/// What a lever moves; facts are told by their keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The share of one fact in another.
    Share {
        part: String,
        whole: String,
    },
    /// What a share of none comes to.
    ShareOfNone {
        part: String,
        whole: String,
    },
    /// A count or a level.
    Least {
        fact: String,
    },
    ActivitiesAtLeast,
    ActivitiesEvery,
    ActivitiesPeriods,
    /// The share of the unions below that hold a tier.
    BelowHolding {
        tier: String,
    },
    BelowNone {
        tier: String,
    },
    Satisfaction,
    /// Whether all parts are asked for, or any one; the facts of the parts.
    Parts {
        facts: Vec<String>,
    },
    /// How many must have voted.
    Quorum,
    /// Which answers count as satisfied.
    Counts,
    /// Of which ballots the satisfied are a share.
    Of,
}

/// How a value is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    Rate,
    Number {
        least: u64,
        most: u64,
    },
    /// One of these; `Counts` are answers joined by `+`.
    Choice(Vec<String>),
}

impl Lever {
    pub fn name(&self) -> String {
        name(&self.title, &self.clause, &self.path)
    }
}

/// The values of a choice.
pub const MET: &str = "met";
pub const UNKNOWN: &str = "unknown";
pub const ALL: &str = "all";
pub const ANY: &str = "any";
pub const VALID: &str = "valid";
pub const CAST: &str = "cast";

/// Activities a period at most: more are asked for by nobody.
pub const MOST_ACTIVITIES: u64 = 31;
/// Periods at most.
pub const MOST_PERIODS: u64 = 12;
/// A count at most.
const MOST_COUNT: u64 = 1_000_000_000;

/// The levers of one criterion of a title, in the order of its check.
pub fn of_criterion(
    standard: &Standard,
    title: &Title,
    criterion: &TitleCriterion,
    as_of: Date,
) -> Vec<Lever> {
    let mut levers = Vec::new();
    for (place, check) in checks(&criterion.check).into_iter().enumerate() {
        for (parameter, what, value, form) in of_check(standard, check, as_of) {
            levers.push(Lever {
                title: title.key.clone(),
                clause: criterion.clause.clone(),
                path: format!("{place}.{parameter}"),
                what,
                value,
                form,
            });
        }
    }
    levers
}

/// The levers of how members' ratings are counted; none where the standard has none.
pub fn of_rating(standard: &Standard) -> Vec<Lever> {
    let Some(rating) = &standard.rating else {
        return Vec::new();
    };
    let lever = |path: &str, what, value: String, choices: Vec<String>| Lever {
        title: RATING.to_owned(),
        clause: String::new(),
        path: path.to_owned(),
        what,
        form: Form::Choice(with_current(choices, &value)),
        value,
    };
    let quorums = [
        "more than 1/3",
        "at least 1/2",
        "more than 1/2",
        "at least 2/3",
        "more than 2/3",
        "at least 3/4",
        "at least 4/5",
    ];
    // The valid answers stand best first: whoever counts as satisfied begins there.
    let counts = 1..rating.of.len();
    let counts = counts.map(|length| rating.of[..length].join("+")).collect();
    let of = if rating.of.len() == rating.cast.len() {
        CAST
    } else {
        VALID
    };
    let mut levers = vec![
        lever(
            "quorum",
            What::Quorum,
            rating.quorum.to_string(),
            quorums.map(str::to_owned).to_vec(),
        ),
        lever("counts", What::Counts, rating.counts.join("+"), counts),
    ];
    if of == VALID {
        let choices = vec![VALID.to_owned(), CAST.to_owned()];
        levers.push(lever("of", What::Of, of.to_owned(), choices));
    }
    levers
}

/// The clauses that a title could ask for besides those it asks for itself or by the titles below: criteria that apply to who can hold it.
pub fn addable<'a>(standard: &'a Standard, title: &Title) -> Vec<&'a str> {
    let chain = standard.chain(title);
    let asked = |clause: &str| {
        let mut criteria = chain.iter().flat_map(|title| &title.criteria);
        criteria.any(|criterion| criterion.clause == clause)
    };
    let fits =
        |kinds: &[_]| kinds.is_empty() || title.kinds.iter().any(|kind| kinds.contains(kind));
    // What only unions are asked would be unknown of everybody.
    let can_be_known = |criterion: &Criterion| {
        let names = criterion.check.facts();
        let mut facts = names.iter().filter_map(|name| standard.fact(&name.key));
        !is_of_people(title)
            || (!names.is_empty()
                && facts.all(|fact| standard.kinds_asked(fact).contains(&Kind::Person)))
    };
    let criteria = standard.criteria.iter();
    criteria
        .filter(|criterion| {
            fits(&criterion.kinds) && !asked(&criterion.clause) && can_be_known(criterion)
        })
        .map(|criterion| criterion.clause.as_str())
        .collect()
}

/// Whether only people can hold a title.
fn is_of_people(title: &Title) -> bool {
    title.kinds.iter().all(|kind| *kind == Kind::Person)
}

/// The questions of the year sheet that a title could ask for, each as a clause of its own: those answered with yes or no that somebody who can hold it is
/// asked, and that neither it nor a title below asks for.
pub fn addable_facts<'a>(standard: &'a Standard, title: &Title) -> Vec<&'a Fact> {
    let chain = standard.chain(title);
    let is_used = |fact: &Fact| {
        let mut criteria = chain.iter().flat_map(|title| &title.criteria);
        criteria.any(|criterion| {
            let names = criterion.check.facts();
            names.iter().any(|name| name.key == fact.key)
        })
    };
    let facts = standard.facts.iter();
    facts
        .filter(|fact| {
            let asked = standard.kinds_asked(fact);
            fact.kind == FactKind::Truth
                && title.kinds.iter().any(|kind| asked.contains(kind))
                && !is_used(fact)
        })
        .collect()
}

/// A check and all within it, each before its parts: their places are the numbers of a change's path.
pub(crate) fn checks(check: &Check) -> Vec<&Check> {
    let mut found = vec![check];
    match check {
        Check::All(parts) | Check::Any(parts) => {
            parts.iter().for_each(|part| found.extend(checks(part)));
        }
        Check::When { when, then } => {
            found.extend(checks(when));
            found.extend(checks(then));
        }
        _ => {}
    }
    found
}

type Moved = (&'static str, What, String, Form);

fn of_check(standard: &Standard, check: &Check, as_of: Date) -> Vec<Moved> {
    let of_none = |none_is_met: &bool| {
        let value = if *none_is_met { MET } else { UNKNOWN };
        let choices = vec![UNKNOWN.to_owned(), MET.to_owned()];
        (value.to_owned(), Form::Choice(choices))
    };
    let rate = |at_least| standard.rate(at_least, as_of).to_string();
    match check {
        Check::Ratio {
            part,
            whole,
            at_least,
            none_is_met,
        } => {
            let (part, whole) = (part.key.clone(), whole.key.clone());
            let share = What::Share {
                part: part.clone(),
                whole: whole.clone(),
            };
            let (none, choices) = of_none(none_is_met);
            vec![
                ("at_least", share, rate(at_least), Form::Rate),
                ("none", What::ShareOfNone { part, whole }, none, choices),
            ]
        }
        Check::Count { fact, at_least } | Check::Level { fact, at_least } => {
            let most = standard.facts.get(fact.index).and_then(|fact| fact.max);
            let form = Form::Number {
                least: 1,
                most: most.unwrap_or(MOST_COUNT),
            };
            let least = What::Least {
                fact: fact.key.clone(),
            };
            let value = standard.number(at_least, as_of).to_string();
            vec![("at_least", least, value, form)]
        }
        Check::Activities {
            every,
            periods,
            at_least,
            ..
        } => {
            let number = |most| Form::Number { least: 1, most };
            let choices = [Every::Month, Every::Quarter].map(|every| every.key().to_owned());
            let every = every.key().to_owned();
            let choices = with_current(choices.to_vec(), &every);
            let at_least = standard.number(at_least, as_of);
            vec![
                (
                    "at_least",
                    What::ActivitiesAtLeast,
                    at_least.to_string(),
                    number(MOST_ACTIVITIES.max(at_least)),
                ),
                ("every", What::ActivitiesEvery, every, Form::Choice(choices)),
                (
                    "periods",
                    What::ActivitiesPeriods,
                    periods.to_string(),
                    number(MOST_PERIODS.max(u64::from(*periods))),
                ),
            ]
        }
        Check::Subordinates {
            tier,
            at_least,
            none_is_met,
        } => {
            let below = What::BelowHolding { tier: tier.clone() };
            let (none, choices) = of_none(none_is_met);
            let of_none = What::BelowNone { tier: tier.clone() };
            vec![
                ("at_least", below, rate(at_least), Form::Rate),
                ("none", of_none, none, choices),
            ]
        }
        Check::Rating { at_least, .. } => {
            vec![("at_least", What::Satisfaction, rate(at_least), Form::Rate)]
        }
        Check::All(parts) | Check::Any(parts) if parts.len() > 1 => {
            let facts = check.facts().into_iter().map(|fact| fact.key.clone());
            let value = match check {
                Check::All(_) => ALL,
                _ => ANY,
            };
            let what = What::Parts {
                facts: facts.collect(),
            };
            let choices = vec![ALL.to_owned(), ANY.to_owned()];
            vec![("of", what, value.to_owned(), Form::Choice(choices))]
        }
        Check::Fact { .. }
        | Check::Term { .. }
        | Check::Held { .. }
        | Check::All(_)
        | Check::Any(_)
        | Check::When { .. } => Vec::new(),
    }
}

/// The choices, with the value in force if it is none of them.
fn with_current(mut choices: Vec<String>, current: &str) -> Vec<String> {
    if choices.iter().all(|choice| choice != current) {
        choices.insert(0, current.to_owned());
    }
    choices
}
