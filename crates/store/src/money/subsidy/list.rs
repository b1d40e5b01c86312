//! The list of a year's subsidies, filtered and paged, and what they come to together.

use std::collections::HashMap;

use anyhow::Result;
use jianjia_domain::{core::ids::UnitId, money::subsidy::Subsidy};
use sqlx::Row;

use super::{COLUMNS, subsidy_of};
use crate::core::{
    bulk,
    condition::{Conditions, List, anywhere},
    db::Tx,
    pinyin,
};

/// Which subsidies are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SubsidyFilter {
    pub year: i16,
    /// Only units within these subtrees.
    pub within: Vec<String>,
    pub scheme: Option<String>,
    /// The key of what titles and findings did.
    pub change: Option<&'static str>,
    /// Only those whose amount is not known.
    pub only_unknown: bool,
    /// Only of those whose year was granted, and where another amount is reckoned by now, or none that is known.
    pub only_differing: bool,
    /// Part of the unit's name, as it was then or is now, or its pinyin.
    pub name: String,
}

impl SubsidyFilter {
    fn conditions(&self) -> Conditions {
        let mut conditions = Conditions::default();
        conditions.equals("subsidy.year", i64::from(self.year));
        conditions.and("subsidy.replaced_by = ''".to_owned());
        conditions.within("subsidy.unit_path", &self.within);
        if let Some(scheme) = &self.scheme {
            conditions.equals("subsidy.scheme", scheme.as_str());
        }
        if let Some(change) = self.change {
            conditions.equals("subsidy.effect", change);
        }
        if self.only_unknown {
            conditions.and("subsidy.amount_fen IS NULL".to_owned());
        }
        if self.only_differing {
            let granted = granted_to("subsidy");
            conditions.and(format!(
                "({granted} <> subsidy.amount_fen OR (subsidy.amount_fen IS NULL AND {granted} IS NOT NULL))"
            ));
        }
        if !self.name.trim().is_empty() {
            let then = conditions.value(anywhere(&self.name));
            let now = pinyin::called(&mut conditions, "unit.name", "unit.sort_key", &self.name);
            conditions.search(format!(
                "(subsidy.unit_name LIKE {then} ESCAPE '!' OR EXISTS (SELECT 1 FROM unit WHERE unit.id = subsidy.unit_id AND ({now})))"
            ));
        }
        conditions
    }
}

/// What was granted as the subsidy that a row is of, less what was clawed back of the unit's year, and less what the unit gave back of what it was granted too
/// much: that is made good by it. Whatever else a unit gives back (left of the year, of the year before, of a reward) says nothing of how much it was to get,
/// and is not to be granted once more. A payment that the bank returned is still granted. Null where nothing was granted.
fn granted_to(subsidy: &str) -> String {
    let came_back = |kind: &str| {
        format!(
            "COALESCE((SELECT CAST(SUM(e.amount_fen) AS BIGINT)
               FROM ledger_entry e
               WHERE e.unit_id = {subsidy}.unit_id AND e.year = {subsidy}.year AND e.kind = '{kind}'
                 AND NOT EXISTS (SELECT 1 FROM ledger_entry r WHERE r.reverses_id = e.id)), 0)"
        )
    };
    format!(
        "(SELECT CASE
             WHEN sums.fen - sums.refunded_fen > {subsidy}.amount_fen THEN sums.fen - sums.refunded_fen
             WHEN sums.fen > {subsidy}.amount_fen THEN {subsidy}.amount_fen
             ELSE sums.fen
           END
         FROM (
           SELECT (SELECT CAST(SUM(g.amount_fen) AS BIGINT)
             FROM money_grant g
             WHERE g.unit_id = {subsidy}.unit_id AND g.year = {subsidy}.year AND g.kind = 'subsidy' AND g.state <> 'cancelled')
             - {} AS fen, {} AS refunded_fen) AS sums)",
        came_back("clawed-back"),
        came_back("refunded")
    )
}

/// What these units were granted as the subsidy of a year, less what came back of it. Those who were granted none are left out.
pub async fn granted(tx: &mut Tx, year: i16, units: &[UnitId]) -> Result<HashMap<UnitId, i64>> {
    let sql = format!(
        "SELECT s.unit_id, {} AS granted_fen
         FROM subsidy s
         WHERE s.year = $1 AND s.replaced_by = '' AND s.unit_id IN ({{words}})",
        granted_to("s")
    );
    let year = [i64::from(year).into()];
    let rows = bulk::select(tx, &sql, &year, units.iter().map(UnitId::to_string)).await?;
    let mut found = HashMap::with_capacity(rows.len());
    for row in &rows {
        if let Some(fen) = row.try_get::<Option<i64>, _>("granted_fen")? {
            found.insert(row.try_get::<String, _>("unit_id")?.parse()?, fen);
        }
    }
    Ok(found)
}

/// A portion (limit, offset) of the subsidies that hold, in the order of the tree, and how many there are.
pub async fn list(
    tx: &mut Tx,
    filter: &SubsidyFilter,
    portion: (i64, i64),
) -> Result<(Vec<Subsidy>, i64)> {
    let list = List {
        table: "subsidy",
        key: "subsidy.id",
        order: "subsidy.unit_path",
        columns: COLUMNS,
        from: "subsidy AS s",
        from_key: "s.id",
        from_order: "s.unit_path",
    };
    let (rows, total) = filter.conditions().page(tx, &list, portion).await?;
    let found = rows.iter().map(subsidy_of).collect::<Result<_>>()?;
    Ok((found, total))
}

/// What subsidies come to together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    pub units: i64,
    pub base_fen: i64,
    pub amount_fen: i64,
    /// Of so many the amount is not known.
    pub unknown: i64,
}

/// The sums over all that the filter finds, by the key of what titles and findings did.
pub async fn totals(tx: &mut Tx, filter: &SubsidyFilter) -> Result<Vec<(String, Totals)>> {
    let conditions = filter.conditions();
    let sql = format!(
        "SELECT subsidy.effect,
           CAST(COUNT(*) AS BIGINT) AS units,
           COALESCE(CAST(SUM(subsidy.base_fen) AS BIGINT), 0) AS base_fen,
           COALESCE(CAST(SUM(subsidy.amount_fen) AS BIGINT), 0) AS amount_fen,
           CAST(SUM(CASE WHEN subsidy.amount_fen IS NULL THEN 1 ELSE 0 END) AS BIGINT) AS unknown_amounts
         FROM subsidy{}
         GROUP BY subsidy.effect
         ORDER BY subsidy.effect",
        conditions.sql()
    );
    let rows = conditions.query(sql).fetch_all(&mut **tx).await?;
    rows.iter()
        .map(|row| {
            let totals = Totals {
                units: row.try_get("units")?,
                base_fen: row.try_get("base_fen")?,
                amount_fen: row.try_get("amount_fen")?,
                unknown: row.try_get("unknown_amounts")?,
            };
            Ok((row.try_get("effect")?, totals))
        })
        .collect()
}

/// What was granted beside what is reckoned by now, over all that are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Differences {
    /// Less what came back of it.
    pub granted_fen: i64,
    /// Units that have yet to be granted some, and how much.
    pub less: i64,
    pub less_fen: i64,
    /// Units that were granted too much, and how much.
    pub more: i64,
    pub more_fen: i64,
}

/// The sums of the differences over all that the filter finds.
pub async fn differences(tx: &mut Tx, filter: &SubsidyFilter) -> Result<Differences> {
    let conditions = filter.conditions();
    let sql = format!(
        "SELECT
           COALESCE(CAST(SUM(granted_fen) AS BIGINT), 0) AS granted_fen,
           COALESCE(CAST(SUM(CASE WHEN granted_fen < amount_fen THEN 1 ELSE 0 END) AS BIGINT), 0) AS less,
           COALESCE(CAST(SUM(CASE WHEN granted_fen < amount_fen THEN amount_fen - granted_fen ELSE 0 END) AS BIGINT), 0) AS less_fen,
           COALESCE(CAST(SUM(CASE WHEN granted_fen > amount_fen THEN 1 ELSE 0 END) AS BIGINT), 0) AS more,
           COALESCE(CAST(SUM(CASE WHEN granted_fen > amount_fen THEN granted_fen - amount_fen ELSE 0 END) AS BIGINT), 0) AS more_fen
         FROM (
           SELECT subsidy.amount_fen, {} AS granted_fen
           FROM subsidy{}) AS compared",
        granted_to("subsidy"),
        conditions.sql()
    );
    let row = conditions.query(sql).fetch_one(&mut **tx).await?;
    Ok(Differences {
        granted_fen: row.try_get("granted_fen")?,
        less: row.try_get("less")?,
        less_fen: row.try_get("less_fen")?,
        more: row.try_get("more")?,
        more_fen: row.try_get("more_fen")?,
    })
}
