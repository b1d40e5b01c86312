//! The register's units.

use anyhow::{Context, Result};
use jianjia_domain::{
    ids::UnitId,
    unit::{UnitKind, UnitPlace},
};
use sqlx::{Row, any::AnyRow};

use crate::db::Tx;

/// The place of one unit in the tree.
pub async fn place(tx: &mut Tx, id: &UnitId) -> Result<Option<UnitPlace>> {
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

/// The units above a unit (its path's numbers), nearest first, the unit itself left out.
pub async fn above(tx: &mut Tx, path: &str) -> Result<Vec<UnitPlace>> {
    // The paths above are prefixes, so they are known without asking.
    let mut prefixes = Vec::new();
    let mut end = path.len();
    while let Some(cut) = path[..end - 1].rfind('/').filter(|cut| *cut > 0) {
        prefixes.push(&path[..=cut]);
        end = cut + 1;
    }
    let mut places = Vec::new();
    for prefix in prefixes {
        let row = sqlx::query(
            "SELECT id, kind, name, path
             FROM unit
             WHERE path = $1",
        )
        .bind(prefix.to_owned())
        .fetch_optional(&mut **tx)
        .await?;
        if let Some(row) = row {
            places.push(place_of(&row)?);
        }
    }
    Ok(places)
}

/// Reads `id, kind, name, path`.
pub fn place_of(row: &AnyRow) -> Result<UnitPlace> {
    let kind: String = row.try_get("kind")?;
    Ok(UnitPlace {
        id: row.try_get::<String, _>("id")?.parse()?,
        kind: UnitKind::from_key(&kind).with_context(|| format!("unknown unit kind {kind}"))?,
        name: row.try_get("name")?,
        path: row.try_get("path")?,
    })
}
