//! When SQLite's WAL is checkpointed: in the background and not within a commit, so that a commit waits only for one sequential write and its
//! fsync.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU32, Ordering},
};

use sqlx::Row;

use super::Shared;

/// Counts towards the next checkpoint.
#[derive(Debug, Default)]
pub(super) struct Checkpoints {
    writes: AtomicU32,
    pub(super) is_running: AtomicBool,
}

/// Commits between two checkpoints.
pub(super) const WRITES_BETWEEN: u32 = 200;

/// Counts a commit, and starts a checkpoint in the background when one is due: at once after a long transaction, so that what comes next doesn't look
/// for its pages in a long WAL.
///
/// It is a passive checkpoint, which blocks neither readers nor writers. If nothing is committed meanwhile, the next writer starts the WAL over.
/// Under writes without a pause the WAL would grow until SQLite's own checkpoint (`wal_autocheckpoint`) stalls every commit for some tenths of a
/// second; so a long WAL gets a second checkpoint of its tail under the writer lock.
pub(super) fn count_commit(shared: &Arc<Shared>, was_long: bool) {
    let checkpoints = &shared.checkpoints;
    let weight = if was_long { WRITES_BETWEEN } else { 1 };
    if checkpoints.writes.fetch_add(weight, Ordering::Relaxed) + weight < WRITES_BETWEEN
        || checkpoints.is_running.swap(true, Ordering::AcqRel)
    {
        return;
    }
    checkpoints.writes.store(0, Ordering::Relaxed);
    let running = Running(shared.clone());
    tokio::spawn(async move {
        let shared = &running.0;
        let pages = checkpoint(shared).await;
        // SQLite does not fsync the database file during a passive checkpoint. The kernel would write the dirty pages of half a minute back at once
        // later, and stall every commit meanwhile.
        if let Some(file) = shared.file {
            let done = tokio::task::spawn_blocking(|| file.sync_data()).await;
            if let Ok(Err(error)) = done {
                // The WAL still holds every page, and no writer starts it over: the next checkpoint tries again.
                tracing::error!(%error, "fsync of SQLite's file failed");
                return;
            }
        }
        if pages > LONG_WAL {
            let _turn = shared.turn.lock().await;
            checkpoint(shared).await;
        }
    });
}

/// A running checkpoint. Its `Drop` allows the next one however it ends, so that a failed one is not the last.
struct Running(Arc<Shared>);

impl Drop for Running {
    fn drop(&mut self) {
        let is_running = &self.0.checkpoints.is_running;
        is_running.store(false, Ordering::Release);
    }
}

/// Length in pages from which a WAL has to be started over: 64 MB.
const LONG_WAL: i64 = 16_384;

/// Runs one passive checkpoint; returns the WAL's length in pages, 0 if it failed.
async fn checkpoint(shared: &Shared) -> i64 {
    let done = sqlx::query("PRAGMA wal_checkpoint(PASSIVE)")
        .fetch_one(&shared.readers)
        .await
        .and_then(|row| row.try_get::<i64, _>("log"));
    done.unwrap_or_else(|error| {
        tracing::warn!(%error, "SQLite's WAL was not checkpointed");
        0
    })
}
