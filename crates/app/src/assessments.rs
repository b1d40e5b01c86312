//! Where a union, a small home or a person stands: everything the system knows of it, put together and judged.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anyhow::Context;
use jianjia_domain::{
    application::Application,
    assessment::{self, Assessment, Basis, KeptJudgement},
    ids::{JudgementId, PersonId, UnitId},
    rating::RatingTotals,
    review::{self, Finding},
    statement,
    unit::{UnitKind, paths_above},
};
use jianjia_standard::{
    Standard,
    check::{Check, FactName},
    fact::{FactSource, FactValue, impossible},
    kinds::Kind,
    subject::{HeldTitle, Subject, Subordinates, UnionOfPerson, VetoState},
};
use jianjia_store::{
    db::Tx,
    finding, judgement, statement as statements,
    subject::{self, RegisterFacts},
    unit,
};
use jiff::{ToSpan, civil::Date};

use crate::{
    app::App,
    error::{Error, Result},
};

/// How far back activities are read: four complete quarters or twelve complete months before a day, with room.
const MONTHS_OF_ACTIVITIES: i32 = 15;

/// Judges a unit (or a person of it) on a year's facts, as of a day.
///
/// `Basis::Confirmed` takes back the criteria that the newest findings on the application reject (see
/// [`assessment::judged`]); the facts themselves stay as they were said.
pub async fn assess(
    tx: &mut Tx,
    app: &App,
    unit: &UnitId,
    person: Option<&PersonId>,
    year: i16,
    as_of: Date,
    basis: Basis,
) -> Result<Assessment> {
    let subject = subject_of(tx, app, unit, person, year, as_of).await?;
    let rejected = match basis {
        Basis::Claims => BTreeSet::new(),
        Basis::Confirmed { application } => {
            review::rejected(&finding::of_application(tx, &application).await?)
        }
    };
    let holder = (*unit, person.copied());
    Ok(assessed(
        app,
        holder,
        (year, as_of),
        basis,
        subject,
        rejected,
    ))
}

/// Judges the applicants of some applications of one year on confirmed facts, each as of its day, in their order; unions of the same
/// day together. `findings` are all findings on them.
///
/// Not found: the person has left the union that applied.
pub(crate) async fn assess_confirmed(
    tx: &mut Tx,
    app: &App,
    applications: &[(Application, Date)],
    findings: &[Finding],
    year: i16,
) -> Result<Vec<Result<Assessment>>> {
    let mut unions: BTreeMap<Date, Vec<UnitId>> = BTreeMap::new();
    for (application, as_of) in applications {
        if application.person.is_none() {
            unions.entry(*as_of).or_default().push(application.unit.id);
        }
    }
    let mut gathered: HashMap<(UnitId, Date), Subject> = HashMap::new();
    for (as_of, units) in unions {
        for found in gather(tx, app, &units, year, as_of).await? {
            gathered.insert((found.register.id, as_of), found.subject);
        }
    }
    let mut all = Vec::with_capacity(applications.len());
    for (application, as_of) in applications {
        let unit = application.unit.id;
        let person = application.person.as_ref().map(|person| person.id);
        let subject = match (person, gathered.remove(&(unit, *as_of))) {
            (None, Some(subject)) => Ok(subject),
            (person, _) => subject_of(tx, app, &unit, person.as_ref(), year, *as_of).await,
        };
        let application = application.id;
        let of_application = findings
            .iter()
            .filter(|found| found.application == application);
        let rejected = review::rejected(of_application);
        let basis = Basis::Confirmed { application };
        all.push(subject.map(|subject| {
            assessed(
                app,
                (unit, person),
                (year, *as_of),
                basis,
                subject,
                rejected,
            )
        }));
    }
    Ok(all)
}

fn assessed(
    app: &App,
    (unit, person): (UnitId, Option<PersonId>),
    (year, as_of): (i16, Date),
    basis: Basis,
    subject: Subject,
    rejected: BTreeSet<String>,
) -> Assessment {
    let judgement = assessment::judged(&app.standard, &subject, as_of, &rejected);
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

/// Keeps an assessment with the version of the standard, so that it can be recomputed for ever; sets and gives its id.
pub async fn keep(tx: &mut Tx, app: &App, assessment: &mut Assessment) -> Result<JudgementId> {
    let now = app.now();
    let id = JudgementId(app.entropy.id(now));
    let kept = KeptJudgement {
        id,
        unit: assessment.unit,
        person: assessment.person,
        year: assessment.year,
        as_of: assessment.as_of,
        standard_key: app.standard.key.clone(),
        standard_hash: app.standard.version.clone(),
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

/// The day a year's sheet is judged on: today in the running year, else the year's last day.
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
    pub subject: Subject,
    /// What the register answers itself.
    pub known: Vec<(String, FactValue)>,
}

/// Everything that is known of a unit (or of a person of it), as judging reads it. Answers that contradict each other (more
/// members than workers, from an import) count as not known.
pub async fn subject_of(
    tx: &mut Tx,
    app: &App,
    unit_id: &UnitId,
    person_id: Option<&PersonId>,
    year: i16,
    as_of: Date,
) -> Result<Subject> {
    if let Some(person_id) = person_id {
        let register = subject::unit(tx, unit_id).await?.ok_or(Error::NotFound)?;
        return subject_of_person(tx, app, &register, person_id, year, as_of).await;
    }
    let gathered = gather(tx, app, std::slice::from_ref(unit_id), year, as_of).await?;
    if let Some(gathered) = gathered.into_iter().next() {
        return Ok(gathered.subject);
    }
    let register = subject::unit(tx, unit_id).await?.ok_or(Error::NotFound)?;
    assessment::kind_of(register.kind).map_err(jianjia_domain::refusal::Refusal::from)?;
    Err(Error::NotFound)
}

/// Everything that is known of units, in no order and each once; those that are not judged (they only lead) are left out. As many
/// queries for a thousand units as for one, but for federations, which count the unions below them.
pub async fn gather(
    tx: &mut Tx,
    app: &App,
    units: &[UnitId],
    year: i16,
    as_of: Date,
) -> Result<Vec<Gathered>> {
    let standard = &app.standard;
    let registers: Vec<(RegisterFacts, Kind)> = subject::units(tx, units)
        .await?
        .into_iter()
        .filter_map(|register| {
            let kind = assessment::kind_of(register.kind).ok()?;
            Some((register, kind))
        })
        .collect();
    let units: Vec<UnitId> = registers.iter().map(|(register, _)| register.id).collect();
    let mut facts = statements::facts_of_units(tx, &units, year).await?;
    let elections = subject::last_elections(tx, &units, as_of).await?;
    let from = as_of.saturating_sub(MONTHS_OF_ACTIVITIES.months());
    let mut activities = subject::activities(tx, &units, from, as_of).await?;
    let ratings = subject::ratings(tx, &units, year).await?;
    let mut titles = subject::titles(tx, &units, as_of).await?;
    let unions = unions_of_branches(tx, &registers).await?;
    let bearers: Vec<UnitId> = units.iter().chain(unions.values()).copied().collect();
    let vetoes = subject::vetoes(tx, &bearers).await?;
    let mut gathered = Vec::with_capacity(registers.len());
    for (register, kind) in registers {
        let id = &register.id;
        let mut found = Subject::unknown(id.to_string(), kind);
        found.employer = register.employer;
        found.founded_on = register.founded_on;
        found.facts = statement::known(standard, &facts.remove(id).unwrap_or_default());
        let counts = (register.workers, register.members);
        let known = answered_by(standard, counts, elections.get(id).copied());
        found.facts.extend(known.iter().cloned());
        for impossible in impossible(standard, &found.facts) {
            found.facts.remove(&impossible.key);
        }
        found.activities = activities.remove(id);
        found.rating = ratings.get(id).map(RatingTotals::counts);
        found.titles = known_titles(standard, titles.remove(id).unwrap_or_default());
        let above = paths_above(&register.path)
            .into_iter()
            .filter_map(|path| unions.get(path))
            .filter(|_| register.kind == UnitKind::Branch);
        for bearer in std::iter::once(*id).chain(above.copied()) {
            let of_bearer = vetoes.get(&bearer).cloned().unwrap_or_default();
            found.vetoes.extend(known_vetoes(standard, of_bearer));
        }
        if register.kind.is_federation() {
            let below = subordinates(tx, standard, kind, &register.path, as_of).await?;
            found.subordinates = Some(below);
        }
        gathered.push(Gathered {
            register,
            subject: found,
            known,
        });
    }
    Ok(gathered)
}

/// The unions that branches belong to, by path: their vetoes bar the branches, too.
async fn unions_of_branches(
    tx: &mut Tx,
    registers: &[(RegisterFacts, Kind)],
) -> Result<HashMap<String, UnitId>> {
    let branches = registers
        .iter()
        .filter(|(register, _)| register.kind == UnitKind::Branch)
        .map(|(register, _)| register.path.as_str());
    Ok(unit::above_any(tx, branches)
        .await?
        .into_iter()
        .filter(|place| !place.kind.is_federation())
        .map(|place| (place.path, place.id))
        .collect())
}

/// The answers that the register has, by fact: they are never asked.
pub async fn known_to_the_system(
    tx: &mut Tx,
    standard: &Standard,
    register: &RegisterFacts,
    as_of: Date,
) -> Result<Vec<(String, FactValue)>> {
    let elections = subject::last_elections(tx, &[register.id], as_of).await?;
    let election = elections.get(&register.id).copied();
    let counts = (register.workers, register.members);
    Ok(answered_by(standard, counts, election))
}

/// What the register answers: the last election (its day, and the term in years) answers the term checks, and facts that the standard
/// takes from the register are taken from it.
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

async fn subject_of_person(
    tx: &mut Tx,
    app: &App,
    register: &RegisterFacts,
    person_id: &PersonId,
    year: i16,
    as_of: Date,
) -> Result<Subject> {
    let standard = &app.standard;
    let person = subject::person(tx, &register.id, person_id)
        .await?
        .ok_or(Error::NotFound)?;
    let mut found = Subject::unknown(person_id.to_string(), Kind::Person);
    found.post = Some(person.post);
    let facts = statements::facts_of(tx, &register.id, Some(person_id), year).await?;
    found.facts = statement::known(standard, &facts);
    let titles = subject::titles_of_person(tx, person_id, as_of).await?;
    found.titles = known_titles(standard, titles);
    let mut union = UnionOfPerson::default();
    let own = unit::place(tx, &register.id).await?.into_iter();
    let above = unit::above(tx, &register.path).await?;
    // The person's own union: the unit itself, or the grassroots union that a branch belongs to.
    for place in own.chain(above) {
        let mut vetoes = subject::vetoes(tx, &[place.id]).await?;
        let of_place = vetoes.remove(&place.id).unwrap_or_default();
        union.vetoes.extend(known_vetoes(standard, of_place));
        if place.kind != UnitKind::Branch {
            let mut titles = subject::titles(tx, &[place.id], as_of).await?;
            union.titles = known_titles(standard, titles.remove(&place.id).unwrap_or_default());
            break;
        }
    }
    found.union = Some(union);
    Ok(found)
}

/// The unions below, with how many of them hold each tier of the federation's own ladder, or more.
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

/// The tiers that the criteria of a kind ask of the unions below.
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

/// Titles and vetoes of another standard say nothing to this one.
fn known_titles(standard: &Standard, mut titles: Vec<HeldTitle>) -> Vec<HeldTitle> {
    titles.retain(|held| standard.title(&held.title).is_some());
    titles
}

fn known_vetoes(standard: &Standard, mut vetoes: Vec<VetoState>) -> Vec<VetoState> {
    vetoes.retain(|state| standard.veto(&state.clause).is_some());
    vetoes
}
