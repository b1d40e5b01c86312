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
