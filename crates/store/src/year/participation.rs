//! What units have done in a year's round, as flags beside the rows that they follow from: lists of units at risk are counted and paged by them.

use std::collections::BTreeSet;

use anyhow::Result;
use jianjia_domain::core::ids::UnitId;

use crate::core::{
    bulk::{self, Value},
    db::Tx,
};

/// What a unit did that is not undone again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Done {
    Said,
    Applied,
    Rated,
}

impl Done {
    fn column(self) -> &'static str {
        match self {
            Done::Said => "said",
            Done::Applied => "applied",
            Done::Rated => "rated",
        }
    }
}

/// Notes what units did in a year; what is noted already is not written again.
pub(crate) async fn note(
    tx: &mut Tx,
    done: Done,
    units: impl IntoIterator<Item = (UnitId, i16)>,
) -> Result<()> {
    let units: BTreeSet<(UnitId, i16)> = units.into_iter().collect();
    let rows = units
        .into_iter()
        .map(|(unit, year)| vec![unit.to_string().into(), i64::from(year).into()])
        .collect::<Vec<Vec<Value>>>();
    let column = done.column();
    let sql = format!(
        "INSERT INTO participation (unit_id, year, unit_path, unit_kind, unit_state, {column})
         SELECT unit.id, done.column2, unit.path, unit.kind, unit.state, 1
         FROM (VALUES {{rows}}) AS done
         JOIN unit ON unit.id = done.column1
         WHERE true
         ON CONFLICT (unit_id, year) DO UPDATE SET {column} = 1
         WHERE participation.{column} = 0"
    );
    bulk::update(tx, &sql, &[], rows).await?;
    Ok(())
}

/// Looks anew whether any application of a unit counts: one was withdrawn.
pub(crate) async fn withdrawn(tx: &mut Tx, unit: &UnitId, year: i16) -> Result<()> {
    sqlx::query(
        "UPDATE participation
         SET applied = 0
         WHERE unit_id = $1 AND year = $2 AND applied = 1
           AND NOT EXISTS (
             SELECT 1
             FROM application
             WHERE application.unit_id = $1 AND application.year = $2 AND application.state NOT IN ('draft', 'withdrawn'))",
    )
    .bind(unit.to_string())
    .bind(i64::from(year))
    .execute(&mut **tx)
    .await?;
    Ok(())
}
