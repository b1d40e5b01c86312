//! Many rows at once, by multi-row statements: for imports and the demo city.

use anyhow::Result;
use sqlx::AssertSqlSafe;

use crate::db::Tx;

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

/// Inserts rows into `table`; every row has one value for each of `columns`. The engines' limits on parameters are kept.
pub async fn insert(
    tx: &mut Tx,
    table: &'static str,
    columns: &[&'static str],
    rows: Vec<Vec<Value>>,
) -> Result<()> {
    // SQLite looks every `$n` up by its name in a list, so that the work grows with the square of their number.
    let per_statement = (600 / columns.len()).max(1);
    let mut rows = rows.into_iter().peekable();
    let mut full_statement = None;
    while rows.peek().is_some() {
        let chunk: Vec<Vec<Value>> = rows.by_ref().take(per_statement).collect();
        let sql = if chunk.len() == per_statement {
            full_statement
                .get_or_insert_with(|| statement(table, columns, per_statement))
                .clone()
        } else {
            statement(table, columns, chunk.len())
        };
        let mut query = sqlx::query(AssertSqlSafe(sql)).persistent(chunk.len() == per_statement);
        for value in chunk.into_iter().flatten() {
            query = match value {
                Value::Text(text) => query.bind(text),
                Value::Number(number) => query.bind(number),
                Value::NoText => query.bind(None::<String>),
                Value::NoNumber => query.bind(None::<i64>),
            };
        }
        query.execute(&mut **tx).await?;
    }
    Ok(())
}

fn statement(table: &str, columns: &[&str], rows: usize) -> String {
    let mut sql = format!("INSERT INTO {table} ({}) VALUES ", columns.join(", "));
    let mut parameter = 0;
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..columns.len() {
            parameter += 1;
            if column > 0 {
                sql.push(',');
            }
            sql.push_str(&format!("${parameter}"));
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
}
