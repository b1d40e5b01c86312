//! Jobs: long work that an act leaves to the background. The act keeps a row in its own transaction (`enqueue`); a node takes it (`worker`), and what it
//! does is committed together with the job's end (`running`). What a kind does is one line in `jianjia_app::WORKS`.

pub mod running;
pub mod worker;

use std::pin::Pin;

use anyhow::Context;
use jianjia_domain::core::{
    audit::{deed::Deed, object::Object},
    ids::JobId,
    job::{
        By, Failing, Job, JobError, JobFigures, JobKind, JobProgress, JobRefusal, JobState,
        PERIODIC, Periodic,
    },
    place::{UnitKind, UnitPlace},
    policy::{Act, Actor, POLICY, act, may},
    refusal::General,
};
use jianjia_store::core::{
    db::Tx,
    job::{self, Within},
    place,
    scope::Scope,
};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::core::{
    app::App,
    error::{Error, Result, outage, refuses},
    job::{
        running::{Outcome, Running},
        worker::Local,
    },
};

refuses!(JobRefusal);

/// What a kind of job does.
#[derive(Clone, Copy)]
pub struct Work {
    pub kind: JobKind,
    pub doing: Doing,
}

#[derive(Clone, Copy)]
pub enum Doing {
    /// A job with a row, which one node takes. `is_here` says whether this node can do it at all.
    Once {
        lane: Lane,
        is_here: fn(&App) -> bool,
        run: Run,
    },
    /// What each node does again and again for itself.
    OnEachNode(RunHere),
}

/// Does a job. It may be begun again after having been broken off anywhere: what it keeps, it keeps through `Running`.
pub type Run =
    for<'a> fn(&'a App, &'a Running) -> Pin<Box<dyn Future<Output = Result<Outcome>> + Send + 'a>>;

pub type RunHere = for<'a> fn(&'a App) -> Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>>;

/// A node does one job of each lane at a time, so that a short one does not wait for a long one, nor a table for the archive of a city.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    Short,
    Long,
    /// What takes minutes, in portions that bound its memory and let others take their turns.
    Archive,
}

impl Lane {
    pub const ALL: [Lane; 3] = [Lane::Short, Lane::Long, Lane::Archive];
}

/// A job that is asked for.
pub struct NewJob<'a> {
    pub kind: JobKind,
    /// What is the same thing has the same key.
    pub key: String,
    /// What it is about, as people call it.
    pub name: String,
    pub payload: Value,
    pub by: &'a Actor,
    pub unit: &'a UnitPlace,
}

/// Keeps a job in the transaction of the act that asks for it. Where one of its key is open already, it is that one.
pub async fn enqueue(app: &App, tx: &mut Tx, new: NewJob<'_>) -> Result<JobId> {
    let job = Job {
        asked_by: Some(new.by.account),
        asked_by_name: new.by.name.clone(),
        unit: Some(new.unit.id),
        unit_path: new.unit.path.clone(),
        name: new.name,
        payload: new.payload,
        ..blank(app, new.kind, new.key)
    };
    if job::insert(tx, &job).await? {
        return Ok(job.id);
    }
    let open = job::of_key(tx, &job.key).await?;
    Ok(open.context("a job of this key is open")?.id)
}

/// As `enqueue`, for a job that nobody signed in asked for.
pub async fn enqueue_own(
    app: &App,
    tx: &mut Tx,
    kind: JobKind,
    key: String,
    payload: Value,
) -> Result<()> {
    let job = Job {
        payload,
        ..blank(app, kind, key)
    };
    job::insert(tx, &job).await?;
    Ok(())
}

/// A job of the program's own, due now.
fn blank(app: &App, kind: JobKind, key: String) -> Job {
    let now = app.now();
    Job {
        id: JobId(app.entropy.id(now)),
        kind,
        key,
        name: String::new(),
        payload: Value::Null,
        state: JobState::Waiting,
        asked_by: None,
        asked_by_name: String::new(),
        unit: None,
        unit_path: String::new(),
        attempts: 0,
        due_at: now,
        node: String::new(),
        progress: JobProgress::default(),
        reached: String::new(),
        result: Value::Null,
        error: None,
        created_at: now,
        began_at: None,
        ended_at: None,
    }
}

/// The newest job of a key, open or over: for pages of what it is about, which say who may see it.
pub async fn of_key(app: &App, tx: &mut Tx, key: &str) -> Result<Option<Job>> {
    let job = job::of_key(tx, key).await?;
    Ok(job.map(|job| as_it_is(app, job)))
}

/// A job that the actor asked for or administers.
///
/// # Errors
/// Not found when it is neither; as `App::permit`, for looking over jobs.
pub async fn find(app: &App, actor: &Actor, id: &JobId) -> Result<Job> {
    let mut tx = app.db.read().await?;
    let (job, _) = seen(app, &mut tx, actor, id).await?;
    Ok(as_it_is(app, job))
}

/// How far a job is that this node has is newer than its row.
fn as_it_is(app: &App, mut job: Job) -> Job {
    if let Some(progress) = app.memory.of::<Local>().progress(&job.id)
        && job.state == JobState::Running
    {
        job.progress = progress;
    }
    job
}

async fn seen(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    id: &JobId,
) -> Result<(Job, Option<UnitPlace>)> {
    let job = job::find(tx, id).await?.ok_or(Error::NotFound)?;
    let unit = match &job.unit {
        Some(unit) => place::find(tx, unit).await?,
        None => None,
    };
    if job.asked_by == Some(actor.account) {
        return Ok((job, unit));
    }
    // The program's own jobs are the city's.
    let mut units = actor.roles.iter().map(|at| &at.unit);
    let at = match &unit {
        Some(unit) => unit,
        None => units
            .find(|unit| unit.kind == UnitKind::City)
            .ok_or(Error::NotFound)?,
    };
    app.permit_at(tx, actor, act::ManageJobs, at).await?;
    Ok((job, unit))
}

/// Stops a job that waits or runs. What it has not committed is undone; what it has stays. Of a periodic one this run is passed over.
///
/// # Errors
/// As `find`; `Over` when it is.
pub async fn stop(app: &App, actor: &Actor, id: &JobId) -> Result<()> {
    let mut tx = app.db.read().await?;
    let (job, _) = seen(app, &mut tx, actor, id).await?;
    tx.commit().await?;
    if !job.state.is_open() {
        return Err(JobRefusal::Over.into());
    }
    // Where this node has it, it lets go first: on SQLite it may be the writer that the next line waits for. Another node notices with the next
    // prolonging of its lease, or at its commit, which then is refused.
    app.memory.of::<Local>().abort(id);
    let mut tx = app.db.write(Scope::Jobs).await?;
    let (job, unit) = seen(app, &mut tx, actor, id).await?;
    let now = app.now();
    let is_stopped = match job.periodic() {
        Some(periodic) => job::skip(&mut tx, id, periodic.when.next(now)).await?,
        None => job::stop(&mut tx, id, now).await?,
    };
    if !is_stopped {
        return Err(JobRefusal::Over.into());
    }
    trail(app, &mut tx, actor, Deed::StopJob, (&job, unit.as_ref())).await?;
    Ok(tx.commit().await?)
}

/// Has a job tried again at once that failed or was stopped, or that waits for its next attempt.
///
/// # Errors
/// As `find`; `NotFailed` when it runs or is done, or another one does the same.
pub async fn retry(app: &App, actor: &Actor, id: &JobId) -> Result<()> {
    let mut tx = app.db.write(Scope::Jobs).await?;
    let (job, unit) = seen(app, &mut tx, actor, id).await?;
    if !job::retry(&mut tx, id, app.now()).await? {
        return Err(JobRefusal::NotFailed.into());
    }
    trail(app, &mut tx, actor, Deed::RetryJob, (&job, unit.as_ref())).await?;
    Ok(tx.commit().await?)
}

async fn trail(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    deed: Deed,
    (job, unit): (&Job, Option<&UnitPlace>),
) -> Result<()> {
    let detail = json!({"job": job.kind.key(), "name": job.name});
    app.trail(tx, actor, deed, Object::Job(job.id), unit, detail)
        .await
}

/// What an administrator looks over.
pub struct Overview {
    pub open: Vec<Job>,
    pub failed: Vec<Job>,
    /// Done and stopped ones, the newest first.
    pub ended: Vec<Job>,
    /// Empty to those who don't administer the city.
    pub periodic: Vec<Recurring>,
}

/// What is done again and again, as it is now.
pub struct Recurring {
    pub periodic: Periodic,
    /// Its row; none of what each node does for itself, or while no node can do it.
    pub job: Option<Job>,
    pub last_at: Option<Timestamp>,
    pub next_at: Option<Timestamp>,
    /// Why it failed the last time.
    pub error: Option<JobError>,
}

/// Jobs listed of each sort.
pub const LISTED: i64 = 50;

/// Whose jobs the actor looks over.
fn within(actor: &Actor) -> Result<Within> {
    let units: Vec<&UnitPlace> = actor
        .roles
        .iter()
        .map(|at| &at.unit)
        .filter(|unit| may(actor, Act::ManageJobs, unit))
        .collect();
    if units.is_empty() {
        let roles = POLICY.iter().find(|(named, _)| *named == Act::ManageJobs);
        let roles = roles.map_or(&[][..], |(_, roles)| roles);
        return Err(General::NotYourRole {
            act: Act::ManageJobs,
            roles: roles.iter().map(|(role, _)| *role).collect(),
        }
        .into());
    }
    Ok(Within {
        paths: units.iter().map(|unit| unit.path.clone()).collect(),
        program: units.iter().any(|unit| unit.kind == UnitKind::City),
    })
}

/// A portion (limit, offset) of all jobs that the actor administers, those that come again among them: the newest first, and how many there are.
///
/// # Errors
/// As `overview`.
pub async fn export(app: &App, actor: &Actor, portion: (i64, i64)) -> Result<(Vec<Job>, i64)> {
    let within = within(actor)?;
    let mut tx = app.db.read().await?;
    let (jobs, total) = job::portion(&mut tx, &within, portion).await?;
    let jobs = jobs.into_iter().map(|job| as_it_is(app, job));
    Ok((jobs.collect(), total))
}

/// The jobs that the actor administers.
///
/// # Errors
/// `NotYourRole` to those who are no administrators.
pub async fn overview(app: &App, actor: &Actor) -> Result<Overview> {
    let within = within(actor)?;
    let mut tx = app.db.read().await?;
    let over = [JobState::Done, JobState::Stopped];
    let open = job::open(&mut tx, &within, LISTED).await?.into_iter();
    Ok(Overview {
        open: open
            .filter(|job| job.periodic().is_none())
            .map(|job| as_it_is(app, job))
            .collect(),
        failed: job::ended(&mut tx, &within, &[JobState::Failed], LISTED).await?,
        ended: job::ended(&mut tx, &within, &over, LISTED).await?,
        periodic: if within.program {
            recurring(app, &mut tx).await?
        } else {
            Vec::new()
        },
    })
}

async fn recurring(app: &App, tx: &mut Tx) -> Result<Vec<Recurring>> {
    let local = app.memory.of::<Local>();
    let mut all = Vec::with_capacity(PERIODIC.len());
    for periodic in PERIODIC {
        all.push(match periodic.by {
            By::EachNode => {
                let (last_at, error) = local.tended(periodic.kind).unzip();
                Recurring {
                    periodic: *periodic,
                    job: None,
                    next_at: last_at.map(|at| periodic.when.next(at)),
                    last_at,
                    error: error.flatten(),
                }
            }
            By::OneNode => {
                let job = job::of_key(tx, &periodic.key()).await?;
                let job = job.map(|job| as_it_is(app, job));
                let open = job.as_ref().filter(|job| job.state.is_open());
                Recurring {
                    periodic: *periodic,
                    last_at: job.as_ref().and_then(|job| job.ended_at),
                    next_at: open.map(|job| job.due_at),
                    error: job.as_ref().and_then(|job| job.error.clone()),
                    job,
                }
            }
        });
    }
    Ok(all)
}

/// The figures for those who watch the program, and how many seconds the oldest job has waited that nobody took.
pub async fn figures(app: &App) -> Result<(JobFigures, i64)> {
    let now = app.now();
    let mut tx = app.db.read().await?;
    let figures = job::figures(&mut tx, now).await?;
    let waited = figures
        .oldest_due
        .map_or(0, |due| now.duration_since(due).as_secs().max(0));
    Ok((figures, waited))
}

/// What people are told of an attempt that failed, and whether another may succeed.
fn failed(error: &Error) -> (JobError, bool) {
    match error {
        Error::Refused(refusal) => (JobError::told(|lang| refusal.sentence(lang)), false),
        Error::NotFound => (JobError::told(|lang| Failing::Gone.sentence(lang)), false),
        Error::Internal(error) => {
            let failing = match outage(error) {
                Some(_) => Failing::Outage,
                None => Failing::Program,
            };
            let mut told = JobError::told(|lang| failing.sentence(lang));
            told.detail = format!("{error:#}").chars().take(500).collect();
            (told, true)
        }
    }
}
