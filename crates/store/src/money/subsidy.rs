//! Subsidies of units by year, and the reckonings that they are of. `base` has what they start from, `list` reads them for pages.

pub mod base;
pub mod list;

use anyhow::{Context, Result};
use jianjia_domain::{
    core::ids::{AccountId, SubsidyId, UnitId},
    money::subsidy::{Entitlement, Facts, Reckoning, Subsidy},
};
use jianjia_standard::{Text, subsidy::Reckoned};
use sqlx::{AssertSqlSafe, Row, any::AnyRow};

use crate::core::{
    bulk::{self, Value},
    db::Tx,
};

/// The columns that `subsidy_of` reads and `insert_many` writes, in this order.
pub(crate) const COLUMNS: &str = "s.id, s.reckoning_id, s.year, s.unit_id, s.unit_path, s.unit_name, s.scheme, s.effect, s.base_fen, s.amount_fen,
    s.facts, s.reckoned, s.sum_zh, s.sum_en, s.standard_version, s.replaced_by";

pub async fn insert_reckoning(tx: &mut Tx, reckoning: &Reckoning) -> Result<()> {
    let columns = [
        "id",
        "year",
        "number",
        "standard_version",
        "reason",
        "units",
        "digest",
        "reckoned_by",
        "reckoned_by_name",
        "reckoned_at",
    ];
    let row = vec![
        reckoning.id.to_string().into(),
        i64::from(reckoning.year).into(),
        reckoning.number.into(),
        reckoning.standard_version.as_str().into(),
        reckoning.reason.as_str().into(),
        reckoning.units.into(),
        reckoning.digest.as_str().into(),
        reckoning.by.to_string().into(),
        reckoning.by_name.as_str().into(),
        reckoning.at.to_string().into(),
    ];
    bulk::insert(tx, "subsidy_reckoning", &columns, vec![row]).await
}

/// The reckonings of a year, the newest first.
pub async fn reckonings(tx: &mut Tx, year: i16) -> Result<Vec<Reckoning>> {
    let rows = sqlx::query(
        "SELECT id, year, number, standard_version, reason, units, digest, reckoned_by, reckoned_by_name, reckoned_at
         FROM subsidy_reckoning
         WHERE year = $1
         ORDER BY number DESC",
    )
    .bind(i64::from(year))
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(reckoning_of).collect()
}

/// The years that were reckoned, the newest first.
pub async fn years(tx: &mut Tx) -> Result<Vec<i16>> {
    let rows = sqlx::query(
        "SELECT DISTINCT year
         FROM subsidy_reckoning
         ORDER BY year DESC",
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| Ok(i16::try_from(row.try_get::<i64, _>("year")?)?))
        .collect()
}

/// Keeps new results; those that they replace are marked first, so that no unit has two. Gives how many were marked.
pub async fn keep(
    tx: &mut Tx,
    new: &[Subsidy],
    replaces: &[(SubsidyId, SubsidyId)],
) -> Result<u64> {
    let rows = replaces
        .iter()
        .map(|(before, after)| vec![before.to_string().into(), after.to_string().into()])
        .collect();
    let marked = bulk::update(
        tx,
        "UPDATE subsidy
         SET replaced_by = marked.column2
         FROM (VALUES {rows}) AS marked
         WHERE subsidy.id = marked.column1 AND subsidy.replaced_by = ''",
        &[],
        rows,
    )
    .await?;
    insert_many(tx, new).await?;
    Ok(marked)
}

async fn insert_many(tx: &mut Tx, subsidies: &[Subsidy]) -> Result<()> {
    let columns: Vec<&'static str> = COLUMNS
        .split(',')
        .map(|column| column.trim().trim_start_matches("s."))
        .collect();
    let rows = subsidies.iter().map(values).collect::<Result<_>>()?;
    bulk::insert(tx, "subsidy", &columns, rows).await
}

fn values(subsidy: &Subsidy) -> Result<Vec<Value>> {
    let Entitlement {
        scheme,
        facts,
        reckoned,
        sum,
    } = &subsidy.entitlement;
    let replaced_by = subsidy.replaced_by;
    Ok(vec![
        subsidy.id.to_string().into(),
        subsidy.reckoning.to_string().into(),
        i64::from(subsidy.year).into(),
        subsidy.unit.to_string().into(),
        subsidy.unit_path.as_str().into(),
        subsidy.unit_name.as_str().into(),
        scheme.as_str().into(),
        reckoned.change().key().into(),
        reckoned.base_fen.into(),
        reckoned.amount_fen.into(),
        serde_json::to_string(facts)?.into(),
        serde_json::to_string(reckoned)?.into(),
        sum.zh.as_str().into(),
        sum.en.as_str().into(),
        subsidy.standard_version.as_str().into(),
        Value::Text(replaced_by.map_or_else(String::new, |id| id.to_string())),
    ])
}

/// What holds for a year, in the order of the tree.
pub async fn of_year(tx: &mut Tx, year: i16) -> Result<Vec<Subsidy>> {
    let rows = sqlx::query(AssertSqlSafe(format!(
        "SELECT {COLUMNS}
         FROM subsidy s
         WHERE s.year = $1 AND s.replaced_by = ''
         ORDER BY s.unit_path"
    )))
    .bind(i64::from(year))
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(subsidy_of).collect()
}

/// All that a unit was ever reckoned, the newest year first, within a year the newest first.
pub async fn of_unit(tx: &mut Tx, unit: &UnitId) -> Result<Vec<Subsidy>> {
    let rows = sqlx::query(AssertSqlSafe(format!(
        "SELECT {COLUMNS}
         FROM subsidy s
         WHERE s.unit_id = $1
         ORDER BY s.year DESC, s.id DESC"
    )))
    .bind(unit.to_string())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(subsidy_of).collect()
}

/// So many kept results after one, in the order of their ids, replaced ones too, each with whether its columns say what was reckoned: for checking them.
pub async fn after(
    tx: &mut Tx,
    last: Option<&SubsidyId>,
    limit: i64,
) -> Result<Vec<(Subsidy, bool)>> {
    let rows = sqlx::query(AssertSqlSafe(format!(
        "SELECT {COLUMNS}
         FROM subsidy s
         WHERE s.id > $1
         ORDER BY s.id
         LIMIT $2"
    )))
    .bind(last.map_or_else(String::new, SubsidyId::to_string))
    .bind(limit)
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| {
            let subsidy = subsidy_of(row)?;
            let is_consistent = is_consistent(row, &subsidy.entitlement.reckoned)?;
            Ok((subsidy, is_consistent))
        })
        .collect()
}

/// Whether the columns by which lists filter and add up say what was reckoned.
fn is_consistent(row: &AnyRow, reckoned: &Reckoned) -> Result<bool> {
    let columns: (Option<i64>, Option<i64>, String) = (
        row.try_get("base_fen")?,
        row.try_get("amount_fen")?,
        row.try_get("effect")?,
    );
    let effect = reckoned.change().key().to_owned();
    Ok(columns == (reckoned.base_fen, reckoned.amount_fen, effect))
}

fn reckoning_of(row: &AnyRow) -> Result<Reckoning> {
    let text = |column: &str| row.try_get::<String, _>(column);
    Ok(Reckoning {
        id: text("id")?.parse()?,
        year: i16::try_from(row.try_get::<i64, _>("year")?)?,
        number: row.try_get("number")?,
        standard_version: text("standard_version")?,
        reason: text("reason")?,
        units: row.try_get("units")?,
        digest: text("digest")?,
        by: text("reckoned_by")?.parse::<AccountId>()?,
        by_name: text("reckoned_by_name")?,
        at: text("reckoned_at")?.parse()?,
    })
}

pub(crate) fn subsidy_of(row: &AnyRow) -> Result<Subsidy> {
    let text = |column: &str| row.try_get::<String, _>(column);
    let replaced_by = text("replaced_by")?;
    let facts: Facts = serde_json::from_str(&text("facts")?).context("the facts of a subsidy")?;
    let reckoned: Reckoned =
        serde_json::from_str(&text("reckoned")?).context("what was reckoned")?;
    Ok(Subsidy {
        id: text("id")?.parse()?,
        reckoning: text("reckoning_id")?.parse()?,
        year: i16::try_from(row.try_get::<i64, _>("year")?)?,
        unit: text("unit_id")?.parse()?,
        unit_path: text("unit_path")?,
        unit_name: text("unit_name")?,
        standard_version: text("standard_version")?,
        entitlement: Entitlement {
            scheme: text("scheme")?,
            facts,
            reckoned,
            sum: Text {
                zh: text("sum_zh")?,
                en: text("sum_en")?,
            },
        },
        replaced_by: match replaced_by.as_str() {
            "" => None,
            id => Some(id.parse()?),
        },
    })
}

#[cfg(test)]
mod tests;
