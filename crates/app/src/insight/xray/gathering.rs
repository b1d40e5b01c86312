//! What is known of unions for the x-ray: the numbers of the year and of the one before, what has a document, what was applied for.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jianjia_domain::{
    core::{ids::UnitId, place::UnitKind},
    insight::xray::{Known, compared, parts, usual::Usual},
    year::{
        statement::{self, Facts},
        totals::RatingTotals,
    },
};
use jianjia_standard::{
    Standard,
    fact::{FactSource, FactValue},
    programme::{KnownQuantity, LooksFor, Quantity, XrayRule},
};
use jianjia_store::{
    core::db::Tx,
    insight::xray::{self as store, Examined, Usuals},
    rating::count as ratings,
    year::statement as statements,
};

use super::Looking;
use crate::core::{app::App, error::Result};

pub(super) async fn gather(
    tx: &mut Tx,
    app: &App,
    looking: &Looking<'_>,
    examined: &[Examined],
) -> Result<Vec<Known>> {
    let (standard, year) = (looking.standard, looking.year);
    let earlier = app.standards.of(year - 1);
    let units: Vec<UnitId> = examined.iter().map(|one| one.unit).collect();
    let wants = Wants::of(looking.rules);
    let mut said = statements::facts_of_units(tx, &units, year).await?;
    let mut rated = ratings::of_units(tx, &units, year).await?;
    let (mut said_before, mut rated_before) = (HashMap::new(), HashMap::new());
    if wants.last_year {
        said_before = statements::facts_of_units(tx, &units, year - 1).await?;
        rated_before = ratings::of_units(tx, &units, year - 1).await?;
    }
    let (mut proven, mut applied) = (HashMap::new(), HashMap::new());
    if wants.evidence {
        proven = store::proven(tx, &units, year).await?;
        applied = store::applied(tx, &units, year).await?;
    }
    let mut known = Vec::with_capacity(examined.len());
    for one in examined {
        let unit = one.unit;
        let facts = answers(standard, said.remove(&unit));
        let proven: BTreeSet<String> = proven.remove(&unit).unwrap_or_default();
        let (claims, bare) = claims(standard, &facts, &proven);
        let mut numbers = numbers(&facts);
        add_registered(standard, one, &mut numbers);
        add_rated(standard, rated.remove(&unit), &mut numbers);
        let mut before = self::numbers(&answers(earlier, said_before.remove(&unit)));
        add_rated(earlier, rated_before.remove(&unit), &mut before);
        known.push(Known {
            unit,
            unit_path: one.path.clone(),
            unit_name: one.name.clone(),
            kind: one.kind,
            numbers,
            before,
            claims,
            bare,
            applied: applied.remove(&unit).unwrap_or_default(),
            photos: looking.alike.of(&unit),
        });
    }
    Ok(known)
}

/// What the rules ask for that costs a reading of its own.
struct Wants {
    last_year: bool,
    evidence: bool,
}

impl Wants {
    fn of(rules: &[XrayRule]) -> Wants {
        let any = |is_meant: fn(&LooksFor) -> bool| {
            let mut rules = rules.iter();
            rules.any(|rule| is_meant(&rule.looks_for))
        };
        Wants {
            last_year: any(|looks_for| matches!(looks_for, LooksFor::LastYear { .. })),
            evidence: any(|looks_for| matches!(looks_for, LooksFor::NoEvidence { .. })),
        }
    }
}

fn answers(standard: &Standard, said: Option<Facts>) -> BTreeMap<String, FactValue> {
    said.map_or_else(BTreeMap::new, |facts| statement::known(standard, &facts))
}

/// How many answers claim what a document could show, and which of them have none.
fn claims(
    standard: &Standard,
    facts: &BTreeMap<String, FactValue>,
    proven: &BTreeSet<String>,
) -> (u64, Vec<String>) {
    let mut claims = 0;
    let mut bare = Vec::new();
    for fact in standard.facts.iter().filter(|fact| fact.evidence) {
        if !facts.get(&fact.key).is_some_and(statement::claims) {
            continue;
        }
        claims += 1;
        if !proven.contains(&format!("fact:{}", fact.key)) {
            bare.push(fact.key.clone());
        }
    }
    (claims, bare)
}

fn numbers(facts: &BTreeMap<String, FactValue>) -> BTreeMap<Quantity, u64> {
    let number = |value: &FactValue| match value {
        FactValue::Number(number) | FactValue::Money(number) => Some(*number),
        FactValue::Truth(_) | FactValue::Date(_) | FactValue::Choice(_) => None,
    };
    facts
        .iter()
        .filter_map(|(key, value)| Some((Quantity::Fact(key.clone()), number(value)?)))
        .collect()
}

fn add_registered(standard: &Standard, one: &Examined, numbers: &mut BTreeMap<Quantity, u64>) {
    for (fact, known, count) in [
        ("workers", KnownQuantity::RegisterWorkers, one.workers),
        ("members", KnownQuantity::RegisterMembers, one.members),
    ] {
        let Some(count) = count.and_then(|count| u64::try_from(count).ok()) else {
            continue;
        };
        numbers.insert(Quantity::Known(known), count);
        let is_registered = standard
            .fact(fact)
            .is_some_and(|fact| fact.from == Some(FactSource::Register));
        if is_registered {
            numbers.insert(Quantity::Fact(fact.to_owned()), count);
        }
    }
}

fn add_rated(
    standard: &Standard,
    rated: Option<RatingTotals>,
    numbers: &mut BTreeMap<Quantity, u64>,
) {
    let Some(totals) = rated else { return };
    let number = |count: i64| u64::try_from(count).ok();
    let share = |part: i64, whole: i64| parts(number(part)?, number(whole)?);
    let satisfaction = totals.satisfied_of_valid(standard);
    for (quantity, value) in [
        (KnownQuantity::RatingRoll, number(totals.roll)),
        (KnownQuantity::RatingCast, number(totals.cast())),
        (
            KnownQuantity::RatingSatisfaction,
            satisfaction.and_then(|(satisfied, valid)| share(satisfied, valid)),
        ),
        (
            KnownQuantity::RatingTurnout,
            share(totals.cast(), totals.roll),
        ),
    ] {
        if let Some(value) = value {
            numbers.insert(Quantity::Known(quantity), value);
        }
    }
}

/// The figures of like unions.
pub(super) type Figures = HashMap<(String, UnitKind, usize), Vec<u64>>;

pub(super) fn add_figures(rules: &[XrayRule], known: &[Known], figures: &mut Figures) {
    for rule in rules {
        let LooksFor::LikeUnions(like) = &rule.looks_for else {
            continue;
        };
        for one in known {
            if let Some(compared) = compared(like, one) {
                let key = (rule.key.clone(), one.kind, compared.size);
                figures.entry(key).or_default().push(compared.value);
            }
        }
    }
}

pub(super) fn usuals(figures: Figures) -> Usuals {
    figures
        .into_iter()
        .filter_map(|(key, figures)| Some((key, Usual::of(figures)?)))
        .collect()
}
