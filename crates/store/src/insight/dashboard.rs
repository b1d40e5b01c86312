//! Titles and unions of a place and of the federations right below it, for its targets: counted beside the city's figures where they are kept, and by one
//! range of an index a place where they are not.

use std::ops::RangeInclusive;

use anyhow::Result;
use jianjia_domain::core::place::{UnitPlace, subtree};
use sqlx::Row;

use crate::{
    core::{db::Tx, place::place_of},
    honour::target::YearFigure,
};

/// A federation right below another, with the division that it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Child {
    pub place: UnitPlace,
    pub division: String,
    /// Active grassroots unions in it.
    pub unions: i64,
}

/// The active federations right below a unit, by kind and name.
pub async fn children(tx: &mut Tx, upper: &UnitPlace, are_kept: bool) -> Result<Vec<Child>> {
    let unions = if are_kept {
        "COALESCE((SELECT union_figure.unions FROM union_figure WHERE union_figure.below = below.path), 0)"
    } else {
        "(SELECT CAST(COUNT(*) AS BIGINT) FROM unit AS one
          WHERE one.state = 'active' AND one.kind IN ('grassroots', 'direct') AND one.path >= below.path
            AND one.path < SUBSTR(below.path, 1, LENGTH(below.path) - 1) || '0')"
    };
    let sql = format!(
        "SELECT below.id, below.kind, below.name, below.path, below.division, {unions} AS unions
         FROM unit AS below
         WHERE below.parent_id = $1 AND below.state = 'active' AND below.kind NOT IN ('grassroots', 'direct', 'branch')
         ORDER BY below.kind, below.sort_key, below.id"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(upper.id.to_string())
        .fetch_all(&mut **tx)
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Child {
                place: place_of(row)?,
                division: row.try_get("division")?,
                unions: row.try_get("unions")?,
            })
        })
        .collect()
}

/// The active grassroots unions of a place: the city's kept count is the sum of all below it.
pub async fn unions(tx: &mut Tx, place: &str, is_kept: bool) -> Result<i64> {
    let (lower, upper) = subtree(place);
    let sql = if is_kept {
        "SELECT COALESCE(CAST(SUM(unions) AS BIGINT), 0) AS unions
         FROM union_figure
         WHERE below >= $1 AND below < $2"
    } else {
        "SELECT CAST(COUNT(*) AS BIGINT) AS unions
         FROM unit
         WHERE state = 'active' AND kind IN ('grassroots', 'direct') AND path >= $1 AND path < $2"
    };
    let row = sqlx::query(sql)
        .bind(lower)
        .bind(upper)
        .fetch_one(&mut **tx)
        .await?;
    Ok(row.try_get("unions")?)
}

/// The titles in force of a place by title, year, beginning and kind of holder; ended units are left out.
pub async fn titles(
    tx: &mut Tx,
    place: &str,
    is_kept: bool,
    years: &RangeInclusive<i16>,
) -> Result<Vec<YearFigure>> {
    let (lower, upper) = subtree(place);
    let sql = if is_kept {
        "SELECT title, year, begun, of_unions, CAST(SUM(held) AS BIGINT) AS held
         FROM title_figure
         WHERE below >= $1 AND below < $2 AND year >= $3 AND year <= $4
         GROUP BY title, year, begun, of_unions"
    } else {
        "SELECT title, year, CAST(SUBSTR(begun_on, 1, 4) AS BIGINT) AS begun,
                CASE WHEN unit_kind IN ('grassroots', 'direct') THEN 1 ELSE 0 END AS of_unions, CAST(COUNT(*) AS BIGINT) AS held
         FROM honour
         WHERE state = 'in-force' AND unit_path >= $1 AND unit_path < $2 AND year >= $3 AND year <= $4
           AND unit_id NOT IN (SELECT id FROM unit WHERE state IN ('closed', 'merged'))
         GROUP BY title, year, CAST(SUBSTR(begun_on, 1, 4) AS BIGINT), CASE WHEN unit_kind IN ('grassroots', 'direct') THEN 1 ELSE 0 END"
    };
    let rows = sqlx::query(sql)
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

/// The titles in force of one title below each federation right below a unit, by the federation's path.
pub async fn titles_by_child(
    tx: &mut Tx,
    upper: &UnitPlace,
    are_kept: bool,
    title: &str,
    years: &RangeInclusive<i16>,
) -> Result<Vec<(String, YearFigure)>> {
    // By the index of places: by that of titles the whole city's would be gone through for each federation.
    let sql = if are_kept {
        "SELECT below.path, f.year, f.begun, f.of_unions, f.held
         FROM unit AS below
         JOIN title_figure AS f ON f.below = below.path AND f.title = $2 AND f.year >= $3 AND f.year <= $4
         WHERE below.parent_id = $1 AND below.state = 'active' AND below.kind NOT IN ('grassroots', 'direct', 'branch')
         ORDER BY below.path, f.year"
    } else {
        "SELECT below.path, h.year, CAST(SUBSTR(h.begun_on, 1, 4) AS BIGINT) AS begun,
                CASE WHEN h.unit_kind IN ('grassroots', 'direct') THEN 1 ELSE 0 END AS of_unions, CAST(COUNT(*) AS BIGINT) AS held
         FROM unit AS below
         JOIN honour AS h ON h.state = 'in-force' AND h.unit_path >= below.path
           AND h.unit_path < SUBSTR(below.path, 1, LENGTH(below.path) - 1) || '0'
         WHERE below.parent_id = $1 AND below.state = 'active' AND below.kind NOT IN ('grassroots', 'direct', 'branch')
           AND COALESCE(h.title, '') = $2 AND h.year >= $3 AND h.year <= $4
           AND h.unit_id NOT IN (SELECT id FROM unit WHERE state IN ('closed', 'merged'))
         GROUP BY below.path, h.year, CAST(SUBSTR(h.begun_on, 1, 4) AS BIGINT), CASE WHEN h.unit_kind IN ('grassroots', 'direct') THEN 1 ELSE 0 END"
    };
    let rows = sqlx::query(sql)
        .bind(upper.id.to_string())
        .bind(title.to_owned())
        .bind(i64::from(*years.start()))
        .bind(i64::from(*years.end()))
        .fetch_all(&mut **tx)
        .await?;
    rows.iter()
        .map(|row| {
            let figure = YearFigure {
                title: title.to_owned(),
                year: i16::try_from(row.try_get::<i64, _>("year")?)?,
                begun: i16::try_from(row.try_get::<i64, _>("begun")?)?,
                of_unions: row.try_get::<i64, _>("of_unions")? == 1,
                held: row.try_get("held")?,
            };
            Ok((row.try_get("path")?, figure))
        })
        .collect()
}
