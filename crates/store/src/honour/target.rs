//! The figures behind the targets: titles in force by federation and year, and the unions there are. They are kept, so that a city of any size
//! answers at once: a transaction that changes a unit or a title has the federation concerned counted anew when it is committed.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::RangeInclusive,
    pin::Pin,
};

use anyhow::{Context, Result};
use jianjia_domain::core::place::{UnitPlace, is_within, subtree};
use sqlx::{AssertSqlSafe, Row, any::AnyRow};

use crate::core::{
    changed::Changed,
    db::{Tx, lock_all},
    place::place_of,
    scope::Mode,
};

/// Titles in force of a title key and year, in a whole city.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YearFigure {
    pub title: String,
    pub year: i16,
    /// Held by grassroots unions, those right under the city included; or by all others.
    pub of_unions: bool,
    pub held: i64,
}

/// Titles in force of a title key, below one of the city's federations (or of a unit right under the city).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FederationFigure {
    /// The path of the unit right under the city; the city's own for what belongs to the city itself.
    pub below: String,
    pub title: String,
    pub of_unions: bool,
    pub held: i64,
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

/// Titles in force of some years by title, year and holder, in the whole city; units that ended are left out.
pub async fn by_year(
    tx: &mut Tx,
    city: &UnitPlace,
    years: &RangeInclusive<i16>,
) -> Result<Vec<YearFigure>> {
    let (lower, upper) = subtree(&city.path);
    let rows = sqlx::query(
        "SELECT title, year, of_unions, CAST(SUM(held) AS BIGINT) AS held
         FROM title_figure
         WHERE below >= $1 AND below < $2 AND year >= $3 AND year <= $4
         GROUP BY title, year, of_unions
         ORDER BY title, year, of_unions",
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
                of_unions: row.try_get::<i64, _>("of_unions")? == 1,
                held: row.try_get("held")?,
            })
        })
        .collect()
}

/// Titles in force of some years by federation, title and holder; units that ended are left out.
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

/// The active grassroots unions below each unit right under the city that has any; a unit right under the city counts for itself.
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

/// The active grassroots unions of the city.
pub async fn unions(tx: &mut Tx, city: &UnitPlace) -> Result<i64> {
    let unions = unions_by_federation(tx, city).await?;
    Ok(unions.into_iter().map(|(_, unions)| unions).sum())
}

/// Titles of one place as rows of `title_figure`. There are few units that ended, so they are looked up first.
macro_rules! titles_of_a_place {
    ($place:literal) => {
        concat!(
            "SELECT $1 AS below, title, year, CASE WHEN unit_kind IN ('grassroots', 'direct') THEN 1 ELSE 0 END AS of_unions,
               CAST(COUNT(*) AS BIGINT) AS held
             FROM honour
             WHERE state = 'in-force' AND unit_id NOT IN (SELECT id FROM unit WHERE state IN ('closed', 'merged')) AND ",
            $place,
            " GROUP BY title, year, CASE WHEN unit_kind IN ('grassroots', 'direct') THEN 1 ELSE 0 END"
        )
    };
}

/// Below a unit right under the city: `$1` its path, up to `$2`.
const TITLES_BELOW: &str = titles_of_a_place!("unit_path >= $1 AND unit_path < $2");

/// Of the city itself, by its path `$1`; `$2` is its end, which leaves nothing out.
const TITLES_OF_CITY: &str = titles_of_a_place!("unit_path = $1 AND unit_path < $2");

const UNIONS_BELOW: &str = "SELECT $1 AS below, CAST(COUNT(*) AS BIGINT) AS unions
    FROM unit
    WHERE state = 'active' AND kind IN ('grassroots', 'direct') AND path >= $1 AND path < $2
    HAVING COUNT(*) > 0";

/// A place that figures are kept of.
struct Place {
    path: String,
    is_city: bool,
}

impl Place {
    fn is_touched_by(&self, path: &str) -> bool {
        if self.is_city {
            path == self.path
        } else {
            is_within(path, &self.path)
        }
    }

    fn titles(&self) -> &'static str {
        if self.is_city {
            TITLES_OF_CITY
        } else {
            TITLES_BELOW
        }
    }
}

/// The cities and what is right under them, in the order of their paths.
async fn places(tx: &mut Tx) -> Result<Vec<Place>> {
    let rows = sqlx::query(
        "SELECT path, kind
         FROM unit
         WHERE kind = 'city' OR parent_id IN (SELECT id FROM unit WHERE kind = 'city')
         ORDER BY path",
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Place {
                path: row.try_get("path")?,
                is_city: row.try_get::<String, _>("kind")? == "city",
            })
        })
        .collect()
}

pub(crate) fn follow<'a>(
    tx: &'a mut Tx,
    changed: &'a Changed,
) -> Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>> {
    Box::pin(recount(tx, changed))
}

/// Counts anew what the transaction changed; the last thing that it does.
async fn recount(tx: &mut Tx, changed: &Changed) -> Result<()> {
    let mut places = places(tx).await?;
    if let Changed::At(paths) = changed {
        places.retain(|place| paths.iter().any(|path| place.is_touched_by(path)));
    }
    // Two who count the same take turns: the second sees what the first brought in. In one order, so that they never wait for each other.
    let locks: Vec<(String, Mode)> = places
        .iter()
        .map(|place| (format!("figures:{}", place.path), Mode::Alone))
        .collect();
    lock_all(tx, &locks).await?;
    for table in ["title_figure", "union_figure"] {
        if *changed == Changed::Everywhere {
            sqlx::query(AssertSqlSafe(format!("DELETE FROM {table}")))
                .execute(&mut **tx)
                .await?;
            continue;
        }
        for place in &places {
            sqlx::query(AssertSqlSafe(format!(
                "DELETE FROM {table} WHERE below = $1"
            )))
            .bind(place.path.clone())
            .execute(&mut **tx)
            .await?;
        }
    }
    for place in &places {
        let (lower, upper) = subtree(&place.path);
        let titles = format!(
            "INSERT INTO title_figure (below, title, year, of_unions, held) {}",
            place.titles()
        );
        sqlx::query(AssertSqlSafe(titles))
            .bind(lower.clone())
            .bind(upper.clone())
            .execute(&mut **tx)
            .await
            .context("the titles are counted")?;
        if !place.is_city {
            sqlx::query(AssertSqlSafe(format!(
                "INSERT INTO union_figure (below, unions) {UNIONS_BELOW}"
            )))
            .bind(lower)
            .bind(upper)
            .execute(&mut **tx)
            .await
            .context("the unions are counted")?;
        }
    }
    Ok(())
}

/// The paths of the places whose kept figures are not those that counting gives.
pub async fn wrong(tx: &mut Tx) -> Result<BTreeSet<String>> {
    let mut balance: BTreeMap<(String, String), i64> = BTreeMap::new();
    let mut add = |row: &AnyRow, sign: i64| -> Result<()> {
        let key = (row.try_get("below")?, row.try_get("figure")?);
        *balance.entry(key).or_default() += sign * row.try_get::<i64, _>("held")?;
        Ok(())
    };
    let kept = [
        "SELECT below, title || ' ' || CAST(year AS TEXT) || ' ' || CAST(of_unions AS TEXT) AS figure, held FROM title_figure",
        "SELECT below, '' AS figure, unions AS held FROM union_figure",
    ];
    for sql in kept {
        for row in sqlx::query(sql).fetch_all(&mut **tx).await? {
            add(&row, 1)?;
        }
    }
    for place in places(tx).await? {
        let (lower, upper) = subtree(&place.path);
        let titles = place.titles();
        let mut counted = vec![format!(
            "SELECT below, title || ' ' || CAST(year AS TEXT) || ' ' || CAST(of_unions AS TEXT) AS figure, held FROM ({titles}) counted"
        )];
        if !place.is_city {
            counted.push(format!(
                "SELECT below, '' AS figure, unions AS held FROM ({UNIONS_BELOW}) counted"
            ));
        }
        for sql in counted {
            let rows = sqlx::query(AssertSqlSafe(sql))
                .bind(lower.clone())
                .bind(upper.clone())
                .fetch_all(&mut **tx)
                .await?;
            for row in &rows {
                add(row, -1)?;
            }
        }
    }
    Ok(balance
        .into_iter()
        .filter(|(_, balance)| *balance != 0)
        .map(|((below, _), _)| below)
        .collect())
}

#[cfg(test)]
mod tests {
    use jianjia_domain::core::ids::UnitId;
    use uuid::Uuid;

    use super::*;
    use crate::core::changed;
    use crate::{
        core::bulk::{self, Value},
        testing,
    };

    async fn units(tx: &mut Tx, rows: &[(u128, &str, Option<u128>, &str, &str)]) {
        let columns = [
            "id",
            "number",
            "kind",
            "parent_id",
            "path",
            "state",
            "name",
            "sort_key",
            "created_at",
            "changed_at",
        ];
        let id = |number: u128| UnitId(Uuid::from_u128(number)).to_string();
        let rows = rows
            .iter()
            .map(|(number, kind, parent, path, state)| {
                vec![
                    id(*number).into(),
                    Value::Number(*number as i64),
                    (*kind).into(),
                    Value::from(parent.map(id)),
                    (*path).into(),
                    (*state).into(),
                    format!("{number}").into(),
                    format!("{number}").into(),
                    "".into(),
                    "".into(),
                ]
            })
            .collect();
        bulk::insert(tx, "unit", &columns, rows).await.unwrap();
    }

    async fn honours(tx: &mut Tx, rows: &[(u128, &str, &str, &str, i64, &str)]) {
        let columns = [
            "id",
            "unit_id",
            "unit_kind",
            "unit_path",
            "title",
            "year",
            "state",
            "level",
            "holder_name",
            "holder_sort_key",
            "begun_on",
            "recorded_at",
        ];
        let rows = rows
            .iter()
            .enumerate()
            .map(|(row, (unit, kind, path, title, year, state))| {
                vec![
                    format!("h{row}").into(),
                    UnitId(Uuid::from_u128(*unit)).to_string().into(),
                    (*kind).into(),
                    (*path).into(),
                    (*title).into(),
                    (*year).into(),
                    (*state).into(),
                    "county".into(),
                    "".into(),
                    "".into(),
                    "2016-12-01".into(),
                    "".into(),
                ]
            })
            .collect();
        bulk::insert(tx, "honour", &columns, rows).await.unwrap();
    }

    #[tokio::test]
    async fn titles_in_force_of_active_unions_are_counted_by_federation_and_year_on_both_engines() {
        for database in testing::both().await {
            let mut tx = database.db.write("test").await.unwrap();
            units(
                &mut tx,
                &[
                    (1, "city", None, "/1/", "active"),
                    (2, "district", Some(1), "/1/2/", "active"),
                    (3, "grassroots", Some(2), "/1/2/3/", "active"),
                    (4, "grassroots", Some(2), "/1/2/4/", "closed"),
                    (5, "township", Some(2), "/1/2/5/", "active"),
                    (20, "district", Some(1), "/1/20/", "active"),
                    (21, "grassroots", Some(20), "/1/20/21/", "active"),
                    (30, "direct", Some(1), "/1/30/", "active"),
                    (40, "industry", Some(1), "/1/40/", "active"),
                ],
            )
            .await;
            honours(
                &mut tx,
                &[
                    (
                        3,
                        "grassroots",
                        "/1/2/3/",
                        "qualified-home",
                        2016,
                        "in-force",
                    ),
                    (
                        4,
                        "grassroots",
                        "/1/2/4/",
                        "qualified-home",
                        2016,
                        "in-force",
                    ),
                    (5, "township", "/1/2/5/", "qualified-home", 2016, "in-force"),
                    (
                        21,
                        "grassroots",
                        "/1/20/21/",
                        "qualified-home",
                        2017,
                        "suspended",
                    ),
                    (
                        21,
                        "grassroots",
                        "/1/20/21/",
                        "model-home",
                        2017,
                        "in-force",
                    ),
                    (5, "township", "/1/2/5/", "model-home", 2017, "in-force"),
                    (30, "direct", "/1/30/", "qualified-home", 2016, "in-force"),
                    (3, "grassroots", "/1/2/3/", "model-home", 2015, "in-force"),
                    (1, "city", "/1/", "outstanding-worker", 2016, "in-force"),
                ],
            )
            .await;
            let city = city(&mut tx).await.unwrap().unwrap();
            let under: Vec<String> = right_under(&mut tx, &city)
                .await
                .unwrap()
                .into_iter()
                .map(|place| place.path)
                .collect();
            assert_eq!(under, ["/1/30/", "/1/2/", "/1/20/", "/1/40/"]);
            changed::everywhere(&mut tx);
            changed::settle(&mut tx).await.unwrap();
            let of = |title: &str, year: i16, of_unions, held: i64| YearFigure {
                title: title.to_owned(),
                year,
                of_unions,
                held,
            };
            assert_eq!(
                by_year(&mut tx, &city, &(2016..=2020)).await.unwrap(),
                [
                    of("model-home", 2017, false, 1),
                    of("model-home", 2017, true, 1),
                    of("outstanding-worker", 2016, false, 1),
                    of("qualified-home", 2016, false, 1),
                    of("qualified-home", 2016, true, 2),
                ]
            );
            let row = |below: &str, title: &str, of_unions, held| FederationFigure {
                below: below.to_owned(),
                title: title.to_owned(),
                of_unions,
                held,
            };
            assert_eq!(
                by_federation(&mut tx, &city, &(2016..=2020)).await.unwrap(),
                [
                    row("/1/", "outstanding-worker", false, 1),
                    row("/1/2/", "model-home", false, 1),
                    row("/1/2/", "qualified-home", false, 1),
                    row("/1/2/", "qualified-home", true, 1),
                    row("/1/20/", "model-home", true, 1),
                    row("/1/30/", "qualified-home", true, 1),
                ]
            );
            assert_eq!(
                unions_by_federation(&mut tx, &city).await.unwrap(),
                [
                    ("/1/2/".to_owned(), 1),
                    ("/1/20/".to_owned(), 1),
                    ("/1/30/".to_owned(), 1),
                ]
            );
            assert_eq!(unions(&mut tx, &city).await.unwrap(), 3);
            assert_eq!(wrong(&mut tx).await.unwrap(), BTreeSet::new());

            // What the migration counts in a city that is there already.
            for table in ["title_figure", "union_figure"] {
                sqlx::query(AssertSqlSafe(format!("DELETE FROM {table}")))
                    .execute(&mut *tx)
                    .await
                    .unwrap();
            }
            let migration = include_str!("../../migrations/0014_figure.sql");
            for sql in migration.split_inclusive(';') {
                if let Some(begin) = sql.find("INSERT INTO") {
                    sqlx::query(&sql[begin..]).execute(&mut *tx).await.unwrap();
                }
            }
            assert_eq!(unions(&mut tx, &city).await.unwrap(), 3);
            assert_eq!(wrong(&mut tx).await.unwrap(), BTreeSet::new());

            // A figure that was tampered with, and one that went unnoticed.
            sqlx::query("UPDATE title_figure SET held = held + 1 WHERE below = '/1/30/'")
                .execute(&mut *tx)
                .await
                .unwrap();
            units(
                &mut tx,
                &[(22, "grassroots", Some(20), "/1/20/22/", "active")],
            )
            .await;
            let places = ["/1/20/".to_owned(), "/1/30/".to_owned()];
            assert_eq!(wrong(&mut tx).await.unwrap(), BTreeSet::from(places));
            // A change below one federation sees to that one alone.
            tx.changed.add("/1/20/22/");
            changed::settle(&mut tx).await.unwrap();
            let left = BTreeSet::from(["/1/30/".to_owned()]);
            assert_eq!(wrong(&mut tx).await.unwrap(), left);
            assert_eq!(unions(&mut tx, &city).await.unwrap(), 4);
        }
    }
}
