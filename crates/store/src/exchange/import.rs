//! Workbooks that were checked and imported, with the result of every row.

use std::collections::HashMap;

use anyhow::{Context, Result};
use jianjia_domain::{
    core::ids::{ImportId, UnitId},
    exchange::import::{Import, ImportKind, ImportLine, ImportState},
};
use sqlx::{AssertSqlSafe, Row, any::AnyRow};

use crate::core::{condition::Conditions, db::Tx};

const COLUMNS: &str = "id, kind, unit_id, unit_path, file_hash, file_name, state, report, created_by, created_at, done_at";

pub async fn insert(tx: &mut Tx, import: &Import) -> Result<()> {
    sqlx::query(
        "INSERT INTO import (id, kind, unit_id, unit_path, file_hash, file_name, state, report, created_by, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(import.id.to_string())
    .bind(import.kind.key())
    .bind(import.unit_id.to_string())
    .bind(import.unit_path.clone())
    .bind(import.file_hash.clone())
    .bind(import.file_name.clone())
    .bind(import.state.key())
    .bind(serde_json::to_string(&import.report)?)
    .bind(import.created_by.clone())
    .bind(import.created_at.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Saves the results of the rows and, if `done_at` is given, that the workbook was imported. Returns false and changes nothing if it had been
/// imported before.
pub async fn update(tx: &mut Tx, import: &Import) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE import
         SET state = $1, report = $2, done_at = $3
         WHERE id = $4 AND done_at IS NULL",
    )
    .bind(import.state.key())
    .bind(serde_json::to_string(&import.report)?)
    .bind(import.done_at.map(|at| at.to_string()))
    .bind(import.id.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn find(tx: &mut Tx, id: &ImportId) -> Result<Option<Import>> {
    let row = sqlx::query(AssertSqlSafe(format!(
        "SELECT {COLUMNS}
         FROM import
         WHERE id = $1"
    )))
    .bind(id.to_string())
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| import_of(&row)).transpose()
}

/// The unit that a workbook was checked under and the file's name: without the results of its rows.
pub async fn line(tx: &mut Tx, id: &ImportId) -> Result<Option<(UnitId, String)>> {
    let row = sqlx::query("SELECT unit_id, file_name FROM import WHERE id = $1")
        .bind(id.to_string())
        .fetch_optional(&mut **tx)
        .await?;
    row.map(|row| {
        let unit: String = row.try_get("unit_id")?;
        Ok((unit.parse()?, row.try_get("file_name")?))
    })
    .transpose()
}

/// A portion (limit, offset) of the imports in subtrees, the newest first, and how many there are.
pub async fn portion(
    tx: &mut Tx,
    within: &[String],
    (limit, offset): (i64, i64),
) -> Result<(Vec<ImportLine>, i64)> {
    let mut conditions = Conditions::default();
    conditions.within("import.unit_path", within);
    let count = format!(
        "SELECT CAST(COUNT(*) AS BIGINT) FROM import{}",
        conditions.sql()
    );
    let total = conditions.query(count).fetch_one(&mut **tx).await?;
    let total: i64 = total.try_get(0)?;
    let where_sql = conditions.sql();
    let (limit, offset) = (conditions.value(limit), conditions.value(offset));
    let sql = format!(
        "SELECT import.id, import.kind, import.file_name, import.state, import.created_at, COALESCE(account.name, '') AS made_by
         FROM import
         LEFT JOIN account ON account.id = import.created_by{where_sql}
         ORDER BY import.created_at DESC, import.id DESC
         LIMIT {limit} OFFSET {offset}"
    );
    let rows = conditions.query(sql).fetch_all(&mut **tx).await?;
    let lines = rows.iter().map(|row| {
        Ok(ImportLine {
            id: row.try_get::<String, _>("id")?.parse()?,
            kind: kind_of(row)?,
            file_name: row.try_get("file_name")?,
            is_done: row.try_get::<String, _>("state")? == ImportState::Done.key(),
            by: row.try_get("made_by")?,
            created_at: row.try_get::<String, _>("created_at")?.parse()?,
        })
    });
    Ok((lines.collect::<Result<_>>()?, total))
}

/// Which of these credit codes active units hold: code to id and name of the holder.
pub async fn holders_of_codes(
    tx: &mut Tx,
    codes: &[String],
) -> Result<HashMap<String, (UnitId, String)>> {
    let mut holders = HashMap::new();
    for chunk in codes.chunks(500) {
        let places: Vec<String> = (1..=chunk.len()).map(|place| format!("${place}")).collect();
        let sql = format!(
            "SELECT id, name, credit_code
             FROM unit
             WHERE state = 'active' AND credit_code IN ({})",
            places.join(", ")
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for code in chunk {
            query = query.bind(code.clone());
        }
        for row in query.fetch_all(&mut **tx).await? {
            holders.insert(
                row.try_get("credit_code")?,
                (
                    row.try_get::<String, _>("id")?.parse()?,
                    row.try_get("name")?,
                ),
            );
        }
    }
    Ok(holders)
}

/// How many rows of a kind there are in the subtree of `path`, about: without those that an export passes over.
pub async fn rows(tx: &mut Tx, kind: ImportKind, path: &str) -> Result<i64> {
    let (table, column, is_meant) = match kind {
        ImportKind::Divisions => ("division", "", "1 = 1"),
        ImportKind::Unions | ImportKind::Sheets => ("unit", "path", "state = 'active'"),
        ImportKind::People => ("person", "unit_path", "left_on IS NULL"),
        ImportKind::Titles => ("honour", "unit_path", "state = 'in-force'"),
        ImportKind::Vetoes => ("veto", "unit_path", "lifted_at IS NULL"),
        ImportKind::Answers => ("department_asked", "unit_path", "1 = 1"),
        ImportKind::SubsidyBases => ("subsidy_base", "unit_path", "1 = 1"),
        ImportKind::Accounts => ("account_role", "unit_path", "1 = 1"),
    };
    let mut conditions = Conditions::default();
    conditions.and(is_meant.to_owned());
    if !column.is_empty() {
        conditions.within(column, &[path.to_owned()]);
    }
    let sql = format!(
        "SELECT CAST(COUNT(*) AS BIGINT) FROM {table}{}",
        conditions.sql()
    );
    Ok(conditions
        .query(sql)
        .fetch_one(&mut **tx)
        .await?
        .try_get(0)?)
}

/// The names of the chairs in post of the units from a path on and before another, by unit.
pub async fn chairs_between(
    tx: &mut Tx,
    (lower, upper): (&str, &str),
) -> Result<HashMap<UnitId, String>> {
    let rows = sqlx::query(
        "SELECT unit_id, name
         FROM person
         WHERE unit_path >= $1 AND unit_path < $2 AND post = 'chair' AND left_on IS NULL
         ORDER BY id DESC",
    )
    .bind(lower.to_owned())
    .bind(upper.to_owned())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| {
            Ok((
                row.try_get::<String, _>("unit_id")?.parse()?,
                row.try_get("name")?,
            ))
        })
        .collect()
}

fn import_of(row: &AnyRow) -> Result<Import> {
    let state: String = row.try_get("state")?;
    let done_at: Option<String> = row.try_get("done_at")?;
    Ok(Import {
        id: row.try_get::<String, _>("id")?.parse()?,
        kind: kind_of(row)?,
        unit_id: row.try_get::<String, _>("unit_id")?.parse()?,
        unit_path: row.try_get("unit_path")?,
        file_hash: row.try_get("file_hash")?,
        file_name: row.try_get("file_name")?,
        state: if state == ImportState::Done.key() {
            ImportState::Done
        } else {
            ImportState::Checked
        },
        report: serde_json::from_str(&row.try_get::<String, _>("report")?)
            .context("the report of an import could not be read")?,
        created_by: row.try_get("created_by")?,
        created_at: row.try_get::<String, _>("created_at")?.parse()?,
        done_at: done_at.map(|at| at.parse()).transpose()?,
    })
}

fn kind_of(row: &AnyRow) -> Result<ImportKind> {
    let kind: String = row.try_get("kind")?;
    ImportKind::from_key(&kind).with_context(|| format!("unknown kind of import {kind}"))
}
