//! The indexes of a table during a long insert into SQLite. Kept up row by row, each takes its own place in its tree for every row, which was half
//! the time of an import of a hundred thousand; made anew from all rows, each is sorted once. They are away in the transaction alone: readers go on
//! with them, and a rollback brings them back.

use anyhow::Result;
use sqlx::{AssertSqlSafe, Executor, Row};

use super::{Engine, Tx};

/// With fewer rows, or with fewer than a quarter of what the table holds, making them anew takes longer than keeping them up.
const LONG: usize = 10_000;

/// An index with the statement that makes it, and what `ANALYZE` counted of it.
pub(crate) struct Away {
    sql: String,
    counted: Option<(String, String, String)>,
}

/// Drops the indexes of a table that don't decide whether a row may be inserted; none where that wouldn't pay.
pub(crate) async fn put_away(tx: &mut Tx, table: &'static str, rows: usize) -> Result<Vec<Away>> {
    if tx.engine != Engine::Sqlite || rows < LONG {
        return Ok(Vec::new());
    }
    let sql = format!("SELECT COALESCE(MAX(rowid), 0) FROM {table}");
    let there: i64 = sqlx::query(AssertSqlSafe(sql))
        .fetch_one(&mut **tx)
        .await?
        .try_get(0)?;
    if usize::try_from(there)? / 4 > rows {
        return Ok(Vec::new());
    }
    tx.expect_many().await?;
    let indexes = sqlx::query(
        "SELECT name, sql
         FROM sqlite_master
         WHERE type = 'index' AND tbl_name = $1 AND sql LIKE 'CREATE INDEX %'",
    )
    .bind(table)
    .fetch_all(&mut **tx)
    .await?;
    let has_counts = sqlx::query("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat1'")
        .fetch_optional(&mut **tx)
        .await?
        .is_some();
    let mut away = Vec::with_capacity(indexes.len());
    for index in indexes {
        let name: String = index.try_get("name")?;
        let mut counted = None;
        if has_counts {
            let sql = "SELECT stat FROM sqlite_stat1 WHERE tbl = $1 AND idx = $2";
            let found = sqlx::query(sql).bind(table).bind(name.clone());
            if let Some(row) = found.fetch_optional(&mut **tx).await? {
                counted = Some((table.to_owned(), name.clone(), row.try_get("stat")?));
            }
        }
        tx.execute(AssertSqlSafe(format!("DROP INDEX {name}")))
            .await?;
        away.push(Away {
            sql: index.try_get("sql")?,
            counted,
        });
    }
    Ok(away)
}

/// Makes them anew.
pub(crate) async fn put_back(tx: &mut Tx, away: Vec<Away>) -> Result<()> {
    for index in away {
        tx.execute(AssertSqlSafe(index.sql)).await?;
        if let Some((table, name, stat)) = index.counted {
            sqlx::query("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ($1, $2, $3)")
                .bind(table)
                .bind(name)
                .bind(stat)
                .execute(&mut **tx)
                .await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        core::bulk::{self, Value},
        testing,
    };

    #[tokio::test]
    async fn a_long_insert_leaves_every_index_as_it_was_with_what_was_counted_of_it() {
        let database = testing::sqlite().await;
        let schema = "SELECT name || ' ' || sql || ' ' || COALESCE(stat, '') AS told
                      FROM sqlite_master
                      LEFT JOIN sqlite_stat1 ON sqlite_stat1.idx = sqlite_master.name
                      WHERE type = 'index' AND tbl_name = 'activity' AND sql IS NOT NULL
                      ORDER BY name";
        let told = async |sql: &'static str| -> Vec<String> {
            let mut tx = database.db.read().await.unwrap();
            let rows = sqlx::query(sql).fetch_all(&mut *tx).await.unwrap();
            rows.iter().map(|row| row.get("told")).collect()
        };
        // Where each begins in the file: an index that was made anew begins elsewhere.
        let places = "SELECT CAST(rootpage AS TEXT) AS told
                      FROM sqlite_master
                      WHERE type = 'index' AND tbl_name = 'activity' AND sql LIKE 'CREATE INDEX %'
                      ORDER BY name";
        let insert = async |from: usize, to: usize| {
            let row = |number: usize| -> Result<Vec<Value>> {
                let texts = ["unit", "/1/", "2016-01-01", "culture", "一次活动"];
                let mut row = vec![Value::from(format!("{number:08}"))];
                row.extend(texts.map(Value::from));
                row.push(Value::from(5_i64));
                row.extend(["", "", "2016-01-01T00:00:00Z"].map(Value::from));
                Ok(row)
            };
            let columns = [
                "id",
                "unit_id",
                "unit_path",
                "held_on",
                "kind",
                "title",
                "participants",
                "note",
                "recorded_by",
                "recorded_at",
            ];
            let mut tx = database.db.write("test").await.unwrap();
            bulk::insert_each(&mut tx, "activity", &columns, (from..to).map(row))
                .await
                .unwrap();
            tx.commit().await.unwrap();
        };
        insert(0, 50).await;
        database.db.analyze().await.unwrap();
        let (before, stood) = (told(schema).await, told(places).await);
        assert!(!stood.is_empty(), "{before:?}");
        insert(50, LONG + 50).await;
        assert_eq!(told(schema).await, before);
        assert_ne!(told(places).await, stood);
    }
}
