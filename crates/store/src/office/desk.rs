//! Counts for the start page: what waits at a unit, and the states of the year's applications below it.

use anyhow::Result;
use jianjia_domain::core::{ids::UnitId, place::subtree};
use jiff::Timestamp;
use sqlx::{AssertSqlSafe, Row};

use crate::{core::db::Tx, round::review::passed};

/// The applications for one title that wait for a unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Waiting {
    pub title: String,
    pub count: i64,
    /// When the longest-waiting one arrived.
    pub oldest_at: Timestamp,
}

/// The applications that wait at a unit, by title; for its reviewers without those that they are through with.
pub async fn waiting(tx: &mut Tx, unit: &UnitId, is_reviewers: bool) -> Result<Vec<Waiting>> {
    let unpassed = if is_reviewers {
        format!(" AND NOT {}", passed())
    } else {
        String::new()
    };
    let sql = format!(
        "SELECT title, CAST(COUNT(*) AS BIGINT) AS count, MIN(since_at) AS oldest_at
         FROM application
         WHERE at_unit_id = $1 AND state = 'under-review'{unpassed}
         GROUP BY title
         ORDER BY title"
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(unit.to_string())
        .fetch_all(&mut **tx)
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Waiting {
                title: row.try_get("title")?,
                count: row.try_get("count")?,
                oldest_at: row.try_get::<String, _>("oldest_at")?.parse()?,
            })
        })
        .collect()
}

/// The number of a year's applications in a subtree, as (title, state, number).
pub async fn states_below(
    tx: &mut Tx,
    path: &str,
    year: i16,
) -> Result<Vec<(String, String, i64)>> {
    let (lower, upper) = subtree(path);
    let rows = sqlx::query(
        "SELECT title, state, CAST(COUNT(*) AS BIGINT) AS count
         FROM application
         WHERE year = $1 AND unit_path >= $2 AND unit_path < $3
         GROUP BY title, state
         ORDER BY title, state",
    )
    .bind(i64::from(year))
    .bind(lower)
    .bind(upper)
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| {
            Ok((
                row.try_get("title")?,
                row.try_get("state")?,
                row.try_get("count")?,
            ))
        })
        .collect()
}
