//! The rows of a long insert, whose digests are taken from what is inserted. On SQLite the triggers would copy each row into a temporary table, and
//! the commit would read it back: a third of the time that a long import takes. The trigger of the table is away meanwhile, in the transaction alone: a
//! rollback brings it back, too.

use std::fmt::Write;

use anyhow::Result;
use sqlx::{AssertSqlSafe, Executor};

use crate::core::{
    bulk::Value,
    cover::{Cover, digest, drain, tables, triggers},
    db::{Engine, Tx},
    schema::{Column, Table},
};

/// Fewer rows are noted by the trigger.
const LONG: usize = 400;

/// How the rows of an insert are noted.
pub(crate) struct Noted {
    table: Table,
    /// The places of the key among the inserted columns.
    keys: Vec<usize>,
    /// The columns of the digest, with their places.
    columns: Vec<(usize, Column)>,
}

/// Begins a long insert; `None` where the trigger notes its rows.
pub(crate) async fn begin(
    tx: &mut Tx,
    table: &str,
    columns: &[&str],
    rows: usize,
) -> Result<Option<Noted>> {
    if tx.engine != Engine::Sqlite || rows < LONG || tx.cover.is_none() {
        return Ok(None);
    }
    let Some(noted) = Noted::of(table, columns) else {
        return Ok(None);
    };
    tx.expect_many().await?;
    // What was noted so far belongs to lines before these rows.
    drain(tx).await?;
    let away = format!("DROP TRIGGER temp.{}", triggers::name_of_insert(table));
    tx.execute(AssertSqlSafe(away)).await?;
    Ok(Some(noted))
}

/// Ends it: the trigger is back.
pub(crate) async fn end(tx: &mut Tx, noted: Noted) -> Result<()> {
    let back = triggers::of_insert(&noted.table);
    tx.execute(AssertSqlSafe(back)).await?;
    Ok(())
}

impl Noted {
    /// None for a table that is not covered, or where a column of the digest is left to its default.
    fn of(table: &str, columns: &[&str]) -> Option<Noted> {
        let table = tables().into_iter().find(|known| known.name == table)?;
        let place = |name: &str| columns.iter().position(|column| *column == name);
        let keys = table.keys.iter().map(|key| place(key));
        let keys = keys.collect::<Option<Vec<usize>>>()?;
        let of_digest = table.columns.iter();
        let of_digest = of_digest.map(|column| Some((place(column.name)?, column.clone())));
        Some(Noted {
            keys,
            columns: of_digest.collect::<Option<Vec<_>>>()?,
            table,
        })
    }

    /// Notes a row that is about to be inserted.
    pub(crate) fn note(&self, cover: &mut Cover, row: &[Value]) {
        let key: Vec<String> = self.keys.iter().map(|place| plain(&row[*place])).collect();
        let content = self.content(row);
        let of = (self.table.name.to_owned(), key.join(" "));
        cover.open.insert(of, digest(&content));
    }

    /// As the SQL of `cover::content` tells it.
    fn content(&self, row: &[Value]) -> String {
        let mut content = String::with_capacity(512);
        for (place, column) in &self.columns {
            let (value, name) = (&row[*place], column.name);
            // A String takes whatever is written.
            let _written = match value {
                Value::NoText | Value::NoNumber => Ok(()),
                value if column.added_as.is_some_and(|added| added == literal(value)) => Ok(()),
                Value::Number(number) => write!(content, "{name}={number};"),
                Value::Text(text) => write!(content, "{name}={}:{text};", text.chars().count()),
            };
        }
        content
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::NoText | Value::NoNumber => String::new(),
    }
}

/// As SQL writes it.
fn literal(value: &Value) -> String {
    match value {
        Value::Text(text) => format!("'{}'", text.replace('\'', "''")),
        other => plain(other),
    }
}

#[cfg(test)]
mod tests {
    use sqlx::Row;

    use super::*;
    use crate::{
        core::{bulk, cover},
        testing,
    };

    #[tokio::test]
    async fn rows_of_a_long_insert_have_the_digests_that_the_trigger_gives() {
        let database = testing::sqlite().await;
        let mut tx = database.db.write("test").await.unwrap();
        let columns = ["code", "parent_code", "level", "name", "sort_key"];
        let row = |number: usize| -> Vec<Value> {
            let name = format!("天宁'区 {number}\n");
            let code = number.to_string();
            vec![
                code.into(),
                "".into(),
                "village".into(),
                name.into(),
                "a".into(),
            ]
        };
        let rows = (0..LONG).map(row).collect();
        bulk::insert(&mut tx, "division", &columns, rows)
            .await
            .unwrap();
        // The next few are noted by the trigger, which is back.
        let few = (LONG..LONG + 3).map(row).collect();
        bulk::insert(&mut tx, "division", &columns, few)
            .await
            .unwrap();
        drain(&mut tx).await.unwrap();
        let noted = std::mem::take(&mut tx.cover.as_mut().unwrap().open);
        let table = tables()
            .into_iter()
            .find(|one| one.name == "division")
            .unwrap();
        let sql = format!(
            "SELECT {} AS row_key, {} AS content FROM division",
            cover::key(&table, ""),
            cover::content(&table, "")
        );
        let found = sqlx::query(AssertSqlSafe(sql))
            .fetch_all(&mut *tx)
            .await
            .unwrap();
        assert_eq!((found.len(), noted.len()), (LONG + 3, LONG + 3));
        for row in found {
            let of = ("division".to_owned(), row.get::<String, _>("row_key"));
            let content: String = row.get("content");
            assert_eq!(noted[&of], digest(&content), "{content}");
        }
    }

    #[test]
    fn every_table_that_imports_fill_is_noted_so() {
        let unit: Vec<&str> = crate::register::unit::COLUMNS
            .split(',')
            .map(str::trim)
            .collect();
        assert!(Noted::of("unit", &unit).is_some());
        assert!(Noted::of("standing", &["unit_id"]).is_none());
        assert!(Noted::of("unit", &["id", "name"]).is_none());
    }
}
