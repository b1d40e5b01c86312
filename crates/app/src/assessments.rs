//! Where a union, a small home or a person stands: everything the system knows of it, put together and judged.

use std::collections::BTreeSet;

use anyhow::Context;
use jianjia_domain::{
    assessment::{self, Assessment, Basis, KeptJudgement},
    ids::{JudgementId, PersonId, UnitId},
    statement,
    unit::UnitKind,
};
use jianjia_standard::{
    Standard,
    check::{Check, FactName},
    fact::{FactSource, FactValue, impossible},
    kinds::Kind,
    subject::{Activity, HeldTitle, Subject, Subordinates, UnionOfPerson, VetoState},
};
use jianjia_store::{activity, db::Tx, judgement, rating, statement as statements, subject, unit};
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
        Basis::Confirmed { application } => judgement::rejected(tx, &application).await?,
    };
    let judgement = assessment::judged(&app.standard, &subject, as_of, &rejected);
    Ok(Assessment {
        id: None,
        unit: *unit,
        person: person.copied(),
        year,
        as_of,
        basis,
        subject,
        rejected,
        judgement,
    })
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
    let standard = &app.standard;
    let register = subject::unit(tx, unit_id).await?.ok_or(Error::NotFound)?;
    if let Some(person_id) = person_id {
        return subject_of_person(tx, app, &register, person_id, year, as_of).await;
    }
    let kind =
        assessment::kind_of(register.kind).map_err(jianjia_domain::refusal::Refusal::from)?;
    let mut found = Subject::unknown(unit_id.to_string(), kind);
    found.employer = register.employer;
    found.founded_on = register.founded_on;
    found.facts = statement::known(
        standard,
        &statements::facts_of(tx, unit_id, None, year).await?,
    );
    for (key, value) in known_to_the_system(tx, standard, &register, as_of).await? {
        found.facts.insert(key, value);
    }
    for (key, _) in impossible(standard, &found.facts) {
        found.facts.remove(&key);
    }
    found.activities = activities(tx, unit_id, as_of).await?;
    found.rating = rating::of_year(tx, unit_id, year)
        .await?
        .map(|rating| rating.counts.counts());
    found.titles = known_titles(standard, subject::titles(tx, unit_id, None, as_of).await?);
    found.vetoes = known_vetoes(standard, subject::vetoes(tx, unit_id).await?);
    if register.kind == UnitKind::Branch {
        for place in unit::above(tx, &register.path).await? {
            if !place.kind.is_federation() {
                let of_union = subject::vetoes(tx, &place.id).await?;
                found.vetoes.extend(known_vetoes(standard, of_union));
            }
        }
    }
    if register.kind.is_federation() {
        found.subordinates = Some(subordinates(tx, standard, kind, &register.path, as_of).await?);
    }
    Ok(found)
}

/// The answers that the register has, by fact: they are never asked. The last election answers the term checks, and facts that
/// the standard takes from the register are taken from it.
pub async fn known_to_the_system(
    tx: &mut Tx,
    standard: &Standard,
    register: &subject::RegisterFacts,
    as_of: Date,
) -> Result<Vec<(String, FactValue)>> {
    let mut known = Vec::new();
    if let Some((date, years)) = term_facts(standard)
        && let Some((held_on, term_years)) = subject::last_election(tx, &register.id, as_of).await?
    {
        known.push((date.key.clone(), FactValue::Date(held_on)));
        let value = serde_json::Value::from(term_years);
        let fact = standard.fact(&years.key);
        if let Some(years_value) = fact.and_then(|fact| FactValue::from_json(fact, &value).ok()) {
            known.push((years.key.clone(), years_value));
        }
    }
    for (key, count) in [("workers", register.workers), ("members", register.members)] {
        let from_register = standard
            .fact(key)
            .is_some_and(|fact| fact.from == Some(FactSource::Register));
        if let Some(count) = count.and_then(|count| u64::try_from(count).ok())
            && from_register
        {
            known.push((key.to_owned(), FactValue::Number(count)));
        }
    }
    Ok(known)
}

async fn subject_of_person(
    tx: &mut Tx,
    app: &App,
    register: &subject::RegisterFacts,
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
    let titles = subject::titles(tx, &register.id, Some(person_id), as_of).await?;
    found.titles = known_titles(standard, titles);
    let mut union = UnionOfPerson::default();
    let own = unit::place(tx, &register.id).await?.into_iter();
    let above = unit::above(tx, &register.path).await?;
    // The person's own union: the unit itself, or the grassroots union that a branch belongs to.
    for place in own.chain(above) {
        union.vetoes.extend(known_vetoes(
            standard,
            subject::vetoes(tx, &place.id).await?,
        ));
        if place.kind != UnitKind::Branch {
            let titles = subject::titles(tx, &place.id, None, as_of).await?;
            union.titles = known_titles(standard, titles);
            break;
        }
    }
    found.union = Some(union);
    Ok(found)
}

/// The activities before a day; `None` where nobody ever logged one, for then nothing is known.
async fn activities(tx: &mut Tx, unit: &UnitId, as_of: Date) -> Result<Option<Vec<Activity>>> {
    if !activity::is_logging(tx, unit, as_of).await? {
        return Ok(None);
    }
    let from = as_of.saturating_sub(MONTHS_OF_ACTIVITIES.months());
    let mut found: Vec<Activity> = activity::between(tx, unit, from, as_of)
        .await?
        .into_iter()
        .map(|activity| Activity {
            on: activity.held_on,
            kind: activity.kind,
        })
        .collect();
    found.reverse();
    Ok(Some(found))
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
