//! The honour roll: titles held as lists, searched, filtered and paged.

use anyhow::Result;
use jianjia_domain::{
    honour::{Honour, HonourState},
    unit::UnitKind,
};
use jianjia_standard::kinds::HonourLevel;
use sqlx::Row;

use super::{COLUMNS, honour_of};
use crate::{
    condition::{Conditions, anywhere},
    db::Tx,
};

/// What a roll is narrowed to; the default is every title in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RollFilter {
    pub state: HonourState,
    pub title: Option<String>,
    pub level: Option<HonourLevel>,
    pub year_from: Option<i16>,
    pub year_to: Option<i16>,
    /// A place: the code of a division, which finds what lies in it.
    pub division: Option<String>,
    /// The path of a unit, which finds what stands below it.
    pub within: Option<String>,
    /// Only holders of these kinds; all when empty.
    pub kinds: Vec<UnitKind>,
    /// A part of the holder's name or of the number. A person is found by the whole name only, so that nobody can guess the
    /// characters that the public roll hides.
    pub name: String,
    pub sort: RollSort,
}

impl Default for RollFilter {
    fn default() -> RollFilter {
        RollFilter {
            state: HonourState::InForce,
            title: None,
            level: None,
            year_from: None,
            year_to: None,
            division: None,
            within: None,
            kinds: Vec::new(),
            name: String::new(),
            sort: RollSort::Newest,
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RollSort {
    #[default]
    Newest,
    Oldest,
    Name,
}

/// One page of the roll, and how many rows there are in all.
pub async fn roll(
    tx: &mut Tx,
    filter: &RollFilter,
    limit: i64,
    offset: i64,
) -> Result<(Vec<Honour>, i64)> {
    let mut conditions = conditions(filter);
    let count = format!(
        "SELECT CAST(COUNT(*) AS BIGINT) FROM honour h{}",
        conditions.sql()
    );
    let total: i64 = conditions
        .query(count)
        .fetch_one(&mut **tx)
        .await?
        .try_get(0)?;
    let order = match filter.sort {
        RollSort::Newest => "h.year DESC, h.holder_sort_key, h.id",
        RollSort::Oldest => "h.year, h.holder_sort_key, h.id",
        RollSort::Name => "h.holder_sort_key, h.id",
    };
    let where_sql = conditions.sql();
    let limit = conditions.value(limit);
    let offset = conditions.value(offset);
    // The page is found in an index alone; only its own rows are read whole.
    let rows = conditions
        .query(format!(
            "SELECT {COLUMNS}
             FROM honour h
             WHERE h.id IN (
               SELECT h.id
               FROM honour h{where_sql}
               ORDER BY {order}
               LIMIT {limit} OFFSET {offset})
             ORDER BY {order}"
        ))
        .fetch_all(&mut **tx)
        .await?;
    Ok((rows.iter().map(honour_of).collect::<Result<_>>()?, total))
}

/// The names of some divisions and of the larger ones they lie in, by code: a code begins with the code of what it lies in, which has
/// six or nine digits; villages, whose codes have twelve, are left out.
pub async fn divisions_of(tx: &mut Tx, codes: &[&str]) -> Result<Vec<(String, String)>> {
    let mut wanted: Vec<String> = codes
        .iter()
        .flat_map(|code| [6, 9].map(|digits| code.get(..digits).unwrap_or(code)))
        .map(str::to_owned)
        .collect();
    wanted.sort_unstable();
    wanted.dedup();
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    // A file has any number of places; a statement takes so many parameters only.
    for some in wanted.chunks(1_000) {
        let mut conditions = Conditions::default();
        conditions.among("code", some.iter().map(String::as_str));
        let sql = format!(
            "SELECT code, name
             FROM division{}
             ORDER BY code",
            conditions.sql()
        );
        for row in conditions.query(sql).fetch_all(&mut **tx).await? {
            found.push((row.try_get("code")?, row.try_get("name")?));
        }
    }
    Ok(found)
}

fn conditions(filter: &RollFilter) -> Conditions {
    let mut conditions = Conditions::default();
    conditions.equals("h.state", filter.state.key());
    if let Some(title) = &filter.title {
        conditions.equals("h.title", title.as_str());
    }
    if let Some(level) = filter.level {
        conditions.equals("h.level", level.key());
    }
    // The plus keeps SQLite to an index in the roll's order: by a range of years it would find all rows first and sort them.
    if let Some(year) = filter.year_from {
        let year = conditions.value(i64::from(year));
        conditions.and(format!("+h.year >= {year}"));
    }
    if let Some(year) = filter.year_to {
        let year = conditions.value(i64::from(year));
        conditions.and(format!("+h.year <= {year}"));
    }
    if let Some(code) = &filter.division {
        // Codes are digits and a place's code begins with the code of what it lies in.
        let lower = conditions.value(code.as_str());
        let upper = conditions.value(format!("{code}~"));
        conditions.and(format!("h.division >= {lower} AND h.division < {upper}"));
    }
    if let Some(path) = &filter.within {
        conditions.within("h.unit_path", std::slice::from_ref(path));
    }
    if !filter.kinds.is_empty() {
        conditions.among("h.unit_kind", filter.kinds.iter().map(|kind| kind.key()));
    }
    let name = filter.name.trim();
    if !name.is_empty() {
        let pattern = conditions.value(anywhere(name));
        let whole = conditions.value(name);
        conditions.and(format!(
            "(h.holder_name LIKE {pattern} ESCAPE '!' OR h.number LIKE {pattern} ESCAPE '!' OR h.person_name = {whole})"
        ));
    }
    conditions
}
