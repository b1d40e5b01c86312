//! Applications and their events.

use anyhow::{Context, Result, bail};
use jianjia_domain::{
    core::ids::{ApplicationId, PersonId, UnitId},
    round::application::{
        ApplicantPerson, ApplicantUnit, Application, ApplicationEvent, EventAct, State,
    },
};
use sqlx::{AssertSqlSafe, Row, any::AnyRow};

use crate::{
    core::{
        bulk::{self, Value},
        db::Tx,
    },
    year::participation::{self, Done},
};

/// The columns that `application_of` reads.
pub(crate) const COLUMNS: &str = "id, year, title, unit_id, unit_path, unit_name, unit_sort_key, person_id, person_name, state, step,
     route, story, rank, recommended_by, judgement_id, since_at, submitted_at, closed_at, created_by, created_at, revision";

/// The columns that `values` writes, in this order.
const INSERTED: [&str; 25] = [
    "id",
    "year",
    "title",
    "unit_id",
    "unit_path",
    "unit_name",
    "unit_sort_key",
    "person_id",
    "person_name",
    "created_by",
    "created_at",
    "state",
    "step",
    "step_act",
    "at_unit_id",
    "at_unit_path",
    "route",
    "story",
    "rank",
    "recommended_by",
    "judgement_id",
    "since_at",
    "submitted_at",
    "closed_at",
    "revision",
];

/// Inserts a new application. Returns false if the applicant has one for the same title and year.
pub async fn insert(tx: &mut Tx, application: &Application) -> Result<bool> {
    let is_new = bulk::insert_new(tx, "application", &INSERTED, values(application)?).await?;
    note(tx, std::slice::from_ref(application)).await?;
    Ok(is_new)
}

/// Inserts new applications.
pub async fn insert_many(tx: &mut Tx, applications: &[Application]) -> Result<()> {
    bulk::insert_each(
        tx,
        "application",
        &INSERTED,
        applications.iter().map(values),
    )
    .await?;
    note(tx, applications).await
}

/// Notes whose applications count.
async fn note(tx: &mut Tx, applications: &[Application]) -> Result<()> {
    let counted = applications.iter().filter(|application| {
        let state = &application.state;
        !matches!(state, State::Draft | State::Withdrawn { .. })
    });
    let units = counted.map(|application| (application.unit.id, application.year));
    participation::note(tx, Done::Applied, units).await
}

fn values(application: &Application) -> Result<Vec<Value>> {
    let (holder, holder_path) = application.holder();
    let unit = &application.unit;
    let person = application.person.as_ref();
    Ok(vec![
        application.id.to_string().into(),
        i64::from(application.year).into(),
        application.title.as_str().into(),
        unit.id.to_string().into(),
        unit.path.as_str().into(),
        unit.name.as_str().into(),
        unit.sort_key.as_str().into(),
        person_id(application).into(),
        person.map_or("", |person| person.name.as_str()).into(),
        application.created_by.to_string().into(),
        application.created_at.to_string().into(),
        application.state.key().into(),
        step_number(application.state.step()).into(),
        step_act(application).into(),
        holder.to_string().into(),
        holder_path.into(),
        serde_json::to_string(&application.route)?.into(),
        application.story.as_str().into(),
        application.rank.into(),
        application.recommended_by.map(|id| id.to_string()).into(),
        application.judgement.map(|id| id.to_string()).into(),
        application.since_at.to_string().into(),
        application.submitted_at.map(|at| at.to_string()).into(),
        application
            .state
            .closed_at()
            .map(|at| at.to_string())
            .into(),
        application.revision.into(),
    ])
}

/// Saves an application in its new state. Applicant, year and title never change, and the rank is written by `recommendation::set_rank`. Returns
/// false if the stored revision is not the one before.
pub async fn update(tx: &mut Tx, application: &Application) -> Result<bool> {
    let (holder, holder_path) = application.holder();
    let updated = sqlx::query(
        "UPDATE application SET
           state = $2, step = $3, step_act = $4, at_unit_id = $5, at_unit_path = $6, route = $7, story = $8,
           recommended_by = $9, judgement_id = $10, since_at = $11, submitted_at = $12, closed_at = $13, revision = $14
         WHERE id = $1 AND revision = $14 - 1",
    )
    .bind(application.id.to_string())
    .bind(application.state.key())
    .bind(step_number(application.state.step()))
    .bind(step_act(application))
    .bind(holder.to_string())
    .bind(holder_path.to_owned())
    .bind(serde_json::to_string(&application.route)?)
    .bind(&application.story)
    .bind(application.recommended_by.map(|id| id.to_string()))
    .bind(application.judgement.map(|id| id.to_string()))
    .bind(application.since_at.to_string())
    .bind(application.submitted_at.map(|at| at.to_string()))
    .bind(application.state.closed_at().map(|at| at.to_string()))
    .bind(application.revision)
    .execute(&mut **tx)
    .await?
    .rows_affected();
    if updated != 1 {
        return Ok(false);
    }
    match application.state {
        State::Withdrawn { .. } => {
            participation::withdrawn(tx, &application.unit.id, application.year).await?;
        }
        // Whatever comes later begins with this.
        State::UnderReview { step: 0 } => note(tx, std::slice::from_ref(application)).await?,
        _ => {}
    }
    Ok(true)
}

pub async fn find(tx: &mut Tx, id: &ApplicationId) -> Result<Option<Application>> {
    let row = sqlx::query(AssertSqlSafe(format!(
        "SELECT {COLUMNS}
         FROM application
         WHERE id = $1"
    )))
    .bind(id.to_string())
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| application_of(&row)).transpose()
}

/// These applications, in no order; unknown ids are left out.
pub async fn find_many(tx: &mut Tx, ids: &[ApplicationId]) -> Result<Vec<Application>> {
    let sql = format!(
        "SELECT {COLUMNS}
         FROM application
         WHERE id IN ({{words}})"
    );
    let rows = bulk::select(tx, &sql, &[], ids.iter().map(ApplicationId::to_string)).await?;
    rows.iter().map(application_of).collect()
}

/// What of an application never changes: its unit, year and title.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whose {
    pub application: ApplicationId,
    pub unit: UnitId,
    pub year: i16,
    pub title: String,
}

/// Whose these applications are, in no order; unknown ids are left out.
pub async fn whose(tx: &mut Tx, ids: &[ApplicationId]) -> Result<Vec<Whose>> {
    let sql = "SELECT id, unit_id, year, title
               FROM application
               WHERE id IN ({words})";
    let rows = bulk::select(tx, sql, &[], ids.iter().map(ApplicationId::to_string)).await?;
    rows.iter()
        .map(|row| {
            Ok(Whose {
                application: row.try_get::<String, _>("id")?.parse()?,
                unit: row.try_get::<String, _>("unit_id")?.parse()?,
                year: i16::try_from(row.try_get::<i64, _>("year")?)?,
                title: row.try_get("title")?,
            })
        })
        .collect()
}

/// An applicant's application for a title and year that is not withdrawn.
pub async fn standing(
    tx: &mut Tx,
    year: i16,
    title: &str,
    unit: &UnitId,
    person: Option<&PersonId>,
) -> Result<Option<Application>> {
    let row = sqlx::query(AssertSqlSafe(format!(
        "SELECT {COLUMNS}
         FROM application
         WHERE year = $1 AND title = $2 AND unit_id = $3 AND person_id = $4 AND state <> 'withdrawn'"
    )))
    .bind(i64::from(year))
    .bind(title.to_owned())
    .bind(unit.to_string())
    .bind(person.map_or_else(String::new, ToString::to_string))
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| application_of(&row)).transpose()
}

/// All applications of a unit and its people, newest first.
pub async fn of_unit(tx: &mut Tx, unit: &UnitId) -> Result<Vec<Application>> {
    sqlx::query(AssertSqlSafe(format!(
        "SELECT {COLUMNS}
         FROM application
         WHERE unit_id = $1
         ORDER BY year DESC, id DESC"
    )))
    .bind(unit.to_string())
    .fetch_all(&mut **tx)
    .await?
    .iter()
    .map(application_of)
    .collect()
}

/// Appends an event. Returns false and adds nothing if there is an event with this request key.
pub async fn add_event(tx: &mut Tx, event: &ApplicationEvent) -> Result<bool> {
    bulk::insert_new(tx, "application_event", &OF_EVENT, of_event(event)?).await
}

/// Adds events that nobody has sent before.
pub async fn add_events(tx: &mut Tx, events: &[ApplicationEvent]) -> Result<()> {
    bulk::insert_each(
        tx,
        "application_event",
        &OF_EVENT,
        events.iter().map(of_event),
    )
    .await
}

/// The columns that `of_event` writes, in this order.
const OF_EVENT: [&str; 13] = [
    "id",
    "application_id",
    "act",
    "step",
    "unit_id",
    "unit_name",
    "account_id",
    "account_name",
    "opinion",
    "reasons",
    "judgement_id",
    "at",
    "request_key",
];

fn of_event(event: &ApplicationEvent) -> Result<Vec<Value>> {
    Ok(vec![
        event.id.to_string().into(),
        event.application.to_string().into(),
        event.act.key().into(),
        step_number(event.step).into(),
        event.unit.to_string().into(),
        event.unit_name.as_str().into(),
        event.account.map(|id| id.to_string()).into(),
        event.account_name.as_str().into(),
        event.opinion.as_str().into(),
        serde_json::to_string(&event.reasons)?.into(),
        event.judgement.map(|id| id.to_string()).into(),
        event.at.to_string().into(),
        event.request_key.clone().into(),
    ])
}

/// The events of an application, in order.
pub async fn events(tx: &mut Tx, id: &ApplicationId) -> Result<Vec<ApplicationEvent>> {
    sqlx::query(
        "SELECT id, application_id, act, step, unit_id, unit_name, account_id, account_name, opinion, reasons, judgement_id, at,
                request_key
         FROM application_event
         WHERE application_id = $1
         ORDER BY id",
    )
    .bind(id.to_string())
    .fetch_all(&mut **tx)
    .await?
    .iter()
    .map(event_of)
    .collect()
}

/// The application that a request key was used for: a form sent twice is handled once.
pub async fn of_request(tx: &mut Tx, request_key: &str) -> Result<Option<ApplicationId>> {
    let row = sqlx::query(
        "SELECT application_id
         FROM application_event
         WHERE request_key = $1",
    )
    .bind(request_key.to_owned())
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| Ok(row.try_get::<String, _>("application_id")?.parse()?))
        .transpose()
}

/// Those of these request keys that were used before.
pub async fn requests(tx: &mut Tx, request_keys: &[String]) -> Result<Vec<String>> {
    let sql = "SELECT request_key
               FROM application_event
               WHERE request_key IN ({words})";
    let rows = bulk::select(tx, sql, &[], request_keys.iter().cloned()).await?;
    rows.iter()
        .map(|row| Ok(row.try_get("request_key")?))
        .collect()
}

fn person_id(application: &Application) -> String {
    application
        .person
        .as_ref()
        .map_or_else(String::new, |person| person.id.to_string())
}

fn step_number(step: Option<usize>) -> i64 {
    step.and_then(|step| i64::try_from(step).ok()).unwrap_or(-1)
}

fn step_act(application: &Application) -> &'static str {
    application.turn().map_or("", |step| step.act.key())
}

/// Reads `COLUMNS`.
pub(crate) fn application_of(row: &AnyRow) -> Result<Application> {
    let text = |column: &str| row.try_get::<String, _>(column);
    let instant = |column: &str| -> Result<Option<jiff::Timestamp>> {
        let at: Option<String> = row.try_get(column)?;
        at.map(|at| {
            at.parse()
                .with_context(|| format!("the instant in {column}"))
        })
        .transpose()
    };
    let person = text("person_id")?;
    let recommended_by: Option<String> = row.try_get("recommended_by")?;
    let judgement: Option<String> = row.try_get("judgement_id")?;
    let route = serde_json::from_str(&text("route")?).context("the route of an application")?;
    let at = || instant("closed_at").map(Option::unwrap_or_default);
    let step = usize::try_from(row.try_get::<i64, _>("step")?).unwrap_or(0);
    let state = match text("state")?.as_str() {
        "draft" => State::Draft,
        "under-review" => State::UnderReview { step },
        "returned" => State::Returned { step },
        "withdrawn" => State::Withdrawn { at: at()? },
        "rejected" => State::Rejected { step, at: at()? },
        "named" => State::Named { step, at: at()? },
        other => bail!("unknown state {other} of an application"),
    };
    Ok(Application {
        id: text("id")?.parse()?,
        year: i16::try_from(row.try_get::<i64, _>("year")?)?,
        title: text("title")?,
        unit: ApplicantUnit {
            id: text("unit_id")?.parse()?,
            path: text("unit_path")?,
            name: text("unit_name")?,
            sort_key: text("unit_sort_key")?,
        },
        person: if person.is_empty() {
            None
        } else {
            Some(ApplicantPerson {
                id: person.parse()?,
                name: text("person_name")?,
            })
        },
        story: text("story")?,
        state,
        route,
        rank: row.try_get("rank")?,
        recommended_by: recommended_by.map(|id| id.parse()).transpose()?,
        judgement: judgement.map(|id| id.parse()).transpose()?,
        since_at: instant("since_at")?.unwrap_or_default(),
        submitted_at: instant("submitted_at")?,
        created_by: text("created_by")?.parse()?,
        created_at: instant("created_at")?.unwrap_or_default(),
        revision: row.try_get("revision")?,
    })
}

fn event_of(row: &AnyRow) -> Result<ApplicationEvent> {
    let text = |column: &str| row.try_get::<String, _>(column);
    let act = text("act")?;
    let account: Option<String> = row.try_get("account_id")?;
    let judgement: Option<String> = row.try_get("judgement_id")?;
    Ok(ApplicationEvent {
        id: text("id")?.parse()?,
        application: text("application_id")?.parse()?,
        act: EventAct::from_key(&act).with_context(|| format!("unknown act {act}"))?,
        step: usize::try_from(row.try_get::<i64, _>("step")?).ok(),
        unit: text("unit_id")?.parse()?,
        unit_name: text("unit_name")?,
        account: account.map(|id| id.parse()).transpose()?,
        account_name: text("account_name")?,
        opinion: text("opinion")?,
        reasons: serde_json::from_str(&text("reasons")?).context("the reasons of an event")?,
        judgement: judgement.map(|id| id.parse()).transpose()?,
        at: text("at")?.parse()?,
        request_key: row.try_get("request_key")?,
    })
}

#[cfg(test)]
pub(crate) mod tests;
