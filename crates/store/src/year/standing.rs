//! Where a unit stands in a year, as columns that lists filter and sort by.

use std::collections::BTreeMap;

use anyhow::Result;
use jianjia_domain::core::{ids::UnitId, place::UnitPlace};
use jiff::Timestamp;
use sqlx::Row;

use crate::core::{
    bulk::{self, Value},
    db::{Tx, lock_all},
    scope::Mode,
};

/// The newest judgement on claims, and how far the sheet is filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub unit: UnitId,
    pub unit_path: String,
    pub year: i16,
    /// By tier of the year's standard: `met`, `unmet`, `unknown` or `n/a`.
    pub verdicts: BTreeMap<String, String>,
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

const COLUMNS: [&str; 7] = [
    "unit_id",
    "year",
    "unit_path",
    "verdicts",
    "answered",
    "asked",
    "judged_at",
];

/// Sets where units stand, one or many thousand; no unit twice in a year.
pub async fn set(tx: &mut Tx, standings: &[Standing]) -> Result<()> {
    let rows = standings.iter().map(row).collect::<Result<_>>()?;
    bulk::upsert(tx, "standing", &["unit_id", "year"], &COLUMNS, rows).await
}

/// Adds where units stand that stood nowhere in their year so far.
pub async fn add(tx: &mut Tx, standings: &[Standing]) -> Result<()> {
    bulk::insert_each(tx, "standing", &COLUMNS, standings.iter().map(row)).await
}

fn row(standing: &Standing) -> Result<Vec<Value>> {
    Ok(vec![
        standing.unit.to_string().into(),
        i64::from(standing.year).into(),
        standing.unit_path.clone().into(),
        serde_json::to_string(&standing.verdicts)?.into(),
        standing.answered.into(),
        standing.asked.into(),
        standing.judged_at.to_string().into(),
    ])
}

pub async fn of_unit(tx: &mut Tx, unit: &UnitPlace, year: i16) -> Result<Option<Standing>> {
    let row = sqlx::query(
        "SELECT unit_path, verdicts, answered, asked, judged_at
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
            verdicts: serde_json::from_str(row.try_get("verdicts")?)?,
            answered: row.try_get("answered")?,
            asked: row.try_get("asked")?,
            judged_at: row.try_get::<String, _>("judged_at")?.parse()?,
        })
    })
    .transpose()
}

#[cfg(test)]
mod tests {
    use jianjia_domain::core::place::UnitKind;

    use super::*;
    use crate::testing;

    #[tokio::test]
    async fn a_unit_stands_at_the_tiers_that_its_standard_names_on_both_engines() {
        for database in testing::both().await {
            let mut tx = database.db.write("standing").await.unwrap();
            let place = UnitPlace {
                id: "00000000-0000-7000-8000-000000000003".parse().unwrap(),
                kind: UnitKind::Grassroots,
                name: "第一纺织厂工会".to_owned(),
                path: "/1/3/".to_owned(),
            };
            let at = |year, verdicts: [(&str, &str); 2]| Standing {
                unit: place.id,
                unit_path: place.path.clone(),
                year,
                verdicts: verdicts
                    .map(|(tier, status)| (tier.to_owned(), status.to_owned()))
                    .into(),
                answered: 3,
                asked: 9,
                judged_at: Timestamp::from_second(1_476_000_000).unwrap(),
            };
            let old = at(2020, [("qualified", "met"), ("model", "unmet")]);
            let new = at(2021, [("warm", "unknown"), ("happy", "n/a")]);
            set(
                &mut tx,
                &[old.clone(), at(2021, [("warm", "met"), ("x", "met")])],
            )
            .await
            .unwrap();
            set(&mut tx, std::slice::from_ref(&new)).await.unwrap();
            let first = at(2019, [("qualified", "unmet"), ("model", "unmet")]);
            add(&mut tx, std::slice::from_ref(&first)).await.unwrap();
            assert_eq!(of_unit(&mut tx, &place, 2019).await.unwrap(), Some(first));
            assert_eq!(of_unit(&mut tx, &place, 2020).await.unwrap(), Some(old));
            assert_eq!(of_unit(&mut tx, &place, 2021).await.unwrap(), Some(new));
            assert_eq!(of_unit(&mut tx, &place, 2022).await.unwrap(), None);
        }
    }
}
