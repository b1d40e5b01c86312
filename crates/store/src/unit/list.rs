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
    let order = order(filter.sort);
    let sql = format!("SELECT CAST(COUNT(*) AS BIGINT) AS units FROM unit WHERE {conditions}");
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for value in &values {
        query = query.bind(value.clone());
    }
    let total: i64 = query.fetch_one(&mut **tx).await?.try_get("units")?;
    if total == 0 {
        return Ok((Vec::new(), 0));
    }
    // The page is found on the index first, and only its rows are read.
    let sql = format!(
        "SELECT listed.id, listed.number, listed.kind, listed.name, listed.state, listed.credit_code, listed.workers, \
                listed.members, COALESCE(upper_unit.name, '') AS upper_name, COALESCE(division.name, '') AS division_name
         FROM (SELECT id AS found_id, ROW_NUMBER() OVER (ORDER BY {order}) AS place
               FROM unit
               WHERE {conditions}
               ORDER BY {order}
               LIMIT {limit} OFFSET {offset}) AS found
         JOIN unit AS listed ON listed.id = found.found_id
         LEFT JOIN unit AS upper_unit ON upper_unit.id = listed.parent_id
         LEFT JOIN division ON division.code = listed.division
         ORDER BY found.place"
    );
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for value in values {
        query = query.bind(value);
    }
    let rows = query.fetch_all(&mut **tx).await?;
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
            // A sort key is the pinyin's syllables followed by the name, so one pattern finds both.
            let pattern: String = search
                .to_lowercase()
                .chars()
                .filter(|character| !matches!(character, '%' | '_' | '\\' | ' ' | '\u{3000}'))
                .collect();
            parts.push(format!(
                "REPLACE(sort_key, ' ', '') LIKE {}",
                bind(format!("%{pattern}%"))
            ));
        }
    }
    (parts.join(" AND "), values)
}

fn order(sort: UnitSort) -> &'static str {
    match sort {
        UnitSort::Name => "sort_key, path",
        UnitSort::Number => "number",
        UnitSort::Workers => "COALESCE(workers, -1) DESC, sort_key, path",
        UnitSort::Members => "COALESCE(members, -1) DESC, sort_key, path",
        UnitSort::ChangedAt => "changed_at DESC, sort_key, path",
    }
}
