//! Parsing `standard.toml`: vetoes, equivalence, routes, targets, rewards and informative clauses.

use jiff::civil::Date;

use crate::figure::Rate;
use crate::kinds::Kind;
use crate::load::insight::line;
use crate::load::names::Names;
use crate::load::reader::{Section, Spelled};
use crate::programme::{
    ActivityKind, Clause, Equivalence, Programme, Review, Reward, Route, RouteStep, Target,
    TargetAmount, Veto,
};

pub(crate) fn activity_kind(section: Section<'_>) -> ActivityKind {
    let kind = ActivityKind {
        key: section.string("key"),
        name: section.text("name"),
    };
    section.finish();
    kind
}

/// The vetoes. A word of one means that one only: none is blank, there twice, or the clause or the name of another.
pub(crate) fn vetoes(sections: Vec<Section<'_>>) -> Vec<Veto> {
    let plain = |word: &str| word.split_whitespace().collect::<String>();
    let mut found = Vec::new();
    let mut words = Vec::new();
    for section in sections {
        let spelled = section.strings("words");
        found.push(Veto {
            clause: section.string("clause"),
            name: section.text("name"),
            text: section.text("text"),
            words: spelled.iter().map(|spelled| spelled.word.clone()).collect(),
            years_back: years_back(&section),
        });
        words.push((section.ledger, spelled));
        section.finish();
    }
    let names = found.iter().enumerate().flat_map(|(place, veto)| {
        [&veto.clause, &veto.name.zh, &veto.name.en].map(|word| (plain(word), place))
    });
    let mut seen: Vec<(String, usize)> = names.collect();
    for (place, (ledger, spelled)) in words.into_iter().enumerate() {
        for Spelled { word, at } in spelled {
            let form = plain(&word);
            let known = seen.iter().find(|(known, _)| *known == form);
            let message = match known {
                _ if form.is_empty() => "`words` has a word that is blank".to_owned(),
                Some((_, of)) if *of == place => {
                    format!("`words` has \"{word}\" twice, or it is the veto's name")
                }
                Some((_, of)) => format!(
                    "`words` has \"{word}\", which means veto `{}` already",
                    found[*of].clause
                ),
                None => {
                    seen.push((form, place));
                    continue;
                }
            };
            ledger.add(at, message);
        }
    }
    found
}

/// What was further back is nobody's state of a year any more.
const YEARS_BACK: u64 = 10;

fn years_back(section: &Section<'_>) -> i16 {
    let years = section.maybe_number("years_back").unwrap_or(0);
    if let Some(value) = section.value("years_back")
        && years > YEARS_BACK
    {
        let message = format!("`years_back` is at most {YEARS_BACK}");
        section.ledger.add(value.span().start, message);
    }
    i16::try_from(years).unwrap_or(0)
}

pub(crate) fn equivalence(
    section: Section<'_>,
    names: &Names,
    programme: &Programme,
) -> Equivalence {
    let given_until = section.year("given_until");
    // Titles of the programme's own years are held anyway, reconfirmed or not.
    if let (Some((first, _)), Some(value)) = (programme.years(), section.value("given_until"))
        && given_until >= first
    {
        let message = format!(
            "`given_until` {given_until} is not before the programme's first year {first}: it is about earlier titles"
        );
        section.ledger.add(value.span().start, message);
    }
    let tier = section.spelled("tier").unwrap_or_default();
    names.defined(section.ledger, "tier", &tier, &names.tiers);
    section.required("levels");
    let equivalence = Equivalence {
        clause: section.string("clause"),
        given_until,
        levels: section.keyed_list("levels"),
        tier: tier.word,
        must_be_reconfirmed: section.truth("must_be_reconfirmed", true),
        text: section.text("text"),
    };
    section.finish();
    equivalence
}

pub(crate) fn review(section: Section<'_>) -> Review {
    let review = Review {
        unconfirmed: section.keyed("unconfirmed").unwrap_or_default(),
        shown: section
            .strings("shown")
            .into_iter()
            .map(|spelled| spelled.word)
            .collect(),
    };
    section.finish();
    review
}

/// The titles that a table names; an unknown one is a mistake.
pub(crate) fn titles(section: &Section<'_>, names: &Names) -> Vec<String> {
    let mut found = Vec::new();
    for title in section.strings("titles") {
        if names.defined(section.ledger, "title", &title, &names.titles) {
            found.push(title.word);
        }
    }
    found
}

/// Where a step of a route may take place besides the kinds of union: the federations above them.
const ABOVE: &[&str] = &["district", "city", "province", "nation"];

pub(crate) fn route(section: Section<'_>, names: &Names) -> Route {
    section.required("titles");
    section.required("steps");
    let mut steps = Vec::new();
    for step in section.sections("steps") {
        let units = |key: &'static str| -> Vec<String> {
            let spelled = step.strings(key);
            for unit in &spelled {
                if !ABOVE.contains(&unit.word.as_str()) && unit.word.parse::<Kind>().is_err() {
                    step.ledger
                        .add(unit.at, format!("unknown kind of unit `{}`", unit.word));
                }
            }
            spelled.into_iter().map(|unit| unit.word).collect()
        };
        step.required("at");
        let (at, otherwise) = (units("at"), units("otherwise"));
        let optional = step.truth("optional", false);
        let quota = step.truth("quota", false);
        if let Some(act) = step.keyed("act") {
            steps.push(RouteStep {
                act,
                at,
                otherwise,
                optional,
                quota,
            });
        }
        step.finish();
    }
    let route = Route {
        clause: section.string("clause"),
        titles: titles(&section, names),
        steps,
    };
    section.finish();
    route
}

pub(crate) fn target(section: Section<'_>, names: &Names, programme: &Programme) -> Target {
    let by = section.date("by");
    if let (Some((first, last)), Some(value)) = (programme.years(), section.value("by"))
        && by != Date::MIN
        && !(first..=last).contains(&by.year())
    {
        let message = format!("`by` {by} is outside the programme's years, {first} to {last}");
        section.ledger.add(value.span().start, message);
    }
    let title = section.spelled("title").unwrap_or_default();
    names.defined(section.ledger, "title", &title, &names.titles);
    let share = section.maybe_spelled("share");
    let count = section.maybe_number("count");
    let amount = match (&share, count) {
        (Some(share), None) => share
            .word
            .parse::<Rate>()
            .map(TargetAmount::Share)
            .map_err(str::to_owned),
        (None, Some(count)) => Ok(TargetAmount::Count(count)),
        _ => Err("a target has either `share` or `count`".to_owned()),
    };
    let amount = amount.unwrap_or_else(|message| {
        section
            .ledger
            .add(share.as_ref().map_or(section.at, |share| share.at), message);
        TargetAmount::Count(0)
    });
    let target = Target {
        clause: section.string("clause"),
        title: title.word,
        name: section.text("name"),
        by,
        amount,
        line: line(section.sections("line"), programme),
    };
    section.finish();
    target
}

pub(crate) fn reward(section: Section<'_>, names: &Names) -> Reward {
    let change = section.maybe_spelled("subsidy_change");
    let subsidy_change_bp = change.and_then(|spelled| {
        let parsed = signed_rate(&spelled.word);
        if parsed.is_none() {
            section.ledger.add(
                spelled.at,
                "`subsidy_change` must be a change such as \"+40%\" or \"-20%\"",
            );
        }
        parsed
    });
    let reward = Reward {
        clause: section.string("clause"),
        name: section.text("name"),
        text: section.text("text"),
        titles: titles(&section, names),
        kinds: section.keyed_list("kinds"),
        divisions: divisions(&section),
        subsidy_change_bp,
    };
    section.finish();
    reward
}

/// The division codes that a table names. Statistical codes of provinces, cities, districts, townships and villages have 2, 4, 6, 9 and 12 digits.
pub(crate) fn divisions(section: &Section<'_>) -> Vec<String> {
    let spelled = section.strings("divisions");
    for division in &spelled {
        let digits = division.word.bytes().all(|byte| byte.is_ascii_digit());
        if !digits || ![2, 4, 6, 9, 12].contains(&division.word.len()) {
            let message = format!(
                "`{}` is no division code: these have 2, 4, 6, 9 or 12 digits",
                division.word
            );
            section.ledger.add(division.at, message);
        }
    }
    spelled.into_iter().map(|division| division.word).collect()
}

/// `+40%` as 4000 basis points.
pub(crate) fn signed_rate(words: &str) -> Option<i64> {
    let (sign, rest) = match (words.strip_prefix('+'), words.strip_prefix('-')) {
        (Some(rest), _) => (1, rest),
        (_, Some(rest)) => (-1, rest),
        _ => return None,
    };
    let rate: Rate = rest.parse().ok()?;
    let basis_points = rate.numerator.checked_mul(10_000)?;
    (basis_points % rate.denominator == 0).then_some(())?;
    i64::try_from(basis_points / rate.denominator)
        .ok()
        .map(|points| sign * points)
}

pub(crate) fn clause(section: Section<'_>) -> Clause {
    let clause = Clause {
        clause: section.string("clause"),
        name: section.maybe_text("name"),
        text: section.text("text"),
    };
    section.finish();
    clause
}
