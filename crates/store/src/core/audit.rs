//! The trail: lines are appended in the act's transaction, sealed in batches by a background job, and read by auditors.

pub mod feed;
mod names;
mod seal;
mod search;

use std::sync::atomic::Ordering;

use anyhow::Result;
use jianjia_domain::core::audit::{
    AuditLine, Written,
    object::{Noun, Object},
};
use jiff::Timestamp;
use sqlx::{Row, any::AnyRow};

pub use self::{
    names::{Named, names, units, unshown},
    seal::{
        Seal, SealedLine, begin_chain, count_unsealed, has_seal, hash_of_seal, keep_seal,
        last_seal, sealed_lines, seals, unsealed, unsealed_before,
    },
    search::{AuditFilter, page},
};
use crate::core::db::Tx;

/// A line, with the record of the rows that its transaction wrote.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    pub line: AuditLine,
    /// Number and digest of its record (`audit_record`); `None` if it wrote no covered rows.
    pub record: Option<(i64, String)>,
}

/// Appends a line; the very first one also starts the chain.
pub async fn append(tx: &mut Tx, line: &AuditLine) -> Result<()> {
    let has_lines = tx.cover.as_ref().map(|cover| cover.has_lines.clone());
    if !has_lines
        .as_ref()
        .is_some_and(|known| known.load(Ordering::Relaxed))
        && !begin_chain(tx, line).await?
        && let Some(known) = has_lines
    {
        known.store(true, Ordering::Relaxed);
    }
    sqlx::query(
        "INSERT INTO audit (id, at, account_id, account_name, act, noun, noun_id, unit_id, unit_path, detail)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(line.id.to_string())
    .bind(line.at.to_string())
    .bind(&line.account_id)
    .bind(&line.account_name)
    .bind(line.act.to_string())
    .bind(line.noun.to_string())
    .bind(&line.noun_id)
    .bind(line.unit_id.map_or_else(String::new, |id| id.to_string()))
    .bind(&line.unit_path)
    .bind(line.detail.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The instant of the newest line.
pub async fn newest_at(tx: &mut Tx) -> Result<Option<Timestamp>> {
    let row = sqlx::query(
        "SELECT at
         FROM audit
         ORDER BY id DESC
         LIMIT 1",
    )
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| Ok(row.try_get::<String, _>("at")?.parse()?))
        .transpose()
}

/// The lines of one object, oldest first.
pub async fn of(tx: &mut Tx, object: &Object) -> Result<Vec<AuditLine>> {
    let rows = sqlx::query(
        "SELECT id, at, account_id, account_name, act, noun, noun_id, unit_id, unit_path, detail
         FROM audit
         WHERE noun = $1 AND noun_id = $2
         ORDER BY id",
    )
    .bind(object.noun().key())
    .bind(object.id())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(line_of).collect()
}

/// The newest lines of all objects of a noun, the newest first.
pub async fn newest_of(tx: &mut Tx, noun: Noun, limit: i64) -> Result<Vec<AuditLine>> {
    let rows = sqlx::query(
        "SELECT id, at, account_id, account_name, act, noun, noun_id, unit_id, unit_path, detail
         FROM audit
         WHERE noun = $1
         ORDER BY id DESC
         LIMIT $2",
    )
    .bind(noun.key())
    .bind(limit)
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(line_of).collect()
}

fn recorded_of(row: &AnyRow) -> Result<Recorded> {
    let number: Option<i64> = row.try_get("number")?;
    let digest: Option<String> = row.try_get("digest")?;
    Ok(Recorded {
        line: line_of(row)?,
        record: number.zip(digest),
    })
}

fn line_of(row: &AnyRow) -> Result<AuditLine> {
    let unit_id: String = row.try_get("unit_id")?;
    Ok(AuditLine {
        id: row.try_get::<String, _>("id")?.parse()?,
        at: row.try_get::<String, _>("at")?.parse()?,
        account_id: row.try_get("account_id")?,
        account_name: row.try_get("account_name")?,
        act: Written::read(row.try_get("act")?),
        noun: Written::read(row.try_get("noun")?),
        noun_id: row.try_get("noun_id")?,
        unit_id: if unit_id.is_empty() {
            None
        } else {
            Some(unit_id.parse()?)
        },
        unit_path: row.try_get("unit_path")?,
        detail: serde_json::from_str(&row.try_get::<String, _>("detail")?)?,
    })
}
