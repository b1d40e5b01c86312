//! What was written since somebody last looked, by any node: the trail names the rows of every act, so that what is kept in memory beside the database
//! follows it without a channel of its own.

use std::collections::HashSet;

use anyhow::Result;
use sqlx::Row;

use crate::core::db::Tx;

/// How far somebody has read the trail.
#[derive(Debug, Default)]
pub struct Mark {
    /// The last sealed line.
    position: i64,
    /// The lines read that had no seal yet: positions are given later, in an order of their own.
    unsealed: HashSet<String>,
}

/// A row that an act wrote.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WrittenRow {
    pub table: String,
    pub key: String,
}

/// So many lines are read one by one; after more, everything is read anew sooner.
const LINES_AT_MOST: usize = 1000;

/// Where the trail ends as the transaction sees it.
pub async fn end(tx: &mut Tx) -> Result<Mark> {
    let row = sqlx::query(
        "SELECT COALESCE(MAX(position), 0) AS position
         FROM audit
         WHERE position IS NOT NULL",
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(Mark {
        position: row.try_get("position")?,
        unsealed: unsealed(tx).await?.into_iter().collect(),
    })
}

/// The rows of some tables that were written since the mark, which moves to the end of the trail; `None` where that is so much that everything should
/// be read anew, from a new mark.
pub async fn since(
    tx: &mut Tx,
    mark: &mut Mark,
    tables: &[&str],
) -> Result<Option<Vec<WrittenRow>>> {
    let sealed = sealed(tx, mark.position).await?;
    let unsealed = unsealed(tx).await?;
    let mut lines: Vec<&String> = sealed.iter().map(|(id, _)| id).collect();
    lines.extend(&unsealed);
    lines.retain(|id| !mark.unsealed.contains(*id));
    if lines.len() > LINES_AT_MOST {
        return Ok(None);
    }
    let mut rows = HashSet::new();
    for id in lines {
        rows.extend(written(tx, id, tables).await?);
    }
    for (id, position) in &sealed {
        mark.unsealed.remove(id);
        mark.position = mark.position.max(*position);
    }
    mark.unsealed.extend(unsealed);
    let mut rows: Vec<WrittenRow> = rows.into_iter().collect();
    rows.sort_unstable();
    Ok(Some(rows))
}

async fn sealed(tx: &mut Tx, after: i64) -> Result<Vec<(String, i64)>> {
    let rows = sqlx::query(
        "SELECT id, position
         FROM audit
         WHERE position > $1
         ORDER BY position
         LIMIT $2",
    )
    .bind(after)
    .bind(LINES_AT_MOST as i64 + 1)
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| Ok((row.try_get("id")?, row.try_get("position")?)))
        .collect()
}

async fn unsealed(tx: &mut Tx) -> Result<Vec<String>> {
    let rows = sqlx::query(
        "SELECT id
         FROM audit
         WHERE position IS NULL",
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(|row| Ok(row.try_get("id")?)).collect()
}

/// The rows of some tables in the record of a line.
async fn written(tx: &mut Tx, id: &str, tables: &[&str]) -> Result<Vec<WrittenRow>> {
    let row = sqlx::query(
        "SELECT written
         FROM audit_record
         WHERE audit_id = $1",
    )
    .bind(id.to_owned())
    .fetch_optional(&mut **tx)
    .await?;
    let Some(row) = row else {
        return Ok(Vec::new());
    };
    let written: String = row.try_get("written")?;
    let rows = written.lines().filter_map(|line| {
        let (_digest, row) = line.split_once(' ')?;
        let (table, key) = row.split_once(' ')?;
        tables.contains(&table).then(|| WrittenRow {
            table: table.to_owned(),
            key: key.to_owned(),
        })
    });
    Ok(rows.collect())
}

#[cfg(test)]
mod tests {
    use jianjia_domain::core::{
        audit::{AuditLine, deed::Deed, object::Object},
        ids::{AuditId, PersonId},
    };
    use uuid::Uuid;

    use super::*;
    use crate::{core::audit, testing};

    async fn act(tx: &mut Tx, number: u128, divisions: &[&str]) {
        for code in divisions {
            sqlx::query(
                "INSERT INTO division (code, level, name, sort_key)
                 VALUES ($1, 'district', $1, $1)",
            )
            .bind((*code).to_owned())
            .execute(&mut **tx)
            .await
            .unwrap();
        }
        let object = Object::Person(PersonId(Uuid::from_u128(number)));
        let line = AuditLine {
            id: AuditId(Uuid::from_u128(number)),
            at: "2016-10-20T00:00:00Z".parse().unwrap(),
            account_id: String::new(),
            account_name: String::new(),
            act: Deed::EditPerson.into(),
            noun: object.noun().into(),
            noun_id: object.id(),
            unit_id: None,
            unit_path: String::new(),
            detail: serde_json::Value::Null,
        };
        audit::append(tx, &line).await.unwrap();
    }

    async fn seal(tx: &mut Tx, number: u128, position: i64) {
        sqlx::query(
            "UPDATE audit
             SET position = $1
             WHERE id = $2",
        )
        .bind(position)
        .bind(AuditId(Uuid::from_u128(number)).to_string())
        .execute(&mut **tx)
        .await
        .unwrap();
    }

    #[tokio::test]
    async fn what_acts_wrote_is_told_once_before_and_after_its_seal_on_both_engines() {
        for database in testing::both().await {
            let db = &database.db;
            let mut tx = db.write("test").await.unwrap();
            act(&mut tx, 1, &["before"]).await;
            tx.commit().await.unwrap();

            let mut tx = db.read().await.unwrap();
            let mut mark = end(&mut tx).await.unwrap();
            tx.commit().await.unwrap();
            let told = async |mark: &mut Mark| {
                let mut tx = db.read().await.unwrap();
                let rows = since(&mut tx, mark, &["division"]).await.unwrap().unwrap();
                rows.into_iter().map(|row| row.key).collect::<Vec<_>>()
            };
            assert_eq!(told(&mut mark).await, Vec::<String>::new());

            let mut tx = db.write("test").await.unwrap();
            act(&mut tx, 3, &["b", "a"]).await;
            // An earlier id that is committed later: another node's.
            act(&mut tx, 2, &["c"]).await;
            act(&mut tx, 4, &[]).await;
            tx.commit().await.unwrap();
            assert_eq!(told(&mut mark).await, ["a", "b", "c"]);
            assert_eq!(told(&mut mark).await, Vec::<String>::new());

            let mut tx = db.write("test").await.unwrap();
            for (number, position) in [(1, 1), (2, 2), (3, 3)] {
                seal(&mut tx, number, position).await;
            }
            act(&mut tx, 5, &["d"]).await;
            seal(&mut tx, 5, 4).await;
            tx.commit().await.unwrap();
            assert_eq!(told(&mut mark).await, ["d"]);
            assert_eq!(told(&mut mark).await, Vec::<String>::new());
            assert_eq!(mark.unsealed.len(), 1);
            assert_eq!(mark.position, 4);
        }
    }

    #[tokio::test]
    async fn after_too_many_acts_everything_is_read_anew_on_both_engines() {
        for database in testing::both().await {
            let mut tx = database.db.write("test").await.unwrap();
            let mut mark = end(&mut tx).await.unwrap();
            for number in 0..=LINES_AT_MOST {
                act(&mut tx, number as u128 + 1, &[]).await;
            }
            tx.commit().await.unwrap();
            let mut tx = database.db.read().await.unwrap();
            assert_eq!(
                since(&mut tx, &mut mark, &["division"]).await.unwrap(),
                None
            );
            let mut anew = end(&mut tx).await.unwrap();
            let rows = since(&mut tx, &mut anew, &["division"]).await.unwrap();
            assert_eq!(rows, Some(Vec::new()));
        }
    }
}
