//! Answers that can't be: outside their bounds, or in contradiction to another.

use std::collections::BTreeMap;

use crate::excerpt::excerpt;
use crate::fact::{Fact, FactValue, LARGEST_MONEY_FEN, LARGEST_NUMBER};
use crate::programme::Standard;
use crate::text::Text;

/// An answer that contradicts another, or its own bounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Impossible {
    /// The fact whose answer is too large (or outside its own bounds).
    pub key: String,
    /// The fact that it exceeds.
    pub limit: Option<String>,
    pub reason: Text,
}

/// The contradictions among the answers, such as more members than workers.
pub fn impossible(standard: &Standard, facts: &BTreeMap<String, FactValue>) -> Vec<Impossible> {
    let mut found = Vec::new();
    for fact in &standard.facts {
        let Some(value) = facts.get(&fact.key) else {
            continue;
        };
        if let Err(reason) = within_bounds(fact, value) {
            found.push(Impossible {
                key: fact.key.clone(),
                limit: None,
                reason,
            });
            continue;
        }
        let Some((limit, limit_value)) = nearest_limit(standard, facts, fact) else {
            continue;
        };
        let exceeds = match (value, limit_value) {
            (FactValue::Number(value), FactValue::Number(limit))
            | (FactValue::Money(value), FactValue::Money(limit)) => value > limit,
            (FactValue::Date(value), FactValue::Date(limit)) => value > limit,
            _ => false,
        };
        if exceeds {
            let reason = Text {
                zh: format!(
                    "{} {value} 多于{} {limit_value}，不可能",
                    fact.name.zh, limit.name.zh
                ),
                en: format!(
                    "{value} is more than {} ({limit_value}), which is impossible",
                    limit.key
                ),
            };
            found.push(Impossible {
                key: fact.key.clone(),
                limit: Some(limit.key.clone()),
                reason,
            });
        }
    }
    found
}

/// The first known answer up the chain of bounds: if the number of cards issued is unknown, cards used are bounded by the members. What lies beyond
/// it bounds that one in turn.
fn nearest_limit<'a>(
    standard: &'a Standard,
    facts: &'a BTreeMap<String, FactValue>,
    fact: &'a Fact,
) -> Option<(&'a Fact, &'a FactValue)> {
    let above = |fact: &&'a Fact| standard.fact(fact.at_most.as_ref()?);
    let chain = std::iter::successors(Some(fact), above).skip(1);
    // Facts that bound each other in a cycle are visited once.
    chain
        .take(standard.facts.len())
        .find_map(|limit| Some((limit, facts.get(&limit.key)?)))
}

pub(crate) fn within_bounds(fact: &Fact, value: &FactValue) -> Result<(), Text> {
    let (number, scale, largest) = match value {
        FactValue::Number(number) => (*number, 1, LARGEST_NUMBER),
        FactValue::Money(fen) => (*fen, 100, LARGEST_MONEY_FEN),
        FactValue::Choice(choice) if !fact.choices.contains(choice) => {
            let choice = excerpt(choice);
            return Err(Text {
                zh: format!("“{choice}”不是可选的答案（{}）", fact.choices.join("、")),
                en: format!("`{choice}` is not one of {}", fact.choices.join(", ")),
            });
        }
        FactValue::Choice(_) | FactValue::Truth(_) | FactValue::Date(_) => return Ok(()),
    };
    let min = fact.min.unwrap_or(0);
    let max = fact.max.unwrap_or(largest / scale);
    if number < min.saturating_mul(scale) {
        return Err(Text {
            zh: format!("{value} 小于最小值 {min}"),
            en: format!("{value} is less than {min}"),
        });
    }
    if number > max.saturating_mul(scale) || number > largest {
        return Err(Text {
            zh: format!("{value} 大于最大值 {max}"),
            en: format!("{value} is more than {max}"),
        });
    }
    Ok(())
}
