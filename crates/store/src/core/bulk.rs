//! Batches of rows in multi-row statements: for imports, lists and the demo city.

use anyhow::Result;
use sqlx::{
    Any, AssertSqlSafe,
    any::{AnyArguments, AnyRow},
    query::Query,
};

use crate::core::{
    cover::{self, noted},
    db::{Engine, Tx, indexes},
};

/// One value of a row to insert.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Text(String),
    Number(i64),
    NoText,
    NoNumber,
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Value {
        Value::Number(number)
    }
}

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Value {
        text.map_or(Value::NoText, Value::Text)
    }
}

impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Value {
        number.map_or(Value::NoNumber, Value::Number)
    }
}

/// Inserts rows into `table`; every row has one value for each of `columns`. Split into statements that stay below the engines' limits on
/// parameters.
pub async fn insert(
    tx: &mut Tx,
    table: &'static str,
    columns: &[&'static str],
    rows: Vec<Vec<Value>>,
) -> Result<()> {
    insert_each(tx, table, columns, rows.into_iter().map(Ok)).await
}

/// As `insert`, for rows that are made as they are inserted, so that a long table is never in memory as a whole.
pub async fn insert_each(
    tx: &mut Tx,
    table: &'static str,
    columns: &[&'static str],
    rows: impl ExactSizeIterator<Item = Result<Vec<Value>>>,
) -> Result<()> {
    let away = indexes::put_away(tx, table, rows.len()).await?;
    write(tx, table, columns, rows, "").await?;
    indexes::put_back(tx, away).await
}

/// Inserts a row unless a unique index has it; whether it was inserted.
pub async fn insert_new(
    tx: &mut Tx,
    table: &'static str,
    columns: &[&'static str],
    row: Vec<Value>,
) -> Result<bool> {
    let rows = std::iter::once(Ok(row));
    Ok(write(tx, table, columns, rows, " ON CONFLICT DO NOTHING").await? == 1)
}

/// Inserts or updates rows in `table`, by `keys`. No two of `rows` may have the same keys.
pub async fn upsert(
    tx: &mut Tx,
    table: &'static str,
    keys: &[&'static str],
    columns: &[&'static str],
    rows: Vec<Vec<Value>>,
) -> Result<()> {
    let conflict = on_conflict(keys, columns, |column| format!("excluded.{column}"));
    write(tx, table, columns, rows.into_iter().map(Ok), &conflict).await?;
    Ok(())
}

/// Inserts rows into `table`, or adds their numbers to the row with the same `keys`. No two of `rows` may have the same keys.
pub async fn add(
    tx: &mut Tx,
    table: &'static str,
    keys: &[&'static str],
    columns: &[&'static str],
    rows: Vec<Vec<Value>>,
) -> Result<()> {
    let conflict = on_conflict(keys, columns, |column| {
        format!("{table}.{column} + excluded.{column}")
    });
    write(tx, table, columns, rows.into_iter().map(Ok), &conflict).await?;
    Ok(())
}

fn on_conflict(keys: &[&str], columns: &[&str], value: impl Fn(&str) -> String) -> String {
    let values: Vec<String> = columns
        .iter()
        .filter(|column| !keys.contains(column))
        .map(|column| format!("{column} = {}", value(column)))
        .collect();
    format!(
        " ON CONFLICT ({}) DO UPDATE SET {}",
        keys.join(", "),
        values.join(", ")
    )
}

/// Runs `sql` for any number of `words`, in batches: `{words}` in it becomes the placeholders of a batch, and `first` are the parameters before
/// them, from `$1` on. Because of the batches, `ORDER BY` holds within a batch only.
pub async fn select(
    tx: &mut Tx,
    sql: &str,
    first: &[Value],
    words: impl IntoIterator<Item = String>,
) -> Result<Vec<AnyRow>> {
    const BATCH: usize = 250;
    let words: Vec<String> = words.into_iter().collect();
    let mut found = Vec::new();
    for batch in words.chunks(BATCH) {
        let places: Vec<String> = (1..=batch.len())
            .map(|place| format!("${}", first.len() + place))
            .collect();
        let sql = sql.replace("{words}", &places.join(", "));
        let mut query =
            sqlx::query(AssertSqlSafe(sql)).persistent(matches!(batch.len(), 1 | BATCH));
        for value in first {
            query = bound(query, value.clone());
        }
        for word in batch {
            query = query.bind(word.clone());
        }
        found.extend(query.fetch_all(&mut **tx).await?);
    }
    Ok(found)
}

/// Runs the `UPDATE` in `sql` for any number of `rows`, in batches, and gives how many rows it changed: `{rows}` in it becomes the placeholders of
/// a batch, for a table `(VALUES {rows})` whose columns both engines call `column1`, `column2` …, and `first` are the parameters before them.
pub async fn update(tx: &mut Tx, sql: &str, first: &[Value], rows: Vec<Vec<Value>>) -> Result<u64> {
    const BATCH: usize = 100;
    let mut changed = 0;
    for batch in rows.chunks(BATCH) {
        let mut parameter = first.len();
        let places: Vec<String> = batch
            .iter()
            .map(|row| {
                let of_row: Vec<String> = row
                    .iter()
                    .map(|_| {
                        parameter += 1;
                        format!("${parameter}")
                    })
                    .collect();
                format!("({})", of_row.join(", "))
            })
            .collect();
        let sql = sql.replace("{rows}", &places.join(", "));
        let mut query =
            sqlx::query(AssertSqlSafe(sql)).persistent(matches!(batch.len(), 1 | BATCH));
        for value in first.iter().chain(batch.iter().flatten()) {
            query = bound(query, value.clone());
        }
        changed += query.execute(&mut **tx).await?.rows_affected();
        tx.wrote(batch.len());
        cover::drain_if_many(tx, batch.len()).await?;
    }
    Ok(changed)
}

/// Gives how many rows it wrote.
async fn write(
    tx: &mut Tx,
    table: &str,
    columns: &[&str],
    rows: impl ExactSizeIterator<Item = Result<Vec<Value>>>,
    conflict: &str,
) -> Result<u64> {
    let engine = tx.engine;
    let noted = match conflict {
        "" => noted::begin(tx, table, columns, rows.len()).await?,
        _ => None,
    };
    let per_statement = (1_200 / columns.len()).max(1);
    let full_statement = statement(engine, table, columns, per_statement) + conflict;
    let mut cover = match noted {
        Some(_) => tx.cover.take(),
        None => None,
    };
    let mut rows = rows.fuse();
    let mut take = || -> Result<Option<(Query<'_, Any, AnyArguments>, usize)>> {
        let batch: Vec<Vec<Value>> = rows.by_ref().take(per_statement).collect::<Result<_>>()?;
        if let (Some(noted), Some(cover)) = (&noted, &mut cover) {
            batch.iter().for_each(|row| noted.note(cover, row));
        }
        let count = batch.len();
        if count == 0 {
            return Ok(None);
        }
        let sql = if count == per_statement {
            full_statement.clone()
        } else {
            statement(engine, table, columns, count) + conflict
        };
        let query = sqlx::query(AssertSqlSafe(sql)).persistent(count == per_statement);
        let query = batch.into_iter().flatten().fold(query, bound);
        Ok(Some((query, count)))
    };
    let mut written = 0;
    let mut next = take()?;
    while let Some((query, count)) = next {
        // The engine works on one batch, on a thread or in a process of its own, while the next is made here.
        let (done, following) = tokio::join!(query.execute(&mut **tx), async { take() });
        written += done?.rows_affected();
        next = following?;
        tx.wrote(count);
        if noted.is_none() {
            cover::drain_if_many(tx, count).await?;
        }
    }
    if let Some(noted) = noted {
        tx.cover = cover;
        noted::end(tx, noted).await?;
    }
    Ok(written)
}

pub(crate) fn bound(
    query: Query<'_, Any, AnyArguments>,
    value: Value,
) -> Query<'_, Any, AnyArguments> {
    match value {
        Value::Text(text) => query.bind(text),
        Value::Number(number) => query.bind(number),
        Value::NoText => query.bind(None::<String>),
        Value::NoNumber => query.bind(None::<i64>),
    }
}

/// The values stand in their order, so SQLite needs no `$n`: it finds each by a linear search through the names so far, which was the dearest part of
/// a long import.
fn statement(engine: Engine, table: &str, columns: &[&str], rows: usize) -> String {
    let mut sql = format!("INSERT INTO {table} ({}) VALUES ", columns.join(", "));
    let mut parameter = 0;
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..columns.len() {
            parameter += 1;
            if column > 0 {
                sql.push(',');
            }
            match engine {
                Engine::Sqlite => sql.push('?'),
                Engine::Postgres => sql.push_str(&format!("${parameter}")),
            }
        }
        sql.push(')');
    }
    sql
}

#[cfg(test)]
mod tests {
    use sqlx::Row;

    use super::*;
    use crate::testing;

    #[tokio::test]
    async fn many_rows_arrive_whole_with_their_gaps_on_both_engines() {
        for database in testing::both().await {
            let mut tx = database.db.write("test").await.unwrap();
            let columns = ["target", "failures", "last_at"];
            let rows = (0..9_001)
                .map(|n: i64| vec![format!("login:{n}").into(), n.into(), "2016".into()])
                .collect();
            insert(&mut tx, "sign_in_failure", &columns, rows)
                .await
                .unwrap();
            let row = sqlx::query(
                "SELECT CAST(COUNT(*) AS BIGINT), CAST(SUM(failures) AS BIGINT)
                 FROM sign_in_failure",
            )
            .fetch_one(&mut *tx)
            .await
            .unwrap();
            assert_eq!(
                (row.get::<i64, _>(0), row.get::<i64, _>(1)),
                (9_001, 40_504_500)
            );
        }
    }

    #[tokio::test]
    async fn what_is_set_again_takes_the_new_values_and_many_words_are_found_on_both_engines() {
        for database in testing::both().await {
            let mut tx = database.db.write("test").await.unwrap();
            let columns = ["target", "failures", "last_at"];
            let rows = |count: i64, failures: i64| {
                (0..count)
                    .map(|n| vec![format!("login:{n}").into(), failures.into(), "2016".into()])
                    .collect::<Vec<_>>()
            };
            let table = "sign_in_failure";
            upsert(&mut tx, table, &["target"], &columns, rows(700, 1))
                .await
                .unwrap();
            upsert(&mut tx, table, &["target"], &columns, rows(2, 5))
                .await
                .unwrap();
            let sql = "SELECT failures
                       FROM sign_in_failure
                       WHERE failures > $1 AND target IN ({words})";
            let words = || (0..900).map(|n| format!("login:{n}"));
            let found = select(&mut tx, sql, &[0_i64.into()], words())
                .await
                .unwrap();
            let failures: i64 = found.iter().map(|row| row.get::<i64, _>(0)).sum();
            assert_eq!((found.len(), failures), (700, 708));
            let found = select(&mut tx, sql, &[1_i64.into()], words())
                .await
                .unwrap();
            assert_eq!(found.len(), 2);
        }
    }
}
