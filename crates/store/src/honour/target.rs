//! The figures behind the targets: titles in force by federation and year, and the number of unions. They are stored (see `recount`), so that reading
//! them costs the same for a city of any size.

mod recount;

use std::ops::RangeInclusive;

use anyhow::Result;
use jianjia_domain::core::place::{UnitPlace, subtree};
use sqlx::Row;

pub(crate) use self::recount::follow;
pub use self::recount::wrong;
use crate::core::{db::Tx, place::place_of};

/// The titles in force of one title and year that began in one calendar year, in the whole city.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YearFigure {
    pub title: String,
    pub year: i16,
    pub begun: i16,
    /// Held by grassroots unions (those directly under the city included), or by all others.
    pub of_unions: bool,
    pub held: i64,
}

/// The titles in force of one title, in one federation (or of a unit directly under the city).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FederationFigure {
    /// The path of the unit directly under the city; the city's own path for the city's own titles.
    pub below: String,
    pub title: String,
    pub of_unions: bool,
    pub held: i64,
}

/// The city at the root of the register.
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

/// The active units directly under the city, by kind and name.
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

/// The titles in force of these years, by title, year, beginning and kind of holder, in the whole city; ended units are left out.
pub async fn by_year(
    tx: &mut Tx,
    city: &UnitPlace,
    years: &RangeInclusive<i16>,
) -> Result<Vec<YearFigure>> {
    let (lower, upper) = subtree(&city.path);
    let rows = sqlx::query(
        "SELECT title, year, begun, of_unions, CAST(SUM(held) AS BIGINT) AS held
         FROM title_figure
         WHERE below >= $1 AND below < $2 AND year >= $3 AND year <= $4
         GROUP BY title, year, begun, of_unions
         ORDER BY title, year, begun, of_unions",
    )
    .bind(lower)
    .bind(upper)
    .bind(i64::from(*years.start()))
    .bind(i64::from(*years.end()))
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(YearFigure {
                title: row.try_get("title")?,
                year: i16::try_from(row.try_get::<i64, _>("year")?)?,
                begun: i16::try_from(row.try_get::<i64, _>("begun")?)?,
                of_unions: row.try_get::<i64, _>("of_unions")? == 1,
                held: row.try_get("held")?,
            })
        })
        .collect()
}

/// The titles in force of these years, by federation, title and kind of holder; ended units are left out.
pub async fn by_federation(
    tx: &mut Tx,
    city: &UnitPlace,
    years: &RangeInclusive<i16>,
) -> Result<Vec<FederationFigure>> {
    let (lower, upper) = subtree(&city.path);
    let rows = sqlx::query(
        "SELECT below, title, of_unions, CAST(SUM(held) AS BIGINT) AS held
         FROM title_figure
         WHERE below >= $1 AND below < $2 AND year >= $3 AND year <= $4
         GROUP BY below, title, of_unions
         ORDER BY below, title, of_unions",
    )
    .bind(lower)
    .bind(upper)
    .bind(i64::from(*years.start()))
    .bind(i64::from(*years.end()))
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(FederationFigure {
                below: row.try_get("below")?,
                title: row.try_get("title")?,
                of_unions: row.try_get::<i64, _>("of_unions")? == 1,
                held: row.try_get("held")?,
            })
        })
        .collect()
}

/// The number of active grassroots unions in each unit directly under the city that has any; such a unit counts itself.
pub async fn unions_by_federation(tx: &mut Tx, city: &UnitPlace) -> Result<Vec<(String, i64)>> {
    let (lower, upper) = subtree(&city.path);
    let rows = sqlx::query(
        "SELECT below, unions
         FROM union_figure
         WHERE below >= $1 AND below < $2
         ORDER BY below",
    )
    .bind(lower)
    .bind(upper)
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| Ok((row.try_get("below")?, row.try_get("unions")?)))
        .collect()
}

/// The number of active grassroots unions of the city.
pub async fn unions(tx: &mut Tx, city: &UnitPlace) -> Result<i64> {
    let unions = unions_by_federation(tx, city).await?;
    Ok(unions.into_iter().map(|(_, unions)| unions).sum())
}

#[cfg(test)]
mod tests;
