//! The members' rating of a year, as totals.

use std::collections::HashMap;

use anyhow::Result;
use jianjia_domain::{core::ids::UnitId, rating::count::Rating, year::totals::RatingTotals};
use sqlx::Row;

use crate::{
    core::{bulk, db::Tx},
    year::participation::{self, Done},
};

/// Records a year's totals; a correction replaces them (the audit trail has both).
pub async fn record(tx: &mut Tx, rating: &Rating) -> Result<()> {
    sqlx::query(
        "INSERT INTO rating (unit_id, year, unit_path, roll, answers, recorded_by, recorded_by_name, recorded_at, note)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (unit_id, year) DO UPDATE
         SET roll = excluded.roll, answers = excluded.answers, recorded_by = excluded.recorded_by,
             recorded_by_name = excluded.recorded_by_name, recorded_at = excluded.recorded_at, note = excluded.note",
    )
    .bind(rating.unit.to_string())
    .bind(i64::from(rating.year))
    .bind(&rating.unit_path)
    .bind(rating.counts.roll)
    .bind(serde_json::to_string(&rating.counts.answers)?)
    .bind(&rating.recorded_by)
    .bind(&rating.recorded_by_name)
    .bind(rating.recorded_at.to_string())
    .bind(&rating.note)
    .execute(&mut **tx)
    .await?;
    participation::note(tx, Done::Rated, [(rating.unit, rating.year)]).await
}

/// Adds many fresh ratings.
pub async fn insert_many(tx: &mut Tx, ratings: &[Rating]) -> Result<()> {
    let columns = [
        "unit_id",
        "year",
        "unit_path",
        "roll",
        "answers",
        "recorded_by",
        "recorded_by_name",
        "recorded_at",
        "note",
    ];
    let rows = ratings
        .iter()
        .map(|rating| {
            Ok(vec![
                rating.unit.to_string().into(),
                i64::from(rating.year).into(),
                rating.unit_path.clone().into(),
                rating.counts.roll.into(),
                serde_json::to_string(&rating.counts.answers)?.into(),
                rating.recorded_by.clone().into(),
                rating.recorded_by_name.clone().into(),
                rating.recorded_at.to_string().into(),
                rating.note.clone().into(),
            ])
        })
        .collect::<Result<_>>()?;
    bulk::insert(tx, "rating", &columns, rows).await?;
    let rated = ratings.iter().map(|rating| (rating.unit, rating.year));
    participation::note(tx, Done::Rated, rated).await
}

pub async fn of_year(tx: &mut Tx, unit: &UnitId, year: i16) -> Result<Option<Rating>> {
    let row = sqlx::query(
        "SELECT unit_path, roll, answers, recorded_by, recorded_by_name, recorded_at, note
         FROM rating
         WHERE unit_id = $1 AND year = $2",
    )
    .bind(unit.to_string())
    .bind(i64::from(year))
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| {
        Ok(Rating {
            unit: *unit,
            unit_path: row.try_get("unit_path")?,
            year,
            counts: RatingTotals {
                roll: row.try_get("roll")?,
                answers: serde_json::from_str(&row.try_get::<String, _>("answers")?)?,
            },
            recorded_by: row.try_get("recorded_by")?,
            recorded_by_name: row.try_get("recorded_by_name")?,
            recorded_at: row.try_get::<String, _>("recorded_at")?.parse()?,
            note: row.try_get("note")?,
        })
    })
    .transpose()
}

/// The totals of all ratings of a year, with the paths of their units.
pub async fn all_of_year(tx: &mut Tx, year: i16) -> Result<Vec<(String, RatingTotals)>> {
    let rows = sqlx::query(
        "SELECT unit_path, roll, answers
         FROM rating
         WHERE year = $1
         ORDER BY unit_path",
    )
    .bind(i64::from(year))
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| {
            let answers: String = row.try_get("answers")?;
            let totals = RatingTotals {
                roll: row.try_get("roll")?,
                answers: serde_json::from_str(&answers)?,
            };
            Ok((row.try_get("unit_path")?, totals))
        })
        .collect()
}

/// The totals of these units' ratings of a year; a unit without one is not in the map.
pub async fn of_units(
    tx: &mut Tx,
    units: &[UnitId],
    year: i16,
) -> Result<HashMap<UnitId, RatingTotals>> {
    let sql = "SELECT unit_id, roll, answers
               FROM rating
               WHERE year = $1 AND unit_id IN ({words})";
    let first = [i64::from(year).into()];
    let rows = bulk::select(tx, sql, &first, units.iter().map(UnitId::to_string)).await?;
    rows.iter()
        .map(|row| {
            let totals = RatingTotals {
                roll: row.try_get("roll")?,
                answers: serde_json::from_str(&row.try_get::<String, _>("answers")?)?,
            };
            Ok((row.try_get::<String, _>("unit_id")?.parse()?, totals))
        })
        .collect()
}

/// Takes a year's rating away: the poll it came from was declared void.
pub async fn remove(tx: &mut Tx, unit: &UnitId, year: i16) -> Result<()> {
    sqlx::query("DELETE FROM rating WHERE unit_id = $1 AND year = $2")
        .bind(unit.to_string())
        .bind(i64::from(year))
        .execute(&mut **tx)
        .await?;
    Ok(())
}
