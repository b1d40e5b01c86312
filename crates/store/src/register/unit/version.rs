//! The history of a unit: its record from which day on.

use anyhow::{Context, Result};
use jianjia_domain::{
    core::ids::UnitId,
    register::unit::{Unit, UnitChange, UnitVersion},
};
use jiff::civil::Date;
use sqlx::{Row, any::AnyRow};

use crate::core::{
    bulk::{self, Value},
    db::Tx,
};

/// A version to insert: `id` increases with time, `unit` is the record as it is now.
#[derive(Clone, Debug)]
pub struct NewVersion<'a> {
    pub id: String,
    pub unit: &'a Unit,
    pub valid_from: Date,
    pub change: UnitChange,
    pub note: &'a str,
    /// The account; `None` for the command line.
    pub recorded_by: Option<String>,
}

/// Appends versions to the history.
pub async fn insert(tx: &mut Tx, versions: &[NewVersion<'_>]) -> Result<()> {
    let columns = [
        "id",
        "unit_id",
        "unit_path",
        "valid_from",
        "change",
        "data",
        "note",
        "recorded_by",
        "recorded_at",
    ];
    let rows = versions.iter().map(|version| {
        Ok(vec![
            Value::from(version.id.clone()),
            version.unit.id.to_string().into(),
            version.unit.path.clone().into(),
            version.valid_from.to_string().into(),
            version.change.key().into(),
            serde_json::to_string(version.unit)?.into(),
            version.note.into(),
            version.recorded_by.clone().into(),
            version.unit.changed_at.to_string().into(),
        ])
    });
    bulk::insert_each(tx, "unit_version", &columns, rows).await
}

/// The whole history of a unit, newest first.
pub async fn history(tx: &mut Tx, id: &UnitId) -> Result<Vec<UnitVersion>> {
    let rows = sqlx::query(
        "SELECT v.valid_from, v.change, v.data, v.note, v.recorded_at, COALESCE(account.name, '') AS recorded_by
         FROM unit_version AS v
         LEFT JOIN account ON account.id = v.recorded_by
         WHERE v.unit_id = $1
         ORDER BY v.id DESC",
    )
    .bind(id.to_string())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(version_of).collect()
}

/// The record as of a day: of the versions valid by then, the one recorded last. `None` if the unit was not in the register yet.
pub async fn as_of(tx: &mut Tx, id: &UnitId, day: Date) -> Result<Option<UnitVersion>> {
    let row = sqlx::query(
        "SELECT v.valid_from, v.change, v.data, v.note, v.recorded_at, COALESCE(account.name, '') AS recorded_by
         FROM unit_version AS v
         LEFT JOIN account ON account.id = v.recorded_by
         WHERE v.unit_id = $1 AND v.valid_from <= $2
         ORDER BY v.id DESC
         LIMIT 1",
    )
    .bind(id.to_string())
    .bind(day.to_string())
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| version_of(&row)).transpose()
}

/// The day of the last move, renaming, merger or closure.
pub async fn last_change_on(tx: &mut Tx, id: &UnitId) -> Result<Option<Date>> {
    let row = sqlx::query(
        "SELECT MAX(valid_from) AS last
         FROM unit_version
         WHERE unit_id = $1 AND change IN ('moved', 'renamed', 'merged', 'closed')",
    )
    .bind(id.to_string())
    .fetch_one(&mut **tx)
    .await?;
    let last: Option<String> = row.try_get("last")?;
    Ok(last.map(|day| day.parse()).transpose()?)
}

fn version_of(row: &AnyRow) -> Result<UnitVersion> {
    let change: String = row.try_get("change")?;
    Ok(UnitVersion {
        valid_from: row.try_get::<String, _>("valid_from")?.parse()?,
        change: UnitChange::from_key(&change)
            .with_context(|| format!("unknown change of a unit {change}"))?,
        unit: serde_json::from_str(&row.try_get::<String, _>("data")?)
            .context("a version of a unit could not be read")?,
        note: row.try_get("note")?,
        recorded_by: row.try_get("recorded_by")?,
        recorded_at: row.try_get::<String, _>("recorded_at")?.parse()?,
    })
}
