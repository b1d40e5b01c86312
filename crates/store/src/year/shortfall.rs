//! What units lack for the title that they strive for, one row a unit and year, and how often each clause is lacking, counted with every row that is
//! written: pages read counts and lists, and judge nobody.

mod figure;

use std::{collections::HashMap, pin::Pin};

use anyhow::Result;
use jianjia_domain::{
    core::{
        ids::UnitId,
        place::{UnitKind, subtree},
    },
    year::shortfall::{Marks, Shortfall, Step, places},
};
use jianjia_standard::Text;
use sqlx::{AssertSqlSafe, Row, any::AnyRow};

use crate::core::{
    bulk::{self, Value},
    db::Tx,
    place::kind_of_key,
    tally::{Key, Tally},
};

pub use self::figure::{Figure, figures, titles, wrong};

const COLUMNS: [&str; 16] = [
    "unit_id",
    "year",
    "unit_path",
    "unit_kind",
    "employer",
    "trade",
    "size",
    "title",
    "asked",
    "unmet",
    "unknown",
    "lacking",
    "clause",
    "lacks_zh",
    "lacks_en",
    "standard",
];

/// Sets what units lack in a year, one or many thousand; no unit twice. Rows that stay as they are are not written again.
pub async fn set(tx: &mut Tx, year: i16, shortfalls: Vec<Shortfall>) -> Result<()> {
    let ids: Vec<UnitId> = shortfalls.iter().map(|one| one.unit).collect();
    let before = of_units(tx, &ids, year).await?;
    let mut rows = Vec::new();
    for now in shortfalls {
        match before.get(&now.unit) {
            Some(before) if *before == now => continue,
            Some(before) => count(&mut tx.tally, before, -1),
            None => {}
        }
        count(&mut tx.tally, &now, 1);
        rows.push(row(now));
    }
    if rows.is_empty() {
        return Ok(());
    }
    bulk::upsert(tx, "shortfall", &["unit_id", "year"], &COLUMNS, rows).await
}

/// Adds what units lack of which nothing was kept for their year.
pub async fn add(tx: &mut Tx, shortfalls: Vec<Shortfall>) -> Result<()> {
    for one in &shortfalls {
        count(&mut tx.tally, one, 1);
    }
    let rows = shortfalls.into_iter().map(|one| Ok(row(one)));
    bulk::insert_each(tx, "shortfall", &COLUMNS, rows).await
}

/// Adds a unit to the counts of its places, or takes it out of them.
fn count(tally: &mut Tally, shortfall: &Shortfall, sign: i64) {
    count_at(tally, shortfall, &shortfall.unit_path, sign);
}

/// As `count`, for a unit at another path than its row has.
fn count_at(tally: &mut Tally, shortfall: &Shortfall, path: &str, sign: i64) {
    let counted = shortfall.counted();
    for place in places(path, shortfall.kind) {
        for one in &counted {
            let key = Key {
                place: place.to_owned(),
                year: shortfall.year.into(),
                title: shortfall.title.clone(),
                facet: one.facet.key(),
                value: one.value.clone(),
                clause: one.clause,
            };
            tally.add(key, one.counts.map(|count| sign * count));
        }
    }
}

/// See `crate::CARRIED`.
pub(crate) fn carry<'a>(
    tx: &'a mut Tx,
    from: &'a str,
    to: &'a str,
) -> Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>> {
    Box::pin(async move {
        // Below one federation the same places count it.
        if deep(from).is_some() && deep(from) == deep(to) {
            return Ok(());
        }
        let of_all = format!("SELECT {} FROM shortfall", COLUMNS.join(", "));
        let (lower, upper) = subtree(to);
        let sql = format!("{of_all} WHERE unit_path >= $1 AND unit_path < $2 AND title <> ''");
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(lower)
            .bind(upper)
            .fetch_all(&mut **tx)
            .await?;
        for row in &rows {
            let moved = shortfall_of(row)?;
            let rest = moved.unit_path.strip_prefix(to).unwrap_or_default();
            let before = format!("{from}{rest}");
            count_at(&mut tx.tally, &moved, &before, -1);
            count(&mut tx.tally, &moved, 1);
        }
        Ok(())
    })
}

/// The path of the unit right under the city, of a path below it.
fn deep(path: &str) -> Option<&str> {
    let mut ends = path.match_indices('/').map(|(at, _)| at + 1).skip(2);
    let right_under = ends.next()?;
    ends.next().map(|_| &path[..right_under])
}

/// See `crate::OF_LIVING`: a unit that ended strives for nothing from that year on.
pub(crate) fn end<'a>(
    tx: &'a mut Tx,
    unit: &'a UnitId,
    year: i16,
) -> Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>> {
    Box::pin(async move {
        let sql = format!(
            "SELECT {} FROM shortfall WHERE unit_id = $1 AND year >= $2 AND title <> ''",
            COLUMNS.join(", ")
        );
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(unit.to_string())
            .bind(i64::from(year))
            .fetch_all(&mut **tx)
            .await?;
        for row in &rows {
            count(&mut tx.tally, &shortfall_of(row)?, -1);
        }
        if !rows.is_empty() {
            sqlx::query(
                "UPDATE shortfall
                 SET title = '', asked = 0, unmet = 0, unknown = 0, lacking = 0, clause = '', lacks_zh = '', lacks_en = ''
                 WHERE unit_id = $1 AND year >= $2",
            )
            .bind(unit.to_string())
            .bind(i64::from(year))
            .execute(&mut **tx)
            .await?;
        }
        Ok(())
    })
}

/// What these units lack in a year; those of which nothing is kept are left out.
pub async fn of_units(
    tx: &mut Tx,
    units: &[UnitId],
    year: i16,
) -> Result<HashMap<UnitId, Shortfall>> {
    let sql = format!(
        "SELECT {} FROM shortfall WHERE year = $1 AND unit_id IN ({{words}})",
        COLUMNS.join(", ")
    );
    let first = [i64::from(year).into()];
    let rows = bulk::select(tx, &sql, &first, units.iter().map(UnitId::to_string)).await?;
    rows.iter()
        .map(|row| shortfall_of(row).map(|one| (one.unit, one)))
        .collect()
}

/// What the units of a subtree lack for a title, for counting a place that is not counted beside them.
pub async fn within(tx: &mut Tx, path: &str, year: i16, title: &str) -> Result<Vec<Shortfall>> {
    let (lower, upper) = subtree(path);
    let sql = format!(
        "SELECT {} FROM shortfall WHERE year = $1 AND title = $2 AND unit_path >= $3 AND unit_path < $4",
        COLUMNS.join(", ")
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(i64::from(year))
        .bind(title.to_owned())
        .bind(lower)
        .bind(upper)
        .fetch_all(&mut **tx)
        .await?;
    rows.iter().map(shortfall_of).collect()
}

/// The living units of these kinds of which nothing is kept for a year, or what another version of the standard found; so many of them.
pub async fn behind(
    tx: &mut Tx,
    kinds: &[&str],
    year: i16,
    standard: &str,
    limit: i64,
) -> Result<Vec<UnitId>> {
    let first: Vec<String> = (4..4 + kinds.len()).map(|n| format!("${n}")).collect();
    let sql = format!(
        "SELECT unit.id
         FROM unit
         LEFT JOIN shortfall ON shortfall.unit_id = unit.id AND shortfall.year = $1
         WHERE unit.state = 'active' AND unit.kind IN ({}) AND COALESCE(shortfall.standard, '') <> $2
         ORDER BY unit.path
         LIMIT $3",
        first.join(", ")
    );
    let mut query = sqlx::query(AssertSqlSafe(sql))
        .bind(i64::from(year))
        .bind(standard.to_owned())
        .bind(limit);
    for kind in kinds {
        query = query.bind((*kind).to_owned());
    }
    let rows = query.fetch_all(&mut **tx).await?;
    rows.iter()
        .map(|row| Ok(row.try_get::<String, _>("id")?.parse()?))
        .collect()
}

fn row(one: Shortfall) -> Vec<Value> {
    let lacking = one.marks.lacking();
    let (clause, lacks) = one.step.map_or_else(
        || (String::new(), Text::default()),
        |step| (step.clause, step.lacks),
    );
    vec![
        one.unit.to_string().into(),
        i64::from(one.year).into(),
        one.unit_path.into(),
        one.kind.key().into(),
        one.employer.into(),
        one.trade.into(),
        one.size.into(),
        one.title.into(),
        one.marks.asked.into(),
        one.marks.unmet.into(),
        one.marks.unknown.into(),
        lacking.into(),
        clause.into(),
        lacks.zh.into(),
        lacks.en.into(),
        one.standard.into(),
    ]
}

pub(crate) fn shortfall_of(row: &AnyRow) -> Result<Shortfall> {
    let clause: String = row.try_get("clause")?;
    let lacks = Text {
        zh: row.try_get("lacks_zh")?,
        en: row.try_get("lacks_en")?,
    };
    let kind: String = row.try_get("unit_kind")?;
    Ok(Shortfall {
        unit: row.try_get::<String, _>("unit_id")?.parse()?,
        unit_path: row.try_get("unit_path")?,
        year: i16::try_from(row.try_get::<i64, _>("year")?)?,
        kind: kind_of_key(&kind)?,
        employer: row.try_get("employer")?,
        trade: row.try_get("trade")?,
        size: row.try_get("size")?,
        title: row.try_get("title")?,
        marks: Marks {
            asked: row.try_get("asked")?,
            unmet: row.try_get("unmet")?,
            unknown: row.try_get("unknown")?,
        },
        step: (!clause.is_empty()).then_some(Step { clause, lacks }),
        standard: row.try_get("standard")?,
    })
}

/// Whether the counts of a unit are kept: the city's, and those of the federations right under it.
pub fn is_kept(path: &str, kind: UnitKind) -> bool {
    places(path, kind).last() == Some(&path)
}

#[cfg(test)]
mod tests;
