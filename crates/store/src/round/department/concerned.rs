//! Whom departments are asked about: the units that apply in a year for titles that vetoes bar, or hold one by this year's round; of a branch and of
//! a person the union above.

use std::collections::BTreeMap;

use anyhow::Result;
use jianjia_domain::register::unit::Unit;
use sqlx::Row;

use crate::{
    core::{condition::Conditions, db::Tx},
    register::unit::{COLUMNS as UNIT_COLUMNS, unit_of},
};

/// The units concerned that are on no list of a department yet, in the order of their names.
pub async fn unasked(
    tx: &mut Tx,
    (year, department): (i16, &str),
    titles: &[String],
) -> Result<Vec<Unit>> {
    let mut conditions = Conditions::default();
    let over = over(&mut conditions, year, titles);
    let columns: Vec<String> = UNIT_COLUMNS
        .split(',')
        .map(|column| format!("u.{}", column.trim()))
        .collect();
    let (year, department) = (
        conditions.value(i64::from(year)),
        conditions.value(department),
    );
    let sql = format!(
        "{over}
         SELECT {}
         FROM unit u
         JOIN over o ON o.id = u.id
         WHERE u.kind <> 'branch' AND u.state = 'active' AND NOT EXISTS (
           SELECT 1
           FROM department_asked q
           WHERE q.year = {year} AND q.department = {department} AND q.unit_id = u.id)
         ORDER BY u.sort_key, u.id",
        columns.join(", ")
    );
    let rows = conditions.query(sql).fetch_all(&mut **tx).await?;
    rows.iter().map(unit_of).collect()
}

/// How many units are concerned in a year, and how many of them are on each department's lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConcernedCounts {
    pub units: i64,
    pub asked: BTreeMap<String, i64>,
}

impl ConcernedCounts {
    /// How many a department was not asked about yet.
    pub fn fresh(&self, department: &str) -> i64 {
        self.units - self.asked.get(department).copied().unwrap_or_default()
    }
}

/// Counts the units concerned, and those of them that departments were asked about.
pub async fn count_concerned(tx: &mut Tx, year: i16, titles: &[String]) -> Result<ConcernedCounts> {
    let mut conditions = Conditions::default();
    let over = over(&mut conditions, year, titles);
    let year = conditions.value(i64::from(year));
    let sql = format!(
        "{over}, concerned AS MATERIALIZED (
           SELECT id
           FROM over
           WHERE kind <> 'branch' AND state = 'active'
         )
         SELECT q.department AS department, CAST(COUNT(*) AS BIGINT) AS units
         FROM department_asked q
         WHERE q.year = {year} AND q.unit_id IN (SELECT id FROM concerned)
         GROUP BY q.department
         UNION ALL
         SELECT '' AS department, CAST(COUNT(*) AS BIGINT) AS units
         FROM concerned"
    );
    let rows = conditions.query(sql).fetch_all(&mut **tx).await?;
    let mut counts = ConcernedCounts::default();
    for row in &rows {
        let (department, units): (String, i64) =
            (row.try_get("department")?, row.try_get("units")?);
        if department.is_empty() {
            counts.units = units;
        } else {
            counts.asked.insert(department, units);
        }
    }
    Ok(counts)
}

/// The beginning of a statement: `over` are the units of the applications, and for branches what is above them up to their unions.
fn over(conditions: &mut Conditions, year: i16, titles: &[String]) -> String {
    conditions.equals("year", i64::from(year));
    conditions.among("title", titles.iter().map(String::as_str));
    conditions.among("state", ["under-review", "returned", "named"]);
    let applying = conditions.sql();
    format!(
        "WITH RECURSIVE over (id, kind, parent_id, state) AS (
           SELECT id, kind, parent_id, state FROM unit WHERE id IN (SELECT unit_id FROM application{applying})
           UNION
           SELECT u.id, u.kind, u.parent_id, u.state FROM unit u JOIN over o ON u.id = o.parent_id WHERE o.kind = 'branch'
         )"
    )
}
