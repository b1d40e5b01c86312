//! Units that may miss the round, in a subtree: counted by the index of what units did in the year, listed by that of the units' paths; and whom to
//! remind of it.

use anyhow::Result;
use jianjia_domain::{
    core::{
        ids::{AccountId, PollId, UnitId},
        place::UnitKind,
        policy::Role,
    },
    office::risk::{AtRisk, Risk, RiskCounts},
};
use jiff::Timestamp;
use sqlx::Row;

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
    /// The path of the federation or the city.
    pub within: String,
    /// Without this one: a federation need not be told of itself.
    pub but: Option<UnitId>,
    /// The kinds of units that apply themselves.
    pub kinds: Vec<UnitKind>,
    /// Files that wait since before this.
    pub since: Timestamp,
    /// Only these; empty: all.
    pub among: Vec<UnitId>,
}

/// How many units are at each risk, whichever the filter names: the units and what they did are counted by one range of an index each.
pub async fn counts(tx: &mut Tx, filter: &RiskFilter) -> Result<RiskCounts> {
    let mut conditions = Conditions::default();
    conditions.equals("state", "active");
    conditions.among("kind", filter.kinds.iter().map(|kind| kind.key()));
    conditions.within("path", std::slice::from_ref(&filter.within));
    but(&mut conditions, "id", filter);
    let sql = format!(
        "SELECT CAST(COUNT(*) AS BIGINT) FROM unit{}",
        conditions.sql()
    );
    let units: i64 = conditions
        .query(sql)
        .fetch_one(&mut **tx)
        .await?
        .try_get(0)?;

    let conditions = participating(filter);
    let row = conditions
        .query(figures_sql(&conditions))
        .fetch_one(&mut **tx)
        .await?;
    let begun: i64 = row.try_get("begun")?;
    let rated: i64 = row.try_get("rated")?;

    let mut conditions = Conditions::default();
    let late = late(&mut conditions, filter);
    let sql = format!("SELECT CAST(COUNT(*) AS BIGINT) FROM {late}");
    Ok(RiskCounts {
        not_begun: units - begun,
        not_applied: row.try_get("not_applied")?,
        not_rated: units - rated,
        waiting: conditions
            .query(sql)
            .fetch_one(&mut **tx)
            .await?
            .try_get(0)?,
    })
}

/// The living units that apply themselves and did something in the year.
fn participating(filter: &RiskFilter) -> Conditions {
    let mut conditions = Conditions::default();
    conditions.equals("year", i64::from(filter.year));
    conditions.within("unit_path", std::slice::from_ref(&filter.within));
    conditions.equals("unit_state", "active");
    conditions.among("unit_kind", filter.kinds.iter().map(|kind| kind.key()));
    if let Some(but) = &filter.but {
        let but = conditions.value(but.to_string());
        // By its path, which the index has.
        conditions.and(format!(
            "unit_path <> COALESCE((SELECT path FROM unit WHERE id = {but}), '')"
        ));
    }
    conditions
}

fn figures_sql(conditions: &Conditions) -> String {
    format!(
        "SELECT COALESCE(CAST(SUM(CASE WHEN said = 1 OR applied = 1 THEN 1 ELSE 0 END) AS BIGINT), 0) AS begun,
                COALESCE(CAST(SUM(CASE WHEN said = 1 AND applied = 0 THEN 1 ELSE 0 END) AS BIGINT), 0) AS not_applied,
                COALESCE(CAST(SUM(rated) AS BIGINT), 0) AS rated
         FROM participation{}",
        conditions.sql()
    )
}

fn but(conditions: &mut Conditions, column: &str, filter: &RiskFilter) {
    if let Some(but) = &filter.but {
        let but = conditions.value(but.to_string());
        conditions.and(format!("{column} <> {but}"));
    }
}

/// Some of the units at risk from `offset` on, in the order of the tree; of offices, those where a file waits longest first.
pub async fn list(
    tx: &mut Tx,
    filter: &RiskFilter,
    limit: i64,
    offset: i64,
) -> Result<Vec<AtRisk>> {
    if filter.risk == Risk::Waiting {
        return waiting(tx, filter, limit, offset).await;
    }
    let mut conditions = Conditions::default();
    let sql = list_sql(&mut conditions, filter, limit, offset);
    let rows = conditions.query(sql).fetch_all(&mut **tx).await?;
    rows.iter()
        .map(|row| {
            let flag = |column: &str| -> Result<bool> { Ok(row.try_get::<i64, _>(column)? == 1) };
            let (has_said, has_applied) = (flag("said")?, flag("applied")?);
            Ok(AtRisk {
                unit: place_of(row)?,
                upper_name: row.try_get("upper_name")?,
                answered: row.try_get("answered")?,
                asked: row.try_get("asked")?,
                has_begun: has_said,
                has_applied,
                is_rated: flag("rated")?,
                files: 0,
                oldest_at: None,
            })
        })
        .collect()
}

fn list_sql(conditions: &mut Conditions, filter: &RiskFilter, limit: i64, offset: i64) -> String {
    let year = conditions.value(i64::from(filter.year));
    let did = |what: &str| {
        format!(
            "EXISTS (SELECT 1 FROM participation WHERE participation.year = {year} AND participation.unit_path = unit.path AND {what})"
        )
    };
    conditions.equals("unit.state", "active");
    conditions.within("unit.path", std::slice::from_ref(&filter.within));
    conditions.among("unit.kind", filter.kinds.iter().map(|kind| kind.key()));
    but(conditions, "unit.id", filter);
    if !filter.among.is_empty() {
        conditions.among("unit.id", filter.among.iter().map(UnitId::to_string));
    }
    match filter.risk {
        Risk::NotBegun => conditions.and(format!("NOT {}", did("(said = 1 OR applied = 1)"))),
        Risk::NotApplied => conditions.and(did("said = 1 AND applied = 0")),
        Risk::NotRated => conditions.and(format!("NOT {}", did("rated = 1"))),
        Risk::Waiting => {}
    }
    let matching = conditions.sql();
    let (limit, offset) = (conditions.value(limit), conditions.value(offset));
    // What is shown beside is read for the page alone.
    format!(
        "SELECT unit.id, unit.kind, unit.name, unit.path, COALESCE(upper_unit.name, '') AS upper_name,
                COALESCE(standing.answered, 0) AS answered, COALESCE(standing.asked, 0) AS asked,
                COALESCE(participation.said, 0) AS said, COALESCE(participation.applied, 0) AS applied,
                COALESCE(participation.rated, 0) AS rated
         FROM (SELECT unit.id, unit.path
               FROM unit{matching}
               ORDER BY unit.path
               LIMIT {limit} OFFSET {offset}) AS found
         JOIN unit ON unit.id = found.id
         LEFT JOIN unit AS upper_unit ON upper_unit.id = unit.parent_id
         LEFT JOIN standing ON standing.unit_id = unit.id AND standing.year = {year}
         LEFT JOIN participation ON participation.unit_id = unit.id AND participation.year = {year}
         ORDER BY found.path"
    )
}

/// The offices of a subtree at which files of the subtree wait too long, as a table `late`.
fn late(conditions: &mut Conditions, filter: &RiskFilter) -> String {
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
    but(conditions, "application.at_unit_id", filter);
    let matching = conditions.sql();
    let inside = conditions.ranges("unit.path", std::slice::from_ref(&filter.within));
    format!(
        "(SELECT application.at_unit_id, CAST(COUNT(*) AS BIGINT) AS files, MIN(application.since_at) AS oldest_at
          FROM application{matching}
          GROUP BY application.at_unit_id) AS late
         JOIN unit ON unit.id = late.at_unit_id AND {inside}"
    )
}

async fn waiting(tx: &mut Tx, filter: &RiskFilter, limit: i64, offset: i64) -> Result<Vec<AtRisk>> {
    let mut conditions = Conditions::default();
    let late = late(&mut conditions, filter);
    let (limit, offset) = (conditions.value(limit), conditions.value(offset));
    let sql = format!(
        "SELECT unit.id, unit.kind, unit.name, unit.path, COALESCE(upper_unit.name, '') AS upper_name, late.files, late.oldest_at
         FROM {late}
         LEFT JOIN unit AS upper_unit ON upper_unit.id = unit.parent_id
         ORDER BY late.oldest_at, unit.path
         LIMIT {limit} OFFSET {offset}"
    );
    let rows = conditions.query(sql).fetch_all(&mut **tx).await?;
    rows.iter()
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
        .collect()
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

#[cfg(test)]
mod tests;
