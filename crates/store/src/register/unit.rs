//! The units of the register: one unit, those above it and those below it. `list` pages through them, `change` writes them, `version` is their
//! history.

pub mod change;
pub mod list;
pub mod version;

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use jianjia_domain::{
    core::{
        ids::UnitId,
        place::{UnitKind, UnitPlace, is_within, paths_above, subtree},
        text::form::of_union,
    },
    register::{
        credit_code,
        unit::{Unit, UnitDetails, UnitState},
    },
};
use jiff::civil::Date;
use sqlx::{AssertSqlSafe, Row, any::AnyRow};

use crate::core::{
    bulk,
    condition::Conditions,
    db::Tx,
    place::{kind_of, place_of},
};

/// The units above a unit (the numbers in its path), nearest first, without the unit itself.
pub async fn above(tx: &mut Tx, path: &str) -> Result<Vec<UnitPlace>> {
    let mut places = above_any(tx, [path]).await?;
    places.sort_by_key(|place| std::cmp::Reverse(place.path.len()));
    Ok(places)
}

/// The places of these units, in no order.
pub async fn places(tx: &mut Tx, ids: &[UnitId]) -> Result<Vec<UnitPlace>> {
    let sql = "SELECT id, kind, name, path
               FROM unit
               WHERE id IN ({words})";
    let rows = bulk::select(tx, sql, &[], ids.iter().map(UnitId::to_string)).await?;
    rows.iter().map(place_of).collect()
}

/// The units above any of these paths, each once, in no order.
pub async fn above_any<'a>(
    tx: &mut Tx,
    paths: impl IntoIterator<Item = &'a str>,
) -> Result<Vec<UnitPlace>> {
    // A unit's ancestors are the prefixes of its path, so no query has to walk the tree.
    let prefixes: BTreeSet<&str> = paths.into_iter().flat_map(paths_above).collect();
    let sql = "SELECT id, kind, name, path
               FROM unit
               WHERE path IN ({words})";
    let rows = bulk::select(tx, sql, &[], prefixes.into_iter().map(str::to_owned)).await?;
    rows.iter().map(place_of).collect()
}

/// The active units of these kinds, in the order of the tree.
pub async fn of_kinds(tx: &mut Tx, kinds: &[&str]) -> Result<Vec<UnitPlace>> {
    let mut conditions = Conditions::default();
    conditions.equals("state", "active");
    conditions.among("kind", kinds.iter().copied());
    let sql = format!(
        "SELECT id, kind, name, path
         FROM unit{}",
        conditions.sql()
    );
    let mut places = conditions
        .query(sql)
        .fetch_all(&mut **tx)
        .await?
        .iter()
        .map(place_of)
        .collect::<Result<Vec<_>>>()?;
    // Sorted here, because with ORDER BY path SQLite would walk the path index over all units.
    places.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(places)
}

/// The columns that `unit_of` reads.
pub(crate) const COLUMNS: &str = "id, number, parent_id, path, kind, name, sort_key, division, form, credit_code, founded_on, \
     employer, employer_name, employer_credit_code, employer_address, employer_nature, employer_economic_type, \
     employer_industry, phone, workers, members, code_reason, state, ended_on, successor_id, revision, created_at, changed_at";

/// The full record of one unit.
pub async fn find(tx: &mut Tx, id: &UnitId) -> Result<Option<Unit>> {
    let row = sqlx::query(AssertSqlSafe(format!(
        "SELECT {COLUMNS}
         FROM unit
         WHERE id = $1"
    )))
    .bind(id.to_string())
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| unit_of(&row)).transpose()
}

/// The full records of these units, in no order.
pub async fn find_many(tx: &mut Tx, ids: &[UnitId]) -> Result<Vec<Unit>> {
    let sql = format!("SELECT {COLUMNS} FROM unit WHERE id IN ({{words}})");
    let rows = bulk::select(tx, &sql, &[], ids.iter().map(UnitId::to_string)).await?;
    rows.iter().map(unit_of).collect()
}

/// The active units directly below a unit, in Chinese order.
pub async fn below(tx: &mut Tx, id: &UnitId) -> Result<Vec<UnitPlace>> {
    let rows = sqlx::query(
        "SELECT id, kind, name, path
         FROM unit
         WHERE parent_id = $1 AND state = 'active'
         ORDER BY sort_key, path",
    )
    .bind(id.to_string())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(place_of).collect()
}

/// The number of active units of each kind below the unit at `path`, itself excluded.
pub async fn counts_below(tx: &mut Tx, path: &str) -> Result<Vec<(UnitKind, i64)>> {
    let own = [path.to_owned()];
    let mut conditions = Conditions::default();
    conditions.equals("state", UnitState::Active.key());
    if !are_all_within(tx, &own).await? {
        conditions.within("path", &own);
    }
    let itself = conditions.value(path);
    conditions.and(format!("path <> {itself}"));
    let sql = format!(
        "SELECT kind, CAST(COUNT(*) AS BIGINT) AS units
         FROM unit{}
         GROUP BY kind",
        conditions.sql()
    );
    let rows = conditions.query(sql).fetch_all(&mut **tx).await?;
    let mut counts = rows
        .iter()
        .map(|row| Ok((kind_of(row)?, row.try_get("units")?)))
        .collect::<Result<Vec<(UnitKind, i64)>>>()?;
    counts.sort_unstable();
    Ok(counts)
}

/// The full records of all active units in the subtree of `path`: for imports.
pub async fn within(tx: &mut Tx, path: &str) -> Result<Vec<Unit>> {
    let (lower, upper) = subtree(path);
    between(tx, (&lower, &upper), i64::MAX).await
}

/// The full records of the first active units from a path on and before another, in the order of the tree: for exports.
pub async fn between(tx: &mut Tx, (lower, upper): (&str, &str), limit: i64) -> Result<Vec<Unit>> {
    let rows = sqlx::query(AssertSqlSafe(format!(
        "SELECT {COLUMNS}
         FROM unit
         WHERE state = 'active' AND path >= $1 AND path < $2
         ORDER BY path
         LIMIT $3"
    )))
    .bind(lower.to_owned())
    .bind(upper.to_owned())
    .bind(limit)
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(unit_of).collect()
}

/// Up to three active units in the subtree of `path` with this number, or this name or credit code in whatever spelling; those with the number
/// or the code alone, if there are any.
pub async fn meant(tx: &mut Tx, path: &str, text: &str) -> Result<Vec<Unit>> {
    let (lower, upper) = subtree(path);
    let (form, code) = (of_union(text), credit_code::normalise(text));
    // The key holds the name, and its form where that differs. A sign of the pattern only finds more, of which the form tells the right ones.
    let rows = sqlx::query(
        "SELECT id, name, credit_code, CAST(number AS TEXT) AS number
         FROM unit
         WHERE (credit_code = $1 OR CAST(number AS TEXT) = $2 OR sort_key LIKE $3)
           AND state = 'active' AND path >= $4 AND path < $5
         ORDER BY path",
    )
    .bind(code.clone())
    .bind(text.to_owned())
    .bind(format!("%{form}%"))
    .bind(lower)
    .bind(upper)
    .fetch_all(&mut **tx)
    .await?;
    let (mut by_number, mut by_name) = (Vec::new(), Vec::new());
    for row in &rows {
        let id: String = row.try_get("id")?;
        let (number, own_code): (String, Option<String>) =
            (row.try_get("number")?, row.try_get("credit_code")?);
        if number == text || own_code.is_some_and(|own| own == code) {
            by_number.push(id);
        } else if of_union(row.try_get("name")?) == form {
            by_name.push(id);
        }
    }
    let found = if by_number.is_empty() {
        by_name
    } else {
        by_number
    };
    let mut units = Vec::new();
    for id in found.into_iter().take(3) {
        units.extend(find(tx, &id.parse()?).await?);
    }
    Ok(units)
}

/// The active unit that holds a union's credit code.
pub async fn of_credit_code(tx: &mut Tx, code: &str) -> Result<Option<UnitPlace>> {
    let row = sqlx::query(
        "SELECT id, kind, name, path
         FROM unit
         WHERE credit_code = $1 AND state = 'active'",
    )
    .bind(code.to_owned())
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| place_of(&row)).transpose()
}

/// The active unit of this name, in whatever spelling, directly under an upper union.
pub async fn of_name(tx: &mut Tx, upper: &UnitId, name: &str) -> Result<Option<UnitPlace>> {
    let rows = sqlx::query(
        "SELECT id, kind, name, path
         FROM unit
         WHERE parent_id = $1 AND state = 'active'",
    )
    .bind(upper.to_string())
    .fetch_all(&mut **tx)
    .await?;
    let form = of_union(name);
    for row in &rows {
        if of_union(row.try_get("name")?) == form {
            return Ok(Some(place_of(row)?));
        }
    }
    Ok(None)
}

/// Whether these subtrees contain all units. Lists then leave the condition out, because one that every row meets only keeps the planner from using
/// an index in the list's order.
pub(crate) async fn are_all_within(tx: &mut Tx, paths: &[String]) -> Result<bool> {
    if !paths.iter().any(|path| paths_above(path).is_empty()) {
        return Ok(false);
    }
    let rows = sqlx::query(
        "SELECT path
         FROM unit
         WHERE parent_id IS NULL",
    )
    .fetch_all(&mut **tx)
    .await?;
    for row in rows {
        let root: String = row.try_get("path")?;
        if !paths.iter().any(|path| is_within(&root, path)) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The root of the tree: the city.
pub async fn root(tx: &mut Tx) -> Result<Option<UnitPlace>> {
    let row = sqlx::query(
        "SELECT id, kind, name, path
         FROM unit
         WHERE parent_id IS NULL
         ORDER BY number
         LIMIT 1",
    )
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| place_of(&row)).transpose()
}

/// Reads the columns of `COLUMNS`.
pub(crate) fn unit_of(row: &AnyRow) -> Result<Unit> {
    let text = |column: &str| row.try_get::<Option<String>, _>(column);
    let day = |column: &str| -> Result<Option<Date>> {
        Ok(text(column)?.map(|day| day.parse()).transpose()?)
    };
    let state: String = row.try_get("state")?;
    Ok(Unit {
        id: row.try_get::<String, _>("id")?.parse()?,
        number: row.try_get("number")?,
        parent_id: text("parent_id")?.map(|id| id.parse()).transpose()?,
        path: row.try_get("path")?,
        kind: kind_of(row)?,
        details: UnitDetails {
            name: row.try_get("name")?,
            division: row.try_get("division")?,
            form: text("form")?,
            credit_code: text("credit_code")?,
            code_reason: text("code_reason")?,
            founded_on: day("founded_on")?,
            employer: text("employer")?,
            employer_name: text("employer_name")?,
            employer_credit_code: text("employer_credit_code")?,
            employer_address: text("employer_address")?,
            employer_nature: text("employer_nature")?,
            employer_economic_type: text("employer_economic_type")?,
            employer_industry: text("employer_industry")?,
            phone: text("phone")?,
            workers: row.try_get("workers")?,
            members: row.try_get("members")?,
        },
        sort_key: row.try_get("sort_key")?,
        state: UnitState::from_key(&state)
            .with_context(|| format!("unknown unit state {state}"))?,
        ended_on: day("ended_on")?,
        successor_id: text("successor_id")?.map(|id| id.parse()).transpose()?,
        revision: row.try_get("revision")?,
        created_at: row.try_get::<String, _>("created_at")?.parse()?,
        changed_at: row.try_get::<String, _>("changed_at")?.parse()?,
    })
}
