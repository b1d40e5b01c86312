//! The holders of the titles that an honour asks for, in order, with what bars some of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jianjia_domain::{
    core::{
        ids::{PersonId, UnitId},
        place::{UnitKind, is_within},
    },
    money::priority::{self, Barred, Holder, Outcome, Place},
};
use jianjia_standard::{
    Standard,
    fact::{FactKind, FactValue},
    kinds::HonourLevel,
    programme::{Bar, HigherHonour, HonouredOf, OrderRule},
};
use jianjia_store::{
    core::db::Tx,
    money::priority::{self as store, Bars, Held, HeldFilter},
    rating::count as ratings,
    year::statement as statements,
};

use crate::core::{app::App, error::Result};

/// How many of the holders within subtrees can be put forward for each honour, and how many are barred. Honours for the same holders read them once.
pub(super) async fn counted(
    tx: &mut Tx,
    app: &App,
    honours: &[HigherHonour],
    (within, year): (&[String], i16),
) -> Result<Vec<(usize, usize)>> {
    let standard = app.standards.of(year);
    let bars = store::bars(tx, within, year).await?;
    let mut known: Vec<(&HigherHonour, usize, Vec<Held>)> = Vec::new();
    let mut counts = Vec::with_capacity(honours.len());
    for honour in honours {
        let is_of_same =
            |other: &HigherHonour| (&other.requires, other.of) == (&honour.requires, honour.of);
        if !known.iter().any(|(other, ..)| is_of_same(other)) {
            let filter = filter_of(app, honour, within);
            let all = usize::try_from(store::count_held(tx, &filter).await?).unwrap_or(0);
            let filter = HeldFilter {
                barred_in: Some(year),
                ..filter
            };
            known.push((honour, all, store::held(tx, &filter).await?));
        }
        let of_same = known.iter().find(|(other, ..)| is_of_same(other));
        let (all, held) = of_same.map_or((0, &[][..]), |(_, all, held)| (*all, held));
        // Whoever was given a title twice stands once, by the earliest.
        let mut seen = BTreeSet::new();
        let mut earliest = held
            .iter()
            .filter(|held| seen.insert((held.unit, held.person)));
        let is_barred = |held: &&Held| !barred(standard, honour, &bars, held).is_empty();
        let barred_ones = earliest.by_ref().filter(is_barred).count();
        counts.push((all - barred_ones, barred_ones));
    }
    Ok(counts)
}

fn filter_of<'a>(app: &App, honour: &'a HigherHonour, within: &'a [String]) -> HeldFilter<'a> {
    HeldFilter {
        within,
        titles: &honour.requires,
        of_people: honour.of == HonouredOf::People,
        on: app.clock.today(),
        barred_in: None,
    }
}

/// The holders within subtrees, in order.
pub(super) async fn places(
    tx: &mut Tx,
    app: &App,
    honour: &HigherHonour,
    (within, year): (&[String], i16),
) -> Result<Vec<Place>> {
    let standard = app.standards.of(year);
    let held = store::held(tx, &filter_of(app, honour, within)).await?;
    let units: BTreeSet<UnitId> = held.iter().map(|held| held.unit).collect();
    let units: Vec<UnitId> = units.into_iter().collect();
    let asks = |rule| honour.order.contains(&rule);
    let satisfaction = match asks(OrderRule::Satisfaction) {
        true => satisfaction(tx, app, &units, year - 1).await?,
        false => HashMap::new(),
    };
    let stars = match asks(OrderRule::Stars) {
        true => stars(tx, app, &units, year).await?,
        false => HashMap::new(),
    };
    let bars = match honour.barred_by.is_empty() {
        true => Bars::default(),
        false => store::bars(tx, within, year).await?,
    };
    let mut forwards: HashMap<(UnitId, Option<PersonId>), Vec<(i16, Outcome)>> = HashMap::new();
    for forward in store::forwards(tx, within, &honour.key).await? {
        let of = forwards.entry((forward.unit, forward.person)).or_default();
        of.push((forward.year, forward.outcome()));
    }
    // Whoever was given a title twice stands once, by the earliest.
    let mut holders: BTreeMap<(UnitId, Option<PersonId>), Holder> = BTreeMap::new();
    for held in held {
        let who = (held.unit, held.person);
        if let Some(known) = holders.get_mut(&who) {
            known.level = higher(known.level, held.level);
            continue;
        }
        let barred = barred(standard, honour, &bars, &held);
        let holder = Holder {
            honour: held.honour,
            since: held.since,
            level: held.level,
            unit: held.unit,
            unit_kind: held.unit_kind,
            unit_name: held.unit_name,
            person: held.person,
            forwards: forwards.remove(&who).unwrap_or_default(),
            satisfaction: satisfaction.get(&held.unit).copied(),
            stars: stars.get(&held.unit).copied(),
            members: held.members,
            barred,
            title: held.title,
            number: held.number,
            unit_path: held.unit_path,
            person_name: held.person_name,
        };
        holders.insert(who, holder);
    }
    Ok(priority::ranked(
        honour,
        year,
        holders.into_values().collect(),
    ))
}

fn higher(one: HonourLevel, other: HonourLevel) -> HonourLevel {
    let rank = |level| HonourLevel::ALL.iter().position(|known| *known == level);
    if rank(other) > rank(one) { other } else { one }
}

/// What bars a holder: what is of its unit, or of the union of a branch; of a person only for the posts that the title's vetoes bar.
fn barred(standard: &Standard, honour: &HigherHonour, bars: &Bars, held: &Held) -> Vec<Barred> {
    let concerns = |path: &str, kind: UnitKind| {
        path == held.unit_path || (!kind.is_federation() && is_within(&held.unit_path, path))
    };
    let posts = standard
        .title(&held.title)
        .map_or(&[][..], |title| &title.barred_posts);
    // Whose post isn't known is not barred by a rule that names posts.
    let spares = held.person.is_some()
        && !posts.is_empty()
        && !held.post.is_some_and(|post| posts.contains(&post));
    let asks = |bar| honour.barred_by.contains(&bar);
    let mut found = Vec::new();
    if asks(Bar::Veto) && !spares {
        let vetoes = bars.vetoes.iter();
        let of = vetoes.filter(|(path, kind, _)| concerns(path, *kind));
        found.extend(of.map(|(_, _, clause)| Barred::Veto(clause.clone())));
    }
    if asks(Bar::Entry) && !spares {
        let entries = bars.entries.iter();
        let of = entries.filter(|(path, kind, _)| concerns(path, *kind));
        found.extend(of.map(|(_, _, clause)| Barred::Entry(clause.clone())));
    }
    if asks(Bar::Check) {
        let visits = bars.visits.iter();
        let of = visits.filter(|(path, _)| *path == held.unit_path);
        found.extend(of.map(|(_, state)| Barred::Check(*state)));
    }
    found
}

/// The satisfied and the valid ballots of a year; none of a rating that the year's standard can't read.
async fn satisfaction(
    tx: &mut Tx,
    app: &App,
    units: &[UnitId],
    year: i16,
) -> Result<HashMap<UnitId, (i64, i64)>> {
    let standard = app.standards.of(year);
    let rated = ratings::of_units(tx, units, year).await?;
    let known = rated.into_iter().filter_map(|(unit, totals)| {
        let (satisfied, valid) = totals.satisfied_of_valid(standard)?;
        (valid > 0).then_some((unit, (satisfied, valid)))
    });
    Ok(known.collect())
}

/// The stars that units say, of the sheet's one level.
async fn stars(
    tx: &mut Tx,
    app: &App,
    units: &[UnitId],
    year: i16,
) -> Result<HashMap<UnitId, u64>> {
    let standard = app.standards.of(year);
    let mut facts = standard.facts.iter();
    let Some(level) = facts.find(|fact| fact.kind == FactKind::Level) else {
        return Ok(HashMap::new());
    };
    let mut known = HashMap::new();
    // Last year's stand until the year says others.
    for year in [year - 1, year] {
        for (unit, said) in statements::facts_of_units(tx, units, year).await? {
            let said = said.get(&level.key).and_then(|said| said.known(level));
            if let Some(FactValue::Number(stars)) = said {
                known.insert(unit, stars);
            }
        }
    }
    Ok(known)
}
