//! The units that lack a clause, or one alone, as lists; and how many of each federation below a place do. All of it by the bits that `shortfall` keeps.

use anyhow::Result;
use jianjia_domain::{
    core::place::{UnitPlace, subtree},
    year::shortfall::{Facet, Shortfall, bit},
};
use sqlx::Row;

use crate::{
    core::{
        condition::{Conditions, List},
        db::Tx,
        place::place_of,
    },
    year::shortfall::{Figure, shortfall_of},
};

jianjia_standard::keyed! {
    /// How a clause stands with the units that are listed.
    pub enum Stands {
        Unmet = "unmet",
        Unknown = "unknown",
        /// Unmet or unknown.
        Lacking = "lacking",
        /// Whichever way, as long as it applies.
        Asked = "asked",
    }
}

/// What is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LackingFilter {
    /// The path of a federation.
    pub within: String,
    /// Paths whose subtrees are left out.
    pub but: Vec<String>,
    pub year: i16,
    pub title: String,
    /// A clause by its number, and how it stands; none: whoever strives for the title.
    pub clause: Option<(usize, Stands)>,
    /// Only those that lack one clause alone: any, or that of this key.
    pub step: Option<Only>,
    /// Values of facets; an empty one is not known.
    pub values: Vec<(Facet, String)>,
}

/// Which of those that lack one clause alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Only {
    pub clause: Option<String>,
    /// Whether it is unknown, or unmet.
    pub is_unknown: Option<bool>,
}

/// A unit of the list, with whom to telephone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lacking {
    pub unit: UnitPlace,
    pub upper_name: String,
    pub shortfall: Shortfall,
    pub phone: String,
    pub chair: String,
    pub chair_phone: String,
}

const LISTED: &str = "listed.unit_id, listed.year, listed.unit_path, listed.unit_kind, listed.employer, listed.trade, listed.size, listed.title,
    listed.asked, listed.unmet, listed.unknown, listed.clause, listed.lacks_zh, listed.lacks_en, listed.standard,
    unit.id, unit.kind, unit.name, unit.path, COALESCE(unit.phone, '') AS phone, COALESCE(upper_unit.name, '') AS upper_name,
    COALESCE((SELECT person.name FROM person WHERE person.unit_id = listed.unit_id AND person.post = 'chair' AND person.left_on IS NULL
              ORDER BY person.id LIMIT 1), '') AS chair,
    COALESCE((SELECT person.phone FROM person WHERE person.unit_id = listed.unit_id AND person.post = 'chair' AND person.left_on IS NULL
              ORDER BY person.id LIMIT 1), '') AS chair_phone";

/// Some of the units, in the order of the tree, and how many there are.
pub async fn list(
    tx: &mut Tx,
    filter: &LackingFilter,
    portion: (i64, i64),
) -> Result<(Vec<Lacking>, i64)> {
    let from = format!(
        "(SELECT * FROM shortfall WHERE year = {}) AS listed
         JOIN unit ON unit.id = listed.unit_id
         LEFT JOIN unit AS upper_unit ON upper_unit.id = unit.parent_id",
        filter.year
    );
    let list = List {
        table: "shortfall",
        key: "unit_id",
        order: "unit_path",
        columns: LISTED,
        from: &from,
        from_key: "listed.unit_id",
        from_order: "listed.unit_path",
    };
    let (rows, total) = conditions(filter).page(tx, &list, portion).await?;
    let lines = rows.iter().map(|row| {
        Ok(Lacking {
            unit: place_of(row)?,
            upper_name: row.try_get("upper_name")?,
            shortfall: shortfall_of(row)?,
            phone: row.try_get("phone")?,
            chair: row.try_get("chair")?,
            chair_phone: row.try_get("chair_phone")?,
        })
    });
    Ok((lines.collect::<Result<_>>()?, total))
}

fn conditions(filter: &LackingFilter) -> Conditions {
    let mut conditions = Conditions::default();
    conditions.equals("year", i64::from(filter.year));
    conditions.equals("title", filter.title.as_str());
    conditions.within("unit_path", std::slice::from_ref(&filter.within));
    for path in &filter.but {
        let (lower, upper) = subtree(path);
        let (lower, upper) = (conditions.value(lower), conditions.value(upper));
        conditions.and(format!("(unit_path < {lower} OR unit_path >= {upper})"));
    }
    if let Some((number, stands)) = filter.clause {
        let bit = conditions.value(bit(number));
        conditions.and(match stands {
            Stands::Unmet => format!("(unmet & {bit}) <> 0"),
            Stands::Unknown => format!("(unknown & {bit}) <> 0"),
            Stands::Lacking => format!("((unmet | unknown) & {bit}) <> 0"),
            Stands::Asked => format!("(asked & {bit}) <> 0"),
        });
    }
    if let Some(only) = &filter.step {
        // As the index says it, so that it is taken.
        conditions.and("lacking = 1".to_owned());
        if let Some(clause) = &only.clause {
            conditions.equals("clause", clause.as_str());
        }
        match only.is_unknown {
            Some(true) => conditions.and("unknown <> 0".to_owned()),
            Some(false) => conditions.and("unknown = 0".to_owned()),
            None => {}
        }
    }
    for (facet, value) in &filter.values {
        match facet {
            Facet::All => {}
            Facet::Kind => conditions.equals("unit_kind", value.as_str()),
            Facet::Employer => conditions.equals("employer", value.as_str()),
            Facet::Trade => conditions.equals("trade", value.as_str()),
            Facet::Size => conditions.equals("size", value.as_str()),
        }
    }
    conditions
}

/// How often a clause is lacking below each of these federations, all of one upper one. None: how many strive for the title, and of them lack one clause
/// alone.
pub async fn by_child(
    tx: &mut Tx,
    upper: &UnitPlace,
    are_kept: bool,
    year: i16,
    title: &str,
    clause: Option<usize>,
) -> Result<Vec<(String, Figure)>> {
    if are_kept {
        return kept_by_child(tx, upper, year, title, clause).await;
    }
    let (asked, unmet, unknown) = match clause {
        Some(_) => (
            "(s.asked & $4) <> 0",
            "(s.unmet & $4) <> 0",
            "(s.unknown & $4) <> 0",
        ),
        None => (
            "$4 = $4",
            "s.lacking = 1 AND s.unmet <> 0",
            "s.lacking = 1 AND s.unmet = 0",
        ),
    };
    let sum = |condition| format!("CAST(SUM(CASE WHEN {condition} THEN 1 ELSE 0 END) AS BIGINT)");
    let sql = format!(
        "SELECT below.path, {} AS asked, {} AS unmet, {} AS unknown
         FROM unit AS below
         JOIN shortfall AS s ON s.year = $2 AND s.title = $3 AND s.unit_path >= below.path
           AND s.unit_path < SUBSTR(below.path, 1, LENGTH(below.path) - 1) || '0'
         WHERE below.parent_id = $1 AND below.state = 'active' AND below.kind NOT IN ('grassroots', 'direct', 'branch')
         GROUP BY below.path
         ORDER BY below.path",
        sum(asked),
        sum(unmet),
        sum(unknown)
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(upper.id.to_string())
        .bind(i64::from(year))
        .bind(title.to_owned())
        .bind(clause.map_or(0, bit))
        .fetch_all(&mut **tx)
        .await?;
    rows.iter().map(|row| figure(row, clause)).collect()
}

async fn kept_by_child(
    tx: &mut Tx,
    upper: &UnitPlace,
    year: i16,
    title: &str,
    clause: Option<usize>,
) -> Result<Vec<(String, Figure)>> {
    let number = clause.map_or(-1, |number| i64::try_from(number).unwrap_or(-1));
    let rows = sqlx::query(
        "SELECT below.path, f.asked, f.unmet, f.unknown
         FROM unit AS below
         JOIN shortfall_figure AS f ON f.place = below.path AND f.year = $2 AND f.title = $3 AND f.facet = 'all' AND f.value = '' AND f.clause = $4
         WHERE below.parent_id = $1 AND below.state = 'active' AND below.kind NOT IN ('grassroots', 'direct', 'branch')
         ORDER BY below.path",
    )
    .bind(upper.id.to_string())
    .bind(i64::from(year))
    .bind(title.to_owned())
    .bind(number)
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(|row| figure(row, clause)).collect()
}

fn figure(row: &sqlx::any::AnyRow, clause: Option<usize>) -> Result<(String, Figure)> {
    Ok((
        row.try_get("path")?,
        Figure {
            value: String::new(),
            clause: clause.map_or(-1, |number| i64::try_from(number).unwrap_or(-1)),
            asked: row.try_get("asked")?,
            unmet: row.try_get("unmet")?,
            unknown: row.try_get("unknown")?,
        },
    ))
}

#[cfg(test)]
mod tests;
