//! The seals of the trail: the chain that closes its lines in runs, and the lines that wait for the next one.

use anyhow::Result;
use jianjia_domain::core::audit::AuditLine;
use jiff::Timestamp;
use sqlx::{Row, any::AnyRow};

use super::{Recorded, recorded_of};
use crate::core::{db::Tx, file::content_hash};

/// A line with the position in the chain that its seal gave it.
#[derive(Clone, Debug, PartialEq)]
pub struct SealedLine {
    pub id: String,
    /// `None` if the row can't be parsed as a line: then somebody changed it.
    pub recorded: Option<Recorded>,
    pub position: i64,
    pub line_hash: String,
}

/// One seal: a run of lines, closed by a hash that also covers the previous seal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seal {
    pub number: i64,
    pub first_position: i64,
    pub last_position: i64,
    pub previous_hash: String,
    pub hash: String,
    pub sealed_at: String,
}

impl Seal {
    /// The first seal of a chain: it covers no lines, and its `previous_hash` is the id of the first line.
    pub fn beginning(first_id: &str, at: &str) -> Seal {
        Seal {
            number: 0,
            first_position: 1,
            last_position: 0,
            previous_hash: first_id.to_owned(),
            hash: content_hash(format!("0\n{first_id}\n{at}\n").as_bytes()),
            sealed_at: at.to_owned(),
        }
    }
}

/// Inserts seal number 0, which covers no lines, if the trail is still empty; returns whether it did. With it, a trail that has no seal at all is
/// known to have lost its seals.
pub async fn begin_chain(tx: &mut Tx, first: &AuditLine) -> Result<bool> {
    let seal = Seal::beginning(&first.id.to_string(), &first.at.to_string());
    let done = sqlx::query(
        "INSERT INTO audit_seal (number, first_position, last_position, previous_hash, hash, sealed_at)
         SELECT 0, 1, 0, $1, $2, $3
         WHERE NOT EXISTS (SELECT 1 FROM audit)
         ON CONFLICT (number) DO NOTHING",
    )
    .bind(seal.previous_hash)
    .bind(seal.hash)
    .bind(seal.sealed_at)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Up to `limit` lines without a seal that were written at `since` or later, oldest first.
pub async fn unsealed(tx: &mut Tx, since: Timestamp, limit: i64) -> Result<Vec<Recorded>> {
    let rows = sqlx::query(
        "SELECT id, at, account_id, account_name, act, noun, noun_id, unit_id, unit_path, detail, number, digest
         FROM audit
         LEFT JOIN audit_record ON audit_record.audit_id = audit.id
         WHERE position IS NULL AND at >= $1
         ORDER BY id
         LIMIT $2",
    )
    .bind(since.to_string())
    .bind(limit)
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(recorded_of).collect()
}

/// The number of lines that have no seal yet.
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

/// Inserts a seal and writes the position and hash of each of its lines.
pub async fn keep_seal(tx: &mut Tx, seal: &Seal, lines: &[SealedLine]) -> Result<()> {
    for sealed in lines {
        sqlx::query(
            "UPDATE audit
             SET position = $2, line_hash = $3
             WHERE id = $1",
        )
        .bind(&sealed.id)
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

/// Up to `limit` sealed lines from `from_position` on, in chain order.
pub async fn sealed_lines(tx: &mut Tx, from_position: i64, limit: i64) -> Result<Vec<SealedLine>> {
    let rows = sqlx::query(
        "SELECT id, at, account_id, account_name, act, noun, noun_id, unit_id, unit_path, detail, position, line_hash, number, digest
         FROM audit
         LEFT JOIN audit_record ON audit_record.audit_id = audit.id
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
                id: row.try_get("id")?,
                recorded: recorded_of(row).ok(),
                position: row.try_get("position")?,
                line_hash: row
                    .try_get::<Option<String>, _>("line_hash")?
                    .unwrap_or_default(),
            })
        })
        .collect()
}

/// The hash of the seal with this number.
pub async fn hash_of_seal(tx: &mut Tx, number: i64) -> Result<Option<String>> {
    let row = sqlx::query("SELECT hash FROM audit_seal WHERE number = $1")
        .bind(number)
        .fetch_optional(&mut **tx)
        .await?;
    row.map(|row| Ok(row.try_get(0)?)).transpose()
}

/// Whether a seal of the chain has this hash.
pub async fn has_seal(tx: &mut Tx, hash: &str) -> Result<bool> {
    let row = sqlx::query("SELECT number FROM audit_seal WHERE hash = $1")
        .bind(hash.to_owned())
        .fetch_optional(&mut **tx)
        .await?;
    Ok(row.is_some())
}

/// Up to 1,000 lines without a seal that were written before an instant: id and instant.
pub async fn unsealed_before(tx: &mut Tx, before: Timestamp) -> Result<Vec<(String, String)>> {
    let rows = sqlx::query(
        "SELECT id, at
         FROM audit
         WHERE position IS NULL AND at < $1
         ORDER BY id
         LIMIT 1000",
    )
    .bind(before.to_string())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| Ok((row.try_get("id")?, row.try_get("at")?)))
        .collect()
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
