//! Writing a long table in the background: the act that confirms it leaves a job, which writes all rows in one transaction, as the act itself does with a
//! short one.

use std::{
    pin::Pin,
    sync::{Arc, atomic::Ordering},
};

use anyhow::{Context, anyhow};
use jianjia_domain::{
    core::{
        ids::{ImportId, JobId},
        job::{Job, JobKind, JobStage},
        policy::{Act, Actor},
    },
    exchange::import::{Import, ImportState, refusal::ImportRefusal},
};
use jianjia_store::{
    core::{db::Tx, file::content_hash, scope::Scope},
    exchange::import,
};
use serde::{Deserialize, Serialize};

use crate::{
    core::{
        app::App,
        error::{Error, Result},
        job::{
            self as jobs, NewJob,
            running::{Outcome, Running},
        },
    },
    exchange::import::{
        Wanted, confirm_rows, find_in, may_write, permitted, proved, reading::Progress,
    },
    office::asker,
};

/// Tables of so many rows are written in the background: reading them again and writing them takes some seconds, and nobody should sit before a page
/// that doesn't load.
pub const LONG_FROM: usize = 3_000;

/// How a table was confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmed {
    Done,
    /// A job writes it.
    Begun(JobId),
}

/// What a job is to import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Payload {
    import: ImportId,
    rows: Wanted,
    /// The digest of the results that were shown when it was confirmed: with others nothing is written.
    confirmed: String,
}

/// Imports a checked workbook, a long one in the background.
///
/// # Errors
/// As `imports::confirm` and `imports::confirm_good`; what a job finds out later, it tells.
pub async fn confirm(app: &App, actor: &Actor, id: &ImportId, wanted: Wanted) -> Result<Confirmed> {
    let mut tx = app.db.read().await?;
    let import = find_in(app, &mut tx, actor, id).await?;
    tx.commit().await?;
    let is_done = import.state == ImportState::Done;
    if is_done || import.report.rows.len() < LONG_FROM {
        confirm_rows(app, actor, id, wanted, None).await?;
        return Ok(Confirmed::Done);
    }
    proved(app, actor, import.kind)?;
    let mut tx = app.db.write(Scope::Imports).await?;
    let import = find_in(app, &mut tx, actor, id).await?;
    let under = permitted(app, &mut tx, actor, import.kind, &import.unit_id).await?;
    may_write(&import, wanted)?;
    let payload = Payload {
        import: *id,
        rows: wanted,
        confirmed: digest(&import)?,
    };
    let new = NewJob {
        kind: JobKind::Import,
        key: key(id),
        name: import.file_name.clone(),
        payload: serde_json::to_value(payload).context("what is to be imported")?,
        by: actor,
        unit: &under,
    };
    let job = jobs::enqueue(app, &mut tx, new).await?;
    tx.commit().await?;
    Ok(Confirmed::Begun(job))
}

/// The newest job that writes a table, with the name of its file: without the results of the rows, which are long.
///
/// # Errors
/// As `imports::find`.
pub async fn of_import(app: &App, actor: &Actor, id: &ImportId) -> Result<Option<(Job, String)>> {
    let mut tx = app.db.read().await?;
    let found = import::line(&mut tx, id).await?;
    let (unit, file_name) = found.ok_or(Error::NotFound)?;
    if actor.is_department() {
        find_in(app, &mut tx, actor, id).await?;
    } else {
        app.permit(&mut tx, actor, Act::ImportUnits, &unit).await?;
    }
    let job = jobs::of_key(app, &mut tx, &key(id)).await?;
    Ok(job.map(|job| (job, file_name)))
}

fn key(id: &ImportId) -> String {
    format!("import:{id}")
}

fn digest(import: &Import) -> Result<String> {
    let report = serde_json::to_vec(&import.report).context("the results of a table")?;
    Ok(content_hash(&report))
}

pub fn work<'a>(
    app: &'a App,
    running: &'a Running,
) -> Pin<Box<dyn Future<Output = Result<Outcome>> + Send + 'a>> {
    Box::pin(write(app, running))
}

async fn write(app: &App, running: &Running) -> Result<Outcome> {
    let payload = running.job.payload.clone();
    let payload: Payload = serde_json::from_value(payload).context("what is to be imported")?;
    let actor = asker::of_job(app, &running.job).await?;
    let job = InJob {
        running,
        confirmed: &payload.confirmed,
    };
    let wanted = payload.rows;
    match confirm_rows(app, &actor, &payload.import, wanted, Some(&job)).await {
        // Others are being read: this one comes later.
        Err(Error::Refused(refusal)) if refusal.of() == Some(&ImportRefusal::Busy) => {
            Err(anyhow!("too many tables are being read").into())
        }
        done => done,
    }
}

/// A table that is written by a job.
pub(super) struct InJob<'a> {
    pub(super) running: &'a Running,
    confirmed: &'a str,
}

impl InJob<'_> {
    /// Reading the file again counts its rows.
    pub(super) fn reading(&self) -> Arc<Progress> {
        self.running.begin(JobStage::Reading, 0);
        Arc::new(Progress::of_job(self.running.counter()))
    }

    /// # Errors
    /// `NewlyChecked` when the table was checked again since it was confirmed, by somebody or by this very job before it was broken off.
    pub(super) fn check(&self, import: &Import) -> Result<()> {
        if digest(import)? != self.confirmed {
            return Err(ImportRefusal::NewlyChecked.into());
        }
        let rows = self.running.counter().load(Ordering::Relaxed);
        self.running.begin(JobStage::Checking, 0);
        self.running.counter().store(rows, Ordering::Relaxed);
        Ok(())
    }

    /// Counts what is written from now on.
    pub(super) fn begin_writing(&self, tx: &mut Tx) {
        self.running.begin(JobStage::Writing, 0);
        tx.count_written(self.running.counter());
    }
}
