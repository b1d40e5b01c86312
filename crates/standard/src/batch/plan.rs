//! The standard compiled for columns: the same checks as programs over blocks of 64 subjects.

use jiff::civil::Date;

use crate::check::{Check, FactName};
use crate::columns::{UNKNOWN_CHOICE, day_number};
use crate::fact::FactKind;
use crate::figure::{Quorum, Rate};
use crate::kinds::{Employer, Kind};
use crate::programme::Standard;

/// A standard as of a day, compiled for columns.
#[derive(Clone, Debug)]
pub struct Plan {
    pub as_of: Date,
    /// The distinct activity checks, in the order of their columns.
    pub activities: Vec<Check>,
    /// The tiers required of unions below, in the order of their columns.
    pub tiers: Vec<String>,
    /// The titles required to be held, in the order of their columns.
    pub held: Vec<String>,
    pub titles: Vec<PlannedTitle>,
    /// Every criterion of every title, in the order of the titles.
    pub criteria: Vec<PlannedCriterion>,
    /// The distinct checks, each evaluated once per block.
    pub(crate) programs: Vec<Program>,
}

#[derive(Clone, Debug)]
pub struct PlannedTitle {
    pub key: String,
    pub kinds: Vec<Kind>,
    /// For each kind that can hold the title, the next lower title of the chain that it can hold.
    pub(crate) below: Vec<(Kind, usize)>,
}

#[derive(Clone, Debug)]
pub struct PlannedCriterion {
    /// Index of the title in [`Plan::titles`].
    pub title: usize,
    pub clause: String,
    pub(crate) kinds: Vec<Kind>,
    pub(crate) employers: Vec<Employer>,
    pub(crate) program: usize,
    /// The kinds for which this is the first mention of the clause; the others were counted at a lower title.
    pub(crate) first_for: Vec<Kind>,
}

/// A check over columns; numbers are indices of columns.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Program {
    Truth(usize),
    Number {
        fact: usize,
        at_least: u64,
    },
    Ratio {
        part: usize,
        whole: usize,
        rate: Rate,
        none_is_met: bool,
    },
    MoneyRatio {
        part: usize,
        whole: usize,
        rate: Rate,
        none_is_met: bool,
    },
    Activities {
        column: usize,
        full: u32,
    },
    TermOfNumber {
        date: usize,
        years: usize,
        as_of: u64,
    },
    /// The years by the index of the choice; an index past the last is unknown.
    TermOfChoice {
        date: usize,
        choice: usize,
        years: Vec<u64>,
        as_of: u64,
    },
    Held(usize),
    Subordinates {
        tier: usize,
        rate: Rate,
        none_is_met: bool,
    },
    Rating {
        counts: Vec<usize>,
        of: Vec<usize>,
        quorum: Quorum,
        rate: Rate,
    },
    All(Vec<Program>),
    Any(Vec<Program>),
    When(Box<Program>, Box<Program>),
    /// No column can decide it.
    Unknown,
}

impl Plan {
    /// Compiles a standard for a day.
    pub fn of(standard: &Standard, as_of: Date) -> Plan {
        let mut plan = Plan {
            as_of,
            activities: Vec::new(),
            tiers: Vec::new(),
            held: Vec::new(),
            titles: Vec::new(),
            criteria: Vec::new(),
            programs: Vec::new(),
        };
        for (place, title) in standard.titles.iter().enumerate() {
            let chain = standard.chain(title);
            let below = |kind: &Kind| {
                let lower = chain
                    .iter()
                    .rev()
                    .skip(1)
                    .find(|lower| lower.kinds.contains(kind))?;
                let place = standard
                    .titles
                    .iter()
                    .position(|title| title.key == lower.key)?;
                Some((*kind, place))
            };
            plan.titles.push(PlannedTitle {
                key: title.key.clone(),
                kinds: title.kinds.clone(),
                below: title.kinds.iter().filter_map(below).collect(),
            });
            for criterion in &title.criteria {
                let program = plan.program(standard, &criterion.check);
                let program = place_of(&mut plan.programs, program);
                let earlier: Vec<Kind> = plan
                    .criteria
                    .iter()
                    .filter(|earlier| earlier.clause == criterion.clause)
                    .flat_map(|earlier| plan.titles[earlier.title].kinds.clone())
                    .collect();
                let first_for = title
                    .kinds
                    .iter()
                    .filter(|kind| !earlier.contains(kind))
                    .copied();
                plan.criteria.push(PlannedCriterion {
                    title: place,
                    clause: criterion.clause.clone(),
                    kinds: criterion.kinds.clone(),
                    employers: criterion.employers.clone(),
                    program,
                    first_for: first_for.collect(),
                });
            }
        }
        plan
    }

    fn program(&mut self, standard: &Standard, check: &Check) -> Program {
        let as_of = self.as_of;
        match check {
            Check::Fact { fact } => Program::Truth(fact.index),
            Check::Count { fact, at_least } | Check::Level { fact, at_least } => Program::Number {
                fact: fact.index,
                at_least: standard.number(at_least, as_of),
            },
            Check::Ratio {
                part,
                whole,
                at_least,
                none_is_met,
            } => {
                let rate = standard.rate(at_least, as_of);
                ratio(standard, (part, whole), rate, *none_is_met)
            }
            Check::Activities { periods, .. } => Program::Activities {
                column: place_of(&mut self.activities, check.clone()),
                full: (1u32 << (*periods).min(31)) - 1,
            },
            Check::Term { date, years } => term(standard, date, years, as_of),
            Check::Held { title } => Program::Held(place_of(&mut self.held, title.clone())),
            Check::Subordinates {
                tier,
                at_least,
                none_is_met,
            } => Program::Subordinates {
                tier: place_of(&mut self.tiers, tier.clone()),
                rate: standard.rate(at_least, as_of),
                none_is_met: *none_is_met,
            },
            Check::Rating { at_least, .. } => rating(standard, standard.rate(at_least, as_of)),
            Check::All(checks) => Program::All(self.programs(standard, checks)),
            Check::Any(checks) => Program::Any(self.programs(standard, checks)),
            Check::When { when, then } => Program::When(
                Box::new(self.program(standard, when)),
                Box::new(self.program(standard, then)),
            ),
        }
    }
    fn programs(&mut self, standard: &Standard, checks: &[Check]) -> Vec<Program> {
        checks
            .iter()
            .map(|check| self.program(standard, check))
            .collect()
    }
}

fn kind(standard: &Standard, fact: usize) -> Option<FactKind> {
    standard.facts.get(fact).map(|fact| fact.kind)
}

fn ratio(
    standard: &Standard,
    (part, whole): (&FactName, &FactName),
    rate: Rate,
    none_is_met: bool,
) -> Program {
    let (part, whole) = (part.index, whole.index);
    match (kind(standard, part), kind(standard, whole)) {
        (Some(FactKind::Money), Some(FactKind::Money)) => Program::MoneyRatio {
            part,
            whole,
            rate,
            none_is_met,
        },
        (Some(FactKind::Count | FactKind::Level), Some(FactKind::Count | FactKind::Level)) => {
            Program::Ratio {
                part,
                whole,
                rate,
                none_is_met,
            }
        }
        _ => Program::Unknown,
    }
}

fn term(standard: &Standard, date: &FactName, years: &FactName, as_of: Date) -> Program {
    let (date, as_of) = (date.index, u64::from(day_number(as_of)));
    if kind(standard, years.index) != Some(FactKind::Choice) {
        return Program::TermOfNumber {
            date,
            years: years.index,
            as_of,
        };
    }
    let choices = standard
        .facts
        .get(years.index)
        .map(|fact| fact.choices.as_slice());
    let years_of = |choice: &String| choice.parse::<u64>().unwrap_or(0);
    Program::TermOfChoice {
        date,
        choice: years.index,
        years: choices
            .unwrap_or_default()
            .iter()
            .take(usize::from(UNKNOWN_CHOICE))
            .map(years_of)
            .collect(),
        as_of,
    }
}

fn rating(standard: &Standard, rate: Rate) -> Program {
    let Some(rating) = &standard.rating else {
        return Program::Unknown;
    };
    let places = |answers: &[String]| {
        let place = |answer| rating.cast.iter().position(|cast| cast == answer);
        answers.iter().filter_map(place).collect()
    };
    Program::Rating {
        counts: places(&rating.counts),
        of: places(&rating.of),
        quorum: rating.quorum,
        rate,
    }
}

/// The index of a thing in a list, to which it is added if missing.
fn place_of<T: PartialEq>(list: &mut Vec<T>, thing: T) -> usize {
    list.iter()
        .position(|known| known == &thing)
        .unwrap_or_else(|| {
            list.push(thing);
            list.len() - 1
        })
}
