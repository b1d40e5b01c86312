//! What changed in a year: titles that began and titles that were taken, by the day; units that were founded, and that ended.

use anyhow::Result;
use jianjia_domain::{
    core::{day, ids::HonourId, place::subtree},
    honour::honour::HonourAct,
};
use jiff::civil::Date;
use sqlx::{Row, any::AnyRow};

use crate::core::{condition::Conditions, db::Tx};

jianjia_standard::keyed! {
    /// Which way a title went.
    pub enum Turn {
        Gained = "gained",
        /// Revoked, or withdrawn with its batch.
        Lost = "lost",
    }
}

impl Turn {
    /// A title begins once; it can have several events that took it.
    fn counting(self) -> &'static str {
        match self {
            Turn::Gained => "COUNT(*)",
            Turn::Lost => "COUNT(DISTINCT h.id)",
        }
    }
}

/// A title that was gained or lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TitleChange {
    pub honour: HonourId,
    pub title: String,
    pub year: i16,
    pub unit_path: String,
    pub holder_name: String,
    pub person_name: String,
    /// The day on which it began, or was taken.
    pub on: Date,
    /// Why it was taken.
    pub reason: String,
}

/// How many titles of each were gained or lost in a place in a calendar year. A title that was taken later was gained all the same.
pub async fn titles(tx: &mut Tx, place: &str, year: i16, turn: Turn) -> Result<Vec<(String, i64)>> {
    let mut conditions = Conditions::default();
    let from = changed(&mut conditions, place, year, turn, None);
    let sql = format!(
        "SELECT h.title, CAST({} AS BIGINT) AS titles FROM {from}{} GROUP BY h.title ORDER BY h.title",
        turn.counting(),
        conditions.sql()
    );
    let rows = conditions.query(sql).fetch_all(&mut **tx).await?;
    rows.iter()
        .map(|row| Ok((row.try_get("title")?, row.try_get("titles")?)))
        .collect()
}

/// Some of the titles that were gained or lost, the newest first, and how many there are.
pub async fn list(
    tx: &mut Tx,
    place: &str,
    year: i16,
    turn: Turn,
    title: Option<&str>,
    (limit, offset): (i64, i64),
) -> Result<(Vec<TitleChange>, i64)> {
    let mut conditions = Conditions::default();
    let from = changed(&mut conditions, place, year, turn, title);
    let count = format!(
        "SELECT CAST({} AS BIGINT) FROM {from}{}",
        turn.counting(),
        conditions.sql()
    );
    let row = conditions.query(count).fetch_one(&mut **tx).await?;
    let total: i64 = row.try_get(0)?;
    let (happened, reason, group) = match turn {
        Turn::Gained => ("h.begun_on", "''", ""),
        // A title is taken once; where it was taken twice, the last time counts.
        Turn::Lost => (
            "MAX(e.at)",
            "MAX(e.reason)",
            " GROUP BY h.id, h.title, h.year, h.unit_path, h.holder_name, h.person_name",
        ),
    };
    let matching = conditions.sql();
    let (limit, offset) = (conditions.value(limit), conditions.value(offset));
    let sql = format!(
        "SELECT h.id, h.title, h.year, h.unit_path, h.holder_name, h.person_name, {happened} AS happened, {reason} AS reason
         FROM {from}{matching}{group}
         ORDER BY happened DESC, h.id
         LIMIT {limit} OFFSET {offset}"
    );
    let rows = conditions.query(sql).fetch_all(&mut **tx).await?;
    let lines = rows.iter().map(|row| change_of(row, turn));
    Ok((lines.collect::<Result<_>>()?, total))
}

/// The tables and the conditions of the titles that changed.
fn changed(
    conditions: &mut Conditions,
    place: &str,
    year: i16,
    turn: Turn,
    title: Option<&str>,
) -> &'static str {
    let (first, next) = (first_of(year), first_of(year + 1));
    let from = match turn {
        Turn::Gained => {
            let first = conditions.value(first.to_string());
            let next = conditions.value(next.to_string());
            conditions.and(format!("h.begun_on >= {first} AND h.begun_on < {next}"));
            "honour AS h"
        }
        Turn::Lost => {
            let acts = [HonourAct::Revoked, HonourAct::Withdrawn].map(HonourAct::key);
            conditions.among("e.act", acts);
            let first = conditions.value(day::start_of(first).to_string());
            let next = conditions.value(day::start_of(next).to_string());
            conditions.and(format!("e.at >= {first} AND e.at < {next}"));
            "honour_event AS e JOIN honour AS h ON h.id = e.honour_id"
        }
    };
    let (lower, upper) = subtree(place);
    let (lower, upper) = (conditions.value(lower), conditions.value(upper));
    // As an expression that no index has: a year's changes are few, a place's titles are all there ever were.
    conditions.and(format!(
        "(h.unit_path || '') >= {lower} AND (h.unit_path || '') < {upper}"
    ));
    if let Some(title) = title {
        conditions.equals("h.title", title);
    }
    from
}

fn change_of(row: &AnyRow, turn: Turn) -> Result<TitleChange> {
    let happened: String = row.try_get("happened")?;
    Ok(TitleChange {
        honour: row.try_get::<String, _>("id")?.parse()?,
        title: row.try_get("title")?,
        year: i16::try_from(row.try_get::<i64, _>("year")?)?,
        unit_path: row.try_get("unit_path")?,
        holder_name: row.try_get("holder_name")?,
        person_name: row.try_get("person_name")?,
        on: match turn {
            Turn::Gained => happened.parse()?,
            Turn::Lost => day::day_of(happened.parse()?),
        },
        reason: row.try_get("reason")?,
    })
}

fn first_of(year: i16) -> Date {
    Date::new(year, 1, 1).unwrap_or(Date::MAX)
}

/// How many units of a place were founded in a year, and how many ended in it.
pub async fn units(tx: &mut Tx, place: &str, year: i16) -> Result<(i64, i64)> {
    let (lower, upper) = subtree(place);
    let (first, next) = (first_of(year).to_string(), first_of(year + 1).to_string());
    let mut counts = [0, 0];
    let asked = [
        "SELECT CAST(COUNT(*) AS BIGINT) FROM unit WHERE founded_on >= $1 AND founded_on < $2 AND path >= $3 AND path < $4",
        "SELECT CAST(COUNT(*) AS BIGINT) FROM unit
         WHERE ended_on IS NOT NULL AND ended_on >= $1 AND ended_on < $2 AND path >= $3 AND path < $4",
    ];
    for (count, sql) in counts.iter_mut().zip(asked) {
        let row = sqlx::query(sql)
            .bind(first.clone())
            .bind(next.clone())
            .bind(lower.clone())
            .bind(upper.clone())
            .fetch_one(&mut **tx)
            .await?;
        *count = row.try_get(0)?;
    }
    Ok((counts[0], counts[1]))
}
