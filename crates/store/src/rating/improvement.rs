//! What unions will improve after a rating, and their reports.

use anyhow::Result;
use jianjia_domain::{
    core::ids::{ImprovementId, UnitId},
    rating::improvement::{Improvement, Report},
};
use sqlx::{Row, any::AnyRow};

use crate::core::db::Tx;

pub async fn insert(tx: &mut Tx, improvement: &Improvement) -> Result<()> {
    sqlx::query(
        "INSERT INTO improvement (id, unit_id, unit_path, year, text, said_by_name, said_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(improvement.id.to_string())
    .bind(improvement.unit.to_string())
    .bind(&improvement.unit_path)
    .bind(i64::from(improvement.year))
    .bind(&improvement.text)
    .bind(&improvement.said_by_name)
    .bind(improvement.said_at.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Keeps the report; false when there is one.
pub async fn report(tx: &mut Tx, id: &ImprovementId, report: &Report) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE improvement
         SET report = $1, reported_by_name = $2, reported_at = $3
         WHERE id = $4 AND report IS NULL",
    )
    .bind(&report.text)
    .bind(&report.by_name)
    .bind(report.at.to_string())
    .bind(id.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn find(tx: &mut Tx, id: &ImprovementId) -> Result<Option<Improvement>> {
    let row = sqlx::query(
        "SELECT id, unit_id, unit_path, year, text, said_by_name, said_at, report, reported_by_name, reported_at
         FROM improvement
         WHERE id = $1",
    )
    .bind(id.to_string())
    .fetch_optional(&mut **tx)
    .await?;
    row.as_ref().map(improvement).transpose()
}

/// What a union said after the rating of a year, in order.
pub async fn of_year(tx: &mut Tx, unit: &UnitId, year: i16) -> Result<Vec<Improvement>> {
    let rows = sqlx::query(
        "SELECT id, unit_id, unit_path, year, text, said_by_name, said_at, report, reported_by_name, reported_at
         FROM improvement
         WHERE unit_id = $1 AND year = $2
         ORDER BY id",
    )
    .bind(unit.to_string())
    .bind(i64::from(year))
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(improvement).collect()
}

fn improvement(row: &AnyRow) -> Result<Improvement> {
    let report: Option<String> = row.try_get("report")?;
    let report = match report {
        None => None,
        Some(text) => Some(Report {
            text,
            by_name: row.try_get("reported_by_name")?,
            at: row.try_get::<String, _>("reported_at")?.parse()?,
        }),
    };
    Ok(Improvement {
        id: row.try_get::<String, _>("id")?.parse()?,
        unit: row.try_get::<String, _>("unit_id")?.parse()?,
        unit_path: row.try_get("unit_path")?,
        year: i16::try_from(row.try_get::<i64, _>("year")?)?,
        text: row.try_get("text")?,
        said_by_name: row.try_get("said_by_name")?,
        said_at: row.try_get::<String, _>("said_at")?.parse()?,
        report,
    })
}
