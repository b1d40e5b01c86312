//! The list of units that a person sees: filtered, sorted, paged.

use anyhow::Result;
use jianjia_domain::{
    core::{ids::UnitId, text::form::of_union},
    register::unit::{
        UnitState,
        list::{UnitFilter, UnitLine, UnitSort},
    },
};
use sqlx::{Row, any::AnyRow};

use crate::{
    core::{
        bulk,
        condition::{Conditions, List},
        db::Tx,
        pinyin,
        place::kind_of,
    },
    register::unit::are_all_within,
};

/// Up to `limit` lines from `offset` on, and the total number of matches.
pub async fn list(
    tx: &mut Tx,
    filter: &UnitFilter,
    limit: i64,
    offset: i64,
) -> Result<(Vec<UnitLine>, i64)> {
    let list = List {
        table: "unit",
        key: "id",
        order: &order(filter.sort, ""),
        columns: COLUMNS,
        from: FROM,
        from_key: "listed.id",
        from_order: &order(filter.sort, "listed."),
    };
    let mut conditions = conditions(filter);
    if !are_all_within(tx, &filter.scopes).await? {
        conditions.within("path", &filter.scopes);
    }
    let (rows, total) = conditions.page(tx, &list, (limit, offset)).await?;
    let lines = rows
        .iter()
        .map(line_of)
        .collect::<Result<Vec<UnitLine>>>()?;
    Ok((lines, total))
}

/// The lines of these units, in no order.
pub async fn of(tx: &mut Tx, ids: &[UnitId]) -> Result<Vec<UnitLine>> {
    let sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE listed.id IN ({{words}})");
    let rows = bulk::select(tx, &sql, &[], ids.iter().map(UnitId::to_string)).await?;
    rows.iter().map(line_of).collect()
}

const COLUMNS: &str = "listed.id, listed.number, listed.kind, listed.name, listed.state, listed.credit_code, listed.workers, listed.members,
    COALESCE(upper_unit.name, '') AS upper_name, COALESCE(division.name, '') AS division_name";

const FROM: &str = "unit AS listed
    LEFT JOIN unit AS upper_unit ON upper_unit.id = listed.parent_id
    LEFT JOIN division ON division.code = listed.division";

fn line_of(row: &AnyRow) -> Result<UnitLine> {
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
}

fn conditions(filter: &UnitFilter) -> Conditions {
    let mut conditions = Conditions::default();
    if let Some(state) = filter.state {
        conditions.equals("state", state.key());
    }
    if let Some(under) = &filter.under {
        conditions.within("path", std::slice::from_ref(under));
    }
    if let Some(kind) = filter.kind {
        conditions.equals("kind", kind.key());
    }
    if !filter.division.is_empty() {
        // ':' follows '9' in ASCII, so the range matches the code and every code that begins with it.
        let lower = conditions.value(filter.division.as_str());
        let upper = conditions.value(format!("{}:", filter.division));
        conditions.and(format!("division >= {lower} AND division < {upper}"));
    }
    for (column, year) in [
        ("founded_on", filter.founded_in),
        ("ended_on", filter.ended_in),
    ] {
        if let Some(year) = year {
            let first = conditions.value(format!("{year:04}-01-01"));
            let next = conditions.value(format!("{:04}-01-01", i32::from(year) + 1));
            conditions.and(format!("{column} >= {first} AND {column} < {next}"));
        }
    }
    let search = filter.search.trim();
    if !search.is_empty() {
        search_for(&mut conditions, search);
    }
    conditions
}

fn search_for(conditions: &mut Conditions, search: &str) {
    let upper = search.to_uppercase();
    if upper.len() == 18 && upper.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        let code = conditions.value(upper);
        conditions.and(format!(
            "(credit_code = {code} OR employer_credit_code = {code})"
        ));
        return;
    }
    let piece = if search.bytes().all(|byte| byte.is_ascii_digit()) {
        let number = conditions.value(search);
        let name = conditions.value(format!("%{search}%"));
        format!("(CAST(number AS TEXT) = {number} OR sort_key LIKE {name})")
    } else {
        let form = of_union(search);
        if let Some(piece) = pinyin::matches(conditions, "sort_key", &form) {
            conditions.search(piece);
            return;
        }
        let lower: String = form
            .chars()
            .filter(|character| !matches!(character, '%' | '_' | '\\'))
            .collect();
        // `sort_key` contains the name, the form in which names are compared and the pinyin, so one pattern matches each. Text of Han characters alone
        // can only match the name, and scanning `name` takes a third of the time.
        let is_han = |character: char| u32::from(character) >= 0x3400 && character.is_alphabetic();
        let column = if search == lower && lower.chars().all(is_han) {
            "name"
        } else {
            "sort_key"
        };
        let pattern = conditions.value(format!("%{lower}%"));
        format!("{column} LIKE {pattern}")
    };
    conditions.search(piece);
}

/// The order as SQL; `of` is the prefix of the columns, such as `listed.`. Each order has an index that begins with the state; the order by name
/// also has one for any state.
fn order(sort: UnitSort, of: &str) -> String {
    match sort {
        UnitSort::Name => format!("{of}sort_key, {of}path"),
        UnitSort::Number => format!("{of}number"),
        UnitSort::Workers => format!("COALESCE({of}workers, -1) DESC, {of}number"),
        UnitSort::Members => format!("COALESCE({of}members, -1) DESC, {of}number"),
        UnitSort::ChangedAt => format!("{of}changed_at DESC, {of}number"),
    }
}
