//! Worked cases of subsidies: a unit with its base, titles and findings, and the amount that is expected, with its sum.

use jiff::civil::Date;
use serde::Deserialize;

use crate::cases::{column, column_of, reason};
use crate::kinds::Kind;
use crate::load::subsidy::fen;
use crate::programme::Standard;
use crate::programme::subsidy::BaseRule;
use crate::strict_json;
use crate::subsidy::{BaseFact, Events, FindingEvent, TitleEvent, reckon, sum, yuan};
use crate::text::Lang;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    subsidy: Unit,
    expect: Expect,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unit {
    kind: Kind,
    division: String,
    year: i16,
    /// In yuan, as the city recorded it.
    base: Option<String>,
    /// How many there are of what the scheme counts.
    count: Option<u64>,
    #[serde(default)]
    titles: Vec<Title>,
    #[serde(default)]
    findings: Vec<Finding>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Title {
    title: String,
    year: i16,
    from: Date,
    #[serde(default)]
    away: Vec<(Date, Option<Date>)>,
    ended: Option<Date>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Finding {
    year: i16,
    on: Date,
    lifted: Option<Date>,
}

/// `scheme` and `amount` may be `none` and `unknown`; the sums need not be given.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
    scheme: String,
    amount: Option<String>,
    sum: Option<String>,
    sum_en: Option<String>,
}

/// Whether a line of cases is about a subsidy.
pub(crate) fn is_meant(line: &str) -> bool {
    #[derive(Deserialize)]
    struct Which {
        subsidy: Option<serde::de::IgnoredAny>,
    }
    serde_json::from_str::<Which>(line).is_ok_and(|which| which.subsidy.is_some())
}

pub(crate) fn examine_line(
    standard: Option<&Standard>,
    line: &str,
    add: &mut dyn FnMut(usize, String),
) {
    let case: Case = match serde_json::from_str(line) {
        Ok(case) => case,
        Err(error) => return add(column_of(line, &error), reason(&error)),
    };
    let mut tell = |path: &[&str], message: String| {
        add(column(line, path), format!("{}: {message}", case.name));
    };
    let twice = strict_json::parse(line).map(|(_, twice)| twice);
    for key in twice.unwrap_or_default() {
        let path: Vec<&str> = key.split('.').collect();
        tell(&path, format!("{key} is there twice"));
    }
    let Some(standard) = standard else { return };
    for held in &case.subsidy.titles {
        if standard.title(&held.title).is_none() {
            let message = format!("unknown title `{}`", held.title);
            tell(&["subsidy", "titles", held.title.as_str()], message);
        }
    }
    let recorded = case.subsidy.base.as_deref();
    let base_fen = recorded.and_then(fen);
    if let (Some(words), None) = (recorded, base_fen) {
        let message = format!("\"{words}\" is no amount in yuan such as \"10000.00\"");
        tell(&["subsidy", "base"], message);
    }
    for (key, expected, found) in found(standard, &case.subsidy, base_fen, &case.expect) {
        if expected != found {
            let message = format!("{key} should be {expected}, is {found}");
            tell(&["expect", key], message);
        }
    }
}

/// What is expected, beside what comes out.
fn found(
    standard: &Standard,
    unit: &Unit,
    base_fen: Option<i64>,
    expect: &Expect,
) -> Vec<(&'static str, String, String)> {
    let scheme = standard.subsidy_scheme(unit.kind, &unit.division);
    let key = scheme.map_or("none", |scheme| scheme.key.as_str());
    let mut found = vec![("scheme", expect.scheme.clone(), key.to_owned())];
    let Some(scheme) = scheme else { return found };
    let base = match scheme.base {
        BaseRule::Recorded => BaseFact::Recorded(base_fen),
        BaseRule::Counted { .. } => BaseFact::Counted(unit.count),
    };
    let reckoned = reckon(scheme, unit.year, base, &events(unit));
    let amount = reckoned
        .amount_fen
        .map_or_else(|| "unknown".to_owned(), yuan);
    if let Some(expected) = &expect.amount {
        found.push(("amount", expected.clone(), amount));
    }
    let words = sum(standard, scheme, &reckoned);
    let expected = [
        ("sum", &expect.sum, Lang::Zh),
        ("sum_en", &expect.sum_en, Lang::En),
    ];
    for (key, expected, lang) in expected {
        if let Some(expected) = expected {
            found.push((key, expected.clone(), words.get(lang).to_owned()));
        }
    }
    found
}

fn events(unit: &Unit) -> Events {
    let titles = unit.titles.iter().map(|held| TitleEvent {
        id: String::new(),
        title: held.title.clone(),
        year: held.year,
        from: held.from,
        away: held.away.clone(),
        ended: held.ended,
    });
    let findings = unit.findings.iter().map(|found| FindingEvent {
        id: String::new(),
        year: found.year,
        on: found.on,
        lifted: found.lifted,
    });
    Events {
        titles: titles.collect(),
        findings: findings.collect(),
    }
}
