//! How often clauses are lacking: the counts that are kept, those of a smaller place, and whether the kept ones are right.

use std::collections::BTreeMap;

use anyhow::Result;
use jianjia_domain::{
    core::place::subtree,
    year::shortfall::{ALL_CLAUSES, Facet},
};
use sqlx::{AssertSqlSafe, Row};

use super::{COLUMNS, count, shortfall_of, within};
use crate::core::{
    db::Tx,
    tally::{Counts, Key, Tally},
};

/// How often a clause is asked, unmet and unknown among the units of one value of a facet.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Figure {
    pub value: String,
    /// The clause's number, or `ALL_CLAUSES`.
    pub clause: i64,
    pub asked: i64,
    pub unmet: i64,
    pub unknown: i64,
}

/// The counts of a place by these facets, for those who strive for a title: those that are kept for the city and the federations right under it, and
/// counted from the rows of a smaller place. Of one clause alone, by its number, where one is given.
pub async fn figures(
    tx: &mut Tx,
    (place, is_kept): (&str, bool),
    year: i16,
    title: &str,
    facets: &[Facet],
    clause: Option<i64>,
) -> Result<Vec<(Facet, Vec<Figure>)>> {
    if is_kept {
        let mut found = Vec::with_capacity(facets.len());
        for facet in facets {
            found.push((*facet, kept(tx, place, year, title, *facet, clause).await?));
        }
        return Ok(found);
    }
    let mut tally: BTreeMap<(Facet, String, i64), Counts> = BTreeMap::new();
    for one in within(tx, place, year, title).await? {
        let counted = one.counted().into_iter();
        for counted in counted.filter(|counted| clause.is_none_or(|only| only == counted.clause)) {
            let key = (counted.facet, counted.value, counted.clause);
            let sums = tally.entry(key).or_default();
            for (sum, count) in sums.iter_mut().zip(counted.counts) {
                *sum += count;
            }
        }
    }
    let of_facet = |facet: &Facet| {
        let counts = tally.iter().filter(|((of, ..), _)| of == facet);
        counts
            .map(|((_, value, clause), [asked, unmet, unknown])| Figure {
                value: value.clone(),
                clause: *clause,
                asked: *asked,
                unmet: *unmet,
                unknown: *unknown,
            })
            .collect()
    };
    Ok(facets
        .iter()
        .map(|facet| (*facet, of_facet(facet)))
        .collect())
}

async fn kept(
    tx: &mut Tx,
    place: &str,
    year: i16,
    title: &str,
    facet: Facet,
    clause: Option<i64>,
) -> Result<Vec<Figure>> {
    let rows = sqlx::query(
        "SELECT value, clause, asked, unmet, unknown
         FROM shortfall_figure
         WHERE place = $1 AND year = $2 AND title = $3 AND facet = $4 AND asked > 0 AND clause >= $5 AND clause <= $6
         ORDER BY value, clause",
    )
    .bind(place.to_owned())
    .bind(i64::from(year))
    .bind(title.to_owned())
    .bind(facet.key())
    .bind(clause.unwrap_or(ALL_CLAUSES))
    .bind(clause.unwrap_or(i64::MAX))
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Figure {
                value: row.try_get("value")?,
                clause: row.try_get("clause")?,
                asked: row.try_get("asked")?,
                unmet: row.try_get("unmet")?,
                unknown: row.try_get("unknown")?,
            })
        })
        .collect()
}

/// How many strive for each title in a place, and how many of them lack one clause alone, unmet or unknown.
pub async fn titles(
    tx: &mut Tx,
    (place, is_kept): (&str, bool),
    year: i16,
) -> Result<Vec<(String, Counts)>> {
    let (lower, upper) = subtree(place);
    let sql = if is_kept {
        "SELECT title, asked, unmet, unknown
         FROM shortfall_figure
         WHERE year = $1 AND place = $2 AND place < $3 AND facet = 'all' AND value = '' AND clause = -1 AND asked > 0
         ORDER BY title"
    } else {
        "SELECT title, CAST(COUNT(*) AS BIGINT) AS asked,
                COALESCE(CAST(SUM(CASE WHEN lacking = 1 AND unmet <> 0 THEN 1 ELSE 0 END) AS BIGINT), 0) AS unmet,
                COALESCE(CAST(SUM(CASE WHEN lacking = 1 AND unmet = 0 THEN 1 ELSE 0 END) AS BIGINT), 0) AS unknown
         FROM shortfall
         WHERE year = $1 AND unit_path >= $2 AND unit_path < $3 AND title <> ''
         GROUP BY title
         ORDER BY title"
    };
    let rows = sqlx::query(sql)
        .bind(i64::from(year))
        .bind(lower)
        .bind(upper)
        .fetch_all(&mut **tx)
        .await?;
    rows.iter()
        .map(|row| {
            let counts = [
                row.try_get("asked")?,
                row.try_get("unmet")?,
                row.try_get("unknown")?,
            ];
            Ok((row.try_get("title")?, counts))
        })
        .collect()
}

/// Places whose kept counts differ from a fresh count, and the years.
pub async fn wrong(tx: &mut Tx) -> Result<Vec<(String, i64)>> {
    /// Rows read at a time.
    const PORTION: i64 = 20_000;
    let mut tally = Tally::default();
    let sql = format!(
        "SELECT {} FROM shortfall WHERE unit_id > $1 OR (unit_id = $1 AND year > $2) ORDER BY unit_id, year LIMIT $3",
        COLUMNS.join(", ")
    );
    let mut reached = (String::new(), 0_i64);
    loop {
        let rows = sqlx::query(AssertSqlSafe(sql.clone()))
            .bind(reached.0.clone())
            .bind(reached.1)
            .bind(PORTION)
            .fetch_all(&mut **tx)
            .await?;
        let Some(last) = rows.last() else { break };
        reached = (last.try_get("unit_id")?, last.try_get("year")?);
        for row in &rows {
            count(&mut tally, &shortfall_of(row)?, 1);
        }
    }
    let rows = sqlx::query(
        "SELECT place, year, title, facet, value, clause, asked, unmet, unknown FROM shortfall_figure",
    )
    .fetch_all(&mut **tx)
    .await?;
    let mut strange = Vec::new();
    for row in &rows {
        let (place, year): (String, i64) = (row.try_get("place")?, row.try_get("year")?);
        let facet: String = row.try_get("facet")?;
        let Some(facet) = Facet::from_key(&facet) else {
            strange.push((place, year));
            continue;
        };
        let counts: Counts = [
            row.try_get("asked")?,
            row.try_get("unmet")?,
            row.try_get("unknown")?,
        ];
        let key = Key {
            place,
            year,
            title: row.try_get("title")?,
            facet: facet.key(),
            value: row.try_get("value")?,
            clause: row.try_get("clause")?,
        };
        tally.add(key, counts.map(|count| -count));
    }
    strange.extend(tally.rows().map(|(key, _)| (key.place, key.year)));
    strange.sort();
    strange.dedup();
    Ok(strange)
}
