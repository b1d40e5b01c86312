//! Lists of jobs, and their figures.

use anyhow::Result;
use jianjia_domain::core::{
    job::{Job, JobFigures, JobKind, JobState},
    place::subtree,
};
use jiff::Timestamp;
use sqlx::{AssertSqlSafe, Row};

use super::row::{COLUMNS, instant, job_of};
use crate::core::{condition::Conditions, db::Tx};

/// Whose jobs somebody looks over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Within {
    /// Those of these subtrees.
    pub paths: Vec<String>,
    /// Those of the program itself, too.
    pub program: bool,
}

/// The jobs that wait or run, in the order in which they are done.
pub async fn open(tx: &mut Tx, within: &Within, limit: i64) -> Result<Vec<Job>> {
    let states = [JobState::Waiting, JobState::Running];
    list(tx, within, &states, "due_at, id", limit).await
}

/// The newest jobs that ended so.
pub async fn ended(
    tx: &mut Tx,
    within: &Within,
    states: &[JobState],
    limit: i64,
) -> Result<Vec<Job>> {
    list(tx, within, states, "ended_at DESC, id DESC", limit).await
}

/// A portion (limit, offset) of all of them, the newest first, and how many there are.
pub async fn portion(
    tx: &mut Tx,
    within: &Within,
    (limit, offset): (i64, i64),
) -> Result<(Vec<Job>, i64)> {
    let mut conditions = Conditions::default();
    let mut seen = conditions.ranges("unit_path", &within.paths);
    if within.program {
        seen = format!("({seen} OR unit_path = '')");
    }
    conditions.and(seen);
    let count = format!(
        "SELECT CAST(COUNT(*) AS BIGINT) FROM job{}",
        conditions.sql()
    );
    let total = conditions.query(count).fetch_one(&mut **tx).await?;
    let total: i64 = total.try_get(0)?;
    let where_sql = conditions.sql();
    let (limit, offset) = (conditions.value(limit), conditions.value(offset));
    let sql = format!(
        "SELECT {COLUMNS}
         FROM job{where_sql}
         ORDER BY created_at DESC, id DESC
         LIMIT {limit} OFFSET {offset}"
    );
    let rows = conditions.query(sql).fetch_all(&mut **tx).await?;
    let jobs = rows.iter().map(job_of).collect::<Result<_>>()?;
    Ok((jobs, total))
}

async fn list(
    tx: &mut Tx,
    within: &Within,
    states: &[JobState],
    order: &'static str,
    limit: i64,
) -> Result<Vec<Job>> {
    let states: Vec<String> = states
        .iter()
        .map(|state| format!("'{}'", state.key()))
        .collect();
    let mut places: Vec<String> = (0..within.paths.len())
        .map(|place| {
            let (lower, upper) = (place * 2 + 2, place * 2 + 3);
            format!("(unit_path >= ${lower} AND unit_path < ${upper})")
        })
        .collect();
    if within.program {
        places.push("unit_path = ''".to_owned());
    }
    if places.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT {COLUMNS}
         FROM job
         WHERE state IN ({}) AND ({})
         ORDER BY {order}
         LIMIT $1",
        states.join(", "),
        places.join(" OR ")
    );
    let mut query = sqlx::query(AssertSqlSafe(sql)).bind(limit);
    for path in &within.paths {
        let (lower, upper) = subtree(path);
        query = query.bind(lower).bind(upper);
    }
    let rows = query.fetch_all(&mut **tx).await?;
    rows.iter().map(job_of).collect()
}

pub async fn figures(tx: &mut Tx, now: Timestamp) -> Result<JobFigures> {
    let mut figures = JobFigures::default();
    let rows = sqlx::query(
        "SELECT kind, state, CAST(COUNT(*) AS BIGINT) AS jobs,
                CAST(SUM(CASE WHEN error <> '' AND state IN ('waiting', 'running') THEN 1 ELSE 0 END) AS BIGINT) AS failing
         FROM job
         GROUP BY kind, state
         ORDER BY kind, state",
    )
    .fetch_all(&mut **tx)
    .await?;
    for row in &rows {
        let (kind, state): (String, String) = (row.try_get("kind")?, row.try_get("state")?);
        // A kind of a later version has no figure here.
        let (Some(kind), Some(state)) = (JobKind::from_key(&kind), JobState::from_key(&state))
        else {
            continue;
        };
        figures.count.push((kind, state, row.try_get("jobs")?));
        let failing: i64 = row.try_get("failing")?;
        if failing > 0 {
            figures.failing.push((kind, failing));
        }
    }
    let row = sqlx::query(
        "SELECT COALESCE(MIN(due_at), '') AS due_at
         FROM job
         WHERE state = 'waiting' AND due_at <= $1",
    )
    .bind(instant(now))
    .fetch_one(&mut **tx)
    .await?;
    let oldest: String = row.try_get("due_at")?;
    if !oldest.is_empty() {
        figures.oldest_due = Some(oldest.parse()?);
    }
    Ok(figures)
}
