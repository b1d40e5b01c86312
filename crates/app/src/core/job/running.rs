//! What the work of a job is given: what it is to do, and the means to keep its effect together with the job's end.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, AtomicI64, Ordering},
};

use jianjia_domain::core::job::{Job, JobError, JobProgress, JobStage, JobState, Lease};
use jianjia_store::core::{db::Tx, job};
use serde_json::Value;

use crate::core::{app::App, error::Result};

/// A job that this node does.
pub struct Running {
    pub job: Job,
    pub(super) lease: Lease,
    pub(super) live: Arc<Live>,
}

/// How a job came to its end.
#[derive(Debug)]
pub enum Outcome {
    /// Its end was committed with its effect (`Running::commit`).
    Committed,
    /// Its effect is outside the database, or there was nothing to do: its end is still to be written. Broken off before that, it is done once more.
    Told(Value),
}

/// The lease was lost: the job was stopped, or another node has it.
#[derive(Debug, thiserror::Error)]
#[error("the job is no longer this node's, so nothing of it was committed")]
pub struct Lost;

impl Running {
    /// Commits the effect of the job together with its end, so that it is done once.
    ///
    /// # Errors
    /// `Lost` when the job is no longer this node's: the transaction is rolled back then.
    pub async fn commit(&self, app: &App, mut tx: Tx, result: &Value) -> Result<Outcome> {
        if !end(app, &mut tx, self, JobState::Done, (result, None)).await? {
            return Err(anyhow::Error::from(Lost).into());
        }
        // Before the commit, so that nobody takes the end of the lease for a lost one.
        self.live.is_over.store(true, Ordering::SeqCst);
        if let Err(error) = tx.commit().await {
            self.live.is_over.store(false, Ordering::SeqCst);
            return Err(error.into());
        }
        Ok(Outcome::Committed)
    }

    /// Commits a portion together with where the job goes on (`job.reached`), if it is broken off after it.
    ///
    /// # Errors
    /// `Lost` when the job is no longer this node's: the transaction is rolled back then.
    pub async fn commit_portion(
        &self,
        mut tx: Tx,
        reached: &str,
        (done, total): (i64, i64),
    ) -> Result<()> {
        if !job::reach(&mut tx, &self.lease, reached, (done, total)).await? {
            return Err(anyhow::Error::from(Lost).into());
        }
        tx.commit().await?;
        self.live.set(JobProgress {
            stage: self.live.progress().stage,
            done,
            total,
        });
        Ok(())
    }

    /// A word that no other attempt has, for what an attempt leaves outside of the database.
    pub fn attempt(&self) -> &str {
        &self.lease.word
    }

    /// Begins to count up to a total, without a stage.
    pub fn expect(&self, total: i64) {
        self.live.set(JobProgress {
            stage: None,
            done: 0,
            total,
        });
    }

    /// Begins a stage; a total of 0 is not known.
    pub fn begin(&self, stage: JobStage, total: i64) {
        self.live.set(JobProgress {
            stage: Some(stage),
            done: 0,
            total,
        });
    }

    /// Counts what is done of the stage.
    pub fn counter(&self) -> Arc<AtomicI64> {
        Arc::clone(&self.live.done)
    }
}

/// Ends a job in a transaction, or puts a periodic one back. False when the lease is lost.
pub(super) async fn end(
    app: &App,
    tx: &mut Tx,
    running: &Running,
    state: JobState,
    became: (&Value, Option<&JobError>),
) -> Result<bool> {
    let (now, lease) = (app.now(), &running.lease);
    Ok(match running.job.periodic() {
        Some(periodic) => {
            let next = periodic.when.next(now);
            job::put_back(tx, lease, next, became, now).await?
        }
        None => job::end(tx, lease, state, became, now).await?,
    })
}

/// How far a job is, newer than its row: shown by this node, and written with each prolonging of the lease.
#[derive(Debug, Default)]
pub(super) struct Live {
    stage: Mutex<(Option<JobStage>, i64)>,
    done: Arc<AtomicI64>,
    pub(super) is_over: AtomicBool,
}

impl Live {
    pub(super) fn set(&self, progress: JobProgress) {
        let mut stage = self.stage.lock().unwrap_or_else(PoisonError::into_inner);
        *stage = (progress.stage, progress.total);
        self.done.store(progress.done, Ordering::Relaxed);
    }

    pub(super) fn progress(&self) -> JobProgress {
        let (stage, total) = *self.stage.lock().unwrap_or_else(PoisonError::into_inner);
        JobProgress {
            stage,
            done: self.done.load(Ordering::Relaxed),
            total,
        }
    }
}
