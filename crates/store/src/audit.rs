//! The trail: appended in the act's transaction, sealed in batches by a job, read by auditors.

use anyhow::Result;
use jianjia_domain::{audit::AuditLine, unit::subtree};
use jiff::Timestamp;
use sqlx::{Row, any::AnyRow};

use crate::db::Tx;

/// A line with the place in the chain that its seal gave it.
#[derive(Clone, Debug, PartialEq)]
pub struct SealedLine {
    pub line: AuditLine,
    pub position: i64,
    pub line_hash: String,
}

/// One seal: a run of lines, closed by a hash that also covers the seal before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seal {
    pub number: i64,
    pub first_position: i64,
    pub last_position: i64,
    pub previous_hash: String,
    pub hash: String,
    pub sealed_at: String,
}

/// What an auditor looks for. Empty texts ask for everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    pub act: String,
    pub noun_id: String,
    pub account_name: String,
    /// First and last day, inclusive, as the instants that bound them.
    pub from: String,
    pub until: String,
}

pub async fn append(tx: &mut Tx, line: &AuditLine) -> Result<()> {
    sqlx::query(
        "INSERT INTO audit (id, at, account_id, account_name, act, noun, noun_id, unit_id, unit_path, detail)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(line.id.to_string())
    .bind(line.at.to_string())
    .bind(&line.account_id)
    .bind(&line.account_name)
    .bind(&line.act)
    .bind(&line.noun)
    .bind(&line.noun_id)
    .bind(line.unit_id.map_or_else(String::new, |id| id.to_string()))
    .bind(&line.unit_path)
    .bind(line.detail.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// When the last line was written.
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

/// The oldest lines without a seal.
pub async fn unsealed(tx: &mut Tx, limit: i64) -> Result<Vec<AuditLine>> {
    let rows = sqlx::query(
        "SELECT id, at, account_id, account_name, act, noun, noun_id, unit_id, unit_path, detail
         FROM audit
         WHERE position IS NULL
         ORDER BY id
         LIMIT $1",
    )
    .bind(limit)
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(line_of).collect()
}

/// How many lines have no seal yet.
pub async fn count_unsealed(tx: &mut Tx) -> Result<i64> {
    let row = sqlx::query(
        "SELECT CAST(COUNT(*) AS BIGINT)
         FROM audit
         WHERE position IS NULL",
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(row.try_get(0)?)
}

/// The newest seal.
pub async fn last_seal(tx: &mut Tx) -> Result<Option<Seal>> {
    let row = sqlx::query(
        "SELECT number, first_position, last_position, previous_hash, hash, sealed_at
         FROM audit_seal
         ORDER BY number DESC
         LIMIT 1",
    )
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| seal_of(&row)).transpose()
}

/// All seals, oldest first.
pub async fn seals(tx: &mut Tx) -> Result<Vec<Seal>> {
    let rows = sqlx::query(
        "SELECT number, first_position, last_position, previous_hash, hash, sealed_at
         FROM audit_seal
         ORDER BY number",
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(seal_of).collect()
}

/// Keeps a seal and gives its lines their places.
pub async fn keep_seal(tx: &mut Tx, seal: &Seal, lines: &[SealedLine]) -> Result<()> {
    for sealed in lines {
        sqlx::query(
            "UPDATE audit
             SET position = $2, line_hash = $3
             WHERE id = $1",
        )
        .bind(sealed.line.id.to_string())
        .bind(sealed.position)
        .bind(&sealed.line_hash)
        .execute(&mut **tx)
        .await?;
    }
    sqlx::query(
        "INSERT INTO audit_seal (number, first_position, last_position, previous_hash, hash, sealed_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(seal.number)
    .bind(seal.first_position)
    .bind(seal.last_position)
    .bind(&seal.previous_hash)
    .bind(&seal.hash)
    .bind(&seal.sealed_at)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The sealed lines from a position on, in order.
pub async fn sealed_lines(tx: &mut Tx, from_position: i64, limit: i64) -> Result<Vec<SealedLine>> {
    let rows = sqlx::query(
        "SELECT id, at, account_id, account_name, act, noun, noun_id, unit_id, unit_path, detail, position, line_hash
         FROM audit
         WHERE position >= $1
         ORDER BY position
         LIMIT $2",
    )
    .bind(from_position)
    .bind(limit)
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(SealedLine {
                line: line_of(row)?,
                position: row.try_get("position")?,
                line_hash: row
                    .try_get::<Option<String>, _>("line_hash")?
                    .unwrap_or_default(),
            })
        })
        .collect()
}

/// A page of the trail of a subtree, newest first; `before` is the id of the last line of the page before, or empty.
pub async fn page(
    tx: &mut Tx,
    path: &str,
    filter: &AuditFilter,
    before: &str,
    limit: i64,
) -> Result<Vec<AuditLine>> {
    let (lower, upper) = subtree(path);
    let rows = sqlx::query(
        "SELECT id, at, account_id, account_name, act, noun, noun_id, unit_id, unit_path, detail
         FROM audit
         WHERE unit_path >= $1 AND unit_path < $2
           AND ($3 = '' OR act = $3)
           AND ($4 = '' OR noun_id = $4)
           AND ($5 = '' OR account_name = $5)
           AND ($6 = '' OR at >= $6)
           AND ($7 = '' OR at < $7)
           AND ($8 = '' OR id < $8)
         ORDER BY id DESC
         LIMIT $9",
    )
    .bind(lower)
    .bind(upper)
    .bind(&filter.act)
    .bind(&filter.noun_id)
    .bind(&filter.account_name)
    .bind(&filter.from)
    .bind(&filter.until)
    .bind(before)
    .bind(limit)
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(line_of).collect()
}

/// The lines of one record, oldest first.
pub async fn of_noun(tx: &mut Tx, noun: &str, id: &str) -> Result<Vec<AuditLine>> {
    let rows = sqlx::query(
        "SELECT id, at, account_id, account_name, act, noun, noun_id, unit_id, unit_path, detail
         FROM audit
         WHERE noun = $1 AND noun_id = $2
         ORDER BY id",
    )
    .bind(noun.to_owned())
    .bind(id.to_owned())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(line_of).collect()
}

/// Whether a seal of the chain has this hash.
pub async fn has_seal(tx: &mut Tx, hash: &str) -> Result<bool> {
    let row = sqlx::query("SELECT number FROM audit_seal WHERE hash = $1")
        .bind(hash.to_owned())
        .fetch_optional(&mut **tx)
        .await?;
    Ok(row.is_some())
}

/// How many lines stand under another path than the unit's that they are about: who reads the trail of that unit would miss them.
pub async fn count_misplaced(tx: &mut Tx) -> Result<i64> {
    let row = sqlx::query(
        "SELECT CAST(COUNT(*) AS BIGINT)
         FROM audit
         JOIN unit ON unit.id = audit.unit_id
         WHERE audit.unit_path <> unit.path",
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(row.try_get(0)?)
}

fn line_of(row: &AnyRow) -> Result<AuditLine> {
    let unit_id: String = row.try_get("unit_id")?;
    Ok(AuditLine {
        id: row.try_get::<String, _>("id")?.parse()?,
        at: row.try_get::<String, _>("at")?.parse()?,
        account_id: row.try_get("account_id")?,
        account_name: row.try_get("account_name")?,
        act: row.try_get("act")?,
        noun: row.try_get("noun")?,
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

fn seal_of(row: &AnyRow) -> Result<Seal> {
    Ok(Seal {
        number: row.try_get("number")?,
        first_position: row.try_get("first_position")?,
        last_position: row.try_get("last_position")?,
        previous_hash: row.try_get("previous_hash")?,
        hash: row.try_get("hash")?,
        sealed_at: row.try_get("sealed_at")?,
    })
}
