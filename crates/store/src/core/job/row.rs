//! A job's row.

use anyhow::{Context, Result};
use jianjia_domain::core::job::{Job, JobKind, JobProgress, JobStage, JobState};
use jiff::Timestamp;
use sqlx::{Row, any::AnyRow};

pub(super) const COLUMNS: &str = "id, kind, key, name, payload, state, asked_by, asked_by_name, unit_id, unit_path, attempts, due_at, node, stage, \
     done, total, reached, result, error, created_at, began_at, ended_at";

/// An instant as these columns have it: always with as many digits, so that the order of texts is that of instants.
pub(super) fn instant(at: Timestamp) -> String {
    format!("{at:.6}")
}

pub(super) fn job_of(row: &AnyRow) -> Result<Job> {
    let text = |column: &str| row.try_get::<String, _>(column);
    let some = |column: &str| -> Result<Option<String>> {
        Ok(Some(text(column)?).filter(|text| !text.is_empty()))
    };
    let at = |column: &str| -> Result<Option<Timestamp>> {
        Ok(some(column)?.map(|text| text.parse()).transpose()?)
    };
    let (kind, state) = (text("kind")?, text("state")?);
    Ok(Job {
        id: text("id")?.parse()?,
        kind: JobKind::from_key(&kind).with_context(|| format!("unknown kind of job {kind}"))?,
        key: text("key")?,
        name: text("name")?,
        payload: serde_json::from_str(&text("payload")?).context("what a job is to do")?,
        state: JobState::from_key(&state)
            .with_context(|| format!("unknown state of a job {state}"))?,
        asked_by: some("asked_by")?.map(|id| id.parse()).transpose()?,
        asked_by_name: text("asked_by_name")?,
        unit: some("unit_id")?.map(|id| id.parse()).transpose()?,
        unit_path: text("unit_path")?,
        attempts: row.try_get("attempts")?,
        due_at: text("due_at")?.parse()?,
        node: text("node")?,
        progress: JobProgress {
            stage: JobStage::from_key(&text("stage")?),
            done: row.try_get("done")?,
            total: row.try_get("total")?,
        },
        reached: text("reached")?,
        result: serde_json::from_str(&text("result")?).context("what a job gave")?,
        error: some("error")?
            .map(|error| serde_json::from_str(&error))
            .transpose()
            .context("why a job failed")?,
        created_at: text("created_at")?.parse()?,
        began_at: at("began_at")?,
        ended_at: at("ended_at")?,
    })
}
