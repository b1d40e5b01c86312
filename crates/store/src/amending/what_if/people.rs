//! The people of whom a year says something, and which of them written rows of the trail are about.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use jianjia_domain::core::ids::{PersonId, UnitId};
use sqlx::{Row, any::AnyRow};

use crate::core::{audit::feed::WrittenRow, bulk, db::Tx};

/// The tables whose rows say something that people are judged by.
const JUDGED_BY: [&str; 6] = [
    "unit",
    "person",
    "statement",
    "application",
    "honour",
    "veto",
];

/// Somebody who applied in a year, or about whom the year's sheet says something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InYear {
    pub unit: UnitId,
    pub person: PersonId,
    /// The titles that they applied for: a draft is no application, and one that was withdrawn is none any more.
    pub applied: BTreeSet<String>,
}

const APPLIED: &str = "SELECT unit_id, person_id, title
         FROM application
         WHERE year = $1 AND person_id <> '' AND state <> 'draft' AND state <> 'withdrawn'";

const SAID: &str = "SELECT DISTINCT unit_id, person_id
         FROM statement
         WHERE year = $1 AND person_id <> ''";

/// All of a year.
pub async fn of_year(tx: &mut Tx, year: i16) -> Result<Vec<InYear>> {
    let mut rows = Vec::new();
    for sql in [APPLIED, SAID] {
        let query = sqlx::query(sql).bind(i64::from(year));
        rows.push(query.fetch_all(&mut **tx).await?);
    }
    together(&rows[0], &rows[1])
}

/// Those of some units.
pub async fn of_units(tx: &mut Tx, units: &[UnitId], year: i16) -> Result<Vec<InYear>> {
    let mut rows = Vec::new();
    for sql in [APPLIED, SAID] {
        let sql = format!("{sql} AND unit_id IN ({{words}})");
        let year = [i64::from(year).into()];
        let ids = units.iter().map(UnitId::to_string);
        rows.push(bulk::select(tx, &sql, &year, ids).await?);
    }
    together(&rows[0], &rows[1])
}

fn together(applied: &[AnyRow], said: &[AnyRow]) -> Result<Vec<InYear>> {
    let mut found: BTreeMap<(UnitId, PersonId), BTreeSet<String>> = BTreeMap::new();
    for row in said {
        found.entry(whose(row)?).or_default();
    }
    for row in applied {
        let titles = found.entry(whose(row)?).or_default();
        titles.insert(row.try_get("title")?);
    }
    let found = found.into_iter().map(|((unit, person), applied)| InYear {
        unit,
        person,
        applied,
    });
    Ok(found.collect())
}

fn whose(row: &AnyRow) -> Result<(UnitId, PersonId)> {
    let unit = row.try_get::<String, _>("unit_id")?.parse()?;
    Ok((unit, row.try_get::<String, _>("person_id")?.parse()?))
}

/// Whom written rows are about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// Their place, titles or vetoes may have changed: whoever belongs to one of them, or to a branch of it, is judged by that too.
    pub units: BTreeSet<UnitId>,
    pub people: BTreeSet<PersonId>,
    /// The units of these people, as the rows have them.
    pub of_people: BTreeSet<UnitId>,
}

/// Whom rows of `JUDGED_BY` are about, other rows aside; `None` where it can't be told, since a row is gone.
pub async fn about(tx: &mut Tx, rows: &[WrittenRow]) -> Result<Option<About>> {
    let mut about = About::default();
    for table in JUDGED_BY {
        let keys: Vec<&str> = rows
            .iter()
            .filter(|row| row.table == table)
            .map(|row| row.key.as_str())
            .collect();
        if table == "unit" {
            for key in keys {
                about.units.insert(key.parse()?);
            }
            continue;
        }
        let person = match table {
            "person" => "id",
            // A union's.
            "veto" => "unit_id",
            _ => "person_id",
        };
        let sql = format!("SELECT unit_id, {person} AS whose FROM {table} WHERE id IN ({{words}})");
        let found = bulk::select(tx, &sql, &[], keys.iter().map(|key| (*key).to_owned())).await?;
        if found.len() < keys.len() {
            return Ok(None);
        }
        for row in &found {
            let unit: UnitId = row.try_get::<String, _>("unit_id")?.parse()?;
            let whose: String = row.try_get("whose")?;
            match (table, whose.as_str()) {
                ("veto", _) | ("honour", "") => {
                    about.units.insert(unit);
                }
                // A union's own sheet or application.
                (_, "") => {}
                (_, person) => {
                    about.people.insert(person.parse()?);
                    about.of_people.insert(unit);
                }
            }
        }
    }
    Ok(Some(about))
}
