//! The texts of the standards that were used here, by content hash.

use anyhow::Result;
use jianjia_standard::Standard;
use sqlx::Row;

use crate::core::db::Tx;

/// The two files of a standard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandardTexts {
    pub standard_toml: String,
    pub facts_toml: String,
}

/// Keeps the texts of a standard; the same version is kept once.
pub async fn keep(
    tx: &mut Tx,
    standard: &Standard,
    texts: &StandardTexts,
    first_used_at: &str,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO standard (version, key, standard_toml, facts_toml, first_used_at)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (version) DO NOTHING",
    )
    .bind(&standard.version)
    .bind(&standard.key)
    .bind(&texts.standard_toml)
    .bind(&texts.facts_toml)
    .bind(first_used_at)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The texts of a version.
pub async fn find(tx: &mut Tx, version: &str) -> Result<Option<StandardTexts>> {
    let row = sqlx::query(
        "SELECT standard_toml, facts_toml
         FROM standard
         WHERE version = $1",
    )
    .bind(version)
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| {
        Ok(StandardTexts {
            standard_toml: row.try_get(0)?,
            facts_toml: row.try_get(1)?,
        })
    })
    .transpose()
}

/// The keys of all standards with the texts of each that were used last, the key that came last first. Those that came as editions are not among them: each holds
/// for the rounds that it was confirmed for (`in_force`).
pub async fn newest(tx: &mut Tx) -> Result<Vec<(String, StandardTexts)>> {
    let rows = sqlx::query(
        "SELECT s.key, s.standard_toml, s.facts_toml
         FROM standard s
         JOIN (
           SELECT key, MIN(first_used_at) AS came_at, MAX(first_used_at) AS changed_at
           FROM standard
           WHERE version NOT IN (SELECT version FROM edition)
           GROUP BY key
         ) k ON k.key = s.key AND k.changed_at = s.first_used_at
         WHERE s.version NOT IN (SELECT version FROM edition)
         ORDER BY k.came_at DESC, s.key, s.version",
    )
    .fetch_all(&mut **tx)
    .await?;
    let mut newest: Vec<(String, StandardTexts)> = Vec::new();
    for row in rows {
        let key: String = row.try_get(0)?;
        // Two of one key from one instant: either, but always the same.
        if newest.last().is_none_or(|(last, _)| *last != key) {
            let texts = StandardTexts {
                standard_toml: row.try_get(1)?,
                facts_toml: row.try_get(2)?,
            };
            newest.push((key, texts));
        }
    }
    Ok(newest)
}

/// A version that was confirmed and holds, with the first and the last of its rounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InForce {
    pub version: String,
    pub from_year: i16,
    pub last_year: i16,
}

/// The confirmed versions that hold, the one that began last first: it goes before the others.
pub async fn in_force(tx: &mut Tx) -> Result<Vec<InForce>> {
    let rows = sqlx::query(
        "SELECT version, from_year, last_year
         FROM edition
         WHERE state = 'in-force'
         ORDER BY ended_at DESC, confirmed_at DESC, amendment_id DESC",
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(InForce {
                version: row.try_get(0)?,
                from_year: i16::try_from(row.try_get::<i64, _>(1)?)?,
                last_year: i16::try_from(row.try_get::<i64, _>(2)?)?,
            })
        })
        .collect()
}
