//! When SQLite's WAL is copied into the database file: beside the writers, not in their commits, so that a commit waits for one sequential write
//! and its fsync alone.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU32, Ordering},
};

use sqlx::Row;

use super::Shared;

/// How far the next checkpoint is.
#[derive(Debug, Default)]
pub(super) struct Checkpoints {
    writes: AtomicU32,
    pub(super) is_running: AtomicBool,
}

/// Commits between two checkpoints.
pub(super) const WRITES_BETWEEN: u32 = 200;

/// Counts a commit, and starts a checkpoint in the background when one is due.
///
/// It is passive: it blocks no reader and no writer. Where nothing is committed meanwhile, the next writer starts the WAL from its beginning. Under
/// writes without a pause the WAL would grow until the engine's own checkpoint (see `wal_autocheckpoint`) stalls every commit for some tenths
/// of a second: so the tail of a long WAL is copied while no writer runs.
pub(super) fn count_commit(shared: &Arc<Shared>) {
    let checkpoints = &shared.checkpoints;
    if checkpoints.writes.fetch_add(1, Ordering::Relaxed) + 1 < WRITES_BETWEEN
        || checkpoints.is_running.swap(true, Ordering::AcqRel)
    {
        return;
    }
    checkpoints.writes.store(0, Ordering::Relaxed);
    let running = Running(shared.clone());
    tokio::spawn(async move {
        let shared = &running.0;
        let pages = checkpoint(shared).await;
        // The engine leaves this fsync to the page cache's own write-back, which flushes half a minute's dirty pages at once and stalls every
        // commit meanwhile.
        if let Some(file) = shared.file {
            let done = tokio::task::spawn_blocking(|| file.sync_data()).await;
            if let Ok(Err(error)) = done {
                // The WAL still holds every page, and we do not let it start over: the next checkpoint tries again.
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

/// A checkpoint that is running. However it ends, the next one may run: one that failed must not be the last.
struct Running(Arc<Shared>);

impl Drop for Running {
    fn drop(&mut self) {
        let is_running = &self.0.checkpoints.is_running;
        is_running.store(false, Ordering::Release);
    }
}

/// Pages of a WAL that has to start over: 64 MB.
const LONG_WAL: i64 = 16_384;

/// One passive checkpoint; gives the WAL's length in pages, 0 where it failed.
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
