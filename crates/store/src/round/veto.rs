//! Vetoes of units by year.

use anyhow::Result;
use jianjia_domain::{
    core::{
        ids::{UnitId, VetoId},
        place::subtree,
    },
    round::veto::{Lifting, Veto},
};
use sqlx::{Row, any::AnyRow};

use crate::core::{
    bulk::{self, Value},
    condition::{Conditions, anywhere},
    db::Tx,
    pinyin,
};

const COLUMNS: &str =
    "v.id, v.unit_id, v.unit_path, v.unit_name, v.year, v.clause, v.source, v.note, v.recorded_by,
    v.recorded_by_name, v.recorded_at, v.entry_id, v.lifted_at, v.lifted_by_name, v.lift_reason";

/// Inserts a veto; false if the unit has one in force by the same clause for the year.
pub async fn record(tx: &mut Tx, veto: &Veto) -> Result<bool> {
    let row = sqlx::query(
        "INSERT INTO veto (id, unit_id, unit_path, unit_name, year, clause, source, note, recorded_by, recorded_by_name, recorded_at, entry_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         ON CONFLICT (unit_id, year, clause) WHERE lifted_at IS NULL DO NOTHING
         RETURNING id",
    )
    .bind(veto.id.to_string())
    .bind(veto.unit.to_string())
    .bind(&veto.unit_path)
    .bind(&veto.unit_name)
    .bind(i64::from(veto.year))
    .bind(&veto.clause)
    .bind(&veto.source)
    .bind(&veto.note)
    .bind(veto.recorded_by.map_or_else(String::new, |id| id.to_string()))
    .bind(&veto.recorded_by_name)
    .bind(veto.recorded_at.to_string())
    .bind(veto.entry.map_or_else(String::new, |id| id.to_string()))
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.is_some())
}

/// Inserts vetoes that are neither lifted nor on record, nor what a department said: for imports and the demo city.
pub async fn record_many(tx: &mut Tx, vetoes: &[Veto]) -> Result<()> {
    let rows = vetoes
        .iter()
        .map(|veto| {
            vec![
                veto.id.to_string().into(),
                veto.unit.to_string().into(),
                veto.unit_path.as_str().into(),
                veto.unit_name.as_str().into(),
                i64::from(veto.year).into(),
                veto.clause.as_str().into(),
                veto.source.as_str().into(),
                veto.note.as_str().into(),
                Value::Text(
                    veto.recorded_by
                        .map_or_else(String::new, |id| id.to_string()),
                ),
                veto.recorded_by_name.as_str().into(),
                veto.recorded_at.to_string().into(),
            ]
        })
        .collect();
    let columns = [
        "id",
        "unit_id",
        "unit_path",
        "unit_name",
        "year",
        "clause",
        "source",
        "note",
        "recorded_by",
        "recorded_by_name",
        "recorded_at",
    ];
    bulk::insert(tx, "veto", &columns, rows).await
}

/// Marks a veto as lifted; false if it is lifted already.
pub async fn lift(tx: &mut Tx, id: &VetoId, lifting: &Lifting) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE veto
         SET lifted_at = $2, lifted_by_name = $3, lift_reason = $4
         WHERE id = $1 AND lifted_at IS NULL",
    )
    .bind(id.to_string())
    .bind(lifting.at.to_string())
    .bind(&lifting.by_name)
    .bind(&lifting.reason)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn find(tx: &mut Tx, id: &VetoId) -> Result<Option<Veto>> {
    let query =
        Conditions::default().query(format!("SELECT {COLUMNS} FROM veto v WHERE v.id = $1"));
    let row = query.bind(id.to_string()).fetch_optional(&mut **tx).await?;
    row.map(|row| veto_of(&row)).transpose()
}

/// The vetoes in force for a unit in a year, by clause: its own, and for a branch those of its union.
pub async fn of_unit(tx: &mut Tx, unit: &UnitId, year: i16) -> Result<Vec<Veto>> {
    // A branch may be under another branch, so the query goes up to the first unit that is not a branch.
    let query = Conditions::default().query(format!(
        "WITH RECURSIVE over (id, kind, parent_id) AS (
           SELECT id, kind, parent_id FROM unit WHERE id = $1
           UNION ALL
           SELECT u.id, u.kind, u.parent_id FROM unit u JOIN over o ON u.id = o.parent_id WHERE o.kind = 'branch'
         )
         SELECT {COLUMNS}
         FROM veto v
         JOIN over o ON v.unit_id = o.id
         WHERE v.year = $2 AND v.lifted_at IS NULL
         ORDER BY v.id"
    ));
    let rows = query
        .bind(unit.to_string())
        .bind(i64::from(year))
        .fetch_all(&mut **tx)
        .await?;
    let mut vetoes: Vec<Veto> = rows.iter().map(veto_of).collect::<Result<_>>()?;
    vetoes.sort_by_key(|veto| clause_order(&veto.clause));
    Ok(vetoes)
}

/// The vetoes on record in a subtree, lifted ones too: for imports.
pub async fn within(tx: &mut Tx, path: &str) -> Result<Vec<Veto>> {
    let (lower, upper) = subtree(path);
    between(tx, (&lower, &upper)).await
}

/// The vetoes on record of the units from a path on and before another, lifted ones too, in the order of the tree: for exports.
pub async fn between(tx: &mut Tx, (lower, upper): (&str, &str)) -> Result<Vec<Veto>> {
    let query = Conditions::default().query(format!(
        "SELECT {COLUMNS}
         FROM veto v
         WHERE v.unit_path >= $1 AND v.unit_path < $2
         ORDER BY v.unit_path, v.year, v.id"
    ));
    let query = query.bind(lower.to_owned()).bind(upper.to_owned());
    let rows = query.fetch_all(&mut **tx).await?;
    rows.iter().map(veto_of).collect()
}

/// Every veto a unit ever had, newest first, lifted ones included.
pub async fn history_of_unit(tx: &mut Tx, unit: &UnitId) -> Result<Vec<Veto>> {
    let query = Conditions::default().query(format!(
        "SELECT {COLUMNS}
         FROM veto v
         WHERE v.unit_id = $1
         ORDER BY v.year DESC, v.id DESC"
    ));
    let rows = query.bind(unit.to_string()).fetch_all(&mut **tx).await?;
    rows.iter().map(veto_of).collect()
}

/// The filter of a list of vetoes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VetoFilter {
    /// Only units within these subtrees.
    pub within: Vec<String>,
    pub year: Option<i16>,
    pub clause: Option<String>,
    /// `Some(true)`: only lifted ones; `Some(false)`: only those in force.
    pub lifted: Option<bool>,
    /// Part of the unit's name, as it was then or is now, or its pinyin.
    pub name: String,
}

/// One page of vetoes, newest first, and the total number of matches.
pub async fn list(
    tx: &mut Tx,
    filter: &VetoFilter,
    limit: i64,
    offset: i64,
) -> Result<(Vec<Veto>, i64)> {
    let mut conditions = Conditions::default();
    conditions.within("v.unit_path", &filter.within);
    if let Some(year) = filter.year {
        conditions.equals("v.year", i64::from(year));
    }
    if let Some(clause) = &filter.clause {
        conditions.equals("v.clause", clause.as_str());
    }
    match filter.lifted {
        Some(true) => conditions.and("v.lifted_at IS NOT NULL".to_owned()),
        Some(false) => conditions.and("v.lifted_at IS NULL".to_owned()),
        None => {}
    }
    if !filter.name.trim().is_empty() {
        let then = conditions.value(anywhere(&filter.name));
        let now = pinyin::called(&mut conditions, "unit.name", "unit.sort_key", &filter.name);
        conditions.and(format!(
            "(v.unit_name LIKE {then} ESCAPE '!' OR EXISTS (SELECT 1 FROM unit WHERE unit.id = v.unit_id AND ({now})))"
        ));
    }
    let count = format!(
        "SELECT CAST(COUNT(*) AS BIGINT) FROM veto v{}",
        conditions.sql()
    );
    let total: i64 = conditions
        .query(count)
        .fetch_one(&mut **tx)
        .await?
        .try_get(0)?;
    let where_sql = conditions.sql();
    let limit = conditions.value(limit);
    let offset = conditions.value(offset);
    let rows = conditions
        .query(format!(
            "SELECT {COLUMNS}
             FROM veto v{where_sql}
             ORDER BY v.year DESC, v.id DESC
             LIMIT {limit} OFFSET {offset}"
        ))
        .fetch_all(&mut **tx)
        .await?;
    Ok((rows.iter().map(veto_of).collect::<Result<_>>()?, total))
}

/// Sorts V2 before V10.
fn clause_order(clause: &str) -> (usize, String) {
    (clause.len(), clause.to_owned())
}

fn veto_of(row: &AnyRow) -> Result<Veto> {
    let recorded_by: String = row.try_get("recorded_by")?;
    let entry: String = row.try_get("entry_id")?;
    let lifted_at: Option<String> = row.try_get("lifted_at")?;
    let lifted = match lifted_at {
        None => None,
        Some(at) => Some(Lifting {
            at: at.parse()?,
            by_name: row.try_get("lifted_by_name")?,
            reason: row
                .try_get::<Option<String>, _>("lift_reason")?
                .unwrap_or_default(),
        }),
    };
    Ok(Veto {
        id: row.try_get::<String, _>("id")?.parse()?,
        unit: row.try_get::<String, _>("unit_id")?.parse()?,
        unit_path: row.try_get("unit_path")?,
        unit_name: row.try_get("unit_name")?,
        year: i16::try_from(row.try_get::<i64, _>("year")?)?,
        clause: row.try_get("clause")?,
        source: row.try_get("source")?,
        note: row.try_get("note")?,
        recorded_by: if recorded_by.is_empty() {
            None
        } else {
            Some(recorded_by.parse()?)
        },
        recorded_by_name: row.try_get("recorded_by_name")?,
        recorded_at: row.try_get::<String, _>("recorded_at")?.parse()?,
        entry: if entry.is_empty() {
            None
        } else {
            Some(entry.parse()?)
        },
        lifted,
    })
}

#[cfg(test)]
mod tests;
