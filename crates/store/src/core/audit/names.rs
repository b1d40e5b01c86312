//! The names of what lines of the trail are about, as people know it.

use std::collections::{BTreeSet, HashMap, HashSet};

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
const NAMES: [(Noun, &str); 17] = [
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
        Noun::Visit,
        "SELECT id, unit_name AS name, '' AS title, year
         FROM visit
         WHERE id IN ({words})",
    ),
    (
        Noun::Entry,
        "SELECT id, unit_name || ' ' || clause AS name, '' AS title, year
         FROM veto_entry
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
        Noun::Case,
        "SELECT id, unit_name || ' ' || title AS name, '' AS title, CAST(0 AS BIGINT) AS year
         FROM shared_case
         WHERE id IN ({words})",
    ),
    (
        Noun::Topic,
        "SELECT id, title AS name, '' AS title, CAST(0 AS BIGINT) AS year
         FROM topic
         WHERE id IN ({words})",
    ),
    (
        Noun::Meeting,
        "SELECT id, title AS name, '' AS title, CAST(0 AS BIGINT) AS year
         FROM meeting
         WHERE id IN ({words})",
    ),
    (
        Noun::Import,
        "SELECT id, file_name AS name, '' AS title, CAST(0 AS BIGINT) AS year
         FROM import
         WHERE id IN ({words})",
    ),
    (
        Noun::Amendment,
        "SELECT id, name, '' AS title, CAST(0 AS BIGINT) AS year
         FROM amendment
         WHERE id IN ({words})",
    ),
    (
        Noun::Edition,
        "SELECT id, name, '' AS title, CAST(0 AS BIGINT) AS year
         FROM amendment
         WHERE id IN ({words})",
    ),
];

/// The names of what these lines are about, by id; what has none, or is gone, is left out.
pub async fn names(tx: &mut Tx, lines: &[AuditLine]) -> Result<HashMap<String, Named>> {
    let mut names = HashMap::new();
    for (noun, sql) in NAMES {
        for row in bulk::select(tx, sql, &[], ids(lines, noun)).await? {
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

/// What has no page for whoever reads the trail: applications that aren't handed in, which their unit alone sees, and polls without a result.
const UNSHOWN: [(Noun, &str); 2] = [
    (
        Noun::Application,
        "SELECT id
         FROM application
         WHERE state = 'draft' AND id IN ({words})",
    ),
    (
        Noun::Poll,
        "SELECT id
         FROM poll
         WHERE state NOT IN ('counted', 'signed') AND id IN ({words})",
    ),
];

/// The ids of what these lines are about that has no page to be read on.
pub async fn unshown(tx: &mut Tx, lines: &[AuditLine]) -> Result<HashSet<String>> {
    let mut unshown = HashSet::new();
    for (noun, sql) in UNSHOWN {
        for row in bulk::select(tx, sql, &[], ids(lines, noun)).await? {
            unshown.insert(row.try_get("id")?);
        }
    }
    Ok(unshown)
}

/// The ids of one kind that these lines are about.
fn ids(lines: &[AuditLine], noun: Noun) -> BTreeSet<String> {
    lines
        .iter()
        .filter(|line| line.noun == Written::Known(noun))
        .map(|line| line.noun_id.clone())
        .collect()
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

#[cfg(test)]
mod tests {
    use jianjia_domain::core::{audit::deed::Deed, ids::AuditId};
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::testing;

    #[tokio::test]
    async fn what_lines_are_about_is_named_and_what_has_no_page_is_known_on_both_engines() {
        let line = |noun: Noun, id: &str| AuditLine {
            id: AuditId(Uuid::from_u128(1)),
            at: Timestamp::UNIX_EPOCH,
            account_id: String::new(),
            account_name: String::new(),
            act: Written::Known(Deed::ALL[0]),
            noun: Written::Known(noun),
            noun_id: id.to_owned(),
            unit_id: None,
            unit_path: String::new(),
            detail: serde_json::json!({}),
        };
        for database in testing::both().await {
            let mut tx = database.db.write("test").await.unwrap();
            for (id, state) in [("draft", "draft"), ("filed", "under-review")] {
                sqlx::query(
                    "INSERT INTO application (id, year, title, unit_id, unit_path, unit_name, unit_sort_key, state, at_unit_id, at_unit_path, since_at, created_by, created_at)
                     VALUES ($1, 2016, 'model-home', $1, '', '甲厂工会', '', $2, '', '', '', '', '')",
                )
                .bind(id)
                .bind(state)
                .execute(&mut *tx)
                .await
                .unwrap();
            }
            let mut lines: Vec<AuditLine> = Noun::ALL
                .into_iter()
                .map(|noun| line(noun, "nothing"))
                .collect();
            lines.push(line(Noun::Application, "draft"));
            lines.push(line(Noun::Application, "filed"));
            let found = names(&mut tx, &lines).await.unwrap();
            assert_eq!(found.len(), 2);
            let named = ("甲厂工会", "model-home", 2016);
            let draft = &found["draft"];
            assert_eq!((&*draft.name, &*draft.title, draft.year), named);
            let unshown = unshown(&mut tx, &lines).await.unwrap();
            assert_eq!(unshown, HashSet::from(["draft".to_owned()]));
            assert_eq!(units(&mut tx, &lines).await.unwrap(), HashMap::new());
        }
    }
}
