//! The keys that sign certificates: added, retired, declared compromised, and never removed.

use anyhow::Result;
use jianjia_domain::honour::certificate::{CertificateKey, Compromise};
use jiff::Timestamp;
use sqlx::{Row, any::AnyRow};

use crate::core::{bulk, db::Tx};

/// Adds a key that signs from now on. The one before must be retired.
pub async fn insert(tx: &mut Tx, key: &CertificateKey) -> Result<()> {
    let columns = ["id", "public_key", "sealed", "made_at", "made_by_name"];
    let row = vec![
        key.id.as_str().into(),
        key.public_key.as_str().into(),
        key.sealed.as_str().into(),
        key.made_at.to_string().into(),
        key.made_by_name.as_str().into(),
    ];
    bulk::insert(tx, "certificate_key", &columns, vec![row]).await
}

/// All keys, the newest first.
pub async fn all(tx: &mut Tx) -> Result<Vec<CertificateKey>> {
    let rows = sqlx::query(
        "SELECT id, public_key, sealed, made_at, made_by_name, retired_at, compromised_at, compromise_reason
         FROM certificate_key
         ORDER BY made_at DESC, id",
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(key_of).collect()
}

pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<CertificateKey>> {
    let row = sqlx::query(
        "SELECT id, public_key, sealed, made_at, made_by_name, retired_at, compromised_at, compromise_reason
         FROM certificate_key
         WHERE id = $1",
    )
    .bind(id.to_owned())
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| key_of(&row)).transpose()
}

/// The key that signs now.
pub async fn signing(tx: &mut Tx) -> Result<Option<CertificateKey>> {
    let row = sqlx::query(
        "SELECT id, public_key, sealed, made_at, made_by_name, retired_at, compromised_at, compromise_reason
         FROM certificate_key
         WHERE retired_at = ''",
    )
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| key_of(&row)).transpose()
}

/// The key that signed until now signs no more; whether it did.
pub async fn retire(tx: &mut Tx, id: &str, now: Timestamp) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE certificate_key
         SET retired_at = $2
         WHERE id = $1 AND retired_at = ''",
    )
    .bind(id.to_owned())
    .bind(now.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// What the key signed is believed no more; whether it was until now.
pub async fn distrust(tx: &mut Tx, id: &str, compromise: &Compromise) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE certificate_key
         SET compromised_at = $2, compromise_reason = $3
         WHERE id = $1 AND compromised_at = ''",
    )
    .bind(id.to_owned())
    .bind(compromise.declared_at.to_string())
    .bind(compromise.reason.clone())
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

fn key_of(row: &AnyRow) -> Result<CertificateKey> {
    let at = |column: &str| -> Result<Option<Timestamp>> {
        let text: String = row.try_get(column)?;
        match text.as_str() {
            "" => Ok(None),
            text => Ok(Some(text.parse()?)),
        }
    };
    let reason: String = row.try_get("compromise_reason")?;
    Ok(CertificateKey {
        id: row.try_get("id")?,
        public_key: row.try_get("public_key")?,
        sealed: row.try_get("sealed")?,
        made_at: row.try_get::<String, _>("made_at")?.parse()?,
        made_by_name: row.try_get("made_by_name")?,
        retired_at: at("retired_at")?,
        compromise: at("compromised_at")?.map(|declared_at| Compromise {
            declared_at,
            reason,
        }),
    })
}
