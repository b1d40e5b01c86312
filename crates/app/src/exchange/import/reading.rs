//! Tables that are being read and checked for somebody: how far each is, so that a page can tell while a long one takes its time. They are kept by
//! the node that reads; the result of a check is in the database, as ever.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

use bytes::Bytes;
use jianjia_domain::{
    core::{
        ids::{AccountId, ImportId, UnitId},
        policy::Actor,
        refusal::Refusal,
    },
    exchange::import::{ImportKind, refusal::ImportRefusal},
};
use tokio::sync::watch;
use uuid::Uuid;

use crate::{
    core::{
        app::App,
        error::{Error, Result},
    },
    exchange::import::check_telling,
};

/// How long what became of a reading can be asked for.
const KEPT_FOR: Duration = Duration::from_secs(10 * 60);

/// Readings at a time; each holds its file in memory.
const AT_A_TIME: usize = 16;

/// How far a reading is.
#[derive(Debug, Default)]
pub struct Progress {
    rows: Arc<AtomicI64>,
    is_checking: AtomicBool,
}

impl Progress {
    /// The same, for a job's reading, which counts its rows there.
    pub(super) fn of_job(rows: Arc<AtomicI64>) -> Progress {
        Progress {
            rows,
            ..Progress::default()
        }
    }

    pub(super) fn see(&self, row: usize) {
        self.rows.store(row as i64, Ordering::Relaxed);
    }

    pub(super) fn begin_checking(&self, rows: usize) {
        self.rows.store(rows as i64, Ordering::Relaxed);
        self.is_checking.store(true, Ordering::Relaxed);
    }
}

/// What became of a reading so far.
pub enum State {
    /// Rows that were read, and whether they are being decided about already.
    Running {
        rows: i64,
        is_checking: bool,
        file_name: String,
    },
    Checked(ImportId),
    /// The table can't be taken, as it was sent.
    Refused {
        refusal: Refusal,
        kind: ImportKind,
        unit: UnitId,
    },
}

#[derive(Default)]
struct Readings(Mutex<HashMap<Uuid, Reading>>);

struct Reading {
    account: AccountId,
    kind: ImportKind,
    unit: UnitId,
    file_name: String,
    progress: Arc<Progress>,
    began: Instant,
    ended: watch::Receiver<bool>,
    result: Option<Result<ImportId>>,
}

/// Begins to check a workbook, as `imports::check`, and goes on with it whether anybody waits or not.
///
/// # Errors
/// `Busy` while this account's last table is being read, or too many others are.
pub fn begin(
    app: &App,
    actor: &Actor,
    (kind, unit): (ImportKind, UnitId),
    (bytes, file_name): (Bytes, String),
) -> Result<Uuid> {
    let readings = app.memory.of::<Readings>();
    let id = app.entropy.id(app.now());
    let (end, ended) = watch::channel(false);
    let progress = Arc::new(Progress::default());
    {
        let mut all = readings.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, one| one.began.elapsed() < KEPT_FOR || one.result.is_none());
        let running = all.values().filter(|one| one.result.is_none());
        let (mut count, mut is_own) = (0, false);
        for one in running {
            count += 1;
            is_own |= one.account == actor.account;
        }
        if is_own || count >= AT_A_TIME {
            return Err(ImportRefusal::Busy.into());
        }
        let reading = Reading {
            account: actor.account,
            kind,
            unit,
            file_name: file_name.clone(),
            progress: Arc::clone(&progress),
            began: Instant::now(),
            ended,
            result: None,
        };
        all.insert(id, reading);
    }
    let (app, actor) = (app.clone(), actor.clone());
    tokio::spawn(async move {
        let checking = tokio::spawn(async move {
            let file = (bytes, file_name.as_str());
            check_telling(&app, &actor, (kind, &unit), file, Some(progress)).await
        });
        // However it ends, it must be seen to end, or its account could send no other table.
        let result = match checking.await {
            Ok(result) => result,
            Err(error) => Err(anyhow::Error::from(error)
                .context("checking a table failed")
                .into()),
        };
        let mut all = readings.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(reading) = all.get_mut(&id) {
            reading.result = Some(result);
        }
        drop(all);
        // Nobody may be waiting any more.
        end.send_replace(true);
    });
    Ok(id)
}

/// What became of one's own reading; waits as long for its end.
///
/// # Errors
/// Not found when it is another's, or is over for long, or another node reads it; as `imports::check`, but for refusals.
pub async fn state(app: &App, actor: &Actor, id: &Uuid, wait: Duration) -> Result<State> {
    let readings = app.memory.of::<Readings>();
    let mut ended = {
        let all = readings.0.lock().unwrap_or_else(PoisonError::into_inner);
        own(&all, actor, id)?.ended.clone()
    };
    // A timeout says that it goes on, and so does the result that is not there yet.
    let waited = tokio::time::timeout(wait, ended.wait_for(|is_over| *is_over)).await;
    drop(waited);
    let mut all = readings.0.lock().unwrap_or_else(PoisonError::into_inner);
    let reading = own(&all, actor, id)?;
    match &reading.result {
        None => Ok(State::Running {
            rows: reading.progress.rows.load(Ordering::Relaxed),
            is_checking: reading.progress.is_checking.load(Ordering::Relaxed),
            file_name: reading.file_name.clone(),
        }),
        Some(Ok(import)) => Ok(State::Checked(*import)),
        Some(Err(Error::Refused(refusal))) => Ok(State::Refused {
            refusal: refusal.clone(),
            kind: reading.kind,
            unit: reading.unit,
        }),
        Some(Err(Error::NotFound | Error::Internal(_))) => {
            let result = all.remove(id).and_then(|reading| reading.result);
            Err(result.and_then(Result::err).unwrap_or(Error::NotFound))
        }
    }
}

fn own<'a>(all: &'a HashMap<Uuid, Reading>, actor: &Actor, id: &Uuid) -> Result<&'a Reading> {
    let reading = all.get(id);
    reading
        .filter(|reading| reading.account == actor.account)
        .ok_or(Error::NotFound)
}
