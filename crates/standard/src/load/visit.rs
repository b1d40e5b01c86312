//! Parsing `standard.toml`: what a visit of a spot check comes to.

use crate::figure::Rate;
use crate::load::names::Names;
use crate::load::reader::Section;
use crate::programme::Reward;
use crate::programme::visit::{Colour, Sign, VisitRules};
use crate::spelling::meant;

/// The most days that a unit is given for anything.
const LONGEST: u64 = 400;

pub(crate) fn visit(section: Section<'_>, names: &Names, rewards: &[Reward]) -> Option<VisitRules> {
    let ledger = section.ledger;
    let against = section.spelled("against");
    if let Some(against) = &against {
        names.defined(ledger, "title", against, &names.titles);
    }
    let tolerance = section.spelled("tolerance");
    let parsed: Option<Result<Rate, _>> = tolerance.as_ref().map(|spelled| spelled.word.parse());
    if let (Some(Err(message)), Some(spelled)) = (&parsed, &tolerance) {
        ledger.add(spelled.at, *message);
    }
    let effect = section.maybe_spelled("effect");
    if let Some(effect) = &effect
        && !rewards.iter().any(|reward| reward.clause == effect.word)
        && !names.is_lost(&effect.word)
    {
        let known = rewards.iter().map(|reward| reward.clause.as_str());
        let meant = meant(&effect.word, known);
        ledger.add(
            effect.at,
            format!(
                "`effect` names the clause of a reward, and `{}` is none{meant}",
                effect.word
            ),
        );
    }
    let rules = VisitRules {
        clause: section.string("clause"),
        against: against.map(|spelled| spelled.word).unwrap_or_default(),
        tolerance: parsed.and_then(Result::ok).unwrap_or(Rate {
            numerator: 0,
            denominator: 100,
        }),
        colours: colours(&section),
        hearing_days: days(&section, "hearing_days"),
        mending_days: days(&section, "mending_days"),
        recheck_days: match section.value("recheck_days") {
            Some(_) => days(&section, "recheck_days"),
            None => 0,
        },
        plaque_days: days(&section, "plaque_days"),
        fewest_shown: section.number("fewest_shown"),
        effect: effect.map(|spelled| spelled.word),
    };
    section.finish();
    Some(rules)
}

/// What each sign comes to, none of them twice. What nobody could see is no reason for red.
fn colours(section: &Section<'_>) -> Vec<(Sign, Colour)> {
    section.required("colours");
    let mut found: Vec<(Sign, Colour)> = Vec::new();
    for rule in section.sections("colours") {
        let (sign, colour): (Option<Sign>, Option<Colour>) =
            (rule.keyed("when"), rule.keyed("colour"));
        if let (Some(sign), Some(colour)) = (sign, colour) {
            if found.iter().any(|(known, _)| *known == sign) {
                let message = format!("`colours` has `{sign}` twice");
                rule.ledger.add(rule.at, message);
            }
            if sign == Sign::Unknown && colour == Colour::Red {
                let message = "`unknown` can't come to red: unknown is never no";
                rule.ledger.add(rule.at, message);
            }
            found.push((sign, colour));
        }
        rule.finish();
    }
    found
}

fn days(section: &Section<'_>, key: &'static str) -> u64 {
    let days = section.number(key);
    if let Some(value) = section.value(key)
        && !(1..=LONGEST).contains(&days)
    {
        let message = format!("`{key}` is a number of days from 1 to {LONGEST}");
        section.ledger.add(value.span().start, message);
    }
    days
}
