//! Where a union, a small home or a person stands: everything the system knows of it, put together and judged.

use std::collections::BTreeSet;

use anyhow::Context;
use jianjia_domain::{
    application::Application,
    assessment::{self, Assessment, Basis, KeptJudgement},
    ids::{JudgementId, PersonId, UnitId},
    review::{self, Finding},
};
use jianjia_standard::{
    Standard,
    check::Check,
    fact::FactValue,
    kinds::Kind,
    subject::{Subject, Subordinates},
};
use jianjia_store::{db::Tx, finding, judgement, subject};
use jiff::civil::Date;

use crate::{
    app::App,
    error::{Error, Result},
};

mod records;
use records::{Holder, Records};

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
    let holder = Holder {
        unit: *unit,
        person: person.copied(),
    };
    let subject = subject_of(tx, app, unit, person, year, as_of).await?;
    let rejected = match basis {
        Basis::Claims => BTreeSet::new(),
        Basis::Confirmed { application } => {
            review::rejected(&finding::of_application(tx, &application).await?)
        }
    };
    Ok(assessed(app, holder, year, as_of, basis, subject, rejected))
}

/// Judges the applicants of some applications of one year on confirmed facts, in their order: one query a table, however many they are.
/// `findings` are all findings on them.
///
/// Not found: the person has left the union that applied.
pub(crate) async fn assess_confirmed(
    tx: &mut Tx,
    app: &App,
    applications: &[Application],
    findings: &[Finding],
    year: i16,
    as_of: Date,
) -> Result<Vec<Result<Assessment>>> {
    let holders: Vec<Holder> = applications
        .iter()
        .map(|application| Holder {
            unit: application.unit.id,
            person: application.person.as_ref().map(|person| person.id),
        })
        .collect();
    let subjects = subjects_of(tx, app, &holders, year, as_of).await?;
    let mut all = Vec::with_capacity(applications.len());
    for ((application, holder), subject) in applications.iter().zip(holders).zip(subjects) {
        let application = application.id;
        let rejected = review::rejected(
            findings
                .iter()
                .filter(|found| found.application == application),
        );
        let basis = Basis::Confirmed { application };
        all.push(
            subject.map(|subject| assessed(app, holder, year, as_of, basis, subject, rejected)),
        );
    }
    Ok(all)
}

fn assessed(
    app: &App,
    holder: Holder,
    year: i16,
    as_of: Date,
    basis: Basis,
    subject: Subject,
    rejected: BTreeSet<String>,
) -> Assessment {
    let judgement = assessment::judged(&app.standard, &subject, as_of, &rejected);
    Assessment {
        id: None,
        unit: holder.unit,
        person: holder.person,
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

/// Everything that is known of a unit (or of a person of it), as judging reads it. Answers that contradict each other (more
/// members than workers, from an import) count as not known.
pub async fn subject_of(
    tx: &mut Tx,
    app: &App,
    unit: &UnitId,
    person: Option<&PersonId>,
    year: i16,
    as_of: Date,
) -> Result<Subject> {
    let holder = Holder {
        unit: *unit,
        person: person.copied(),
    };
    let subjects = subjects_of(tx, app, &[holder], year, as_of).await?;
    subjects.into_iter().next().ok_or(Error::NotFound)?
}

/// The same of many holders, in their order.
async fn subjects_of(
    tx: &mut Tx,
    app: &App,
    holders: &[Holder],
    year: i16,
    as_of: Date,
) -> Result<Vec<Result<Subject>>> {
    let standard = &app.standard;
    let records = Records::read(tx, holders, year, as_of).await?;
    let mut subjects = Vec::with_capacity(holders.len());
    for holder in holders {
        let mut subject = records.subject_of(standard, holder);
        // Few applicants lead others, and each leads others than the next.
        if let Ok(subject) = &mut subject
            && holder.person.is_none()
            && let Some(leading) = records.federation(&holder.unit)
        {
            let below = subordinates(tx, standard, subject.kind, &leading.path, as_of).await?;
            subject.subordinates = Some(below);
        }
        subjects.push(subject);
    }
    Ok(subjects)
}

/// The answers that the register has, by fact: they are never asked. The last election answers the term checks, and facts that
/// the standard takes from the register are taken from it.
pub async fn known_to_the_system(
    tx: &mut Tx,
    standard: &Standard,
    register: &subject::RegisterFacts,
    as_of: Date,
) -> Result<Vec<(String, FactValue)>> {
    let election = subject::last_election(tx, &register.id, as_of).await?;
    Ok(records::known_to_the_system(standard, register, election))
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
