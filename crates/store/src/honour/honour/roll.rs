//! The honour roll: titles held as lists, searched, filtered and paged.

use std::collections::BTreeSet;

use anyhow::Result;
use jianjia_domain::{
    core::{
        ids::{HonourId, PersonId},
        place::UnitKind,
    },
    honour::honour::HonourState,
};
use jianjia_standard::kinds::HonourLevel;
use jiff::civil::Date;
use sqlx::{Row, any::AnyRow};

use super::person_of;
use crate::{
    core::{
        condition::{Conditions, List, anywhere},
        db::Tx,
    },
    register::unit::are_all_within,
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
    /// A part of the holder's name, or of the number with at least a digit. A person is found by the whole name only, so that nobody can guess the
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

/// What the roll shows of a title held, and what tells who may see a person's name in full.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RollEntry {
    pub id: HonourId,
    pub title: String,
    pub level: HonourLevel,
    pub year: i16,
    pub unit_path: String,
    pub division: String,
    pub holder_name: String,
    pub person: Option<PersonId>,
    /// Empty for a title of the unit's own.
    pub person_name: String,
    pub number: String,
    pub begun_on: Date,
}

/// One page of the roll, and how many rows there are in all.
pub async fn roll(
    tx: &mut Tx,
    filter: &RollFilter,
    limit: i64,
    offset: i64,
) -> Result<(Vec<RollEntry>, i64)> {
    let order = match filter.sort {
        RollSort::Newest => "h.year DESC, h.holder_sort_key, h.id",
        RollSort::Oldest => "h.year, h.holder_sort_key, h.id",
        RollSort::Name => "h.holder_sort_key, h.id",
    };
    let list = List {
        table: "honour h",
        key: "h.id",
        order,
        columns: "h.id, h.title, h.level, h.year, h.unit_path, h.division, h.holder_name, h.person_id, h.person_name, h.number, h.begun_on",
        from: "honour h",
        from_key: "h.id",
        from_order: order,
    };
    let mut conditions = conditions(filter);
    if let Some(path) = &filter.within {
        let path = std::slice::from_ref(path);
        if !are_all_within(tx, path).await? {
            conditions.within("h.unit_path", path);
        }
    }
    let (rows, total) = conditions.page(tx, &list, (limit, offset)).await?;
    Ok((rows.iter().map(entry_of).collect::<Result<_>>()?, total))
}

fn entry_of(row: &AnyRow) -> Result<RollEntry> {
    Ok(RollEntry {
        id: row.try_get::<String, _>("id")?.parse()?,
        title: row.try_get("title")?,
        level: row.try_get::<String, _>("level")?.parse()?,
        year: i16::try_from(row.try_get::<i64, _>("year")?)?,
        unit_path: row.try_get("unit_path")?,
        division: row.try_get("division")?,
        holder_name: row.try_get("holder_name")?,
        person: person_of(row)?,
        person_name: row.try_get("person_name")?,
        number: row.try_get("number")?,
        begun_on: row.try_get::<String, _>("begun_on")?.parse()?,
    })
}

/// The names of some divisions and of the larger ones they lie in, by code: a code begins with the code of what it lies in, which has
/// six or nine digits; villages, whose codes have twelve, are left out.
pub async fn divisions_of(tx: &mut Tx, codes: &BTreeSet<&str>) -> Result<Vec<(String, String)>> {
    let wanted: BTreeSet<&str> = codes
        .iter()
        .flat_map(|code| [6, 9].map(|digits| code.get(..digits).unwrap_or(code)))
        .collect();
    let wanted: Vec<&str> = wanted.into_iter().collect();
    let mut found = Vec::new();
    // A file has any number of places; a statement takes so many parameters only.
    for some in wanted.chunks(1_000) {
        let mut conditions = Conditions::default();
        conditions.among("code", some.iter().copied());
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
    match (filter.year_from, filter.year_to) {
        (Some(from), Some(to)) if from == to => conditions.equals("h.year", i64::from(from)),
        (from, to) => {
            for (year, sign) in [(from, ">="), (to, "<=")] {
                if let Some(year) = year {
                    let year = conditions.value(i64::from(year));
                    // The plus keeps SQLite to an index in the roll's order: by a range of years it would find all rows first and sort them.
                    conditions.and(format!("+h.year {sign} {year}"));
                }
            }
        }
    }
    if let Some(code) = &filter.division {
        // Codes are digits and a place's code begins with the code of what it lies in.
        let lower = conditions.value(code.as_str());
        let upper = conditions.value(format!("{code}~"));
        conditions.and(format!("h.division >= {lower} AND h.division < {upper}"));
    }
    if !filter.kinds.is_empty() {
        conditions.among("h.unit_kind", filter.kinds.iter().map(|kind| kind.key()));
    }
    let name = filter.name.trim();
    if !name.is_empty() {
        let pattern = conditions.value(anywhere(name));
        let whole = conditions.value(name);
        // What a number has before its digits is the same for a whole title: without a digit no number is looked for.
        let number = if name.bytes().any(|byte| byte.is_ascii_digit()) {
            format!(" OR h.number LIKE {pattern} ESCAPE '!'")
        } else {
            String::new()
        };
        conditions.search(format!(
            "(h.holder_name LIKE {pattern} ESCAPE '!'{number} OR h.person_name = {whole})"
        ));
    }
    conditions
}
