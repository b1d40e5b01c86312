//! Where a unit stands in a year, as columns that lists filter and sort by.

use anyhow::Result;
use jianjia_domain::core::{ids::UnitId, place::UnitPlace};
use jiff::Timestamp;
use sqlx::Row;

use crate::core::{
    bulk::{self, Value},
    db::{Tx, lock_all},
    scope::Mode,
};

/// The newest judgement on claims, by tier (`met`, `unmet`, `unknown`, `n/a`), and how far the sheet is filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub unit: UnitId,
    pub unit_path: String,
    pub year: i16,
    pub qualified: String,
    pub model: String,
    pub trusted: String,
    pub answered: i64,
    pub asked: i64,
    pub judged_at: Timestamp,
}

/// Waits until nobody else is at work on where these units stand, to be called before what is known of them is read. A federation's standing
/// follows from the titles below it, so acts on different units set it: the later one must see what the earlier brought in. Nobody else is
/// at work where the act has all units to itself.
pub async fn take_turn(tx: &mut Tx, units: &[UnitId]) -> Result<()> {
    if tx.has_all_units {
        return Ok(());
    }
    let mut keys: Vec<String> = units
        .iter()
        .map(|unit| format!("standing:{unit}"))
        .collect();
    keys.sort_unstable();
    let locks: Vec<(String, Mode)> = keys.into_iter().map(|key| (key, Mode::Alone)).collect();
    lock_all(tx, &locks).await
}

/// Sets where units stand, one or many thousand; no unit twice in a year.
pub async fn set(tx: &mut Tx, standings: &[Standing]) -> Result<()> {
    let columns = [
        "unit_id",
        "year",
        "unit_path",
        "qualified",
        "model",
        "trusted",
        "answered",
        "asked",
        "judged_at",
    ];
    let rows = standings
        .iter()
        .map(|standing| -> Vec<Value> {
            vec![
                standing.unit.to_string().into(),
                i64::from(standing.year).into(),
                standing.unit_path.clone().into(),
                standing.qualified.clone().into(),
                standing.model.clone().into(),
                standing.trusted.clone().into(),
                standing.answered.into(),
                standing.asked.into(),
                standing.judged_at.to_string().into(),
            ]
        })
        .collect();
    bulk::upsert(tx, "standing", &["unit_id", "year"], &columns, rows).await
}

pub async fn of_unit(tx: &mut Tx, unit: &UnitPlace, year: i16) -> Result<Option<Standing>> {
    let row = sqlx::query(
        "SELECT unit_path, qualified, model, trusted, answered, asked, judged_at
         FROM standing
         WHERE unit_id = $1 AND year = $2",
    )
    .bind(unit.id.to_string())
    .bind(i64::from(year))
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| {
        Ok(Standing {
            unit: unit.id,
            unit_path: row.try_get("unit_path")?,
            year,
            qualified: row.try_get("qualified")?,
            model: row.try_get("model")?,
            trusted: row.try_get("trusted")?,
            answered: row.try_get("answered")?,
            asked: row.try_get("asked")?,
            judged_at: row.try_get::<String, _>("judged_at")?.parse()?,
        })
    })
    .transpose()
}
