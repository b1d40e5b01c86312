//! Keeping the figures right: a transaction that changes a unit or a title counts the figures of the federation concerned again when it commits.

use std::{
    collections::{BTreeMap, BTreeSet},
    pin::Pin,
};

use anyhow::{Context, Result};
use jianjia_domain::core::place::{is_within, subtree};
use sqlx::{AssertSqlSafe, Row, any::AnyRow};

use crate::core::{
    changed::Changed,
    db::{Tx, lock_all},
    scope::Mode,
};

/// The titles of one place as rows of `title_figure`. Ended units are few, so the subquery excludes them instead of joining every unit.
macro_rules! titles_of_a_place {
    ($place:literal) => {
        concat!(
            "SELECT $1 AS below, title, year, CAST(SUBSTR(begun_on, 1, 4) AS BIGINT) AS begun,
               CASE WHEN unit_kind IN ('grassroots', 'direct') THEN 1 ELSE 0 END AS of_unions, CAST(COUNT(*) AS BIGINT) AS held
             FROM honour
             WHERE state = 'in-force' AND unit_id NOT IN (SELECT id FROM unit WHERE state IN ('closed', 'merged')) AND ",
            $place,
            " GROUP BY title, year, CAST(SUBSTR(begun_on, 1, 4) AS BIGINT), CASE WHEN unit_kind IN ('grassroots', 'direct') THEN 1 ELSE 0 END"
        )
    };
}

/// The subtree of a unit directly under the city, from `$1` to `$2`.
const TITLES_BELOW: &str = titles_of_a_place!("unit_path >= $1 AND unit_path < $2");

/// The city itself, by its path `$1`; the condition on `$2` is always true and only keeps the parameters alike.
const TITLES_OF_CITY: &str = titles_of_a_place!("unit_path = $1 AND unit_path < $2");

const UNIONS_BELOW: &str = "SELECT $1 AS below, CAST(COUNT(*) AS BIGINT) AS unions
    FROM unit
    WHERE state = 'active' AND kind IN ('grassroots', 'direct') AND path >= $1 AND path < $2
    HAVING COUNT(*) > 0";

/// A place that figures are stored for.
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

/// The cities and the units directly under them, in the order of their paths.
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

/// See `crate::FOLLOWERS`.
pub(crate) fn follow<'a>(
    tx: &'a mut Tx,
    changed: &'a Changed,
) -> Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>> {
    Box::pin(recount(tx, changed))
}

/// Counts again what the transaction changed; the last statements before its commit.
async fn recount(tx: &mut Tx, changed: &Changed) -> Result<()> {
    let mut places = places(tx).await?;
    if let Changed::At(paths) = changed {
        places.retain(|place| paths.iter().any(|path| place.is_touched_by(path)));
    }
    // Transactions that count the same place take turns, so that the second sees the first's changes; locks are taken in the order of the paths, so
    // that none deadlock.
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
            "INSERT INTO title_figure (below, title, year, begun, of_unions, held) {}",
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

/// The paths of the places whose stored figures differ from a fresh count.
pub async fn wrong(tx: &mut Tx) -> Result<BTreeSet<String>> {
    let mut balance: BTreeMap<(String, String), i64> = BTreeMap::new();
    let mut add = |row: &AnyRow, sign: i64| -> Result<()> {
        let key = (row.try_get("below")?, row.try_get("figure")?);
        *balance.entry(key).or_default() += sign * row.try_get::<i64, _>("held")?;
        Ok(())
    };
    let kept = [
        "SELECT below, title || ' ' || CAST(year AS TEXT) || ' ' || CAST(begun AS TEXT) || ' ' || CAST(of_unions AS TEXT) AS figure, held
         FROM title_figure",
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
            "SELECT below, title || ' ' || CAST(year AS TEXT) || ' ' || CAST(begun AS TEXT) || ' ' || CAST(of_unions AS TEXT) AS figure, held
             FROM ({titles}) counted"
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
