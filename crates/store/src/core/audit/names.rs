//! The names of what lines of the trail are about, as people know it.

use std::collections::{BTreeSet, HashMap};

use anyhow::Result;
use jianjia_domain::core::audit::{AuditLine, Written, object::Noun};
use sqlx::Row;

use crate::core::{bulk, db::Tx};

/// What a line is about, as people know it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// A name, or two: the unit's and the person's.
    pub name: String,
    /// Key of the title and its year; empty and 0 where there is none.
    pub title: String,
    pub year: i64,
}

/// The nouns that have names of their own, and how they are read: key of the noun, and the statement that gives id, name, title and year.
const NAMES: [(Noun, &str); 10] = [
    (
        Noun::Application,
        "SELECT id, CASE WHEN person_name = '' THEN unit_name ELSE unit_name || ' ' || person_name END AS name, title, year
         FROM application
         WHERE id IN ({words})",
    ),
    (
        Noun::Honour,
        "SELECT id, CASE WHEN person_name = '' THEN holder_name ELSE holder_name || ' ' || person_name END AS name, title, year
         FROM honour
         WHERE id IN ({words})",
    ),
    (
        Noun::Unit,
        "SELECT id, name, '' AS title, CAST(0 AS BIGINT) AS year
         FROM unit
         WHERE id IN ({words})",
    ),
    (
        Noun::Person,
        "SELECT id, name, '' AS title, CAST(0 AS BIGINT) AS year
         FROM person
         WHERE id IN ({words})",
    ),
    (
        Noun::Account,
        "SELECT id, name || ' ' || login AS name, '' AS title, CAST(0 AS BIGINT) AS year
         FROM account
         WHERE id IN ({words})",
    ),
    (
        Noun::Veto,
        "SELECT id, unit_name || ' ' || clause AS name, '' AS title, year
         FROM veto
         WHERE id IN ({words})",
    ),
    (
        Noun::Poll,
        "SELECT id, unit_name AS name, '' AS title, year
         FROM poll
         WHERE id IN ({words})",
    ),
    (
        Noun::Activity,
        "SELECT id, held_on || ' ' || title AS name, '' AS title, CAST(0 AS BIGINT) AS year
         FROM activity
         WHERE id IN ({words})",
    ),
    (
        Noun::Evidence,
        "SELECT id, name, '' AS title, CAST(0 AS BIGINT) AS year
         FROM evidence
         WHERE id IN ({words})",
    ),
    (
        Noun::Import,
        "SELECT id, file_name AS name, '' AS title, CAST(0 AS BIGINT) AS year
         FROM import
         WHERE id IN ({words})",
    ),
];

/// The names of what these lines are about, by id; what has none, or is gone, is left out.
pub async fn names(tx: &mut Tx, lines: &[AuditLine]) -> Result<HashMap<String, Named>> {
    let mut names = HashMap::new();
    for (noun, sql) in NAMES {
        let of_noun = lines
            .iter()
            .filter(|line| line.noun == Written::Known(noun));
        let ids: BTreeSet<String> = of_noun.map(|line| line.noun_id.clone()).collect();
        for row in bulk::select(tx, sql, &[], ids).await? {
            let named = Named {
                name: row.try_get("name")?,
                title: row.try_get("title")?,
                year: row.try_get("year")?,
            };
            names.insert(row.try_get("id")?, named);
        }
    }
    Ok(names)
}

/// The names of the units that these lines are about, by id.
pub async fn units(tx: &mut Tx, lines: &[AuditLine]) -> Result<HashMap<String, String>> {
    let ids: BTreeSet<String> = lines
        .iter()
        .filter_map(|line| line.unit_id)
        .map(|id| id.to_string())
        .collect();
    let sql = "SELECT id, name
               FROM unit
               WHERE id IN ({words})";
    let rows = bulk::select(tx, sql, &[], ids).await?;
    rows.iter()
        .map(|row| Ok((row.try_get("id")?, row.try_get("name")?)))
        .collect()
}
