//! Long tables in the background: the act leaves a job, whose work hands the file over together with the job's end. The file is private: whoever asked
//! for it downloads it, for a while, if they still may. Files are read and written portion by portion, however long they are.

pub mod long;

use std::{
    fs::File,
    io::{Read, Seek, Write},
};

use anyhow::Context;
use jianjia_domain::core::{
    audit::{deed::Deed, object::Object},
    export::{Export, ExportFile, ExportKind, ExportRefusal, KEPT, MOST_AT_ONCE},
    ids::{JobId, UnitId},
    job::{Job, JobStage, JobState},
    place::UnitPlace,
    policy::{self, Actor},
};
pub use jianjia_store::core::file::{Content, content_of};
use jianjia_store::core::{db::Tx, file::content_hash, job, place, scope::Scope};
use serde_json::Value;

use crate::core::{
    app::App,
    error::{Error, Result, refuses},
    job::{
        self as jobs, NewJob,
        running::{Outcome, Running},
    },
};

refuses!(ExportRefusal);

/// Has a table made in the background; asked for again before it is ready, it is the same job.
///
/// # Errors
/// As `App::permit`, for the act of its kind; `TooMany`.
pub async fn begin(
    app: &App,
    actor: &Actor,
    export: &Export,
    unit: &UnitId,
    name: String,
) -> Result<JobId> {
    let mut tx = app.db.write(Scope::Jobs).await?;
    let unit = permitted(app, &mut tx, actor, export.kind, unit).await?;
    let payload = serde_json::to_value(export).context("what is to be exported")?;
    let digest = content_hash(payload.to_string().as_bytes());
    let key = format!("export:{}:{}:{digest}", actor.account, unit.id);
    let open = job::of_key(&mut tx, &key).await?;
    let is_open = open.is_some_and(|job| job.state.is_open());
    let kind = export.kind.job();
    if !is_open && job::open_of(&mut tx, &actor.account, kind).await? >= MOST_AT_ONCE {
        return Err(ExportRefusal::TooMany.into());
    }
    let new = NewJob {
        kind,
        key,
        name,
        payload,
        by: actor,
        unit: &unit,
    };
    let id = jobs::enqueue(app, &mut tx, new).await?;
    tx.commit().await?;
    Ok(id)
}

async fn permitted(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    kind: ExportKind,
    unit: &UnitId,
) -> Result<UnitPlace> {
    match kind.act() {
        Some(act) => Ok(app.permit(tx, actor, act, unit).await?.unit),
        None => app.seen(tx, actor, unit).await,
    }
}

/// What a job is to export.
///
/// # Errors
/// When it is no such job.
pub fn wanted(job: &Job) -> Result<Export> {
    let payload = job.payload.clone();
    Ok(serde_json::from_value(payload).context("what is to be exported")?)
}

/// What the actor asked for by a job.
///
/// # Errors
/// Not found when it is no such job, or somebody else's.
pub async fn asked(app: &App, actor: &Actor, id: &JobId) -> Result<Export> {
    let mut tx = app.db.read().await?;
    let job = job::find(&mut tx, id).await?;
    tx.commit().await?;
    let is_own = |job: &Job| job.kind.is_of_a_file() && job.asked_by == Some(actor.account);
    wanted(&job.filter(is_own).ok_or(Error::NotFound)?)
}

/// A table, or what else is made of a question, as a file.
pub struct Made {
    /// Under which it is downloaded.
    pub name: String,
    pub media_type: &'static str,
    pub rows: i64,
    /// To be read from its beginning. It has no name in any folder, and is gone with whoever holds it.
    pub file: File,
    /// What the trail says of it; none where the file is only what its reader sees on pages.
    pub record: Option<Record>,
}

impl Made {
    /// Of what is in memory already.
    ///
    /// # Errors
    /// When no temporary file can be made.
    pub fn of(
        (name, media_type): (String, &'static str),
        rows: i64,
        bytes: &[u8],
    ) -> anyhow::Result<Made> {
        let mut file = tempfile::tempfile().context("no temporary file can be made")?;
        file.write_all(bytes)?;
        file.rewind()?;
        Ok(Made {
            name,
            media_type,
            rows,
            file,
            record: None,
        })
    }

    /// All of it in memory: of a file that is short.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn bytes(mut self) -> anyhow::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.file.read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

/// What the trail says of a file that was made.
pub struct Record {
    pub deed: Deed,
    pub object: Object,
    pub detail: Value,
}

/// Keeps the file of a job, and ends the job with it. Broken off in between, the file is nobody's, and the sweep removes it.
///
/// # Errors
/// When it can't be kept; `Lost` when the job is no longer this node's.
pub async fn deliver(app: &App, running: &Running, actor: &Actor, made: Made) -> Result<Outcome> {
    running.begin(JobStage::Saving, made.rows);
    // No two attempts write the same file.
    let key = format!("{}.{}", running.job.id, running.attempt());
    let (hash, bytes) = app.files.put_for_a_while(&key, made.file).await?;
    let file = ExportFile {
        hash,
        key,
        name: made.name,
        media_type: made.media_type.to_owned(),
        rows: made.rows,
        bytes,
        scopes: policy::scopes(actor),
    };
    let mut tx = app.db.write(Scope::Jobs).await?;
    if let Some(Record {
        deed,
        object,
        detail,
    }) = made.record
    {
        let unit = match &running.job.unit {
            Some(unit) => place::find(&mut tx, unit).await?,
            None => None,
        };
        app.trail(&mut tx, actor, deed, object, unit.as_ref(), detail)
            .await?;
    }
    let result = serde_json::to_value(&file).context("the file of a table")?;
    running.commit(app, tx, &result).await
}

/// The file that came of a job; none before it is done.
pub fn file_of(job: &Job) -> Option<ExportFile> {
    if !job.kind.is_of_a_file() || job.state != JobState::Done {
        return None;
    }
    serde_json::from_value(job.result.clone()).ok()
}

/// Until when the file of a job can be downloaded; none before it is done.
pub fn good_until(job: &Job) -> Option<jiff::Timestamp> {
    file_of(job)?;
    Some(job.ended_at? + KEPT)
}

/// The file that the actor asked for, with its content.
///
/// # Errors
/// Not found when somebody else asked for it, or when the actor sees less by now; as `begin`; `Expired`.
pub async fn open(app: &App, actor: &Actor, id: &JobId) -> Result<(ExportFile, Content)> {
    let mut tx = app.db.read().await?;
    let job = job::find(&mut tx, id).await?;
    let job = job.filter(|job| job.asked_by == Some(actor.account));
    let job = job.ok_or(Error::NotFound)?;
    let file = file_of(&job).ok_or(Error::NotFound)?;
    let unit = job.unit.ok_or(Error::NotFound)?;
    permitted(app, &mut tx, actor, wanted(&job)?.kind, &unit).await?;
    tx.commit().await?;
    if !file.scopes.iter().all(|path| policy::sees(actor, path)) {
        return Err(Error::NotFound);
    }
    if good_until(&job).is_none_or(|until| until <= app.now()) {
        return Err(ExportRefusal::Expired.into());
    }
    let content = app.files.get_for_a_while(&file.key, &file.hash).await?;
    Ok((file, content.ok_or(ExportRefusal::Expired)?))
}

/// Removes the files that are over, and those of attempts that came to nothing; how many.
///
/// # Errors
/// When they can't be listed or removed.
pub(crate) async fn sweep(app: &App) -> Result<usize> {
    let now = app.now();
    let mut removed = 0;
    for key in app.files.names_for_a_while().await? {
        let id = key.split('.').next().and_then(|id| id.parse().ok());
        let mut tx = app.db.read().await?;
        let job = match &id {
            Some(id) => job::find(&mut tx, id).await?,
            None => None,
        };
        tx.commit().await?;
        let is_wanted = job.is_some_and(|job| {
            let is_of = file_of(&job).is_some_and(|file| file.key == key);
            job.state.is_open() || (is_of && good_until(&job).is_some_and(|until| until > now))
        });
        if !is_wanted {
            app.files.remove_for_a_while(&key).await?;
            removed += 1;
        }
    }
    Ok(removed)
}
