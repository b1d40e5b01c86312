//! The assessment of a union, a small home or a person: everything the system knows, gathered (`units`, `people`) and judged.

use std::collections::{BTreeSet, HashMap};

use anyhow::Context;
use jianjia_domain::{
    core::ids::{JudgementId, PersonId, UnitId},
    year::assessment::{self, Assessment, Basis, KeptJudgement},
};
use jianjia_standard::{
    Standard,
    check::Check,
    subject::{HeldTitle, Subject, VetoState},
};
use jianjia_store::{
    core::db::Tx,
    year::{
        judgement, statement as statements,
        subject::{self, RegisterFacts},
    },
};
use jiff::civil::Date;

use crate::core::{
    app::App,
    error::{Error, Result, refuses},
};

mod known;
mod people;
mod units;
pub(crate) use known::{add_known, answered_by, last_election};
pub(crate) use people::gather_people;
pub(crate) use units::gather_founded;
pub(crate) use units::gather_one;
pub use units::{Gathered, gather};

refuses!(jianjia_domain::year::assessment::AssessmentRefusal);

/// Judges a unit (or a person of it) on what is said of a year, as of a day.
///
/// # Errors
/// As `subject_of`.
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
///
/// # Errors
/// As `subject_of`.
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
    let kept = as_kept(app, assessment)?;
    judgement::keep(tx, &kept).await?;
    assessment.id = Some(kept.id);
    Ok(kept.id)
}

/// Stores what units declare of a year, each as of its day; gives the judgements. Federations that are not judged are left out.
pub(crate) async fn keep_declared(
    tx: &mut Tx,
    app: &App,
    units: &[(UnitId, Date)],
    year: i16,
) -> Result<HashMap<UnitId, JudgementId>> {
    let gathered = gather(tx, app, units, year).await?;
    let kept = gathered.into_iter().map(|one| {
        let holder = (one.register.id, None);
        as_kept(app, &on_claims(app, holder, (year, one.as_of), one.subject))
    });
    let kept: Vec<KeptJudgement> = kept.collect::<Result<_>>()?;
    judgement::keep_many(tx, &kept).await?;
    Ok(kept.into_iter().map(|kept| (kept.unit, kept.id)).collect())
}

fn as_kept(app: &App, assessment: &Assessment) -> Result<KeptJudgement> {
    let now = app.now();
    Ok(KeptJudgement {
        id: JudgementId(app.entropy.id(now)),
        unit: assessment.unit,
        person: assessment.person,
        year: assessment.year,
        as_of: assessment.as_of,
        standard_key: app.standards.of(assessment.year).key.clone(),
        standard_hash: app.standards.of(assessment.year).version.clone(),
        basis: assessment.basis.key().to_owned(),
        rejected: assessment.rejected.clone(),
        subject: serde_json::to_string(&assessment.subject).context("the subject")?,
        judgement: serde_json::to_string(&assessment.judgement).context("the judgement")?,
        made_at: now,
    })
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

/// Everything known of a unit (or of one of its people), as judging reads it. Answers that contradict each other (more members than workers, from
/// an import) count as unknown.
///
/// # Errors
/// Not found when the unit isn't there, or the person isn't of it any more; `NotJudged` for a federation that holds no titles.
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

/// The first and the last of the days asked for; `None` if there are none.
fn span<T>(asked: &[(T, Date)]) -> Option<(Date, Date)> {
    let days = || asked.iter().map(|(_, as_of)| *as_of);
    Some((days().min()?, days().max()?))
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
