//! Elections of units. A wrong record is struck out, not deleted.

use anyhow::Result;
use jianjia_domain::{
    core::ids::{AccountId, ElectionId, UnitId},
    register::election::Election,
};
use jiff::Timestamp;
use sqlx::{Row, any::AnyRow};

use crate::core::{bulk, db::Tx};

pub async fn insert(tx: &mut Tx, election: &Election) -> Result<()> {
    sqlx::query(
        "INSERT INTO election (id, unit_id, unit_path, held_on, term_years, chair_id, chair_name, note, recorded_by, recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(election.id.to_string())
    .bind(election.unit_id.to_string())
    .bind(election.unit_path.clone())
    .bind(election.held_on.to_string())
    .bind(election.term_years)
    .bind(election.chair_id.map(|id| id.to_string()))
    .bind(election.chair_name.clone())
    .bind(election.note.clone())
    .bind(election.recorded_by.clone())
    .bind(election.recorded_at.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Adds many elections, none of them struck out.
pub async fn insert_many(tx: &mut Tx, elections: &[Election]) -> Result<()> {
    let columns = [
        "id",
        "unit_id",
        "unit_path",
        "held_on",
        "term_years",
        "chair_id",
        "chair_name",
        "note",
        "recorded_by",
        "recorded_at",
    ];
    let rows = elections
        .iter()
        .map(|election| {
            vec![
                election.id.to_string().into(),
                election.unit_id.to_string().into(),
                election.unit_path.clone().into(),
                election.held_on.to_string().into(),
                election.term_years.into(),
                election.chair_id.map(|id| id.to_string()).into(),
                election.chair_name.clone().into(),
                election.note.clone().into(),
                election.recorded_by.clone().into(),
                election.recorded_at.to_string().into(),
            ]
        })
        .collect();
    bulk::insert(tx, "election", &columns, rows).await
}

/// The elections of a unit, newest first, struck-out ones included.
pub async fn of_unit(tx: &mut Tx, unit: &UnitId) -> Result<Vec<Election>> {
    let rows = sqlx::query(
        "SELECT id, unit_id, unit_path, held_on, term_years, chair_id, chair_name, note, recorded_by, recorded_at, removed_at
         FROM election
         WHERE unit_id = $1
         ORDER BY held_on DESC, id DESC",
    )
    .bind(unit.to_string())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(election_of).collect()
}

/// The newest election that is not struck out: it gives the facts `last_election_on` and `term_years` (clause M1a).
pub async fn newest(tx: &mut Tx, unit: &UnitId) -> Result<Option<Election>> {
    let row = sqlx::query(
        "SELECT id, unit_id, unit_path, held_on, term_years, chair_id, chair_name, note, recorded_by, recorded_at, removed_at
         FROM election
         WHERE unit_id = $1 AND removed_at IS NULL
         ORDER BY held_on DESC, id DESC
         LIMIT 1",
    )
    .bind(unit.to_string())
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| election_of(&row)).transpose()
}

/// Strikes a record out; false if it is struck out already or is not the unit's.
pub async fn remove(
    tx: &mut Tx,
    unit: &UnitId,
    id: &ElectionId,
    by: &AccountId,
    now: Timestamp,
) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE election
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

fn election_of(row: &AnyRow) -> Result<Election> {
    let text = |column: &str| row.try_get::<Option<String>, _>(column);
    Ok(Election {
        id: row.try_get::<String, _>("id")?.parse()?,
        unit_id: row.try_get::<String, _>("unit_id")?.parse()?,
        unit_path: row.try_get("unit_path")?,
        held_on: row.try_get::<String, _>("held_on")?.parse()?,
        term_years: row.try_get("term_years")?,
        chair_id: text("chair_id")?.map(|id| id.parse()).transpose()?,
        chair_name: row.try_get("chair_name")?,
        note: row.try_get("note")?,
        recorded_by: text("recorded_by")?,
        recorded_at: row.try_get::<String, _>("recorded_at")?.parse()?,
        removed_at: text("removed_at")?.map(|at| at.parse()).transpose()?,
    })
}
