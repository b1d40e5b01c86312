//! Titles held. `event` has what happened to each, `roll` reads them for lists.

mod event;
pub(crate) mod look;
pub mod roll;

use anyhow::{Context, Result};
use jianjia_domain::{
    core::{
        ids::{HonourId, PersonId, UnitId},
        place::{UnitKind, subtree},
    },
    honour::honour::{Honour, HonourSource, HonourState},
};
use sqlx::{AssertSqlSafe, Row, any::AnyRow};

pub use self::{
    event::{add_event, add_events, by_document, events, events_of},
    roll::{RollEntry, RollFilter, RollSort, roll},
};
use crate::{
    core::{
        bulk::{self, Value},
        condition::Conditions,
        db::Tx,
    },
    honour::certificate,
};

/// The columns that `honour_of` reads and `values` writes, in this order.
pub(crate) const COLUMNS: &str = "h.id, h.title, h.level, h.year, h.unit_id, h.unit_path, h.unit_kind, h.division, h.holder_name,
    h.holder_sort_key, h.person_id, h.person_name, h.number, h.begun_on, h.state, h.reconfirmed, h.reconfirmed_by, h.source,
    h.named_by, h.application_id, h.batch_id, h.revision, h.recorded_at";

/// Inserts a new honour.
pub async fn insert(tx: &mut Tx, honour: &Honour) -> Result<()> {
    insert_many(tx, std::slice::from_ref(honour)).await
}

/// Inserts new honours; those that have a certificate get their entries of the status list.
pub async fn insert_many(tx: &mut Tx, honours: &[Honour]) -> Result<()> {
    for honour in honours {
        tx.changed.add(&honour.unit_path);
    }
    let columns: Vec<&'static str> = COLUMNS
        .split(',')
        .map(|column| column.trim().trim_start_matches("h."))
        .collect();
    bulk::insert(tx, "honour", &columns, honours.iter().map(values).collect()).await?;
    let in_force = honours.iter().filter(|honour| honour.is_in_force());
    look::note(tx, in_force.map(|honour| honour.id)).await?;
    certificate::assign(tx, honours).await
}

fn values(honour: &Honour) -> Vec<Value> {
    vec![
        honour.id.to_string().into(),
        honour.title.as_str().into(),
        honour.level.key().into(),
        i64::from(honour.year).into(),
        honour.unit.to_string().into(),
        honour.unit_path.as_str().into(),
        honour.unit_kind.key().into(),
        honour.division.as_str().into(),
        honour.holder_name.as_str().into(),
        honour.holder_sort_key.as_str().into(),
        person_key(honour.person.as_ref()).into(),
        honour.person_name.as_str().into(),
        honour.number.as_str().into(),
        honour.begun_on.to_string().into(),
        honour.state.key().into(),
        i64::from(honour.reconfirmed).into(),
        honour.reconfirmed_by.map(|id| id.to_string()).into(),
        honour.source.key().into(),
        honour.named_by.map(|id| id.to_string()).into(),
        honour.application.map(|id| id.to_string()).into(),
        honour.batch.as_str().into(),
        honour.revision.into(),
        honour.recorded_at.to_string().into(),
    ]
}

pub async fn find(tx: &mut Tx, id: &HonourId) -> Result<Option<Honour>> {
    let row = sqlx::query(AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM honour h WHERE h.id = $1"
    )))
    .bind(id.to_string())
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| honour_of(&row)).transpose()
}

/// The title with a number.
pub async fn of_number(tx: &mut Tx, number: &str) -> Result<Option<Honour>> {
    let row = sqlx::query(AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM honour h WHERE h.number = $1 AND h.number <> ''"
    )))
    .bind(number.to_owned())
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| honour_of(&row)).transpose()
}

/// The titles in force of a unit (`person` is `None`) or of a person, oldest first. Suspended, revoked and withdrawn ones don't count.
pub async fn held(tx: &mut Tx, unit: &UnitId, person: Option<&PersonId>) -> Result<Vec<Honour>> {
    let all = of_holder(tx, unit, person).await?;
    Ok(all.into_iter().filter(Honour::is_in_force).collect())
}

/// The titles of these units and their people, the newest first.
pub async fn of_units(tx: &mut Tx, units: &[UnitId]) -> Result<Vec<Honour>> {
    let sql = format!(
        "SELECT {COLUMNS}
         FROM honour h
         WHERE h.unit_id IN ({{words}})
         ORDER BY h.year DESC, h.id DESC"
    );
    let rows = bulk::select(tx, &sql, &[], units.iter().map(UnitId::to_string)).await?;
    rows.iter().map(honour_of).collect()
}

/// Every title that a unit (`person` is `None`) or a person ever held, in whatever state, oldest first. A person keeps the titles earned at an
/// earlier unit.
pub async fn of_holder(
    tx: &mut Tx,
    unit: &UnitId,
    person: Option<&PersonId>,
) -> Result<Vec<Honour>> {
    let (column, value) = match person {
        Some(person) => ("h.person_id = $1", person.to_string()),
        None => ("h.unit_id = $1 AND h.person_id = ''", unit.to_string()),
    };
    let rows = sqlx::query(AssertSqlSafe(format!(
        "SELECT {COLUMNS}
         FROM honour h
         WHERE {column}
         ORDER BY h.year, h.id"
    )))
    .bind(value)
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(honour_of).collect()
}

/// Which of these units (for themselves) and people hold a title from `first_year` on, in force or suspended: unit, person and number, oldest
/// first.
pub async fn having(
    tx: &mut Tx,
    title: &str,
    first_year: i16,
    units: &[UnitId],
    people: &[PersonId],
) -> Result<Vec<(UnitId, Option<PersonId>, String)>> {
    let mut found = Vec::new();
    let of_units = units.iter().map(ToString::to_string).collect::<Vec<_>>();
    let of_people = people.iter().map(ToString::to_string).collect::<Vec<_>>();
    for (column, ids) in [("h.unit_id", of_units), ("h.person_id", of_people)] {
        if ids.is_empty() {
            continue;
        }
        let mut conditions = Conditions::default();
        conditions.among(column, ids);
        // A union's own titles have no person.
        conditions.and(match column {
            "h.unit_id" => "h.person_id = ''".to_owned(),
            _ => "h.person_id <> ''".to_owned(),
        });
        conditions.equals("h.title", title);
        let first_year = conditions.value(i64::from(first_year));
        conditions.and(format!("h.year >= {first_year}"));
        conditions.and("h.state IN ('in-force', 'suspended')".to_owned());
        let sql = format!(
            "SELECT h.unit_id, h.person_id, h.number
             FROM honour h{}
             ORDER BY h.year, h.id",
            conditions.sql()
        );
        for row in conditions.query(sql).fetch_all(&mut **tx).await? {
            found.push((
                row.try_get::<String, _>("unit_id")?.parse()?,
                person_of(&row)?,
                row.try_get("number")?,
            ));
        }
    }
    Ok(found)
}

/// The titles in force of the units from a path on and before another, and of their people, in the order of the tree: for exports.
pub async fn between(tx: &mut Tx, (lower, upper): (&str, &str)) -> Result<Vec<Honour>> {
    let rows = sqlx::query(AssertSqlSafe(format!(
        "SELECT {COLUMNS}
         FROM honour h
         WHERE h.unit_path >= $1 AND h.unit_path < $2 AND h.state = 'in-force'
         ORDER BY h.unit_path, h.year, h.id"
    )))
    .bind(lower.to_owned())
    .bind(upper.to_owned())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(honour_of).collect()
}

/// Every title on record, in whatever state: for imports.
pub async fn all(tx: &mut Tx) -> Result<Vec<Honour>> {
    let rows = sqlx::query(AssertSqlSafe(format!(
        "SELECT {COLUMNS}
         FROM honour h
         ORDER BY h.holder_sort_key, h.year, h.id"
    )))
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(honour_of).collect()
}

/// The number of titles in a batch.
pub async fn size_of_batch(tx: &mut Tx, batch: &str) -> Result<i64> {
    let row = sqlx::query(
        "SELECT CAST(COUNT(*) AS BIGINT)
         FROM honour
         WHERE batch_id = $1",
    )
    .bind(batch.to_owned())
    .fetch_one(&mut **tx)
    .await?;
    Ok(row.try_get(0)?)
}

/// The titles given in one act, in the order of their numbers.
pub async fn of_batch(tx: &mut Tx, batch: &str) -> Result<Vec<Honour>> {
    if batch.is_empty() {
        return Ok(Vec::new());
    }
    let rows = sqlx::query(AssertSqlSafe(format!(
        "SELECT {COLUMNS}
         FROM honour h
         WHERE h.batch_id = $1
         ORDER BY h.id"
    )))
    .bind(batch.to_owned())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(honour_of).collect()
}

/// The number of units of these kinds below `path` (the unit at `path` excluded) that hold the title in force.
pub async fn holders_below(
    tx: &mut Tx,
    path: &str,
    title: &str,
    kinds: &[UnitKind],
) -> Result<i64> {
    let (lower, upper) = subtree(path);
    let mut conditions = Conditions::default();
    conditions.equals("h.state", HonourState::InForce.key());
    let lower = conditions.value(lower);
    let upper = conditions.value(upper);
    conditions.and(format!("h.unit_path > {lower} AND h.unit_path < {upper}"));
    conditions.equals("h.title", title);
    conditions.among("h.unit_kind", kinds.iter().map(|kind| kind.key()));
    let sql = format!(
        "SELECT CAST(COUNT(DISTINCT h.unit_path) AS BIGINT) FROM honour h{}",
        conditions.sql()
    );
    Ok(conditions
        .query(sql)
        .fetch_one(&mut **tx)
        .await?
        .try_get(0)?)
}

/// Sets the state of an honour if it is still at `revision`; returns whether it was.
pub async fn set_state(
    tx: &mut Tx,
    id: &HonourId,
    revision: i64,
    state: HonourState,
) -> Result<bool> {
    let changed = sqlx::query(
        "UPDATE honour
         SET state = $3, revision = revision + 1
         WHERE id = $1 AND revision = $2
         RETURNING unit_path",
    )
    .bind(id.to_string())
    .bind(revision)
    .bind(state.key())
    .fetch_optional(&mut **tx)
    .await?;
    let Some(row) = changed else {
        return Ok(false);
    };
    tx.changed.add(row.try_get("unit_path")?);
    match state {
        HonourState::InForce => look::note(tx, std::iter::once(*id)).await?,
        _ => look::forget(tx, id).await?,
    }
    Ok(true)
}

/// Marks an honour as reconfirmed by a federation (P5) if it is still at `revision`; returns whether it was.
pub async fn reconfirm(
    tx: &mut Tx,
    id: &HonourId,
    revision: i64,
    by: Option<&UnitId>,
) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE honour
         SET reconfirmed = 1, reconfirmed_by = $3, revision = revision + 1
         WHERE id = $1 AND revision = $2",
    )
    .bind(id.to_string())
    .bind(revision)
    .bind(by.map(ToString::to_string))
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// One act of naming: the titles of one batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    pub id: String,
    pub title: String,
    pub year: i16,
    pub begun_on: String,
    pub named: i64,
    /// How many of them are in force or suspended.
    pub standing: i64,
}

/// The batches of a title and year, newest first.
pub async fn batches(tx: &mut Tx, title: &str, year: i16) -> Result<Vec<Batch>> {
    let rows = sqlx::query(
        "SELECT batch_id, title, year, MIN(begun_on) AS begun_on,
           CAST(COUNT(*) AS BIGINT) AS named,
           CAST(SUM(CASE WHEN state IN ('in-force', 'suspended') THEN 1 ELSE 0 END) AS BIGINT) AS standing
         FROM honour
         WHERE title = $1 AND year = $2 AND batch_id <> ''
         GROUP BY batch_id, title, year
         ORDER BY batch_id DESC",
    )
    .bind(title.to_owned())
    .bind(i64::from(year))
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Batch {
                id: row.try_get("batch_id")?,
                title: row.try_get("title")?,
                year: i16::try_from(row.try_get::<i64, _>("year")?)?,
                begun_on: row.try_get("begun_on")?,
                named: row.try_get("named")?,
                standing: row.try_get("standing")?,
            })
        })
        .collect()
}

/// The last number given to a title's honours of a year; the next naming continues from it.
pub async fn last_number(tx: &mut Tx, counter: &str) -> Result<i64> {
    let row = sqlx::query(
        "SELECT value
         FROM counter
         WHERE name = $1",
    )
    .bind(counter.to_owned())
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|row| row.try_get(0)).transpose()?.unwrap_or(0))
}

fn person_key(person: Option<&PersonId>) -> String {
    person.map_or_else(String::new, ToString::to_string)
}

fn person_of(row: &AnyRow) -> Result<Option<PersonId>> {
    let person: String = row.try_get("person_id")?;
    Ok(if person.is_empty() {
        None
    } else {
        Some(person.parse()?)
    })
}

pub(crate) fn honour_of(row: &AnyRow) -> Result<Honour> {
    let level: String = row.try_get("level")?;
    let kind: String = row.try_get("unit_kind")?;
    let state: String = row.try_get("state")?;
    let source: String = row.try_get("source")?;
    let id = |column: &str| -> Result<Option<String>> { Ok(row.try_get(column)?) };
    Ok(Honour {
        id: row.try_get::<String, _>("id")?.parse()?,
        title: row.try_get("title")?,
        level: level.parse()?,
        year: i16::try_from(row.try_get::<i64, _>("year")?)?,
        unit: row.try_get::<String, _>("unit_id")?.parse()?,
        unit_path: row.try_get("unit_path")?,
        unit_kind: UnitKind::from_key(&kind)
            .with_context(|| format!("unknown unit kind {kind}"))?,
        division: row.try_get("division")?,
        holder_name: row.try_get("holder_name")?,
        holder_sort_key: row.try_get("holder_sort_key")?,
        person: person_of(row)?,
        person_name: row.try_get("person_name")?,
        number: row.try_get("number")?,
        begun_on: row.try_get::<String, _>("begun_on")?.parse()?,
        state: HonourState::from_key(&state)
            .with_context(|| format!("unknown honour state {state}"))?,
        reconfirmed: row.try_get::<i64, _>("reconfirmed")? != 0,
        reconfirmed_by: id("reconfirmed_by")?.map(|id| id.parse()).transpose()?,
        source: HonourSource::from_key(&source)
            .with_context(|| format!("unknown honour source {source}"))?,
        named_by: id("named_by")?.map(|id| id.parse()).transpose()?,
        application: id("application_id")?.map(|id| id.parse()).transpose()?,
        batch: row.try_get("batch_id")?,
        revision: row.try_get("revision")?,
        recorded_at: row.try_get::<String, _>("recorded_at")?.parse()?,
    })
}

#[cfg(test)]
pub(crate) mod tests;
