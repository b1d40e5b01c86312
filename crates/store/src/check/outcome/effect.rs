//! What a finding does to the subsidy of the year after (R4).

use anyhow::Result;
use jianjia_domain::{
    check::outcome::{CheckEffect, EffectLifting},
    core::ids::{CheckEffectId, UnitId, VisitId},
};
use sqlx::{Row, any::AnyRow};

use crate::core::{bulk, db::Tx};

/// Records the effect; false if it stands already for the unit and year.
pub async fn record_effect(tx: &mut Tx, effect: &CheckEffect) -> Result<bool> {
    let row = sqlx::query(
        "INSERT INTO check_effect (id, year, unit_id, unit_path, clause, visit_id, recorded_at, recorded_by_name)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (unit_id, year, clause) WHERE lifted_at IS NULL DO NOTHING
         RETURNING id",
    )
    .bind(effect.id.to_string())
    .bind(i64::from(effect.year))
    .bind(effect.unit.to_string())
    .bind(&effect.unit_path)
    .bind(&effect.clause)
    .bind(effect.visit.to_string())
    .bind(effect.recorded_at.to_string())
    .bind(&effect.recorded_by_name)
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.is_some())
}

/// Lifts the effects of a visit that stand; how many.
pub async fn lift_effects(tx: &mut Tx, visit: &VisitId, lifting: &EffectLifting) -> Result<u64> {
    let done = sqlx::query(
        "UPDATE check_effect
         SET lifted_at = $2, lifted_by_name = $3, lift_reason = $4
         WHERE visit_id = $1 AND lifted_at IS NULL",
    )
    .bind(visit.to_string())
    .bind(lifting.at.to_string())
    .bind(&lifting.by_name)
    .bind(&lifting.reason)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected())
}

/// The effects of a visit, lifted ones included.
pub async fn effects_of(tx: &mut Tx, visit: &VisitId) -> Result<Vec<CheckEffect>> {
    let rows = sqlx::query(
        "SELECT id, year, unit_id, unit_path, clause, visit_id, recorded_at, recorded_by_name, lifted_at, lifted_by_name, lift_reason
         FROM check_effect
         WHERE visit_id = $1
         ORDER BY id",
    )
    .bind(visit.to_string())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(effect_of).collect()
}

/// The effects of a year that stand, by the units' paths: what the subsidies of the year after are worked out with.
pub async fn effects(tx: &mut Tx, year: i16) -> Result<Vec<CheckEffect>> {
    let rows = sqlx::query(
        "SELECT id, year, unit_id, unit_path, clause, visit_id, recorded_at, recorded_by_name, lifted_at, lifted_by_name, lift_reason
         FROM check_effect
         WHERE year = $1 AND lifted_at IS NULL
         ORDER BY unit_path, clause",
    )
    .bind(i64::from(year))
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(effect_of).collect()
}

/// All effects that these units ever had, lifted ones included, in no order.
pub async fn effects_of_units(tx: &mut Tx, units: &[UnitId]) -> Result<Vec<CheckEffect>> {
    let sql = "SELECT id, year, unit_id, unit_path, clause, visit_id, recorded_at, recorded_by_name, lifted_at, lifted_by_name, lift_reason
         FROM check_effect
         WHERE unit_id IN ({words})";
    let rows = bulk::select(tx, sql, &[], units.iter().map(UnitId::to_string)).await?;
    rows.iter().map(effect_of).collect()
}

fn effect_of(row: &AnyRow) -> Result<CheckEffect> {
    let text = |column: &str| row.try_get::<String, _>(column);
    let maybe = |column: &str| row.try_get::<Option<String>, _>(column);
    Ok(CheckEffect {
        id: text("id")?.parse::<CheckEffectId>()?,
        year: i16::try_from(row.try_get::<i64, _>("year")?)?,
        unit: text("unit_id")?.parse()?,
        unit_path: text("unit_path")?,
        clause: text("clause")?,
        visit: text("visit_id")?.parse()?,
        recorded_at: text("recorded_at")?.parse()?,
        recorded_by_name: text("recorded_by_name")?,
        lifted: match maybe("lifted_at")? {
            None => None,
            Some(at) => Some(EffectLifting {
                at: at.parse()?,
                by_name: maybe("lifted_by_name")?.unwrap_or_default(),
                reason: maybe("lift_reason")?.unwrap_or_default(),
            }),
        },
    })
}
