//! Counters whose numbers are handed out once, and the newest id of a table.

use anyhow::Result;
use sqlx::{AssertSqlSafe, Row};
use uuid::Uuid;

use crate::core::db::Tx;

/// Reserves `count` numbers of a named counter and returns the first of them.
pub async fn next_numbers(tx: &mut Tx, name: &str, count: i64) -> Result<i64> {
    let row = sqlx::query(
        "INSERT INTO counter (name, value) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET value = counter.value + $2
         RETURNING value",
    )
    .bind(name)
    .bind(count)
    .fetch_one(&mut **tx)
    .await?;
    Ok(row.try_get::<i64, _>(0)? - count + 1)
}

/// The newest id of a table; `None` if it is empty.
pub async fn newest_id(tx: &mut Tx, table: &'static str) -> Result<Option<Uuid>> {
    let row = sqlx::query(AssertSqlSafe(format!("SELECT MAX(id) FROM {table}")))
        .fetch_one(&mut **tx)
        .await?;
    let id: Option<String> = row.try_get(0)?;
    Ok(id.map(|id| id.parse()).transpose()?)
}
