//! The standard compiled for columns: the same checks as programs over blocks of 64 subjects.

mod columns_of;

use jiff::civil::Date;

use crate::batch::plan::columns_of::{Laid, Source};
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
    pub(crate) ratings: Vec<CountedRating>,
    /// The distinct lists of kinds, each looked up once per block.
    pub(crate) sets: Vec<Vec<Kind>>,
    /// The distinct checks, each evaluated once per block.
    pub(crate) programs: Vec<Program>,
}

#[derive(Clone, Debug)]
pub struct PlannedTitle {
    pub key: String,
    pub kinds: Vec<Kind>,
    /// Those who can hold it, among [`Plan::sets`].
    pub(crate) set: usize,
    /// For each kind that can hold the title, the next lower title of the chain that it can hold.
    pub(crate) below: Vec<(Kind, usize)>,
}

#[derive(Clone, Debug)]
pub struct PlannedCriterion {
    /// Index of the title in [`Plan::titles`].
    pub title: usize,
    pub clause: String,
    /// Whom it applies to, among [`Plan::sets`].
    pub(crate) set: usize,
    pub(crate) employers: Vec<Employer>,
    pub(crate) program: usize,
    /// The kinds for which this is the first mention of the clause; the others were counted at a lower title.
    pub(crate) first_for: Vec<Kind>,
    /// The same, among [`Plan::sets`].
    pub(crate) first_set: usize,
    /// Whether the title has other kinds.
    pub(crate) has_others: bool,
}

/// How members' ratings are counted; numbers are indices of columns.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CountedRating {
    pub(crate) counts: Vec<usize>,
    pub(crate) of: Vec<usize>,
    pub(crate) cast: Vec<usize>,
    pub(crate) quorum: Quorum,
}

/// A check over columns; numbers are indices of columns.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Program {
    Truth(usize),
    /// All of them.
    Truths(Vec<usize>),
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
    /// The column of a check of the plan.
    Activities(usize),
    /// Activities of some kinds, counted from the log; a span is a period by its months back, nearest and furthest.
    Log {
        kinds: Vec<usize>,
        spans: Vec<(usize, usize)>,
        at_least: u64,
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
    /// A rate of the satisfaction that is worked out once per block: its place in [`Plan::ratings`].
    Rating {
        counted: usize,
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
        let plan = Plan {
            as_of,
            activities: Vec::new(),
            tiers: Vec::new(),
            held: Vec::new(),
            titles: Vec::new(),
            criteria: Vec::new(),
            ratings: Vec::new(),
            sets: Vec::new(),
            programs: Vec::new(),
        };
        plan.compiled(&Source::own(standard))
    }

    /// Compiles a standard over columns that were laid out for another one: what those do not hold is unknown. The day is that of their plan.
    pub fn over(standard: &Standard, laid_for: &Standard, laid: &Plan) -> Plan {
        let plan = Plan {
            titles: Vec::new(),
            criteria: Vec::new(),
            ratings: Vec::new(),
            sets: Vec::new(),
            programs: Vec::new(),
            ..laid.clone()
        };
        plan.compiled(&Source {
            standard,
            laid: Some(Laid {
                standard: laid_for,
                plan: laid,
            }),
        })
    }

    fn compiled(mut self, source: &Source<'_>) -> Plan {
        let standard = source.standard;
        let plan = &mut self;
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
                set: place_of(&mut plan.sets, title.kinds.clone()),
                below: title.kinds.iter().filter_map(below).collect(),
            });
            for criterion in &title.criteria {
                let program = plan.program(source, &criterion.check);
                let program = place_of(&mut plan.programs, program);
                let earlier: Vec<Kind> = plan
                    .criteria
                    .iter()
                    .filter(|earlier| earlier.clause == criterion.clause)
                    .flat_map(|earlier| plan.titles[earlier.title].kinds.clone())
                    .collect();
                let first_for: Vec<Kind> = title
                    .kinds
                    .iter()
                    .filter(|kind| !earlier.contains(kind))
                    .copied()
                    .collect();
                plan.criteria.push(PlannedCriterion {
                    title: place,
                    clause: criterion.clause.clone(),
                    set: place_of(&mut plan.sets, criterion.kinds.clone()),
                    employers: criterion.employers.clone(),
                    program,
                    first_set: place_of(&mut plan.sets, first_for.clone()),
                    has_others: first_for.len() < title.kinds.len(),
                    first_for,
                });
            }
        }
        self
    }

    fn program(&mut self, source: &Source<'_>, check: &Check) -> Program {
        let (standard, as_of) = (source.standard, self.as_of);
        match check {
            Check::Fact { fact } => match source.column(fact) {
                Some((column, _)) => Program::Truth(column),
                None => Program::Unknown,
            },
            Check::Count { fact, at_least } | Check::Level { fact, at_least } => {
                match source.column(fact) {
                    Some((fact, _)) => Program::Number {
                        fact,
                        at_least: standard.number(at_least, as_of),
                    },
                    None => Program::Unknown,
                }
            }
            Check::Ratio {
                part,
                whole,
                at_least,
                none_is_met,
            } => {
                let rate = standard.rate(at_least, as_of).reduced();
                ratio(source, (part, whole), rate, *none_is_met)
            }
            Check::Activities { .. } => match source.activities(check, as_of) {
                Some(program) => program,
                None => Program::Activities(place_of(&mut self.activities, check.clone())),
            },
            Check::Term { date, years } => term(source, date, years, as_of),
            Check::Held { title } => match &source.laid {
                Some(laid) => laid.held(standard, title),
                None => Program::Held(place_of(&mut self.held, title.clone())),
            },
            Check::Subordinates {
                tier,
                at_least,
                none_is_met,
            } => {
                let place = match &source.laid {
                    Some(laid) => laid.plan.tiers.iter().position(|known| known == tier),
                    None => Some(place_of(&mut self.tiers, tier.clone())),
                };
                place.map_or(Program::Unknown, |tier| Program::Subordinates {
                    tier,
                    rate: standard.rate(at_least, as_of).reduced(),
                    none_is_met: *none_is_met,
                })
            }
            Check::Rating { at_least, .. } => self.rating(source, standard.rate(at_least, as_of)),
            Check::All(checks) => all(self.programs(source, checks)),
            Check::Any(checks) => Program::Any(self.programs(source, checks)),
            Check::When { when, then } => Program::When(
                Box::new(self.program(source, when)),
                Box::new(self.program(source, then)),
            ),
        }
    }

    fn rating(&mut self, source: &Source<'_>, rate: Rate) -> Program {
        let (Some(rating), Some(kept)) = (&source.standard.rating, source.rating()) else {
            return Program::Unknown;
        };
        let place = |answer: &String| kept.cast.iter().position(|cast| cast == answer);
        let places = |answers: &[String]| answers.iter().filter_map(place).collect();
        // An answer that nobody was asked for is unknown, and so is the rating.
        let Some(cast) = rating.cast.iter().map(place).collect() else {
            return Program::Unknown;
        };
        let counted = CountedRating {
            counts: places(&rating.counts),
            of: places(&rating.of),
            cast,
            quorum: rating.quorum,
        };
        Program::Rating {
            counted: place_of(&mut self.ratings, counted),
            rate: rate.reduced(),
        }
    }

    fn programs(&mut self, source: &Source<'_>, checks: &[Check]) -> Vec<Program> {
        checks
            .iter()
            .map(|check| self.program(source, check))
            .collect()
    }
}

/// All of these programs: those that only look at an answer are looked at together.
fn all(programs: Vec<Program>) -> Program {
    let mut truths = Vec::new();
    let mut others = Vec::new();
    for program in programs {
        match program {
            Program::Truth(fact) => truths.push(fact),
            program => others.push(program),
        }
    }
    match (truths.as_slice(), others.is_empty()) {
        ([], _) => {}
        ([fact], _) => others.push(Program::Truth(*fact)),
        (_, true) => return Program::Truths(truths),
        (_, false) => others.push(Program::Truths(truths)),
    }
    Program::All(others)
}

fn ratio(
    source: &Source<'_>,
    (part, whole): (&FactName, &FactName),
    rate: Rate,
    none_is_met: bool,
) -> Program {
    let (Some((part, part_fact)), Some((whole, whole_fact))) =
        (source.column(part), source.column(whole))
    else {
        return Program::Unknown;
    };
    match (part_fact.kind, whole_fact.kind) {
        (FactKind::Money, FactKind::Money) => Program::MoneyRatio {
            part,
            whole,
            rate,
            none_is_met,
        },
        (FactKind::Count | FactKind::Level, FactKind::Count | FactKind::Level) => Program::Ratio {
            part,
            whole,
            rate,
            none_is_met,
        },
        _ => Program::Unknown,
    }
}

fn term(source: &Source<'_>, date: &FactName, years: &FactName, as_of: Date) -> Program {
    let (Some((date, _)), Some((place, years))) = (source.column(date), source.column(years))
    else {
        return Program::Unknown;
    };
    let as_of = u64::from(day_number(as_of));
    if years.kind != FactKind::Choice {
        return Program::TermOfNumber {
            date,
            years: place,
            as_of,
        };
    }
    let choices = years.choices.iter().take(usize::from(UNKNOWN_CHOICE));
    Program::TermOfChoice {
        date,
        choice: place,
        years: choices
            .map(|choice| choice.parse::<u64>().unwrap_or(0))
            .collect(),
        as_of,
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
