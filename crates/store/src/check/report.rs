//! What the visits of a year are counted by, for its report. Visits that look at others' findings again are not counted twice.

use anyhow::{Context, Result};
use jianjia_domain::check::{
    outcome::Signed,
    visit::{Colour, VisitState},
};
use sqlx::Row;

use crate::core::db::Tx;

/// A visit as it is counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    pub unit_path: String,
    pub state: VisitState,
    /// None before it was concluded.
    pub colour: Option<Colour>,
    pub signs: Vec<Signed>,
}

/// The visits of a year.
pub async fn of_year(tx: &mut Tx, year: i16) -> Result<Vec<Counted>> {
    let rows = sqlx::query(
        "SELECT v.unit_path, v.state, v.colour, COALESCE(o.signs, '[]') AS signs
         FROM visit v
         LEFT JOIN visit_outcome o ON o.visit_id = v.id
         WHERE v.year = $1 AND NOT EXISTS (SELECT 1 FROM visit_recheck r WHERE r.visit_id = v.id)
         ORDER BY v.unit_path, v.id",
    )
    .bind(i64::from(year))
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| {
            let text = |column: &str| row.try_get::<String, _>(column);
            let state = text("state")?;
            Ok(Counted {
                unit_path: text("unit_path")?,
                state: VisitState::from_key(&state)
                    .with_context(|| format!("unknown state of a visit {state}"))?,
                colour: Colour::from_key(&text("colour")?),
                signs: serde_json::from_str(&text("signs")?)?,
            })
        })
        .collect()
}

/// The years with visits that were concluded, newest first.
pub async fn years(tx: &mut Tx) -> Result<Vec<i16>> {
    let rows = sqlx::query("SELECT DISTINCT year FROM visit WHERE colour <> '' ORDER BY year DESC")
        .fetch_all(&mut **tx)
        .await?;
    rows.iter()
        .map(|row| Ok(i16::try_from(row.try_get::<i64, _>("year")?)?))
        .collect()
}
