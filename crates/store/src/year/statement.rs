//! Statements: answers to the facts of a year, appended, never overwritten.

use std::collections::HashMap;

use anyhow::{Context, Result};
use jianjia_domain::{
    core::ids::{PersonId, UnitId},
    year::statement::{self, Facts, Source, Statement},
};
use sqlx::{Row, any::AnyRow};

use crate::{
    core::{
        bulk::{self, Value},
        db::Tx,
    },
    year::participation::{self, Done},
};

const COLUMNS: [&str; 11] = [
    "id",
    "unit_id",
    "unit_path",
    "person_id",
    "year",
    "source",
    "facts",
    "said_by",
    "said_by_name",
    "said_at",
    "request_key",
];

/// Inserts statements, in batches.
pub async fn insert(tx: &mut Tx, statements: &[Statement]) -> Result<()> {
    bulk::insert_each(tx, "statement", &COLUMNS, statements.iter().map(row_of)).await?;
    let of_units = statements
        .iter()
        .filter(|statement| statement.person.is_none())
        .map(|statement| (statement.unit, statement.year));
    participation::note(tx, Done::Said, of_units).await
}

/// The statements of a unit (or of one of its people) for a year, in order.
pub async fn of_year(
    tx: &mut Tx,
    unit: &UnitId,
    person: Option<&PersonId>,
    year: i16,
) -> Result<Vec<Statement>> {
    sqlx::query(
        "SELECT id, unit_id, unit_path, person_id, year, source, facts, said_by, said_by_name, said_at, request_key
         FROM statement
         WHERE unit_id = $1 AND person_id = $2 AND year = $3
         ORDER BY id",
    )
    .bind(unit.to_string())
    .bind(person.map_or_else(String::new, ToString::to_string))
    .bind(i64::from(year))
    .fetch_all(&mut **tx)
    .await?
    .iter()
    .map(statement_of)
    .collect()
}

/// The facts of a year: the fold of its statements.
pub async fn facts_of(
    tx: &mut Tx,
    unit: &UnitId,
    person: Option<&PersonId>,
    year: i16,
) -> Result<Facts> {
    Ok(statement::fold(&of_year(tx, unit, person, year).await?))
}

/// The facts of a year for units themselves; a unit without a statement is not in the map.
pub async fn facts_of_units(
    tx: &mut Tx,
    units: &[UnitId],
    year: i16,
) -> Result<HashMap<UnitId, Facts>> {
    let said = said(tx, units, "person_id = ''", year).await?;
    Ok(said
        .into_iter()
        .map(|((unit, _), facts)| (unit, facts))
        .collect())
}

/// The facts of a year for all people of these units; a person without a statement is not in the map.
pub async fn facts_of_people(
    tx: &mut Tx,
    units: &[UnitId],
    year: i16,
) -> Result<HashMap<(UnitId, PersonId), Facts>> {
    let said = said(tx, units, "person_id <> ''", year).await?;
    Ok(said
        .into_iter()
        .filter_map(|((unit, person), facts)| Some(((unit, person?), facts)))
        .collect())
}

async fn said(
    tx: &mut Tx,
    units: &[UnitId],
    of: &'static str,
    year: i16,
) -> Result<HashMap<(UnitId, Option<PersonId>), Facts>> {
    let sql = format!(
        "SELECT id, unit_id, unit_path, person_id, year, source, facts, said_by, said_by_name, said_at, request_key
         FROM statement
         WHERE {of} AND year = $1 AND unit_id IN ({{words}})
         ORDER BY id"
    );
    let first = [i64::from(year).into()];
    let rows = bulk::select(tx, &sql, &first, units.iter().map(UnitId::to_string)).await?;
    let mut said: HashMap<_, Vec<Statement>> = HashMap::new();
    for row in &rows {
        let statement = statement_of(row)?;
        let of = (statement.unit, statement.person);
        said.entry(of).or_default().push(statement);
    }
    Ok(said
        .into_iter()
        .map(|(of, statements)| (of, statement::fold(&statements)))
        .collect())
}

/// Whether a form with this key was saved before.
pub async fn is_said(tx: &mut Tx, request_key: &str) -> Result<bool> {
    let row = sqlx::query(
        "SELECT id
         FROM statement
         WHERE request_key = $1",
    )
    .bind(request_key)
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.is_some())
}

fn row_of(statement: &Statement) -> Result<Vec<Value>> {
    Ok(vec![
        statement.id.to_string().into(),
        statement.unit.to_string().into(),
        statement.unit_path.clone().into(),
        statement
            .person
            .map_or_else(String::new, |id| id.to_string())
            .into(),
        i64::from(statement.year).into(),
        statement.source.key().into(),
        serde_json::to_string(&statement.facts)?.into(),
        statement.said_by.map(|id| id.to_string()).into(),
        statement.said_by_name.clone().into(),
        statement.said_at.to_string().into(),
        statement.request_key.clone().into(),
    ])
}

fn statement_of(row: &AnyRow) -> Result<Statement> {
    let person: String = row.try_get("person_id")?;
    let source: String = row.try_get("source")?;
    let said_by: Option<String> = row.try_get("said_by")?;
    Ok(Statement {
        id: row.try_get::<String, _>("id")?.parse()?,
        unit: row.try_get::<String, _>("unit_id")?.parse()?,
        unit_path: row.try_get("unit_path")?,
        person: if person.is_empty() {
            None
        } else {
            Some(person.parse()?)
        },
        year: i16::try_from(row.try_get::<i64, _>("year")?)?,
        source: Source::from_key(&source).with_context(|| format!("unknown source {source}"))?,
        facts: serde_json::from_str(&row.try_get::<String, _>("facts")?)
            .context("the facts of a statement")?,
        said_by: said_by.map(|id| id.parse()).transpose()?,
        said_by_name: row.try_get("said_by_name")?,
        said_at: row.try_get::<String, _>("said_at")?.parse()?,
        request_key: row.try_get("request_key")?,
    })
}
