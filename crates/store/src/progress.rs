//! The figures behind the targets: titles in force by district and year, and the unions there are. Every query runs in an index
//! alone, so that a city of 12,000 unions answers in a few milliseconds.

use anyhow::{Context, Result};
use jianjia_domain::unit::{UnitKind, UnitPlace, subtree};
use sqlx::Row;

use crate::{db::Tx, unit::place_of};

/// The titles in force of a title key and year, below one of the city's federations (or the one of a unit right under the city).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TitleCount {
    /// The path of the unit right under the city.
    pub below: String,
    pub title: String,
    pub year: i16,
    /// The kind of the holders.
    pub kind: UnitKind,
    pub count: i64,
}

/// The city at the top of the register.
pub async fn city(tx: &mut Tx) -> Result<Option<UnitPlace>> {
    let row = sqlx::query(
        "SELECT id, kind, name, path
         FROM unit
         WHERE kind = 'city' AND state = 'active'
         ORDER BY path
         LIMIT 1",
    )
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| place_of(&row)).transpose()
}

/// The active units right under the city, in the order of their names within their kinds.
pub async fn right_under(tx: &mut Tx, city: &UnitPlace) -> Result<Vec<UnitPlace>> {
    let rows = sqlx::query(
        "SELECT id, kind, name, path
         FROM unit
         WHERE parent_id = $1 AND state = 'active'
         ORDER BY kind, sort_key, id",
    )
    .bind(city.id.to_string())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(place_of).collect()
}

/// Titles in force by title and year in the whole city. Holders that were closed or merged don't count; of grassroots unions only where
/// `grassroots_only` names the title.
pub async fn by_year(
    tx: &mut Tx,
    city: &UnitPlace,
    grassroots_only: &str,
) -> Result<Vec<(String, i16, i64)>> {
    let (lower, upper) = subtree(&city.path);
    let rows = sqlx::query(
        "SELECT title, year, CAST(SUM(count) AS BIGINT) AS count
         FROM (
           SELECT h.title AS title, h.year AS year, COUNT(*) AS count
           FROM honour h
           WHERE h.state = 'in-force' AND h.unit_path >= $1 AND h.unit_path < $2
             AND (h.title <> $3 OR h.unit_kind IN ('grassroots', 'direct'))
           GROUP BY h.title, h.year
           UNION ALL
           SELECT h.title AS title, h.year AS year, -COUNT(*) AS count
           FROM unit u
           JOIN honour h ON h.unit_id = u.id
           WHERE u.state IN ('closed', 'merged') AND u.path >= $1 AND u.path < $2 AND h.state = 'in-force'
             AND (h.title <> $3 OR h.unit_kind IN ('grassroots', 'direct'))
           GROUP BY h.title, h.year
         ) AS counted
         GROUP BY title, year
         ORDER BY title, year",
    )
    .bind(lower)
    .bind(upper)
    .bind(grassroots_only.to_owned())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| {
            Ok((
                row.try_get("title")?,
                i16::try_from(row.try_get::<i64, _>("year")?)?,
                row.try_get("count")?,
            ))
        })
        .collect()
}

/// Titles in force by the unit right under the city, title, year and kind of the holder; holders that were closed or merged left out.
pub async fn by_federation(tx: &mut Tx, city: &UnitPlace) -> Result<Vec<TitleCount>> {
    // The bounds of a subtree: the path itself, and the path with its last stroke replaced by the character after it.
    let rows = sqlx::query(
        "SELECT below, title, year, unit_kind, CAST(SUM(count) AS BIGINT) AS count
         FROM (
           SELECT d.path AS below, h.title AS title, h.year AS year, h.unit_kind AS unit_kind, COUNT(*) AS count
           FROM unit d
           JOIN honour h ON h.unit_path >= d.path AND h.unit_path < SUBSTR(d.path, 1, LENGTH(d.path) - 1) || '0'
           WHERE d.parent_id = $1 AND h.state = 'in-force'
           GROUP BY d.path, h.title, h.year, h.unit_kind
           UNION ALL
           SELECT d.path AS below, h.title AS title, h.year AS year, h.unit_kind AS unit_kind, -COUNT(*) AS count
           FROM unit d
           JOIN unit u ON u.path >= d.path AND u.path < SUBSTR(d.path, 1, LENGTH(d.path) - 1) || '0'
           JOIN honour h ON h.unit_id = u.id
           WHERE d.parent_id = $1 AND u.state IN ('closed', 'merged') AND h.state = 'in-force'
           GROUP BY d.path, h.title, h.year, h.unit_kind
         ) AS counted
         GROUP BY below, title, year, unit_kind
         ORDER BY below, title, year, unit_kind",
    )
    .bind(city.id.to_string())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| {
            let kind: String = row.try_get("unit_kind")?;
            Ok(TitleCount {
                below: row.try_get("below")?,
                title: row.try_get("title")?,
                year: i16::try_from(row.try_get::<i64, _>("year")?)?,
                kind: UnitKind::from_key(&kind)
                    .with_context(|| format!("unknown unit kind {kind}"))?,
                count: row.try_get("count")?,
            })
        })
        .collect()
}

/// The active grassroots unions below each unit right under the city; a unit right under the city counts for itself.
pub async fn unions_by_federation(tx: &mut Tx, city: &UnitPlace) -> Result<Vec<(String, i64)>> {
    let rows = sqlx::query(
        "SELECT d.path AS below, CAST(COUNT(*) AS BIGINT) AS count
         FROM unit d
         JOIN unit u ON u.path >= d.path AND u.path < SUBSTR(d.path, 1, LENGTH(d.path) - 1) || '0'
         WHERE d.parent_id = $1 AND u.state = 'active' AND u.kind IN ('grassroots', 'direct')
         GROUP BY d.path
         ORDER BY d.path",
    )
    .bind(city.id.to_string())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| Ok((row.try_get("below")?, row.try_get("count")?)))
        .collect()
}

/// The active grassroots unions within a subtree.
pub async fn unions(tx: &mut Tx, path: &str) -> Result<i64> {
    let (lower, upper) = subtree(path);
    let row = sqlx::query(
        "SELECT CAST(COUNT(*) AS BIGINT)
         FROM unit
         WHERE state = 'active' AND kind IN ($3, $4) AND path >= $1 AND path < $2",
    )
    .bind(lower)
    .bind(upper)
    .bind(UnitKind::Grassroots.key())
    .bind(UnitKind::Direct.key())
    .fetch_one(&mut **tx)
    .await
    .context("the unions are counted")?;
    Ok(row.try_get(0)?)
}
