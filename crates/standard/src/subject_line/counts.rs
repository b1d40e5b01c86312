//! What is counted elsewhere: the ballots of a rating, the unions below.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::programme::Standard;
use crate::subject::{RatingCounts, Subordinates};
use crate::subject_line::errors::Errors;
use crate::text::Text;

pub(crate) fn rating(
    standard: &Standard,
    value: &Value,
    errors: &mut Errors,
) -> Option<RatingCounts> {
    let cast: &[String] = standard.rating.as_ref().map_or(&[], |rating| &rating.cast);
    let known: Vec<&str> = std::iter::once("roll")
        .chain(cast.iter().map(String::as_str))
        .collect();
    let object = errors.object(value, &known)?;
    let roll = errors.count(object, "roll");
    let mut answers = BTreeMap::new();
    for answer in cast {
        if let Some(count) = errors.count(object, answer) {
            answers.insert(answer.clone(), count);
        }
    }
    let ballots: u64 = answers.values().sum();
    if let Some(roll) = roll
        && ballots > roll
    {
        let reason = Text {
            zh: format!("票数 {ballots} 多于应参评人数 {roll}，不可能：请核对票数和人数"),
            en: format!(
                "{ballots} ballots are more than the roll ({roll}), which is impossible: check both numbers"
            ),
        };
        errors.add("roll", reason);
    }
    Some(RatingCounts { roll, answers })
}

pub(crate) fn subordinates(
    standard: &Standard,
    value: &Value,
    errors: &mut Errors,
) -> Option<Subordinates> {
    let mut tiers: Vec<&str> = standard
        .titles
        .iter()
        .map(|title| title.tier.as_str())
        .collect();
    tiers.sort_unstable();
    tiers.dedup();
    let known: Vec<&str> = std::iter::once("unions")
        .chain(tiers.iter().copied())
        .collect();
    let object = errors.object(value, &known)?;
    let unions = errors.count(object, "unions");
    let mut holding = BTreeMap::new();
    for tier in tiers {
        let Some(count) = errors.count(object, tier) else {
            continue;
        };
        if let Some(unions) = unions
            && count > unions
        {
            let reason = Text {
                zh: format!("{count} 多于下属工会总数 {unions}，不可能：请核对这两个数"),
                en: format!(
                    "{count} is more than the unions below ({unions}), which is impossible: check both numbers"
                ),
            };
            errors.add(tier, reason);
        }
        holding.insert(tier.to_owned(), count);
    }
    Some(Subordinates { unions, holding })
}
