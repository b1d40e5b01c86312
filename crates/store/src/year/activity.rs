//! The activity log.

use anyhow::Result;
use jianjia_domain::{
    core::ids::{AccountId, ActivityId, UnitId},
    year::activity::Activity,
};
use jiff::{Timestamp, civil::Date};
use sqlx::{Row, any::AnyRow};

use crate::core::{
    bulk::{self, Value},
    db::Tx,
};

const COLUMNS: [&str; 11] = [
    "id",
    "unit_id",
    "unit_path",
    "held_on",
    "kind",
    "title",
    "participants",
    "note",
    "recorded_by",
    "recorded_at",
    "request_key",
];

/// Inserts an activity; `request_key` makes a second submit of the same form fail instead of adding a second row.
pub async fn insert(tx: &mut Tx, activity: &Activity, request_key: Option<&str>) -> Result<()> {
    let row = row_of(activity, request_key);
    bulk::insert(tx, "activity", &COLUMNS, vec![row]).await
}

/// Inserts activities.
pub async fn insert_many(tx: &mut Tx, activities: &[Activity]) -> Result<()> {
    let rows = activities.iter().map(|activity| Ok(row_of(activity, None)));
    bulk::insert_each(tx, "activity", &COLUMNS, rows).await
}

/// The activity that the form with this key recorded.
pub async fn of_request(tx: &mut Tx, request_key: &str) -> Result<Option<ActivityId>> {
    let row = sqlx::query(
        "SELECT id
         FROM activity
         WHERE request_key = $1",
    )
    .bind(request_key)
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| Ok(row.try_get::<String, _>("id")?.parse()?))
        .transpose()
}

/// A unit's activities from the day `from` to the day `to`, newest first, without those removed from the log.
pub async fn between(tx: &mut Tx, unit: &UnitId, from: Date, to: Date) -> Result<Vec<Activity>> {
    sqlx::query(
        "SELECT id, unit_id, unit_path, held_on, kind, title, participants, note, recorded_by, recorded_at, removed_at
         FROM activity
         WHERE unit_id = $1 AND held_on >= $2 AND held_on <= $3 AND removed_at IS NULL
         ORDER BY held_on DESC, id DESC",
    )
    .bind(unit.to_string())
    .bind(from.to_string())
    .bind(to.to_string())
    .fetch_all(&mut **tx)
    .await?
    .iter()
    .map(activity_of)
    .collect()
}

pub async fn find(tx: &mut Tx, unit: &UnitId, id: &ActivityId) -> Result<Option<Activity>> {
    let row = sqlx::query(
        "SELECT id, unit_id, unit_path, held_on, kind, title, participants, note, recorded_by, recorded_at, removed_at
         FROM activity
         WHERE id = $1 AND unit_id = $2",
    )
    .bind(id.to_string())
    .bind(unit.to_string())
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| activity_of(&row)).transpose()
}

/// Removes an activity from the log, keeping the row. Returns whether it was in the log.
pub async fn remove(
    tx: &mut Tx,
    unit: &UnitId,
    id: &ActivityId,
    by: &AccountId,
    now: Timestamp,
) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE activity
         SET removed_at = $1, removed_by = $2
         WHERE id = $3 AND unit_id = $4 AND removed_at IS NULL",
    )
    .bind(now.to_string())
    .bind(by.to_string())
    .bind(id.to_string())
    .bind(unit.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

fn row_of(activity: &Activity, request_key: Option<&str>) -> Vec<Value> {
    vec![
        activity.id.to_string().into(),
        activity.unit.to_string().into(),
        activity.unit_path.clone().into(),
        activity.held_on.to_string().into(),
        activity.kind.clone().into(),
        activity.title.clone().into(),
        activity.participants.into(),
        activity.note.clone().into(),
        activity.recorded_by.map(|id| id.to_string()).into(),
        activity.recorded_at.to_string().into(),
        request_key.map(str::to_owned).into(),
    ]
}

fn activity_of(row: &AnyRow) -> Result<Activity> {
    let recorded_by: Option<String> = row.try_get("recorded_by")?;
    let removed_at: Option<String> = row.try_get("removed_at")?;
    Ok(Activity {
        id: row.try_get::<String, _>("id")?.parse()?,
        unit: row.try_get::<String, _>("unit_id")?.parse()?,
        unit_path: row.try_get("unit_path")?,
        held_on: row.try_get::<String, _>("held_on")?.parse()?,
        kind: row.try_get("kind")?,
        title: row.try_get("title")?,
        participants: row.try_get("participants")?,
        note: row.try_get("note")?,
        recorded_by: recorded_by.map(|id| id.parse()).transpose()?,
        recorded_at: row.try_get::<String, _>("recorded_at")?.parse()?,
        removed_at: removed_at.map(|at| at.parse()).transpose()?,
    })
}
