//! Jobs. Whoever takes one gets a lease; every later statement about the running job names it, and changes nothing once another has taken the job,
//! somebody has stopped it, or it is over. So a job is ended once, by the transaction that holds its effect.

mod list;
mod row;

use anyhow::Result;
use jianjia_domain::core::{
    ids::{AccountId, JobId},
    job::{Job, JobError, JobKind, JobProgress, JobState, Lease},
};
use jiff::Timestamp;
use serde_json::Value;
use sqlx::{AssertSqlSafe, Row};

use crate::core::{bulk, db::Tx};
use row::{COLUMNS, instant, job_of};

pub use list::{Within, ended, figures, open, portion};

/// Keeps a new job, unless one of its key is open.
pub async fn insert(tx: &mut Tx, job: &Job) -> Result<bool> {
    let columns = [
        "id",
        "kind",
        "key",
        "name",
        "payload",
        "state",
        "asked_by",
        "asked_by_name",
        "unit_id",
        "unit_path",
        "due_at",
        "created_at",
    ];
    let text = |id: Option<String>| id.unwrap_or_default();
    let row = vec![
        job.id.to_string().into(),
        job.kind.key().into(),
        job.key.clone().into(),
        job.name.clone().into(),
        job.payload.to_string().into(),
        job.state.key().into(),
        text(job.asked_by.map(|id| id.to_string())).into(),
        job.asked_by_name.clone().into(),
        text(job.unit.map(|id| id.to_string())).into(),
        job.unit_path.clone().into(),
        instant(job.due_at).into(),
        instant(job.created_at).into(),
    ];
    bulk::insert_new(tx, "job", &columns, row).await
}

pub async fn find(tx: &mut Tx, id: &JobId) -> Result<Option<Job>> {
    let row = sqlx::query(AssertSqlSafe(format!(
        "SELECT {COLUMNS}
         FROM job
         WHERE id = $1"
    )))
    .bind(id.to_string())
    .fetch_optional(&mut **tx)
    .await?;
    row.as_ref().map(job_of).transpose()
}

/// The newest job of a key.
pub async fn of_key(tx: &mut Tx, key: &str) -> Result<Option<Job>> {
    let row = sqlx::query(AssertSqlSafe(format!(
        "SELECT {COLUMNS}
         FROM job
         WHERE key = $1
         ORDER BY id DESC
         LIMIT 1"
    )))
    .bind(key.to_owned())
    .fetch_optional(&mut **tx)
    .await?;
    row.as_ref().map(job_of).transpose()
}

/// How many jobs of a kind wait or run that an account asked for.
pub async fn open_of(tx: &mut Tx, account: &AccountId, kind: JobKind) -> Result<i64> {
    let row = sqlx::query(
        "SELECT CAST(COUNT(*) AS BIGINT)
         FROM job
         WHERE asked_by = $1 AND kind = $2 AND state IN ('waiting', 'running')",
    )
    .bind(account.to_string())
    .bind(kind.key())
    .fetch_one(&mut **tx)
    .await?;
    Ok(row.try_get(0)?)
}

/// A job that can be taken at `$1`: it is due, or nobody prolongs its lease any more.
const TAKEABLE: &str =
    "((state = 'waiting' AND due_at <= $1) OR (state = 'running' AND lease_until < $1))";

/// Whether a job of these kinds can be taken. It writes nothing, so that a node that has nothing to do costs little.
pub async fn is_due(tx: &mut Tx, kinds: &[JobKind], now: Timestamp) -> Result<bool> {
    let row = sqlx::query(AssertSqlSafe(format!(
        "SELECT id
         FROM job
         WHERE kind IN ({}) AND {TAKEABLE}
         LIMIT 1",
        listed(kinds)
    )))
    .bind(instant(now))
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.is_some())
}

/// Takes the job of these kinds that has waited longest, for a node and under a lease that holds until an instant. Of several takers one gets it: the
/// others find it changed when they come to write.
pub async fn take(
    tx: &mut Tx,
    kinds: &[JobKind],
    (node, word): (&str, &str),
    now: Timestamp,
    until: Timestamp,
) -> Result<Option<Job>> {
    let row = sqlx::query(AssertSqlSafe(format!(
        "UPDATE job
         SET state = 'running', attempts = attempts + 1, node = $2, lease = $3, lease_until = $4, began_at = $1, stage = ''
         WHERE {TAKEABLE}
           AND id = (
             SELECT id
             FROM job
             WHERE kind IN ({}) AND {TAKEABLE}
             ORDER BY due_at, id
             LIMIT 1)
         RETURNING {COLUMNS}",
        listed(kinds)
    )))
    .bind(instant(now))
    .bind(node.to_owned())
    .bind(word.to_owned())
    .bind(instant(until))
    .fetch_optional(&mut **tx)
    .await?;
    row.as_ref().map(job_of).transpose()
}

/// The keys, which are ours and need no quoting.
fn listed(kinds: &[JobKind]) -> String {
    let keys: Vec<String> = kinds
        .iter()
        .map(|kind| format!("'{}'", kind.key()))
        .collect();
    if keys.is_empty() {
        "''".to_owned()
    } else {
        keys.join(", ")
    }
}

/// Prolongs a lease, and tells how far the job is. False when it is lost.
pub async fn prolong(
    tx: &mut Tx,
    lease: &Lease,
    until: Timestamp,
    progress: JobProgress,
) -> Result<bool> {
    let stage = progress.stage.map_or("", |stage| stage.key());
    let values = [
        instant(until).into(),
        stage.into(),
        progress.done.into(),
        progress.total.into(),
    ];
    let set = "lease_until = $3, stage = $4, done = $5, total = $6";
    held(tx, lease, set, &values).await
}

/// Says where the job goes on from now, in the transaction of the portion that got it there. False when the lease is lost.
pub async fn reach(
    tx: &mut Tx,
    lease: &Lease,
    reached: &str,
    (done, total): (i64, i64),
) -> Result<bool> {
    let values = [reached.into(), done.into(), total.into()];
    let set = "reached = $3, done = $4, total = $5, attempts = 1";
    held(tx, lease, set, &values).await
}

/// Ends a job, in the transaction of its effect where that is in the database. False when the lease is lost: then nothing may be committed.
pub async fn end(
    tx: &mut Tx,
    lease: &Lease,
    state: JobState,
    (result, error): (&Value, Option<&JobError>),
    now: Timestamp,
) -> Result<bool> {
    let values = [
        state.key().into(),
        result.to_string().into(),
        error_text(error)?.into(),
        instant(now).into(),
    ];
    let set = "state = $3, result = $4, error = $5, ended_at = $6";
    let_go(tx, lease, set, &values).await
}

/// Lets a job wait again after an attempt that failed. False when the lease is lost.
pub async fn postpone(
    tx: &mut Tx,
    lease: &Lease,
    due_at: Timestamp,
    error: &JobError,
) -> Result<bool> {
    let values = [instant(due_at).into(), error_text(Some(error))?.into()];
    let set = "state = 'waiting', due_at = $3, error = $4";
    let_go(tx, lease, set, &values).await
}

/// Puts a periodic job back until it comes again, with what became of this run. False when the lease is lost.
pub async fn put_back(
    tx: &mut Tx,
    lease: &Lease,
    due_at: Timestamp,
    (result, error): (&Value, Option<&JobError>),
    now: Timestamp,
) -> Result<bool> {
    let values = [
        instant(due_at).into(),
        result.to_string().into(),
        error_text(error)?.into(),
        instant(now).into(),
    ];
    let set = "state = 'waiting', due_at = $3, result = $4, error = $5, ended_at = $6, attempts = 0, done = 0, total = 0, reached = ''";
    let_go(tx, lease, set, &values).await
}

/// Gives a job back that a node which is asked to end was at: another may take it at once, and this was no attempt.
pub async fn give_back(tx: &mut Tx, lease: &Lease) -> Result<bool> {
    let_go(tx, lease, "state = 'waiting', attempts = attempts - 1", &[]).await
}

/// Writes something of a running job under its lease, the values from `$3` on. False when the lease is lost.
async fn held(tx: &mut Tx, lease: &Lease, set: &str, values: &[bulk::Value]) -> Result<bool> {
    let sql = format!("UPDATE job SET {set} WHERE id = $1 AND lease = $2 AND state = 'running'");
    let mut query = sqlx::query(AssertSqlSafe(sql))
        .bind(lease.job.to_string())
        .bind(lease.word.clone());
    for value in values {
        query = bulk::bound(query, value.clone());
    }
    Ok(query.execute(&mut **tx).await?.rows_affected() == 1)
}

/// As `held`, and the lease ends with it.
async fn let_go(tx: &mut Tx, lease: &Lease, set: &str, values: &[bulk::Value]) -> Result<bool> {
    let set = format!("{set}, lease = '', lease_until = '', stage = ''");
    held(tx, lease, &set, values).await
}

/// Stops a job that waits or runs; false when it is over. Whoever runs it holds no lease from now on.
pub async fn stop(tx: &mut Tx, id: &JobId, now: Timestamp) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE job
         SET state = 'stopped', ended_at = $2, lease = '', lease_until = '', stage = ''
         WHERE id = $1 AND state IN ('waiting', 'running')",
    )
    .bind(id.to_string())
    .bind(instant(now))
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Passes over this run of a periodic job; false when there is no such run.
pub async fn skip(tx: &mut Tx, id: &JobId, due_at: Timestamp) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE job
         SET state = 'waiting', due_at = $2, attempts = 0, lease = '', lease_until = '', stage = '', done = 0, total = 0, reached = ''
         WHERE id = $1 AND state IN ('waiting', 'running')",
    )
    .bind(id.to_string())
    .bind(instant(due_at))
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Has a job that failed or was stopped tried again, from where it had got; a waiting one comes at once. False when it runs or is done, or another of
/// its key is open.
pub async fn retry(tx: &mut Tx, id: &JobId, now: Timestamp) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE job
         SET state = 'waiting', due_at = $2, attempts = 0, ended_at = CASE WHEN state = 'waiting' THEN ended_at ELSE '' END
         WHERE id = $1
           AND state IN ('failed', 'stopped', 'waiting')
           AND NOT EXISTS (
             SELECT 1
             FROM job AS other
             WHERE other.key = job.key AND other.id <> job.id AND other.state IN ('waiting', 'running'))",
    )
    .bind(id.to_string())
    .bind(instant(now))
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Moves a waiting job forward that is due later than it should be: after a clock ran ahead.
pub async fn advance(tx: &mut Tx, key: &str, due_at: Timestamp) -> Result<()> {
    sqlx::query(
        "UPDATE job
         SET due_at = $2
         WHERE key = $1 AND state = 'waiting' AND due_at > $2",
    )
    .bind(key.to_owned())
    .bind(instant(due_at))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Deletes the jobs that were over before an instant.
pub async fn sweep(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    let done = sqlx::query(
        "DELETE FROM job
         WHERE state IN ('done', 'failed', 'stopped') AND ended_at < $1",
    )
    .bind(instant(before))
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected())
}

fn error_text(error: Option<&JobError>) -> Result<String> {
    let text = error.map(serde_json::to_string).transpose()?;
    Ok(text.unwrap_or_default())
}

#[cfg(test)]
mod tests;
