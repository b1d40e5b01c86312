//! Parsing checks.

pub(crate) mod figures;

use toml::Spanned;
use toml::de::DeValue;

use crate::check::{Check, FactName};
use crate::fact::FactKind;
use crate::load::checks::figures::{rate, whole_number};
use crate::load::names::{FactShape, Names};
use crate::load::reader::{Ledger, Section, Spelled};

const KINDS: &[&str] = &[
    "fact",
    "ratio",
    "count",
    "activities",
    "term",
    "held",
    "subordinates",
    "level",
    "rating",
    "all",
    "any",
    "when",
];

/// Parses a check; if the result is `None`, a mistake has been reported.
pub(crate) fn read<'a>(
    ledger: &'a Ledger<'a>,
    names: &Names,
    value: &'a Spanned<DeValue<'a>>,
) -> Option<Check> {
    let section = Section::of(ledger, "check", value)?;
    let present: Vec<Spelled> = section
        .keys()
        .into_iter()
        .filter(|key| KINDS.contains(&key.word.as_str()))
        .collect();
    let check = match present.as_slice() {
        [kind] => of_kind(ledger, names, &section, &kind.word),
        [] => {
            ledger.add(
                section.at,
                format!("a check has one of {}", KINDS.join(", ")),
            );
            return None;
        }
        [first, second, ..] => {
            let message = format!(
                "a check is one thing, not both `{}` and `{}`",
                first.word, second.word
            );
            ledger.add(second.at, message);
            return None;
        }
    };
    section.finish();
    check
}

fn of_kind<'a>(
    ledger: &'a Ledger<'a>,
    names: &Names,
    section: &Section<'a>,
    kind: &str,
) -> Option<Check> {
    match kind {
        "fact" => {
            let (fact, _) = fact(
                names,
                section,
                &section.spelled("fact")?,
                &[FactKind::Truth],
            )?;
            Some(Check::Fact { fact })
        }
        "ratio" => ratio(names, section),
        "count" | "level" => number_check(names, section, kind),
        "activities" => activities(ledger, names, section),
        "term" => term(names, section),
        "held" => {
            let title = section.spelled("held")?;
            names
                .defined(ledger, "title", &title, &names.titles)
                .then_some(Check::Held { title: title.word })
        }
        "subordinates" => {
            let tier = section.spelled("subordinates")?;
            let known = names.defined(ledger, "tier", &tier, &names.tiers);
            let at_least = rate(names, section, true)?;
            let none_is_met = section.truth("none_is_met", false);
            known.then_some(Check::Subordinates {
                tier: tier.word,
                at_least,
                none_is_met,
            })
        }
        "rating" => {
            let name = section.spelled("rating")?;
            if !names.has_rating {
                ledger.add(
                    name.at,
                    "a rating needs the `[rating]` table with its formula and quorum",
                );
            }
            Some(Check::Rating {
                name: name.word,
                at_least: rate(names, section, true)?,
            })
        }
        "all" => checks(ledger, names, section, "all").map(Check::All),
        "any" => checks(ledger, names, section, "any").map(Check::Any),
        _ => {
            let when = read(ledger, names, section.value("when")?);
            let then = section
                .required("then")
                .and_then(|value| read(ledger, names, value));
            Some(Check::When {
                when: Box::new(when?),
                then: Box::new(then?),
            })
        }
    }
}

/// The checks of which all or one are to be met.
fn checks<'a>(
    ledger: &'a Ledger<'a>,
    names: &Names,
    section: &Section<'a>,
    kind: &'static str,
) -> Option<Vec<Check>> {
    let array = section.value(kind)?;
    let DeValue::Array(items) = array.get_ref() else {
        section.wrong_type(kind, array, "a list of checks");
        return None;
    };
    if items.is_empty() {
        ledger.add(
            array.span().start,
            format!("`{kind}` needs at least one check"),
        );
    }
    // Each is read, so that all their mistakes are told.
    let checks: Vec<Option<Check>> = items.iter().map(|item| read(ledger, names, item)).collect();
    checks.into_iter().collect()
}

fn ratio(names: &Names, section: &Section<'_>) -> Option<Check> {
    let kinds = [FactKind::Count, FactKind::Money];
    let (part, whole) = pair(names, section, "ratio", "the part and the whole")?;
    let part = fact(names, section, &part, &kinds);
    let whole = fact(names, section, &whole, &kinds);
    let capped = match (&part, &whole) {
        (Some((part, shape)), Some((whole, whole_shape))) => {
            if shape.kind.is_some() && whole_shape.kind.is_some() && shape.kind != whole_shape.kind
            {
                let message = format!(
                    "`{}` and `{}` are not counted in the same unit",
                    part.key, whole.key
                );
                section.ledger.add(section.at, message);
            }
            shape.at_most.as_ref() == Some(&whole.key)
        }
        _ => false,
    };
    let at_least = rate(names, section, capped);
    let none_is_met = section.truth("none_is_met", false);
    Some(Check::Ratio {
        part: part?.0,
        whole: whole?.0,
        at_least: at_least?,
        none_is_met,
    })
}

fn number_check(names: &Names, section: &Section<'_>, kind: &str) -> Option<Check> {
    let (key, wanted) = if kind == "count" {
        ("count", FactKind::Count)
    } else {
        ("level", FactKind::Level)
    };
    let found = fact(names, section, &section.spelled(key)?, &[wanted]);
    let value = section.required("at_least");
    let at_least = value.and_then(|value| whole_number(names, section.ledger, value));
    let ((fact, shape), (figure, resolved)) = (found?, at_least?);
    let at = value.map_or(section.at, |value| value.span().start);
    if let (Some(max), Some(wanted)) = (shape.max, resolved)
        && wanted > max
    {
        let message = format!(
            "can never be met: `{}` is at most {max}, the check asks for {wanted}",
            fact.key
        );
        section.ledger.add(at, message);
    }
    if let Some(wanted) = resolved
        && wanted <= shape.min.unwrap_or(0)
    {
        section.ledger.add(
            at,
            format!("always met: `{}` is never less than {wanted}", fact.key),
        );
    }
    Some(if kind == "count" {
        Check::Count {
            fact,
            at_least: figure,
        }
    } else {
        Check::Level {
            fact,
            at_least: figure,
        }
    })
}

fn activities<'a>(ledger: &'a Ledger<'a>, names: &Names, section: &Section<'a>) -> Option<Check> {
    let inner = section.section("activities")?;
    let mut kinds = Vec::new();
    for kind in inner.strings("kinds") {
        if names.defined(ledger, "activity kind", &kind, &names.activity_kinds) {
            kinds.push(kind.word);
        }
    }
    if inner.required("kinds").is_some() && inner.strings("kinds").is_empty() {
        ledger.add(
            inner.at,
            "can never be met: `kinds` names no kind of activity",
        );
    }
    let every = inner.keyed("every");
    let periods = inner.number("periods");
    if let Some(value) = inner.value("periods")
        && !(1..=31).contains(&periods)
    {
        ledger.add(value.span().start, "`periods` must be from 1 to 31");
    }
    let value = inner.required("at_least");
    let at_least = value.and_then(|value| whole_number(names, ledger, value));
    if let (Some(value), Some((_, Some(0)))) = (value, &at_least) {
        ledger.add(value.span().start, "always met: `at_least` is 0");
    }
    inner.finish();
    let periods = u32::try_from(periods).ok()?;
    Some(Check::Activities {
        kinds,
        every: every?,
        periods,
        at_least: at_least?.0,
    })
}

fn term(names: &Names, section: &Section<'_>) -> Option<Check> {
    let (date, years) = pair(names, section, "term", "a day and a number of years")?;
    let date = fact(names, section, &date, &[FactKind::Date]);
    let found = fact(names, section, &years, &[FactKind::Count, FactKind::Choice]);
    if let Some((_, shape)) = &found
        && let Some(choice) = shape
            .choices
            .iter()
            .find(|choice| choice.parse::<u8>().is_err())
    {
        section.ledger.add(
            years.at,
            format!(
                "`{}` has the choice `{choice}`, not a number of years",
                years.word
            ),
        );
    }
    Some(Check::Term {
        date: date?.0,
        years: found?.0,
    })
}

fn pair(
    names: &Names,
    section: &Section<'_>,
    key: &'static str,
    what: &str,
) -> Option<(Spelled, Spelled)> {
    let words = section.strings(key);
    match words.as_slice() {
        [first, second] => Some((first.clone(), second.clone())),
        _ => {
            // The facts it names count as used, even if they do not fit together.
            words.iter().for_each(|word| {
                names.fact(section.ledger, word);
            });
            section
                .ledger
                .add(section.at, format!("`{key}` names two facts: {what}"));
            None
        }
    }
}

fn fact<'n>(
    names: &'n Names,
    section: &Section<'_>,
    name: &Spelled,
    kinds: &[FactKind],
) -> Option<(FactName, &'n FactShape)> {
    let (found, shape) = names.fact(section.ledger, name)?;
    // A fact of the wrong kind has been reported already.
    if let Some(kind) = shape.kind
        && !kinds.contains(&kind)
    {
        let wanted: Vec<&str> = kinds.iter().map(|kind| kind.key()).collect();
        let message = format!(
            "`{}` is a {kind}, the check wants a {}",
            name.word,
            wanted.join(" or a ")
        );
        section.ledger.add(name.at, message);
        return None;
    }
    Some((found, shape))
}
