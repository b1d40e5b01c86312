//! Applicants judged on what reviewers confirmed: what they said, without the criteria that the newest findings on the application reject.

use std::collections::HashMap;

use jianjia_domain::{
    core::ids::{ApplicationId, PersonId, UnitId},
    round::{
        application::Application,
        review::{self, Finding},
    },
    year::assessment::{Assessment, Basis},
};
use jianjia_standard::subject::Subject;
use jianjia_store::core::db::Tx;
use jiff::civil::Date;

use crate::{
    core::{app::App, error::Result},
    year::assessment as assessments,
};

/// Judges the applicant of an application as of a day. `findings` are all findings on it.
///
/// # Errors
/// Not found when the person has left the union that applied.
pub async fn of_one(
    tx: &mut Tx,
    app: &App,
    application: &Application,
    findings: &[Finding],
    as_of: Date,
) -> Result<Assessment> {
    let holder = (
        application.unit.id,
        application.person.as_ref().map(|person| person.id),
    );
    let of_year = (application.year, as_of);
    confirmed(tx, app, &application.id, holder, of_year, findings).await
}

/// Judges a unit (or a person of it) on a year's facts, as of a day, without the criteria that the findings on an application reject.
///
/// # Errors
/// Not found when the person has left the unit.
pub async fn confirmed(
    tx: &mut Tx,
    app: &App,
    application: &ApplicationId,
    (unit, person): (UnitId, Option<PersonId>),
    (year, as_of): (i16, Date),
    findings: &[Finding],
) -> Result<Assessment> {
    let subject = assessments::subject_of(tx, app, &unit, person.as_ref(), year, as_of).await?;
    let basis = Basis::Confirmed {
        application: *application,
    };
    Ok(assessments::assessed(
        app,
        (unit, person),
        (year, as_of),
        basis,
        subject,
        review::rejected(findings),
    ))
}

/// Judges the applicants of some applications of one year on confirmed facts, each as of its day, in their order. `findings` are all
/// findings on them.
///
/// # Errors
/// Of each: not found when the person has left the union that applied; `NotJudged` for a federation that holds no titles.
pub async fn of_many(
    tx: &mut Tx,
    app: &App,
    applications: &[(Application, Date)],
    findings: &[Finding],
    year: i16,
) -> Result<Vec<Result<Assessment>>> {
    let (mut unions, mut people) = (Vec::new(), Vec::new());
    for (application, as_of) in applications {
        let unit = application.unit.id;
        match &application.person {
            None => unions.push((unit, *as_of)),
            Some(person) => people.push(((unit, person.id), *as_of)),
        }
    }
    let mut of_unions: HashMap<(UnitId, Date), Subject> =
        assessments::gather(tx, app, &unions, year)
            .await?
            .into_iter()
            .map(|found| ((found.register.id, found.as_of), found.subject))
            .collect();
    let mut of_people = assessments::gather_people(tx, app, &people, year).await?;
    let mut all = Vec::with_capacity(applications.len());
    for (application, as_of) in applications {
        let unit = application.unit.id;
        let person = application.person.as_ref().map(|person| person.id);
        let subject = match person {
            None => of_unions.remove(&(unit, *as_of)),
            Some(person) => of_people.remove(&(unit, person, *as_of)),
        };
        let subject = match subject {
            Some(subject) => Ok(subject),
            // One at a time it says why it is not judged.
            None => assessments::subject_of(tx, app, &unit, person.as_ref(), year, *as_of).await,
        };
        let application = application.id;
        let of_application = findings
            .iter()
            .filter(|found| found.application == application);
        let rejected = review::rejected(of_application);
        let basis = Basis::Confirmed { application };
        all.push(subject.map(|subject| {
            assessments::assessed(
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
