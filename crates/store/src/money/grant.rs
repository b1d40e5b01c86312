//! Grants, and how far each is.

use std::collections::{BTreeSet, HashMap};

use anyhow::{Context, Result};
use jianjia_domain::{
    core::ids::{GrantId, UnitId},
    money::grant::{Grant, GrantKind, GrantState},
};
use sqlx::{AssertSqlSafe, Row, any::AnyRow};

use crate::core::{
    bulk::{self, Value},
    condition::{Conditions, List, anywhere},
    db::Tx,
    pinyin,
};

const COLUMNS: [&str; 16] = [
    "id",
    "year",
    "book_year",
    "unit_id",
    "unit_path",
    "unit_name",
    "kind",
    "amount_fen",
    "basis",
    "source_key",
    "state",
    "granted_on",
    "granted_by",
    "granted_by_name",
    "granted_at",
    "revision",
];

const SELECTED: &str =
    "g.id, g.year, g.book_year, g.unit_id, g.unit_path, g.unit_name, g.kind, g.amount_fen, g.basis, g.source_key, g.state,
    g.granted_on, g.granted_by, g.granted_by_name, g.granted_at, g.revision";

pub async fn insert(tx: &mut Tx, grants: &[Grant]) -> Result<()> {
    let rows = grants.iter().map(|grant| {
        vec![
            grant.id.to_string().into(),
            i64::from(grant.year).into(),
            i64::from(grant.book_year).into(),
            grant.unit.to_string().into(),
            grant.unit_path.as_str().into(),
            grant.unit_name.as_str().into(),
            grant.kind.key().into(),
            grant.amount_fen.into(),
            grant.basis.as_str().into(),
            grant.source_key.clone().into(),
            grant.state.key().into(),
            grant.granted_on.to_string().into(),
            grant.granted_by.map(|id| id.to_string()).into(),
            grant.granted_by_name.as_str().into(),
            grant.granted_at.to_string().into(),
            grant.revision.into(),
        ]
    });
    bulk::insert(tx, "money_grant", &COLUMNS, rows.collect()).await
}

/// Saves how far grants are; false, where one isn't at the revision before.
pub async fn save_states(tx: &mut Tx, grants: &[Grant]) -> Result<bool> {
    let sql = "UPDATE money_grant
               SET state = given.column2, revision = given.column3
               FROM (VALUES {rows}) AS given
               WHERE money_grant.id = given.column1 AND money_grant.revision = given.column3 - 1";
    let rows: Vec<Vec<Value>> = grants
        .iter()
        .map(|grant| {
            vec![
                grant.id.to_string().into(),
                grant.state.key().into(),
                grant.revision.into(),
            ]
        })
        .collect();
    let changed = bulk::update(tx, sql, &[], rows).await?;
    Ok(usize::try_from(changed)? == grants.len())
}

/// Those of these grants that are there.
pub async fn find_many(tx: &mut Tx, ids: &[GrantId]) -> Result<Vec<Grant>> {
    let sql = format!("SELECT {SELECTED} FROM money_grant g WHERE g.id IN ({{words}})");
    let rows = bulk::select(tx, &sql, &[], ids.iter().map(GrantId::to_string)).await?;
    rows.iter().map(grant_of).collect()
}

/// The unit of a grant that is in force under one of these keys.
pub async fn of_sources(tx: &mut Tx, keys: &[String]) -> Result<Option<String>> {
    let sql = "SELECT unit_name
               FROM money_grant
               WHERE state <> 'cancelled' AND source_key IN ({words})";
    let rows = bulk::select(tx, sql, &[], keys.iter().cloned()).await?;
    rows.first()
        .map(|row| Ok(row.try_get("unit_name")?))
        .transpose()
}

/// Those of these source keys by which something was granted that is not cancelled.
pub async fn sources(tx: &mut Tx, keys: &[String]) -> Result<BTreeSet<String>> {
    let sql = "SELECT source_key
               FROM money_grant
               WHERE state <> 'cancelled' AND source_key IN ({words})";
    let rows = bulk::select(tx, sql, &[], keys.iter().cloned()).await?;
    rows.iter()
        .map(|row| Ok(row.try_get("source_key")?))
        .collect()
}

/// The grants on the accounts of a year that are released and not in a run, by place.
pub async fn to_pay(tx: &mut Tx, book_year: i16) -> Result<Vec<Grant>> {
    let sql = format!(
        "SELECT {SELECTED} FROM money_grant g WHERE g.book_year = $1 AND g.state = 'released' ORDER BY g.unit_path, g.id"
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(i64::from(book_year))
        .fetch_all(&mut **tx)
        .await?;
    let mut grants: Vec<Grant> = rows.iter().map(grant_of).collect::<Result<_>>()?;
    let held = in_open_runs(tx).await?;
    grants.retain(|grant| !held.contains(&grant.id.to_string()));
    Ok(grants)
}

/// The grants that wait in a run for its approval.
async fn in_open_runs(tx: &mut Tx) -> Result<std::collections::HashSet<String>> {
    let rows = sqlx::query(
        "SELECT grant_id
         FROM payment_row
         WHERE run_id IN (SELECT id FROM payment_run WHERE state = 'prepared')",
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| Ok(row.try_get("grant_id")?))
        .collect()
}

/// Whether a grant waits in a run for its approval.
pub async fn is_in_open_run(tx: &mut Tx, id: &GrantId) -> Result<bool> {
    Ok(in_open_runs(tx).await?.contains(&id.to_string()))
}

/// Takes what isn't paid of a year on to the next one's accounts.
pub async fn carry_over(tx: &mut Tx, from: i16, to: i16) -> Result<()> {
    sqlx::query(
        "UPDATE money_grant
         SET book_year = $2, revision = revision + 1
         WHERE book_year = $1 AND state IN ('granted', 'released')",
    )
    .bind(i64::from(from))
    .bind(i64::from(to))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What the grants on the accounts of a year come to, unit by unit, as promised, released, in transit.
pub async fn standing(tx: &mut Tx, book_year: i16) -> Result<HashMap<UnitId, [i64; 3]>> {
    let rows = sqlx::query(
        "SELECT unit_id, state, CAST(SUM(amount_fen) AS BIGINT) AS amount_fen
         FROM money_grant
         WHERE book_year = $1 AND state IN ('granted', 'released', 'sent')
         GROUP BY unit_id, state",
    )
    .bind(i64::from(book_year))
    .fetch_all(&mut **tx)
    .await?;
    let mut found: HashMap<UnitId, [i64; 3]> = HashMap::new();
    for row in &rows {
        let unit: UnitId = row.try_get::<String, _>("unit_id")?.parse()?;
        let place = match row.try_get::<String, _>("state")?.as_str() {
            "granted" => 0,
            "released" => 1,
            _ => 2,
        };
        found.entry(unit).or_default()[place] = row.try_get("amount_fen")?;
    }
    Ok(found)
}

/// What is wanted of the grants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GrantFilter {
    pub year: i16,
    pub within: Vec<String>,
    /// Keys; empty for all.
    pub state: String,
    pub kind: String,
    /// Part of the unit's name or its pinyin, or of the basis.
    pub name: String,
}

/// A portion (limit, offset) of the grants of a year, by place, and how many there are.
pub async fn page(
    tx: &mut Tx,
    filter: &GrantFilter,
    portion: (i64, i64),
) -> Result<(Vec<Grant>, i64)> {
    let mut conditions = Conditions::default();
    conditions.equals("g.year", i64::from(filter.year));
    conditions.within("g.unit_path", &filter.within);
    if !filter.state.is_empty() {
        conditions.equals("g.state", filter.state.as_str());
    }
    if !filter.kind.is_empty() {
        conditions.equals("g.kind", filter.kind.as_str());
    }
    let name = filter.name.trim();
    if !name.is_empty() {
        let called = pinyin::called(&mut conditions, "u.name", "u.sort_key", name);
        let part = conditions.value(anywhere(name));
        conditions.search(format!("({called} OR g.basis LIKE {part} ESCAPE '!')"));
    }
    let list = List {
        table: "money_grant g JOIN unit u ON u.id = g.unit_id",
        key: "g.id",
        order: "g.unit_path, g.id",
        columns: SELECTED,
        from: "money_grant g",
        from_key: "g.id",
        from_order: "g.unit_path, g.id",
    };
    let (rows, total) = conditions.page(tx, &list, portion).await?;
    let grants = rows.iter().map(grant_of).collect::<Result<_>>()?;
    Ok((grants, total))
}

/// How many grants of a year are in each state within subtrees, and what they come to.
pub async fn counts(
    tx: &mut Tx,
    year: i16,
    within: &[String],
) -> Result<Vec<(GrantState, i64, i64)>> {
    let mut conditions = Conditions::default();
    conditions.equals("g.year", i64::from(year));
    conditions.within("g.unit_path", within);
    let sql = format!(
        "SELECT g.state, CAST(COUNT(*) AS BIGINT) AS number, CAST(SUM(g.amount_fen) AS BIGINT) AS amount_fen
         FROM money_grant g{}
         GROUP BY g.state",
        conditions.sql()
    );
    let rows = conditions.query(sql).fetch_all(&mut **tx).await?;
    let mut counts = Vec::new();
    for row in &rows {
        counts.push((
            state_of(row)?,
            row.try_get("number")?,
            row.try_get("amount_fen")?,
        ));
    }
    counts.sort_by_key(|(state, ..)| *state);
    Ok(counts)
}

/// An active unit that a name in a list may mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownUnit {
    pub unit: jianjia_domain::core::place::UnitPlace,
    pub number: i64,
    pub credit_code: Option<String>,
}

/// All active units, for matching a long list by one reading.
pub async fn known_units(tx: &mut Tx) -> Result<Vec<KnownUnit>> {
    let rows = sqlx::query(
        "SELECT id, kind, name, path, number, credit_code
         FROM unit
         WHERE state = 'active'",
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(KnownUnit {
                unit: crate::core::place::place_of(row)?,
                number: row.try_get("number")?,
                credit_code: row.try_get("credit_code")?,
            })
        })
        .collect()
}

fn state_of(row: &AnyRow) -> Result<GrantState> {
    let state: String = row.try_get("state")?;
    GrantState::from_key(&state).with_context(|| format!("no state of a grant {state}"))
}

fn grant_of(row: &AnyRow) -> Result<Grant> {
    let text = |column: &str| row.try_get::<String, _>(column);
    let year = |column: &str| -> Result<i16> { Ok(i16::try_from(row.try_get::<i64, _>(column)?)?) };
    let kind = text("kind")?;
    let granted_by: Option<String> = row.try_get("granted_by")?;
    Ok(Grant {
        id: text("id")?.parse()?,
        year: year("year")?,
        book_year: year("book_year")?,
        unit: text("unit_id")?.parse()?,
        unit_path: text("unit_path")?,
        unit_name: text("unit_name")?,
        kind: GrantKind::from_key(&kind).with_context(|| format!("no kind of grant {kind}"))?,
        amount_fen: row.try_get("amount_fen")?,
        basis: text("basis")?,
        source_key: row.try_get("source_key")?,
        state: state_of(row)?,
        granted_on: text("granted_on")?.parse()?,
        granted_by: granted_by.map(|id| id.parse()).transpose()?,
        granted_by_name: text("granted_by_name")?,
        granted_at: text("granted_at")?.parse()?,
        revision: row.try_get("revision")?,
    })
}

#[cfg(test)]
pub(crate) mod tests;
