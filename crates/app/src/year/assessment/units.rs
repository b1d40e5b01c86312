//! Everything known of units, gathered with the same number of queries for one and for a thousand.

use std::collections::{BTreeSet, HashMap};

use jianjia_domain::{
    core::{
        ids::UnitId,
        place::{UnitKind, paths_above},
    },
    register::unit::Unit,
    year::{
        assessment,
        statement::{self, Facts},
        totals::RatingTotals,
    },
};
use jianjia_standard::{
    Standard,
    check::Check,
    fact::FactValue,
    kinds::Kind,
    subject::{Activity, HeldTitle, Subject, Subordinates, VetoState},
};
use jianjia_store::{
    core::db::Tx,
    register::unit,
    year::{
        statement as statements,
        subject::{self, Log, RegisterFacts},
    },
};
use jiff::{ToSpan, civil::Date};

use super::{
    known::{add_known, answered_by, last_election},
    known_vetoes, span, titles_as_of, walk,
};
use crate::core::{
    app::App,
    error::{Error, Result},
};

/// How far back activities are read: four complete quarters or twelve complete months before a day, and some margin.
const MONTHS_OF_ACTIVITIES: i32 = 15;

/// A unit as judging sees it.
#[derive(Clone, Debug)]
pub struct Gathered {
    pub register: RegisterFacts,
    pub as_of: Date,
    pub subject: Subject,
    /// The answers that the register gives.
    pub known: Vec<(String, FactValue)>,
}

/// Everything known of a unit whose record in the register and whose answers were read already.
///
/// # Errors
/// When it is a federation that is not judged.
pub(crate) async fn gather_one(
    tx: &mut Tx,
    app: &App,
    register: RegisterFacts,
    facts: &Facts,
    year: i16,
    as_of: Date,
) -> Result<Gathered> {
    assessment::kind_of(register.kind)?;
    let unit = register.id;
    let read = Read {
        registers: HashMap::from([(unit, register)]),
        facts: HashMap::from([(unit, facts.clone())]),
    };
    let gathered = gather_more(tx, app, &[(unit, as_of)], year, &read).await?;
    gathered.into_iter().next().ok_or(Error::NotFound)
}

/// What of units was read before the rest is gathered.
#[derive(Default)]
struct Read {
    registers: HashMap<UnitId, RegisterFacts>,
    facts: HashMap<UnitId, Facts>,
}

/// Everything known of units, each as of its day, in the given order; district and city federations, which are not judged, are left out. The number
/// of queries is the same for one unit and for a thousand, except for federations, which count the unions below them.
pub async fn gather(
    tx: &mut Tx,
    app: &App,
    units: &[(UnitId, Date)],
    year: i16,
) -> Result<Vec<Gathered>> {
    let registers = registers(tx, units).await?;
    let judged = |register: &&RegisterFacts| assessment::kind_of(register.kind).is_ok();
    let ids: BTreeSet<UnitId> = registers
        .values()
        .filter(judged)
        .map(|register| register.id)
        .collect();
    let ids: Vec<UnitId> = ids.into_iter().collect();
    let facts = statements::facts_of_units(tx, &ids, year).await?;
    let read = Read { registers, facts };
    gather_more(tx, app, units, year, &read).await
}

/// As `gather`, with what was read already.
async fn gather_more(
    tx: &mut Tx,
    app: &App,
    units: &[(UnitId, Date)],
    year: i16,
    read: &Read,
) -> Result<Vec<Gathered>> {
    let standard = app.standards.of(year);
    let Some(days) = span(units) else {
        return Ok(Vec::new());
    };
    let judged: Vec<(&RegisterFacts, Kind, Date)> = units
        .iter()
        .filter_map(|(unit, as_of)| {
            let register = read.registers.get(unit)?;
            let kind = assessment::kind_of(register.kind).ok()?;
            Some((register, kind, *as_of))
        })
        .collect();
    let registers = judged.iter().map(|(register, ..)| *register);
    let beside = read_beside(tx, registers, days, year).await?;
    put_together(tx, standard, judged, read, &beside).await
}

/// Everything known of units that were founded in this transaction, as of the year's day; federations that are not judged are left out. Nothing has
/// been said of them yet, so only what bars the unions above branches is read.
pub(crate) async fn gather_founded(
    tx: &mut Tx,
    app: &App,
    units: &[Unit],
    year: i16,
) -> Result<Vec<Gathered>> {
    let as_of = super::as_of(app, year);
    let registers: Vec<RegisterFacts> = units.iter().map(RegisterFacts::from).collect();
    let judged = registers.iter().filter_map(|register| {
        let kind = assessment::kind_of(register.kind).ok()?;
        Some((register, kind, as_of))
    });
    let unions = unions_of_branches(tx, registers.iter()).await?;
    let bearers: Vec<UnitId> = unions.values().copied().collect();
    let beside = Beside {
        vetoes: subject::vetoes(tx, &bearers).await?,
        unions,
        ..Beside::default()
    };
    let standard = app.standards.of(year);
    put_together(tx, standard, judged.collect(), &Read::default(), &beside).await
}

async fn put_together(
    tx: &mut Tx,
    standard: &Standard,
    judged: Vec<(&RegisterFacts, Kind, Date)>,
    read: &Read,
    beside: &Beside,
) -> Result<Vec<Gathered>> {
    let mut gathered = Vec::with_capacity(judged.len());
    for (register, kind, as_of) in judged {
        let election = last_election(beside.elections.get(&register.id), as_of);
        let known = answered_by(standard, (register.workers, register.members), election);
        let mut subject = beside.subject(standard, register, kind, as_of);
        if let Some(facts) = read.facts.get(&register.id) {
            subject.facts = statement::known(standard, facts);
        }
        add_known(standard, &mut subject.facts, &known);
        if register.kind.is_federation() {
            let below = subordinates(tx, standard, kind, &register.path, as_of).await?;
            subject.subordinates = Some(below);
        }
        gathered.push(Gathered {
            register: register.clone(),
            as_of,
            subject,
            known,
        });
    }
    Ok(gathered)
}

/// What is known of units beside the register and their answers.
#[derive(Default)]
struct Beside {
    elections: HashMap<UnitId, Vec<(Date, i64)>>,
    logs: HashMap<UnitId, Log>,
    ratings: HashMap<UnitId, RatingTotals>,
    titles: HashMap<UnitId, Vec<(Date, HeldTitle)>>,
    /// The unions that branches belong to, by path.
    unions: HashMap<String, UnitId>,
    vetoes: HashMap<UnitId, Vec<VetoState>>,
}

async fn read_beside<'a>(
    tx: &mut Tx,
    registers: impl Iterator<Item = &'a RegisterFacts> + Clone,
    (earliest, latest): (Date, Date),
    year: i16,
) -> Result<Beside> {
    let ids: BTreeSet<UnitId> = registers.clone().map(|register| register.id).collect();
    let ids: Vec<UnitId> = ids.into_iter().collect();
    let elections = subject::elections(tx, &ids, latest).await?;
    let logs = subject::activities(tx, &ids, activities_from(earliest), latest).await?;
    let ratings = subject::ratings(tx, &ids, year).await?;
    let titles = subject::titles(tx, &ids, latest).await?;
    let unions = unions_of_branches(tx, registers).await?;
    let bearers: Vec<UnitId> = ids.iter().chain(unions.values()).copied().collect();
    let vetoes = subject::vetoes(tx, &bearers).await?;
    Ok(Beside {
        elections,
        logs,
        ratings,
        titles,
        unions,
        vetoes,
    })
}

impl Beside {
    /// A unit as of a day, still without its answers and without the unions below it.
    fn subject(
        &self,
        standard: &Standard,
        register: &RegisterFacts,
        kind: Kind,
        as_of: Date,
    ) -> Subject {
        let id = &register.id;
        let mut found = Subject::unknown(id.to_string(), kind);
        found.employer = register.employer;
        found.founded_on = register.founded_on;
        found.activities = self
            .logs
            .get(id)
            .filter(|log| log.first_on <= as_of)
            .map(|log| activities_as_of(&log.activities, as_of));
        found.rating = self.ratings.get(id).map(RatingTotals::counts);
        found.titles = titles_as_of(standard, self.titles.get(id), as_of);
        let above = paths_above(&register.path)
            .into_iter()
            .filter_map(|path| self.unions.get(path))
            .filter(|_| register.kind == UnitKind::Branch);
        for bearer in std::iter::once(id).chain(above) {
            let of_bearer = self.vetoes.get(bearer).into_iter().flatten();
            found.vetoes.extend(known_vetoes(standard, of_bearer));
        }
        found
    }
}

async fn registers(
    tx: &mut Tx,
    units: &[(UnitId, Date)],
) -> Result<HashMap<UnitId, RegisterFacts>> {
    let ids: BTreeSet<UnitId> = units.iter().map(|(unit, _)| *unit).collect();
    let ids: Vec<UnitId> = ids.into_iter().collect();
    let found = subject::units(tx, &ids).await?;
    Ok(found
        .into_iter()
        .map(|register| (register.id, register))
        .collect())
}

/// The first day whose activities are read for a judgement as of a day.
fn activities_from(as_of: Date) -> Date {
    as_of.saturating_sub(MONTHS_OF_ACTIVITIES.months())
}

fn activities_as_of(activities: &[Activity], as_of: Date) -> Vec<Activity> {
    let from = activities_from(as_of);
    activities
        .iter()
        .filter(|activity| (from..=as_of).contains(&activity.on))
        .cloned()
        .collect()
}

/// The unions that these branches belong to, by path: their vetoes bar the branches too.
async fn unions_of_branches<'a>(
    tx: &mut Tx,
    registers: impl Iterator<Item = &'a RegisterFacts>,
) -> Result<HashMap<String, UnitId>> {
    let branches = registers
        .filter(|register| register.kind == UnitKind::Branch)
        .map(|register| register.path.as_str());
    Ok(unit::above_any(tx, branches)
        .await?
        .into_iter()
        .filter(|place| !place.kind.is_federation())
        .map(|place| (place.path, place.id))
        .collect())
}

/// The number of unions below, and of those that hold each tier of the federation's own ladder or a higher one.
async fn subordinates(
    tx: &mut Tx,
    standard: &Standard,
    kind: Kind,
    path: &str,
    as_of: Date,
) -> Result<Subordinates> {
    let number = |count: i64| u64::try_from(count).unwrap_or(0);
    let mut found = Subordinates {
        unions: Some(number(subject::unions_below(tx, path).await?)),
        ..Subordinates::default()
    };
    let ladder: Vec<_> = standard.titles_of(kind).collect();
    for tier in asked_tiers(standard, kind) {
        let from = ladder
            .iter()
            .position(|title| title.tier == tier)
            .unwrap_or(0);
        let titles: Vec<&str> = ladder[from..]
            .iter()
            .map(|title| title.key.as_str())
            .collect();
        let first_year = standard.programme.first_year;
        let holding = subject::unions_holding(tx, path, &titles, first_year, as_of).await?;
        found.holding.insert(tier, number(holding));
    }
    Ok(found)
}

/// The tiers that the criteria of a kind require of the unions below.
fn asked_tiers(standard: &Standard, kind: Kind) -> BTreeSet<String> {
    let mut tiers = BTreeSet::new();
    for title in standard.titles_of(kind) {
        for criterion in title
            .criteria
            .iter()
            .filter(|criterion| criterion.kinds.contains(&kind))
        {
            walk(&criterion.check, &mut |check| {
                if let Check::Subordinates { tier, .. } = check {
                    tiers.insert(tier.clone());
                }
            });
        }
    }
    tiers
}
