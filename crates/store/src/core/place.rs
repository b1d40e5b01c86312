//! Where units stand in the tree.

use anyhow::{Context, Result};
use jianjia_domain::core::{
    ids::UnitId,
    place::{UnitKind, UnitPlace},
};
use sqlx::{Row, any::AnyRow};

use crate::core::db::Tx;

/// The place of one unit in the tree.
pub async fn find(tx: &mut Tx, id: &UnitId) -> Result<Option<UnitPlace>> {
    let row = sqlx::query(
        "SELECT id, kind, name, path
         FROM unit
         WHERE id = $1",
    )
    .bind(id.to_string())
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| place_of(&row)).transpose()
}

/// Reads `id, kind, name, path`.
pub fn place_of(row: &AnyRow) -> Result<UnitPlace> {
    Ok(UnitPlace {
        id: row.try_get::<String, _>("id")?.parse()?,
        kind: kind_of(row)?,
        name: row.try_get("name")?,
        path: row.try_get("path")?,
    })
}

pub(crate) fn kind_of(row: &AnyRow) -> Result<UnitKind> {
    kind_of_key(row.try_get("kind")?)
}

pub(crate) fn kind_of_key(key: &str) -> Result<UnitKind> {
    UnitKind::from_key(key).with_context(|| format!("unknown unit kind {key}"))
}
