//! Spot checks with their strata, frames and inspectors.

mod inspector;

use anyhow::Result;
use jianjia_domain::{
    check::spot_check::{DrawDone, FrameUnit, Lottery, SpotCheck, Stratum},
    core::ids::{AccountId, SpotCheckId},
};
use sqlx::{AssertSqlSafe, Row, any::AnyRow};

pub use self::inspector::{candidate, candidates, insert_inspectors, inspectors, leave_out};
use crate::core::{
    bulk::{self, Value},
    condition::Conditions,
    db::Tx,
};

const COLUMNS: [&str; 23] = [
    "id",
    "year",
    "title",
    "state",
    "standard_key",
    "standard_version",
    "frame_hash",
    "units",
    "sample",
    "inspectors_each",
    "announced",
    "days",
    "lottery_name",
    "lottery_issue",
    "lottery_on",
    "seed",
    "due_on",
    "published_by",
    "published_by_name",
    "published_at",
    "drawn_by",
    "drawn_by_name",
    "drawn_at",
];

/// Inserts a check whose frame is published; false when the year has one, or the lottery's issue served another.
pub async fn insert(tx: &mut Tx, check: &SpotCheck) -> Result<bool> {
    bulk::insert_new(tx, "spot_check", &COLUMNS, values(check)).await
}

fn values(check: &SpotCheck) -> Vec<Value> {
    let account = |id: Option<AccountId>| id.map_or_else(String::new, |id| id.to_string());
    let (seed, due_on, by, by_name, at) = match &check.drawn {
        None => Default::default(),
        Some(done) => (
            done.seed.clone(),
            done.due_on.to_string(),
            account(done.by),
            done.by_name.clone(),
            done.at.to_string(),
        ),
    };
    vec![
        check.id.to_string().into(),
        i64::from(check.year).into(),
        check.title.as_str().into(),
        state(check).into(),
        check.standard_key.as_str().into(),
        check.standard_version.as_str().into(),
        check.frame_hash.as_str().into(),
        check.units.into(),
        check.sample.into(),
        check.inspectors_each.into(),
        i64::from(check.announced).into(),
        check.days.into(),
        check.lottery.name.as_str().into(),
        check.lottery.issue.as_str().into(),
        check.lottery.on.to_string().into(),
        seed.into(),
        due_on.into(),
        account(check.published_by).into(),
        check.published_by_name.as_str().into(),
        check.published_at.to_string().into(),
        by.into(),
        by_name.into(),
        at.into(),
    ]
}

fn state(check: &SpotCheck) -> &'static str {
    match check.drawn {
        None => "published",
        Some(_) => "drawn",
    }
}

/// Notes the seed; false when the check has one.
pub async fn draw(tx: &mut Tx, id: &SpotCheckId, done: &DrawDone) -> Result<bool> {
    let changed = sqlx::query(
        "UPDATE spot_check
         SET state = 'drawn', seed = $2, due_on = $3, drawn_by = $4, drawn_by_name = $5, drawn_at = $6
         WHERE id = $1 AND state = 'published'",
    )
    .bind(id.to_string())
    .bind(&done.seed)
    .bind(done.due_on.to_string())
    .bind(done.by.map_or_else(String::new, |id| id.to_string()))
    .bind(&done.by_name)
    .bind(done.at.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(changed.rows_affected() == 1)
}

/// All checks, the newest first: one a year.
pub async fn all(tx: &mut Tx) -> Result<Vec<SpotCheck>> {
    let rows = sqlx::query(AssertSqlSafe(format!(
        "SELECT {}
         FROM spot_check
         ORDER BY year DESC",
        COLUMNS.join(", ")
    )))
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(check_of).collect()
}

pub async fn of_year(tx: &mut Tx, year: i16) -> Result<Option<SpotCheck>> {
    let row = sqlx::query(AssertSqlSafe(format!(
        "SELECT {}
         FROM spot_check
         WHERE year = $1",
        COLUMNS.join(", ")
    )))
    .bind(i64::from(year))
    .fetch_optional(&mut **tx)
    .await?;
    row.as_ref().map(check_of).transpose()
}

pub async fn find(tx: &mut Tx, id: &SpotCheckId) -> Result<Option<SpotCheck>> {
    let row = sqlx::query(AssertSqlSafe(format!(
        "SELECT {}
         FROM spot_check
         WHERE id = $1",
        COLUMNS.join(", ")
    )))
    .bind(id.to_string())
    .fetch_optional(&mut **tx)
    .await?;
    row.as_ref().map(check_of).transpose()
}

fn check_of(row: &AnyRow) -> Result<SpotCheck> {
    let account = |column| -> Result<Option<AccountId>> {
        let id: String = row.try_get(column)?;
        Ok(if id.is_empty() {
            None
        } else {
            Some(id.parse()?)
        })
    };
    let drawn = match row.try_get::<String, _>("state")?.as_str() {
        "published" => None,
        _ => Some(DrawDone {
            seed: row.try_get("seed")?,
            due_on: row.try_get::<String, _>("due_on")?.parse()?,
            by: account("drawn_by")?,
            by_name: row.try_get("drawn_by_name")?,
            at: row.try_get::<String, _>("drawn_at")?.parse()?,
        }),
    };
    Ok(SpotCheck {
        id: row.try_get::<String, _>("id")?.parse()?,
        year: i16::try_from(row.try_get::<i64, _>("year")?)?,
        title: row.try_get("title")?,
        standard_key: row.try_get("standard_key")?,
        standard_version: row.try_get("standard_version")?,
        frame_hash: row.try_get("frame_hash")?,
        units: row.try_get("units")?,
        sample: row.try_get("sample")?,
        inspectors_each: row.try_get("inspectors_each")?,
        announced: row.try_get::<i64, _>("announced")? == 1,
        days: row.try_get("days")?,
        lottery: Lottery {
            name: row.try_get("lottery_name")?,
            issue: row.try_get("lottery_issue")?,
            on: row.try_get::<String, _>("lottery_on")?.parse()?,
        },
        published_by: account("published_by")?,
        published_by_name: row.try_get("published_by_name")?,
        published_at: row.try_get::<String, _>("published_at")?.parse()?,
        drawn,
    })
}

/// The year whose check used an issue of a lottery.
pub async fn year_of_lottery(tx: &mut Tx, name: &str, issue: &str) -> Result<Option<i16>> {
    let row = sqlx::query(
        "SELECT year
         FROM spot_check
         WHERE lottery_name = $1 AND lottery_issue = $2",
    )
    .bind(name.to_owned())
    .bind(issue.to_owned())
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| Ok(i16::try_from(row.try_get::<i64, _>("year")?)?))
        .transpose()
}

const STRATUM_COLUMNS: [&str; 8] = [
    "spot_check_id",
    "stratum",
    "place",
    "district_id",
    "district_name",
    "class",
    "units",
    "sample",
];

pub async fn insert_strata(tx: &mut Tx, check: &SpotCheckId, strata: &[Stratum]) -> Result<()> {
    let rows = strata
        .iter()
        .map(|stratum| {
            vec![
                check.to_string().into(),
                stratum.name.as_str().into(),
                stratum.place.into(),
                stratum.district.to_string().into(),
                stratum.district_name.as_str().into(),
                stratum.class.as_str().into(),
                stratum.units.into(),
                stratum.sample.into(),
            ]
        })
        .collect();
    bulk::insert(tx, "spot_check_stratum", &STRATUM_COLUMNS, rows).await
}

/// The strata of a check, in the order of pages.
pub async fn strata(tx: &mut Tx, check: &SpotCheckId) -> Result<Vec<Stratum>> {
    let rows = sqlx::query(
        "SELECT stratum, place, district_id, district_name, class, units, sample
         FROM spot_check_stratum
         WHERE spot_check_id = $1
         ORDER BY place",
    )
    .bind(check.to_string())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Stratum {
                name: row.try_get("stratum")?,
                place: row.try_get("place")?,
                district: row.try_get::<String, _>("district_id")?.parse()?,
                district_name: row.try_get("district_name")?,
                class: row.try_get("class")?,
                units: row.try_get("units")?,
                sample: row.try_get("sample")?,
            })
        })
        .collect()
}

const UNIT_COLUMNS: [&str; 12] = [
    "id",
    "spot_check_id",
    "unit_id",
    "unit_path",
    "unit_number",
    "unit_name",
    "honour_id",
    "nonce",
    "stratum",
    "class",
    "score",
    "reasons",
];

pub async fn insert_units(tx: &mut Tx, units: &[FrameUnit]) -> Result<()> {
    let rows = units.iter().map(|unit| {
        Ok(vec![
            unit.id.as_str().into(),
            unit.check.to_string().into(),
            unit.unit.to_string().into(),
            unit.unit_path.as_str().into(),
            unit.unit_number.into(),
            unit.unit_name.as_str().into(),
            unit.honour.to_string().into(),
            unit.nonce.as_str().into(),
            unit.stratum.as_str().into(),
            unit.class.as_str().into(),
            unit.score.into(),
            serde_json::to_string(&unit.reasons)?.into(),
        ])
    });
    bulk::insert_each(tx, "spot_check_unit", &UNIT_COLUMNS, rows).await
}

/// The whole frame, by the names of the file.
pub async fn units(tx: &mut Tx, check: &SpotCheckId) -> Result<Vec<FrameUnit>> {
    let rows = sqlx::query(AssertSqlSafe(format!(
        "SELECT {}
         FROM spot_check_unit
         WHERE spot_check_id = $1
         ORDER BY id",
        UNIT_COLUMNS.join(", ")
    )))
    .bind(check.to_string())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(unit_of).collect()
}

/// The entries of the file with these names, in no order.
pub async fn entries(tx: &mut Tx, ids: &[String]) -> Result<Vec<FrameUnit>> {
    let sql = format!(
        "SELECT {}
         FROM spot_check_unit
         WHERE id IN ({{words}})",
        UNIT_COLUMNS.join(", ")
    );
    let rows = bulk::select(tx, &sql, &[], ids.iter().cloned()).await?;
    rows.iter().map(unit_of).collect()
}

/// A page of the frame, the riskiest first: of one stratum, or whole.
pub async fn page(
    tx: &mut Tx,
    check: &SpotCheckId,
    stratum: Option<&str>,
    (limit, offset): (i64, i64),
) -> Result<Vec<FrameUnit>> {
    let mut conditions = Conditions::default();
    conditions.equals("spot_check_id", check.to_string());
    if let Some(stratum) = stratum {
        conditions.equals("stratum", stratum);
    }
    let where_sql = conditions.sql();
    let limit = conditions.value(limit);
    let offset = conditions.value(offset);
    let sql = format!(
        "SELECT {}
         FROM spot_check_unit{where_sql}
         ORDER BY score DESC, id
         LIMIT {limit} OFFSET {offset}",
        UNIT_COLUMNS.join(", ")
    );
    let rows = conditions.query(sql).fetch_all(&mut **tx).await?;
    rows.iter().map(unit_of).collect()
}

fn unit_of(row: &AnyRow) -> Result<FrameUnit> {
    Ok(FrameUnit {
        id: row.try_get("id")?,
        check: row.try_get::<String, _>("spot_check_id")?.parse()?,
        unit: row.try_get::<String, _>("unit_id")?.parse()?,
        unit_path: row.try_get("unit_path")?,
        unit_number: row.try_get("unit_number")?,
        unit_name: row.try_get("unit_name")?,
        honour: row.try_get::<String, _>("honour_id")?.parse()?,
        nonce: row.try_get("nonce")?,
        stratum: row.try_get("stratum")?,
        class: row.try_get("class")?,
        score: row.try_get("score")?,
        reasons: serde_json::from_str(&row.try_get::<String, _>("reasons")?)?,
    })
}

/// Keeps a file as it was published.
pub async fn keep_file(tx: &mut Tx, check: &SpotCheckId, name: &str, content: &str) -> Result<()> {
    sqlx::query(
        "INSERT INTO spot_check_file (spot_check_id, name, content)
         VALUES ($1, $2, $3)",
    )
    .bind(check.to_string())
    .bind(name.to_owned())
    .bind(content.to_owned())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn file(tx: &mut Tx, check: &SpotCheckId, name: &str) -> Result<Option<String>> {
    let row = sqlx::query(
        "SELECT content
         FROM spot_check_file
         WHERE spot_check_id = $1 AND name = $2",
    )
    .bind(check.to_string())
    .bind(name.to_owned())
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| Ok(row.try_get("content")?)).transpose()
}

#[cfg(test)]
mod tests;
