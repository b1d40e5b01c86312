//! A backup: every table as JSON lines and every file, in one zip archive, read from one snapshot while the program serves. Nothing in it depends
//! on the engine, so a backup of SQLite can be restored into PostgreSQL and the other way round. It contains no vote of a poll that is not counted
//! yet: see `writing`.

mod reading;
pub mod sealed;
mod writing;

use anyhow::Result;
use futures_util::TryStreamExt;
use sqlx::{AssertSqlSafe, Row};

pub use self::{reading::restore, writing::write};
use crate::core::{
    db::Tx,
    schema::{Table, tables},
};

/// What a backup or a restore copied.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Carried {
    pub tables: usize,
    pub rows: usize,
    pub files: usize,
    /// Polls whose votes are not in the copy, because their box was still closed.
    pub left_out: usize,
}

/// The tables of a backup. `instance` is not one of them: a restored copy is an instance of its own, with its own folder of files. Nor are `job` and `outgoing`:
/// what waited when the copy was made was done or sent since, and must not be once more. Nor is `sign_in_failure`, the brake on guessing: it means nothing a
/// day later, and its instants beside keyed hashes of networks would tell whoever also has the key from where a letter or an objection came.
fn carried_tables() -> Vec<Table> {
    let mut tables = tables();
    tables
        .retain(|table| !["instance", "job", "outgoing", "sign_in_failure"].contains(&table.name));
    tables
}

/// Calls `each` with every row of a table as a JSON array of its values, ordered by up to four of its first columns; returns the number of rows.
pub async fn each_row(
    tx: &mut Tx,
    table: &Table,
    mut each: impl FnMut(serde_json::Value) -> Result<()>,
) -> Result<usize> {
    let names: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
    let order: Vec<String> = (1..=names.len().min(4))
        .map(|column| column.to_string())
        .collect();
    let sql = format!(
        "SELECT {} FROM {} ORDER BY {}",
        names.join(", "),
        table.name,
        order.join(", ")
    );
    let mut rows = sqlx::query(AssertSqlSafe(sql))
        .persistent(false)
        .fetch(&mut **tx);
    let mut count = 0;
    while let Some(row) = rows.try_next().await? {
        let mut values = Vec::with_capacity(table.columns.len());
        for (index, column) in table.columns.iter().enumerate() {
            values.push(if column.is_number {
                serde_json::json!(row.try_get::<Option<i64>, _>(index)?)
            } else {
                serde_json::json!(row.try_get::<Option<String>, _>(index)?)
            });
        }
        each(values.into())?;
        count += 1;
    }
    Ok(count)
}

/// The hashes of all files that the database refers to.
pub async fn file_hashes(tx: &mut Tx) -> Result<Vec<String>> {
    let rows = sqlx::query(
        "SELECT hash FROM evidence
         UNION
         SELECT hash FROM objection_file
         UNION
         SELECT file_hash FROM import
         UNION
         SELECT hash FROM visit_photo
         ORDER BY 1",
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| Ok(row.try_get::<String, _>(0)?))
        .collect()
}

#[cfg(test)]
mod tests;
