//! Writing units: inserting, updating, moving a subtree under another upper union.

use anyhow::Result;
use jianjia_domain::{
    core::{
        ids::UnitId,
        place::{UnitKind, subtree},
    },
    register::unit::{Unit, UnitState},
};
use sqlx::{AssertSqlSafe, Row};

use crate::core::{
    bulk::{self, Value},
    changed::Changed,
    db::Tx,
    place::kind_of,
};

/// Every column with a copy of a unit's path, which a move of the unit or of one above it rewrites. A table with such a copy has its line here;
/// except `audit`, whose lines are sealed and record where the unit was then.
pub const PATH_COLUMNS: &[(&str, &str)] = &[
    ("unit", "path"),
    ("unit_version", "unit_path"),
    ("person", "unit_path"),
    ("election", "unit_path"),
    ("import", "unit_path"),
    ("statement", "unit_path"),
    ("activity", "unit_path"),
    ("evidence", "unit_path"),
    ("standing", "unit_path"),
    ("participation", "unit_path"),
    ("shortfall", "unit_path"),
    ("rating", "unit_path"),
    ("poll", "unit_path"),
    ("improvement", "unit_path"),
    ("quota", "unit_path"),
    ("quota_share", "unit_path"),
    ("application", "unit_path"),
    ("application", "at_unit_path"),
    ("veto", "unit_path"),
    ("veto_entry", "unit_path"),
    ("department_asked", "unit_path"),
    ("honour", "unit_path"),
    ("honour_look", "unit_path"),
    ("spot_check_unit", "unit_path"),
    ("visit", "unit_path"),
    ("check_effect", "unit_path"),
    ("subsidy_base", "unit_path"),
    ("subsidy", "unit_path"),
    ("plaque", "unit_path"),
    ("shared_case", "unit_path"),
    ("shared_case", "at_unit_path"),
    ("topic", "unit_path"),
    ("topic_contribution", "unit_path"),
    ("meeting", "unit_path"),
    ("booking", "unit_path"),
    ("put_forward", "unit_path"),
    ("doubt", "unit_path"),
    ("money_grant", "unit_path"),
    ("ledger_entry", "unit_path"),
    ("ledger_total", "unit_path"),
    ("bank_detail", "unit_path"),
    ("payment_row", "unit_path"),
    ("account_role", "unit_path"),
    ("account_request", "unit_path"),
    ("job", "unit_path"),
    ("invitation", "unit_path"),
    ("proposal", "unit_path"),
];

/// Inserts units; the caller sets `sort_key`, numbers and paths.
pub async fn insert(tx: &mut Tx, units: &[Unit]) -> Result<()> {
    for unit in units {
        tx.changed.add(&unit.path);
    }
    let columns: Vec<&'static str> = crate::register::unit::COLUMNS
        .split(',')
        .map(str::trim)
        .collect();
    let rows = units.iter().map(|unit| Ok(values_of(unit)));
    bulk::insert_each(tx, "unit", &columns, rows).await
}

/// Saves a unit's details, state and upper union, but not its path (see `move_subtree`). Returns false and changes nothing if the row is not at the
/// revision that `unit` was read with.
pub async fn update(tx: &mut Tx, unit: &Unit) -> Result<bool> {
    tx.changed.add(&unit.path);
    let details = &unit.details;
    let done = sqlx::query(
        "UPDATE unit
         SET kind = $1, name = $2, sort_key = $3, division = $4, form = $5, credit_code = $6, founded_on = $7,
             employer = $8, employer_name = $9, employer_credit_code = $10, employer_address = $11, employer_nature = $12,
             employer_economic_type = $13, employer_industry = $14, phone = $15, workers = $16, members = $17,
             code_reason = $18, state = $19, ended_on = $20, successor_id = $21, parent_id = $22, changed_at = $23,
             revision = revision + 1
         WHERE id = $24 AND revision = $25",
    )
    .bind(unit.kind.key())
    .bind(details.name.clone())
    .bind(unit.sort_key.clone())
    .bind(details.division.clone())
    .bind(details.form.clone())
    .bind(details.credit_code.clone())
    .bind(details.founded_on.map(|day| day.to_string()))
    .bind(details.employer.clone())
    .bind(details.employer_name.clone())
    .bind(details.employer_credit_code.clone())
    .bind(details.employer_address.clone())
    .bind(details.employer_nature.clone())
    .bind(details.employer_economic_type.clone())
    .bind(details.employer_industry.clone())
    .bind(details.phone.clone())
    .bind(details.workers)
    .bind(details.members)
    .bind(details.code_reason.clone())
    .bind(unit.state.key())
    .bind(unit.ended_on.map(|day| day.to_string()))
    .bind(unit.successor_id.map(|id| id.to_string()))
    .bind(unit.parent_id.map(|id| id.to_string()))
    .bind(unit.changed_at.to_string())
    .bind(unit.id.to_string())
    .bind(unit.revision)
    .execute(&mut **tx)
    .await?;
    if done.rows_affected() != 1 {
        return Ok(false);
    }
    // Where it is listed by what it has done, only living units of some kinds are.
    sqlx::query(
        "UPDATE participation
         SET unit_kind = $2, unit_state = $3
         WHERE unit_id = $1 AND (unit_kind <> $2 OR unit_state <> $3)",
    )
    .bind(unit.id.to_string())
    .bind(unit.kind.key())
    .bind(unit.state.key())
    .execute(&mut **tx)
    .await?;
    if let Some(ended_on) = unit.ended_on.filter(|_| unit.state != UnitState::Active) {
        for end in crate::OF_LIVING {
            end(tx, &unit.id, ended_on.year()).await?;
        }
    }
    Ok(true)
}

/// Moves the subtree at path `from` to path `to`, in every table with a copy of the path.
pub async fn move_subtree(tx: &mut Tx, from: &str, to: &str) -> Result<()> {
    tx.changed = Changed::Everywhere;
    let (lower, upper) = subtree(from);
    // Paths are ASCII, so `len` counts characters.
    let rest = from.len() + 1;
    for (table, column) in PATH_COLUMNS {
        let sql = format!(
            "UPDATE {table}
             SET {column} = $1 || SUBSTR({column}, {rest})
             WHERE {column} >= $2 AND {column} < $3"
        );
        sqlx::query(AssertSqlSafe(sql))
            .bind(to.to_owned())
            .bind(lower.clone())
            .bind(upper.clone())
            .execute(&mut **tx)
            .await?;
    }
    for carry in crate::CARRIED {
        carry(tx, from, to).await?;
    }
    Ok(())
}

/// The kinds of the active units directly below a unit, and the number of these units.
pub async fn kinds_below(tx: &mut Tx, id: &UnitId) -> Result<(Vec<UnitKind>, i64)> {
    let rows = sqlx::query(
        "SELECT kind, CAST(COUNT(*) AS BIGINT) AS units
         FROM unit
         WHERE parent_id = $1 AND state = 'active'
         GROUP BY kind
         ORDER BY kind",
    )
    .bind(id.to_string())
    .fetch_all(&mut **tx)
    .await?;
    let mut kinds = Vec::new();
    let mut living = 0;
    for row in &rows {
        kinds.push(kind_of(row)?);
        living += row.try_get::<i64, _>("units")?;
    }
    Ok((kinds, living))
}

/// The number of applications in the subtree of `path` that are under review or returned.
pub async fn applications_running(tx: &mut Tx, path: &str) -> Result<i64> {
    let (lower, upper) = subtree(path);
    let row = sqlx::query(
        "SELECT CAST(COUNT(*) AS BIGINT)
         FROM application
         WHERE unit_path >= $1 AND unit_path < $2 AND state IN ('under-review', 'returned')",
    )
    .bind(lower)
    .bind(upper)
    .fetch_one(&mut **tx)
    .await?;
    Ok(row.try_get(0)?)
}

fn values_of(unit: &Unit) -> Vec<Value> {
    let details = &unit.details;
    vec![
        unit.id.to_string().into(),
        unit.number.into(),
        unit.parent_id.map(|id| id.to_string()).into(),
        unit.path.clone().into(),
        unit.kind.key().into(),
        details.name.clone().into(),
        unit.sort_key.clone().into(),
        details.division.clone().into(),
        details.form.clone().into(),
        details.credit_code.clone().into(),
        details.founded_on.map(|day| day.to_string()).into(),
        details.employer.clone().into(),
        details.employer_name.clone().into(),
        details.employer_credit_code.clone().into(),
        details.employer_address.clone().into(),
        details.employer_nature.clone().into(),
        details.employer_economic_type.clone().into(),
        details.employer_industry.clone().into(),
        details.phone.clone().into(),
        details.workers.into(),
        details.members.into(),
        details.code_reason.clone().into(),
        unit.state.key().into(),
        unit.ended_on.map(|day| day.to_string()).into(),
        unit.successor_id.map(|id| id.to_string()).into(),
        unit.revision.into(),
        unit.created_at.to_string().into(),
        unit.changed_at.to_string().into(),
    ]
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;

    #[test]
    fn every_column_that_holds_a_path_is_in_the_list() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
        let mut found = BTreeSet::new();
        for file in fs::read_dir(folder).unwrap() {
            let sql = fs::read_to_string(file.unwrap().path()).unwrap();
            let mut table = String::new();
            for line in sql.lines() {
                let words: Vec<&str> = line.split_whitespace().collect();
                match words.as_slice() {
                    ["CREATE", "TABLE", name, ..] => table = (*name).to_owned(),
                    // A table that was made anew: the old one, renamed, goes in the same file.
                    ["DROP", "TABLE", name] => {
                        let name = name.trim_end_matches(';');
                        found.retain(|(table, _): &(String, String)| table != name);
                    }
                    ["ALTER", "TABLE", name, "ADD", "COLUMN", column, ..]
                        if column.ends_with("path") =>
                    {
                        found.insert(((*name).to_owned(), (*column).to_owned()));
                    }
                    [column, "TEXT", ..] if column.ends_with("path") => {
                        found.insert((table.clone(), (*column).to_owned()));
                    }
                    _ => {}
                }
            }
        }
        found.remove(&("audit".to_owned(), "unit_path".to_owned()));
        let listed: BTreeSet<(String, String)> = PATH_COLUMNS
            .iter()
            .map(|(table, column)| ((*table).to_owned(), (*column).to_owned()))
            .collect();
        assert_eq!(
            listed, found,
            "add the column to PATH_COLUMNS, so that a moved unit's rows move with it"
        );
    }
}
