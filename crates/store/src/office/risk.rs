//! Units that may miss the round, in a subtree, each list one query over the index of units by path; and whom to remind of it.

use anyhow::Result;
use jianjia_domain::{
    core::{
        ids::{AccountId, PollId, UnitId},
        place::UnitKind,
        policy::Role,
    },
    office::risk::{AtRisk, Risk},
};
use jiff::Timestamp;
use sqlx::{Row, any::AnyRow};

use crate::core::{
    bulk::{self, Value},
    condition::Conditions,
    db::Tx,
    place::place_of,
};

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RiskFilter {
    pub risk: Risk,
    pub year: i16,
    /// The federation's path.
    pub within: String,
    /// The kinds of units that apply themselves.
    pub kinds: Vec<UnitKind>,
    /// Files that wait since before this.
    pub since: Timestamp,
    /// Only these; empty: all.
    pub among: Vec<UnitId>,
}

const SAID: &str = "EXISTS (SELECT 1 FROM statement WHERE statement.unit_id = unit.id AND statement.person_id = '' AND statement.year = {year})";
const APPLIED: &str = "EXISTS (SELECT 1 FROM application WHERE application.unit_id = unit.id AND application.year = {year} AND application.state NOT IN ('draft', 'withdrawn'))";
const RATED: &str =
    "EXISTS (SELECT 1 FROM rating WHERE rating.unit_id = unit.id AND rating.year = {year})";

/// Some of the units at risk from `offset` on, in the order of the tree, and how many there are.
pub async fn list(
    tx: &mut Tx,
    filter: &RiskFilter,
    limit: i64,
    offset: i64,
) -> Result<(Vec<AtRisk>, i64)> {
    if filter.risk == Risk::Waiting {
        return waiting(tx, filter, limit, offset).await;
    }
    let mut conditions = Conditions::default();
    let year = conditions.value(i64::from(filter.year));
    let with_year = |piece: &str| piece.replace("{year}", &year);
    conditions.equals("unit.state", "active");
    conditions.within("unit.path", std::slice::from_ref(&filter.within));
    conditions.among(
        "unit.kind",
        filter.kinds.iter().map(|kind| kind.key().to_owned()),
    );
    if !filter.among.is_empty() {
        conditions.among("unit.id", filter.among.iter().map(UnitId::to_string));
    }
    match filter.risk {
        Risk::NotBegun => {
            conditions.and(format!("NOT {}", with_year(SAID)));
            conditions.and(format!("NOT {}", with_year(APPLIED)));
        }
        Risk::NotApplied => {
            conditions.and(with_year(SAID));
            conditions.and(format!("NOT {}", with_year(APPLIED)));
        }
        Risk::NotRated => conditions.and(format!("NOT {}", with_year(RATED))),
        Risk::Waiting => {}
    }
    let matching = conditions.sql();
    let (limit, offset) = (conditions.value(limit), conditions.value(offset));
    // What is shown beside is read for the page alone.
    let sql = format!(
        "SELECT unit.id, unit.kind, unit.name, unit.path, unit.total, COALESCE(upper_unit.name, '') AS upper_name,
                COALESCE(standing.answered, 0) AS answered, COALESCE(standing.asked, 0) AS asked,
                CAST(CASE WHEN {said} THEN 1 ELSE 0 END AS BIGINT) AS has_begun,
                CAST(CASE WHEN {applied} THEN 1 ELSE 0 END AS BIGINT) AS has_applied,
                CAST(CASE WHEN {rated} THEN 1 ELSE 0 END AS BIGINT) AS is_rated
         FROM (SELECT unit.id, unit.kind, unit.name, unit.path, unit.parent_id, CAST(COUNT(*) OVER () AS BIGINT) AS total
               FROM unit{matching}
               ORDER BY unit.path
               LIMIT {limit} OFFSET {offset}) AS unit
         LEFT JOIN unit AS upper_unit ON upper_unit.id = unit.parent_id
         LEFT JOIN standing ON standing.unit_id = unit.id AND standing.year = {year}
         ORDER BY unit.path",
        said = with_year(SAID),
        applied = with_year(APPLIED),
        rated = with_year(RATED),
    );
    let rows = conditions.query(sql).fetch_all(&mut **tx).await?;
    let total = total(&rows)?;
    let lines = rows
        .iter()
        .map(|row| {
            let flag = |column: &str| -> Result<bool> { Ok(row.try_get::<i64, _>(column)? == 1) };
            Ok(AtRisk {
                unit: place_of(row)?,
                upper_name: row.try_get("upper_name")?,
                answered: row.try_get("answered")?,
                asked: row.try_get("asked")?,
                has_begun: flag("has_begun")?,
                has_applied: flag("has_applied")?,
                is_rated: flag("is_rated")?,
                files: 0,
                oldest_at: None,
            })
        })
        .collect::<Result<_>>()?;
    Ok((lines, total))
}

/// The offices of a subtree at which files of the subtree wait too long, the longest-waiting first.
async fn waiting(
    tx: &mut Tx,
    filter: &RiskFilter,
    limit: i64,
    offset: i64,
) -> Result<(Vec<AtRisk>, i64)> {
    let mut conditions = Conditions::default();
    conditions.equals("application.year", i64::from(filter.year));
    conditions.equals("application.state", "under-review");
    conditions.within(
        "application.unit_path",
        std::slice::from_ref(&filter.within),
    );
    let since = conditions.value(filter.since.to_string());
    conditions.and(format!("application.since_at < {since}"));
    if !filter.among.is_empty() {
        conditions.among(
            "application.at_unit_id",
            filter.among.iter().map(UnitId::to_string),
        );
    }
    let matching = conditions.sql();
    let inside = conditions.ranges("unit.path", std::slice::from_ref(&filter.within));
    let (limit, offset) = (conditions.value(limit), conditions.value(offset));
    let sql = format!(
        "SELECT unit.id, unit.kind, unit.name, unit.path, COALESCE(upper_unit.name, '') AS upper_name,
                late.files, late.oldest_at, CAST(COUNT(*) OVER () AS BIGINT) AS total
         FROM (SELECT application.at_unit_id, CAST(COUNT(*) AS BIGINT) AS files, MIN(application.since_at) AS oldest_at
               FROM application{matching}
               GROUP BY application.at_unit_id) AS late
         JOIN unit ON unit.id = late.at_unit_id AND {inside}
         LEFT JOIN unit AS upper_unit ON upper_unit.id = unit.parent_id
         ORDER BY late.oldest_at, unit.path
         LIMIT {limit} OFFSET {offset}"
    );
    let rows = conditions.query(sql).fetch_all(&mut **tx).await?;
    let total = total(&rows)?;
    let lines = rows
        .iter()
        .map(|row| {
            Ok(AtRisk {
                unit: place_of(row)?,
                upper_name: row.try_get("upper_name")?,
                answered: 0,
                asked: 0,
                has_begun: true,
                has_applied: true,
                is_rated: true,
                files: row.try_get("files")?,
                oldest_at: Some(row.try_get::<String, _>("oldest_at")?.parse()?),
            })
        })
        .collect::<Result<_>>()?;
    Ok((lines, total))
}

fn total(rows: &[AnyRow]) -> Result<i64> {
    match rows.first() {
        Some(row) => Ok(row.try_get("total")?),
        None => Ok(0),
    }
}

/// The open accounts with one of these roles at units, in the order of the units' ids; an account is in it once for each unit.
pub async fn answering(
    tx: &mut Tx,
    units: &[UnitId],
    roles: &[Role],
) -> Result<Vec<(UnitId, AccountId)>> {
    let first: Vec<Value> = roles.iter().map(|role| role.key().into()).collect();
    let places: Vec<String> = (1..=first.len()).map(|place| format!("${place}")).collect();
    let sql = format!(
        "SELECT DISTINCT account_role.unit_id, account_role.account_id
         FROM account_role
         JOIN account ON account.id = account_role.account_id AND account.state = 'active'
         WHERE account_role.role IN ({}) AND account_role.unit_id IN ({{words}})
         ORDER BY account_role.unit_id, account_role.account_id",
        places.join(", ")
    );
    let rows = bulk::select(tx, &sql, &first, units.iter().map(UnitId::to_string)).await?;
    rows.iter()
        .map(|row| {
            let unit: String = row.try_get("unit_id")?;
            let account: String = row.try_get("account_id")?;
            Ok((unit.parse()?, account.parse()?))
        })
        .collect()
}

/// Those of these accounts that have a message of a kind whose key ends so, by key.
pub async fn told(
    tx: &mut Tx,
    accounts: &[AccountId],
    kind: &str,
    once: &str,
) -> Result<Vec<(AccountId, String)>> {
    let sql = "SELECT account_id, told_key
               FROM message
               WHERE kind = $1 AND told_key LIKE $2 AND account_id IN ({words})";
    let first = [kind.into(), format!("%:{once}").into()];
    let rows = bulk::select(tx, sql, &first, accounts.iter().map(AccountId::to_string)).await?;
    rows.iter()
        .map(|row| {
            let account: String = row.try_get("account_id")?;
            Ok((account.parse()?, row.try_get("told_key")?))
        })
        .collect()
}

/// The polls of a year that were opened and are not over: poll, unit and its name.
pub async fn polls_under_way(tx: &mut Tx, year: i16) -> Result<Vec<(PollId, UnitId, String)>> {
    let rows = sqlx::query(
        "SELECT id, unit_id, unit_name
         FROM poll
         WHERE year = $1 AND state IN ('open', 'closed', 'counted')
         ORDER BY unit_path, id",
    )
    .bind(i64::from(year))
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| {
            let id: String = row.try_get("id")?;
            let unit: String = row.try_get("unit_id")?;
            Ok((id.parse()?, unit.parse()?, row.try_get("unit_name")?))
        })
        .collect()
}
