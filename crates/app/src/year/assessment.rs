//! The assessment of a union, a small home or a person: everything the system knows, gathered and judged.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anyhow::Context;
use jianjia_domain::{
    core::{
        ids::{JudgementId, PersonId, UnitId},
        place::{UnitKind, UnitPlace, paths_above},
    },
    year::{
        assessment::{self, Assessment, Basis, KeptJudgement},
        statement::{self, Facts},
        totals::RatingTotals,
    },
};
use jianjia_standard::{
    Standard,
    check::{Check, FactName},
    fact::{FactSource, FactValue, impossible},
    kinds::Kind,
    subject::{Activity, HeldTitle, Subject, Subordinates, UnionOfPerson, VetoState},
};
use jianjia_store::{
    core::db::Tx,
    register::unit,
    year::{
        judgement, statement as statements,
        subject::{self, RegisterFacts},
    },
};
use jiff::{ToSpan, civil::Date};

use crate::core::{
    app::App,
    error::{Error, Result, refuses},
};

refuses!(jianjia_domain::year::assessment::AssessmentRefusal);

/// How far back activities are read: four complete quarters or twelve complete months before a day, and some margin.
const MONTHS_OF_ACTIVITIES: i32 = 15;

/// Judges a unit (or a person of it) on what is said of a year, as of a day.
pub async fn assess(
    tx: &mut Tx,
    app: &App,
    unit: &UnitId,
    person: Option<&PersonId>,
    year: i16,
    as_of: Date,
) -> Result<Assessment> {
    let subject = subject_of(tx, app, unit, person, year, as_of).await?;
    let holder = (*unit, person.copied());
    Ok(on_claims(app, holder, (year, as_of), subject))
}

/// As `assess`, for a unit whose record in the register was read already.
pub async fn assess_registered(
    tx: &mut Tx,
    app: &App,
    register: RegisterFacts,
    person: Option<&PersonId>,
    year: i16,
    as_of: Date,
) -> Result<Assessment> {
    let unit = register.id;
    let subject = match person {
        Some(_) => subject_of(tx, app, &unit, person, year, as_of).await?,
        None => of_registered(tx, app, register, year, as_of).await?,
    };
    let holder = (unit, person.copied());
    Ok(on_claims(app, holder, (year, as_of), subject))
}

fn on_claims(
    app: &App,
    holder: (UnitId, Option<PersonId>),
    of_year: (i16, Date),
    subject: Subject,
) -> Assessment {
    assessed(
        app,
        holder,
        of_year,
        Basis::Claims,
        subject,
        BTreeSet::new(),
    )
}

/// The judgement on a subject without the criteria that are `rejected` (see [`assessment::judged`]); the facts themselves stay as they were
/// said.
pub(crate) fn assessed(
    app: &App,
    (unit, person): (UnitId, Option<PersonId>),
    (year, as_of): (i16, Date),
    basis: Basis,
    subject: Subject,
    rejected: BTreeSet<String>,
) -> Assessment {
    let judgement = assessment::judged(app.standards.of(year), &subject, as_of, &rejected);
    Assessment {
        id: None,
        unit,
        person,
        year,
        as_of,
        basis,
        subject,
        rejected,
        judgement,
    }
}

/// Stores an assessment with the version of the standard, so that it can always be recomputed; sets and returns its id.
pub async fn keep(tx: &mut Tx, app: &App, assessment: &mut Assessment) -> Result<JudgementId> {
    let now = app.now();
    let id = JudgementId(app.entropy.id(now));
    let kept = KeptJudgement {
        id,
        unit: assessment.unit,
        person: assessment.person,
        year: assessment.year,
        as_of: assessment.as_of,
        standard_key: app.standards.of(assessment.year).key.clone(),
        standard_hash: app.standards.of(assessment.year).version.clone(),
        basis: assessment.basis.key().to_owned(),
        rejected: assessment.rejected.clone(),
        subject: serde_json::to_value(&assessment.subject).context("the subject")?,
        judgement: serde_json::to_value(&assessment.judgement).context("the judgement")?,
        made_at: now,
    };
    judgement::keep(tx, &kept).await?;
    assessment.id = Some(id);
    Ok(id)
}

/// The day as of which a year's sheet is judged: today in the current year, else the year's last day.
pub fn as_of(app: &App, year: i16) -> Date {
    let today = app.clock.today();
    if today.year() == year {
        today
    } else {
        Date::new(year, 12, 31).unwrap_or(today)
    }
}

/// A unit as judging sees it.
#[derive(Clone, Debug)]
pub struct Gathered {
    pub register: RegisterFacts,
    pub as_of: Date,
    pub subject: Subject,
    /// The answers that the register gives.
    pub known: Vec<(String, FactValue)>,
}

/// Everything known of a unit (or of one of its people), as judging reads it. Answers that contradict each other (more members than workers, from
/// an import) count as unknown.
pub async fn subject_of(
    tx: &mut Tx,
    app: &App,
    unit_id: &UnitId,
    person_id: Option<&PersonId>,
    year: i16,
    as_of: Date,
) -> Result<Subject> {
    if let Some(person_id) = person_id {
        let person = ((*unit_id, *person_id), as_of);
        let found = gather_people(tx, app, &[person], year).await?;
        return found.into_values().next().ok_or(Error::NotFound);
    }
    let register = subject::unit(tx, unit_id).await?.ok_or(Error::NotFound)?;
    of_registered(tx, app, register, year, as_of).await
}

/// As `subject_of`, for a unit whose record in the register was read already.
async fn of_registered(
    tx: &mut Tx,
    app: &App,
    register: RegisterFacts,
    year: i16,
    as_of: Date,
) -> Result<Subject> {
    assessment::kind_of(register.kind)?;
    let mut facts = statements::facts_of_units(tx, &[register.id], year).await?;
    let facts = facts.remove(&register.id).unwrap_or_default();
    Ok(gather_one(tx, app, register, &facts, year, as_of)
        .await?
        .subject)
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
    let Some((earliest, latest)) = span(units) else {
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
    let ids: BTreeSet<UnitId> = judged.iter().map(|(register, ..)| register.id).collect();
    let ids: Vec<UnitId> = ids.into_iter().collect();
    let elections = subject::elections(tx, &ids, latest).await?;
    let logs = subject::activities(tx, &ids, activities_from(earliest), latest).await?;
    let ratings = subject::ratings(tx, &ids, year).await?;
    let titles = subject::titles(tx, &ids, latest).await?;
    let unions = unions_of_branches(tx, judged.iter().map(|(register, ..)| *register)).await?;
    let bearers: Vec<UnitId> = ids.iter().chain(unions.values()).copied().collect();
    let vetoes = subject::vetoes(tx, &bearers).await?;
    let mut gathered = Vec::with_capacity(judged.len());
    for (register, kind, as_of) in judged {
        let id = &register.id;
        let mut found = Subject::unknown(id.to_string(), kind);
        found.employer = register.employer;
        found.founded_on = register.founded_on;
        let counts = (register.workers, register.members);
        let election = last_election(elections.get(id), as_of);
        let known = answered_by(standard, counts, election);
        if let Some(facts) = read.facts.get(id) {
            found.facts = statement::known(standard, facts);
        }
        add_known(standard, &mut found.facts, &known);
        found.activities = logs
            .get(id)
            .filter(|log| log.first_on <= as_of)
            .map(|log| activities_as_of(&log.activities, as_of));
        found.rating = ratings.get(id).map(RatingTotals::counts);
        found.titles = titles_as_of(standard, titles.get(id), as_of);
        let above = paths_above(&register.path)
            .into_iter()
            .filter_map(|path| unions.get(path))
            .filter(|_| register.kind == UnitKind::Branch);
        for bearer in std::iter::once(id).chain(above) {
            let of_bearer = vetoes.get(bearer).into_iter().flatten();
            found.vetoes.extend(known_vetoes(standard, of_bearer));
        }
        if register.kind.is_federation() {
            let below = subordinates(tx, standard, kind, &register.path, as_of).await?;
            found.subordinates = Some(below);
        }
        gathered.push(Gathered {
            register: register.clone(),
            as_of,
            subject: found,
            known,
        });
    }
    Ok(gathered)
}

/// The facts that a unit is judged by: its answers, and the register's beside them. Answers that contradict each other count as unknown.
pub(crate) fn add_known(
    standard: &Standard,
    facts: &mut BTreeMap<String, FactValue>,
    known: &[(String, FactValue)],
) {
    facts.extend(known.iter().cloned());
    for impossible in impossible(standard, facts) {
        facts.remove(&impossible.key);
    }
}

/// The first and the last of the days asked for; `None` if there are none.
fn span<T>(asked: &[(T, Date)]) -> Option<(Date, Date)> {
    let days = || asked.iter().map(|(_, as_of)| *as_of);
    Some((days().min()?, days().max()?))
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

/// The last of these elections (oldest first) that was held by a day.
pub(crate) fn last_election(
    elections: Option<&Vec<(Date, i64)>>,
    as_of: Date,
) -> Option<(Date, i64)> {
    let held = |election: &&(Date, i64)| election.0 <= as_of;
    elections?.iter().rev().find(held).copied()
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

/// What the register answers: the last election (its day, and the term in years) for the term checks, and the facts that the standard takes from
/// the register.
pub(crate) fn answered_by(
    standard: &Standard,
    (workers, members): (Option<i64>, Option<i64>),
    election: Option<(Date, i64)>,
) -> Vec<(String, FactValue)> {
    let mut known = Vec::new();
    if let Some((date, years)) = term_facts(standard)
        && let Some((held_on, term_years)) = election
    {
        known.push((date.key.clone(), FactValue::Date(held_on)));
        let value = serde_json::Value::from(term_years);
        let fact = standard.fact(&years.key);
        if let Some(years_value) = fact.and_then(|fact| FactValue::from_json(fact, &value).ok()) {
            known.push((years.key.clone(), years_value));
        }
    }
    for (key, count) in [("workers", workers), ("members", members)] {
        let from_register = standard
            .fact(key)
            .is_some_and(|fact| fact.from == Some(FactSource::Register));
        if let Some(count) = count.and_then(|count| u64::try_from(count).ok())
            && from_register
        {
            known.push((key.to_owned(), FactValue::Number(count)));
        }
    }
    known
}

/// Everything known of people of units, each as of its day; people who have left their unit are left out.
pub(crate) async fn gather_people(
    tx: &mut Tx,
    app: &App,
    asked: &[((UnitId, PersonId), Date)],
    year: i16,
) -> Result<HashMap<(UnitId, PersonId, Date), Subject>> {
    let standard = app.standards.of(year);
    let Some((_, latest)) = span(asked) else {
        return Ok(HashMap::new());
    };
    let ids: BTreeSet<PersonId> = asked.iter().map(|((_, person), _)| *person).collect();
    let ids: Vec<PersonId> = ids.into_iter().collect();
    let people = subject::people(tx, &ids).await?;
    let units: BTreeSet<UnitId> = asked.iter().map(|((unit, _), _)| *unit).collect();
    let units: Vec<UnitId> = units.into_iter().collect();
    let own = unit::places(tx, &units).await?;
    let above = unit::above_any(tx, own.iter().map(|place| place.path.as_str())).await?;
    let places: BTreeMap<&str, &UnitPlace> = own
        .iter()
        .chain(&above)
        .map(|place| (place.path.as_str(), place))
        .collect();
    let bearers: Vec<UnitId> = places.values().map(|place| place.id).collect();
    let vetoes = subject::vetoes(tx, &bearers).await?;
    let titles_of_units = subject::titles(tx, &bearers, latest).await?;
    let titles = subject::titles_of_people(tx, &ids, latest).await?;
    let facts = statements::facts_of_people(tx, &units, year).await?;
    let mut gathered = HashMap::with_capacity(asked.len());
    for ((unit_id, person_id), as_of) in asked {
        let of_unit =
            |person: &&subject::PersonFacts| person.id == *person_id && person.unit == *unit_id;
        let (Some(person), Some(place)) = (
            people.iter().find(of_unit),
            own.iter().find(|place| place.id == *unit_id),
        ) else {
            continue;
        };
        let mut found = Subject::unknown(person_id.to_string(), Kind::Person);
        found.post = Some(person.post);
        if let Some(facts) = facts.get(&(*unit_id, *person_id)) {
            found.facts = statement::known(standard, facts);
        }
        found.titles = titles_as_of(standard, titles.get(person_id), *as_of);
        let mut union = UnionOfPerson::default();
        // The person's own union: the unit itself, or the grassroots union that a branch belongs to.
        let above = paths_above(&place.path);
        for path in std::iter::once(place.path.as_str()).chain(above) {
            let Some(place) = places.get(path) else {
                continue;
            };
            let of_place = vetoes.get(&place.id).into_iter().flatten();
            union.vetoes.extend(known_vetoes(standard, of_place));
            if place.kind != UnitKind::Branch {
                let of_place = titles_of_units.get(&place.id);
                union.titles = titles_as_of(standard, of_place, *as_of);
                break;
            }
        }
        found.union = Some(union);
        gathered.insert((*unit_id, *person_id, *as_of), found);
    }
    Ok(gathered)
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

/// The facts of the standard's term check: the day of the last election and the years of the term.
fn term_facts(standard: &Standard) -> Option<(&FactName, &FactName)> {
    let mut found = None;
    for title in &standard.titles {
        for criterion in &title.criteria {
            walk(&criterion.check, &mut |check| {
                if let Check::Term { date, years } = check {
                    found.get_or_insert((date, years));
                }
            });
        }
    }
    found
}

pub(crate) fn walk<'a>(check: &'a Check, visit: &mut impl FnMut(&'a Check)) {
    visit(check);
    match check {
        Check::All(checks) | Check::Any(checks) => {
            for check in checks {
                walk(check, visit);
            }
        }
        Check::When { when, then } => {
            walk(when, visit);
            walk(then, visit);
        }
        _ => {}
    }
}

/// The titles that the standard knows and that were held on a day; titles of another standard mean nothing to this one.
fn titles_as_of(
    standard: &Standard,
    titles: Option<&Vec<(Date, HeldTitle)>>,
    as_of: Date,
) -> Vec<HeldTitle> {
    titles
        .into_iter()
        .flatten()
        .filter(|(begun_on, held)| *begun_on <= as_of && standard.title(&held.title).is_some())
        .map(|(_, held)| held.clone())
        .collect()
}

fn known_vetoes<'a>(
    standard: &Standard,
    vetoes: impl Iterator<Item = &'a VetoState>,
) -> Vec<VetoState> {
    vetoes
        .filter(|state| standard.veto(&state.clause).is_some())
        .cloned()
        .collect()
}
