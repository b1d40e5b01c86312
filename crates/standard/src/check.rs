//! The closed set of checks that a criterion is made of.

use crate::figure::Figure;
use crate::period::Every;

/// A fact named by a check, with its index in [`crate::programme::Standard::facts`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactName {
    pub key: String,
    pub index: usize,
}

/// A condition. Its result is met, unmet, unknown or not applicable; evaluating it can't fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Check {
    /// The fact is true.
    Fact {
        fact: FactName,
    },
    /// `part` ÷ `whole` reaches the rate. A share of none is unknown, unless the standard says that it is met.
    Ratio {
        part: FactName,
        whole: FactName,
        at_least: Figure,
        none_is_met: bool,
    },
    /// The number is at least this.
    Count {
        fact: FactName,
        at_least: Figure,
    },
    /// At least this many activities of the kinds in each of the last complete periods before the as-of day.
    Activities {
        kinds: Vec<String>,
        every: Every,
        periods: u32,
        at_least: Figure,
    },
    /// The as-of day is not after date + years.
    Term {
        date: FactName,
        years: FactName,
    },
    /// The title is held.
    Held {
        title: String,
    },
    /// The share of the unions below that hold the tier; of none as for a ratio.
    Subordinates {
        tier: String,
        at_least: Figure,
        none_is_met: bool,
    },
    /// The level (stars) is reached.
    Level {
        fact: FactName,
        at_least: Figure,
    },
    /// The members' rating reaches the rate, with quorum.
    Rating {
        name: String,
        at_least: Figure,
    },
    All(Vec<Check>),
    Any(Vec<Check>),
    /// Not applicable where `when` is false, unknown where it is unknown.
    When {
        when: Box<Check>,
        then: Box<Check>,
    },
}

impl Check {
    /// What the check is about, as given in a judgement's `what`.
    pub fn what(&self) -> String {
        let join = |checks: &[Check], sign: &str| {
            let parts: Vec<String> = checks.iter().map(Check::what).collect();
            parts.join(sign)
        };
        match self {
            Check::Fact { fact } | Check::Count { fact, .. } | Check::Level { fact, .. } => {
                fact.key.clone()
            }
            Check::Ratio { part, whole, .. } => format!("{}/{}", part.key, whole.key),
            Check::Activities { every, .. } => format!("activities/{every}"),
            Check::Term { date, years } => format!("{}+{}", date.key, years.key),
            Check::Held { title } => format!("held:{title}"),
            Check::Subordinates { tier, .. } => format!("subordinates.{tier}/subordinates.unions"),
            Check::Rating { name, .. } => name.clone(),
            Check::All(checks) => join(checks, "&"),
            Check::Any(checks) => join(checks, "|"),
            Check::When { then, .. } => then.what(),
        }
    }

    /// The checks that a judgement lists one by one: an `all` is split into its parts, nothing else is.
    pub fn parts(&self) -> Vec<&Check> {
        fn gather<'a>(check: &'a Check, parts: &mut Vec<&'a Check>) {
            match check {
                Check::All(checks) => checks.iter().for_each(|check| gather(check, parts)),
                _ => parts.push(check),
            }
        }
        let mut parts = Vec::new();
        gather(self, &mut parts);
        parts
    }

    /// The facts that the check reads, in order, each once.
    pub fn facts(&self) -> Vec<&FactName> {
        fn gather<'a>(check: &'a Check, facts: &mut Vec<&'a FactName>) {
            let mut add = |fact: &'a FactName| {
                if !facts.contains(&fact) {
                    facts.push(fact);
                }
            };
            match check {
                Check::Fact { fact } | Check::Count { fact, .. } | Check::Level { fact, .. } => {
                    add(fact)
                }
                Check::Ratio { part, whole, .. } => {
                    add(part);
                    add(whole);
                }
                Check::Term { date, years } => {
                    add(date);
                    add(years);
                }
                Check::All(checks) | Check::Any(checks) => {
                    checks.iter().for_each(|check| gather(check, facts));
                }
                Check::When { when, then } => {
                    gather(when, facts);
                    gather(then, facts);
                }
                Check::Activities { .. }
                | Check::Held { .. }
                | Check::Subordinates { .. }
                | Check::Rating { .. } => {}
            }
        }
        let mut facts = Vec::new();
        gather(self, &mut facts);
        facts
    }
}
