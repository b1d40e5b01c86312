//! The list of units that somebody sees: filtered, sorted, paged.

use anyhow::Result;
use jianjia_domain::unit::{
    UnitState,
    list::{UnitFilter, UnitLine, UnitSort},
    subtree,
};
use sqlx::{AssertSqlSafe, Row};

use crate::{db::Tx, unit::kind_of};

/// `limit` lines from `offset` on, and how many there are in all.
pub async fn list(
    tx: &mut Tx,
    filter: &UnitFilter,
    limit: i64,
    offset: i64,
) -> Result<(Vec<UnitLine>, i64)> {
    let (conditions, values) = conditions(filter);
    let (order, listed_order) = (order(filter.sort, ""), order(filter.sort, "listed."));
    // A search reads every unit's key once, and counts what it finds on the way; without one, counting on the index is cheaper.
    let is_search = !filter.search.trim().is_empty();
    let mut total = 0;
    if !is_search {
        total = count(tx, &conditions, &values).await?;
        if total == 0 {
            return Ok((Vec::new(), 0));
        }
    }
    let counted = if is_search {
        "CAST(COUNT(*) OVER () AS BIGINT)"
    } else {
        "CAST(0 AS BIGINT)"
    };
    // The page is found on the index first, and only its rows are read.
    let sql = format!(
        "SELECT listed.id, listed.number, listed.kind, listed.name, listed.state, listed.credit_code, listed.workers, \
                listed.members, COALESCE(upper_unit.name, '') AS upper_name, COALESCE(division.name, '') AS division_name, found.total
         FROM (SELECT id AS found_id, {counted} AS total
               FROM unit
               WHERE {conditions}
               ORDER BY {order}
               LIMIT {limit} OFFSET {offset}) AS found
         JOIN unit AS listed ON listed.id = found.found_id
         LEFT JOIN unit AS upper_unit ON upper_unit.id = listed.parent_id
         LEFT JOIN division ON division.code = listed.division
         ORDER BY {listed_order}"
    );
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for value in &values {
        query = query.bind(value.clone());
    }
    let rows = query.fetch_all(&mut **tx).await?;
    if is_search {
        total = match rows.first() {
            Some(row) => row.try_get("total")?,
            // A page beyond the last: how many there are is still told.
            None if offset > 0 => count(tx, &conditions, &values).await?,
            None => 0,
        };
    }
    let lines = rows
        .iter()
        .map(|row| {
            let state: String = row.try_get("state")?;
            Ok(UnitLine {
                id: row.try_get::<String, _>("id")?.parse()?,
                number: row.try_get("number")?,
                kind: kind_of(row)?,
                name: row.try_get("name")?,
                state: UnitState::from_key(&state).unwrap_or(UnitState::Active),
                upper_name: row.try_get("upper_name")?,
                division_name: row.try_get("division_name")?,
                credit_code: row.try_get("credit_code")?,
                workers: row.try_get("workers")?,
                members: row.try_get("members")?,
            })
        })
        .collect::<Result<Vec<UnitLine>>>()?;
    Ok((lines, total))
}

async fn count(tx: &mut Tx, conditions: &str, values: &[String]) -> Result<i64> {
    let sql = format!("SELECT CAST(COUNT(*) AS BIGINT) AS units FROM unit WHERE {conditions}");
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for value in values {
        query = query.bind(value.clone());
    }
    Ok(query.fetch_one(&mut **tx).await?.try_get("units")?)
}

fn conditions(filter: &UnitFilter) -> (String, Vec<String>) {
    let mut parts = Vec::new();
    let mut values: Vec<String> = Vec::new();
    let mut bind = |value: String| {
        values.push(value);
        format!("${}", values.len())
    };
    if let Some(state) = filter.state {
        parts.push(format!("state = {}", bind(state.key().to_owned())));
    }
    let mut scopes = Vec::new();
    for scope in &filter.scopes {
        let (lower, upper) = subtree(scope);
        scopes.push(format!(
            "(path >= {} AND path < {})",
            bind(lower),
            bind(upper)
        ));
    }
    parts.push(if scopes.is_empty() {
        "1 = 0".to_owned()
    } else {
        format!("({})", scopes.join(" OR "))
    });
    if let Some(under) = &filter.under {
        let (lower, upper) = subtree(under);
        parts.push(format!(
            "path >= {} AND path < {}",
            bind(lower),
            bind(upper)
        ));
    }
    if let Some(kind) = filter.kind {
        parts.push(format!("kind = {}", bind(kind.key().to_owned())));
    }
    if !filter.division.is_empty() {
        // ':' follows '9', so the range holds the code and every code that continues it.
        parts.push(format!(
            "division >= {} AND division < {}",
            bind(filter.division.clone()),
            bind(format!("{}:", filter.division))
        ));
    }
    let search = filter.search.trim();
    if !search.is_empty() {
        let upper = search.to_uppercase();
        if upper.len() == 18 && upper.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            let (union, employer) = (bind(upper.clone()), bind(upper));
            parts.push(format!(
                "(credit_code = {union} OR employer_credit_code = {employer})"
            ));
        } else if search.bytes().all(|byte| byte.is_ascii_digit()) {
            let (number, name) = (bind(search.to_owned()), bind(format!("%{search}%")));
            parts.push(format!(
                "(CAST(number AS TEXT) = {number} OR sort_key LIKE {name})"
            ));
        } else {
            // A sort key holds the name and its pinyin in one piece, so one pattern finds both.
            let pattern: String = search
                .to_lowercase()
                .chars()
                .filter(|character| !matches!(character, '%' | '_' | '\\' | ' ' | '\u{3000}'))
                .collect();
            parts.push(format!("sort_key LIKE {}", bind(format!("%{pattern}%"))));
        }
    }
    (parts.join(" AND "), values)
}

/// The order as SQL; `of` is what goes before the columns, such as `listed.`.
fn order(sort: UnitSort, of: &str) -> String {
    let name = format!("{of}sort_key, {of}path");
    match sort {
        UnitSort::Name => name,
        UnitSort::Number => format!("{of}number"),
        UnitSort::Workers => format!("COALESCE({of}workers, -1) DESC, {name}"),
        UnitSort::Members => format!("COALESCE({of}members, -1) DESC, {name}"),
        UnitSort::ChangedAt => format!("{of}changed_at DESC, {name}"),
    }
}
