//! The honour roll: titles held, as searched, filtered and paged lists.

use std::collections::BTreeSet;

use anyhow::Result;
use jianjia_domain::{
    core::{
        ids::{HonourId, PersonId},
        place::UnitKind,
        text::line,
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
        pinyin::called,
    },
    register::unit::are_all_within,
};

/// The filter of a roll; the default is every title in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RollFilter {
    pub state: HonourState,
    pub title: Option<String>,
    pub level: Option<HonourLevel>,
    pub year_from: Option<i16>,
    pub year_to: Option<i16>,
    /// The last day on which it may have begun.
    pub begun_by: Option<Date>,
    /// The code of a division: matches holders in it.
    pub division: Option<String>,
    /// The path of a unit: matches holders in its subtree.
    pub within: Option<String>,
    /// Only holders of these kinds; empty for all.
    pub kinds: Vec<UnitKind>,
    /// Only what units hold that have not ended, as the figures of the targets count.
    pub of_living: bool,
    /// Part of the holder's name, or of the number if it has a digit. A person is only found by the whole name, so that nobody can guess the
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
            begun_by: None,
            division: None,
            within: None,
            kinds: Vec::new(),
            of_living: false,
            name: String::new(),
            sort: RollSort::Newest,
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RollSort {
    /// By the year that it is for, the newest first.
    #[default]
    Newest,
    Oldest,
    Name,
    /// By the day that it began, the latest first.
    Latest,
}

/// A row of the roll, with what decides who may see a person's full name.
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
    /// Empty for the unit's own title.
    pub person_name: String,
    pub number: String,
    pub begun_on: Date,
}

/// One page of the roll, and the total number of rows.
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
        RollSort::Latest => "h.begun_on DESC, h.id",
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

/// Code and name of these divisions and of those that contain them. A code begins with the code of what contains it, which has six or nine digits;
/// villages, with twelve, are left out.
pub async fn divisions_of(tx: &mut Tx, codes: &BTreeSet<&str>) -> Result<Vec<(String, String)>> {
    let wanted: BTreeSet<&str> = codes
        .iter()
        .flat_map(|code| [6, 9].map(|digits| code.get(..digits).unwrap_or(code)))
        .collect();
    let wanted: Vec<&str> = wanted.into_iter().collect();
    let mut found = Vec::new();
    // An exported file has any number of places; a statement's parameters are limited.
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
                    // The unary plus makes the range unusable for an index, so that SQLite reads an index in the roll's order instead of sorting
                    // all matches.
                    conditions.and(format!("+h.year {sign} {year}"));
                }
            }
        }
    }
    if let Some(day) = filter.begun_by {
        let day = conditions.value(day.to_string());
        // As an expression, so that the roll's order is read instead of the index of beginnings.
        conditions.and(format!("COALESCE(h.begun_on, '') <= {day}"));
    }
    if let Some(code) = &filter.division {
        // Codes are digits, and a division's code begins with the code of what contains it.
        let lower = conditions.value(code.as_str());
        let upper = conditions.value(format!("{code}~"));
        conditions.and(format!("h.division >= {lower} AND h.division < {upper}"));
    }
    if !filter.kinds.is_empty() {
        conditions.among("h.unit_kind", filter.kinds.iter().map(|kind| kind.key()));
    }
    if filter.of_living {
        // Ended units are few.
        conditions.and(
            "h.unit_id NOT IN (SELECT id FROM unit WHERE state IN ('closed', 'merged'))".to_owned(),
        );
    }
    let name = line(&filter.name);
    if !name.is_empty() {
        let holder = called(&mut conditions, "h.holder_name", "h.holder_sort_key", &name);
        let whole = conditions.value(name.as_str());
        // The prefix of a number is the same for all honours of a title, so numbers are only searched for text with a digit.
        let number = if name.bytes().any(|byte| byte.is_ascii_digit()) {
            let number = conditions.value(any_bracket(&anywhere(&name)));
            format!(" OR h.number LIKE {number} ESCAPE '!'")
        } else {
            String::new()
        };
        conditions.search(format!("({holder}{number} OR h.person_name = {whole})"));
    }
    conditions
}

/// The pattern with any sign for each bracket: the year of a number stands in 〔〕, for which people type whatever their keyboard has.
fn any_bracket(pattern: &str) -> String {
    let signs = pattern.chars();
    signs
        .map(|sign| {
            if "〔〕[]［］【】()（）".contains(sign) {
                '_'
            } else {
                sign
            }
        })
        .collect()
}
