//! Proposals to change the standard, and which units the rows of the trail are about, so that what is kept of units in memory can follow it.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use jianjia_domain::{
    amending::what_if::{Proposal, ProposalState},
    core::{
        ids::{ProposalId, UnitId},
        place::UnitPlace,
    },
};
use sqlx::{Row, any::AnyRow};

use crate::core::{
    audit::feed::WrittenRow,
    bulk::{self, Value},
    condition::{Conditions, anywhere},
    db::Tx,
    place::place_of,
};

pub mod people;

const COLUMNS: [&str; 17] = [
    "id",
    "unit_id",
    "unit_path",
    "year",
    "standard_key",
    "standard_hash",
    "name",
    "reason",
    "changes",
    "state",
    "revision",
    "made_by",
    "made_by_name",
    "made_at",
    "changed_by_name",
    "changed_at",
    "request_key",
];

/// What is wanted of the proposals.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProposalFilter {
    /// The subtrees within which they are made.
    pub within: Vec<String>,
    /// None for all.
    pub state: Option<ProposalState>,
    /// Part of the name, the reason or of who made it.
    pub text: String,
}

pub async fn insert(tx: &mut Tx, proposal: &Proposal) -> Result<()> {
    let row: Vec<Value> = vec![
        proposal.id.to_string().into(),
        proposal.unit.to_string().into(),
        proposal.unit_path.as_str().into(),
        i64::from(proposal.year).into(),
        proposal.standard_key.as_str().into(),
        proposal.standard_hash.as_str().into(),
        proposal.name.as_str().into(),
        proposal.reason.as_str().into(),
        serde_json::to_string(&proposal.changes)?.into(),
        proposal.state.key().into(),
        proposal.revision.into(),
        proposal.made_by.to_string().into(),
        proposal.made_by_name.as_str().into(),
        proposal.made_at.to_string().into(),
        proposal.changed_by_name.as_str().into(),
        proposal.changed_at.to_string().into(),
        proposal.request_key.as_str().into(),
    ];
    bulk::insert(tx, "proposal", &COLUMNS, vec![row]).await
}

/// Saves what may change. Returns false and changes nothing if the row is not at the revision that `proposal` was read with.
pub async fn update(tx: &mut Tx, proposal: &Proposal) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE proposal
         SET standard_key = $1, standard_hash = $2, name = $3, reason = $4, changes = $5, state = $6,
             changed_by_name = $7, changed_at = $8, revision = revision + 1
         WHERE id = $9 AND revision = $10",
    )
    .bind(proposal.standard_key.clone())
    .bind(proposal.standard_hash.clone())
    .bind(proposal.name.clone())
    .bind(proposal.reason.clone())
    .bind(serde_json::to_string(&proposal.changes)?)
    .bind(proposal.state.key())
    .bind(proposal.changed_by_name.clone())
    .bind(proposal.changed_at.to_string())
    .bind(proposal.id.to_string())
    .bind(proposal.revision)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn find(tx: &mut Tx, id: &ProposalId) -> Result<Option<Proposal>> {
    let mut conditions = Conditions::default();
    conditions.equals("id", id.to_string());
    one(tx, conditions).await
}

/// The proposal that was kept by this form.
pub async fn of_request(tx: &mut Tx, key: &str) -> Result<Option<Proposal>> {
    let mut conditions = Conditions::default();
    conditions.equals("request_key", key);
    one(tx, conditions).await
}

async fn one(tx: &mut Tx, conditions: Conditions) -> Result<Option<Proposal>> {
    let sql = format!(
        "SELECT {}
         FROM proposal{}",
        COLUMNS.join(", "),
        conditions.sql()
    );
    let row = conditions.query(sql).fetch_optional(&mut **tx).await?;
    row.as_ref().map(proposal_of).transpose()
}

/// A portion of the proposals, those in discussion first, the newest first; with how many there are.
pub async fn list(
    tx: &mut Tx,
    filter: &ProposalFilter,
    (limit, offset): (i64, i64),
) -> Result<(Vec<Proposal>, i64)> {
    let mut conditions = Conditions::default();
    conditions.within("unit_path", &filter.within);
    if let Some(state) = filter.state {
        conditions.equals("state", state.key());
    }
    let text = filter.text.trim();
    if !text.is_empty() {
        let part = conditions.value(anywhere(text));
        conditions.and(format!(
            "(name LIKE {part} ESCAPE '!' OR reason LIKE {part} ESCAPE '!' OR made_by_name LIKE {part} ESCAPE '!')"
        ));
    }
    let where_sql = conditions.sql();
    let count = format!("SELECT CAST(COUNT(*) AS BIGINT) FROM proposal{where_sql}");
    let total: i64 = conditions
        .query(count)
        .fetch_one(&mut **tx)
        .await?
        .try_get(0)?;
    let (limit, offset) = (conditions.value(limit), conditions.value(offset));
    let sql = format!(
        "SELECT {}
         FROM proposal{where_sql}
         ORDER BY state, made_at DESC, id DESC
         LIMIT {limit} OFFSET {offset}",
        COLUMNS.join(", ")
    );
    let rows = conditions.query(sql).fetch_all(&mut **tx).await?;
    let proposals = rows.iter().map(proposal_of).collect::<Result<_>>()?;
    Ok((proposals, total))
}

fn proposal_of(row: &AnyRow) -> Result<Proposal> {
    let text = |column: &str| row.try_get::<String, _>(column);
    let state = text("state")?;
    Ok(Proposal {
        id: text("id")?.parse()?,
        unit: text("unit_id")?.parse()?,
        unit_path: text("unit_path")?,
        year: i16::try_from(row.try_get::<i64, _>("year")?)?,
        standard_key: text("standard_key")?,
        standard_hash: text("standard_hash")?,
        name: text("name")?,
        reason: text("reason")?,
        changes: serde_json::from_str(&text("changes")?).context("the changes of a proposal")?,
        state: ProposalState::from_key(&state).with_context(|| format!("no state {state}"))?,
        revision: row.try_get("revision")?,
        made_by: text("made_by")?.parse()?,
        made_by_name: text("made_by_name")?,
        made_at: text("made_at")?.parse()?,
        changed_by_name: text("changed_by_name")?,
        changed_at: text("changed_at")?.parse()?,
        request_key: text("request_key")?,
    })
}

/// The tables whose rows say something that units or people are judged by.
pub const FOLLOWED: [&str; 9] = [
    "unit",
    "person",
    "statement",
    "election",
    "activity",
    "honour",
    "rating",
    "veto",
    "application",
];

/// The tables whose rows say something that units are judged by.
pub const JUDGED_BY: [&str; 6] = [
    "unit",
    "statement",
    "election",
    "activity",
    "honour",
    "rating",
];

/// Which units written rows are about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    pub units: BTreeSet<UnitId>,
    /// Those among them whose place, kind or titles may have changed: what stands above them counts them.
    pub counted_above: BTreeSet<UnitId>,
}

/// The units that rows of `JUDGED_BY` are about, other rows aside; `None` where one can't be told, since its row is gone.
pub async fn about(tx: &mut Tx, rows: &[WrittenRow]) -> Result<Option<About>> {
    let mut about = About::default();
    for table in JUDGED_BY {
        let keys: Vec<&str> = rows
            .iter()
            .filter(|row| row.table == table)
            .map(|row| row.key.as_str())
            .collect();
        if keys.is_empty() {
            continue;
        }
        let units: Vec<UnitId> = match table {
            "unit" => keys
                .iter()
                .map(|key| key.parse())
                .collect::<Result<_, _>>()?,
            // Its key begins with the unit's.
            "rating" => keys
                .iter()
                .map(|key| key.split(' ').next().unwrap_or_default().parse())
                .collect::<Result<_, _>>()?,
            _ => {
                let sql = format!("SELECT unit_id FROM {table} WHERE id IN ({{words}})");
                let found =
                    bulk::select(tx, &sql, &[], keys.iter().map(|key| (*key).to_owned())).await?;
                if found.len() < keys.len() {
                    return Ok(None);
                }
                found
                    .iter()
                    .map(|row| Ok(row.try_get::<String, _>("unit_id")?.parse()?))
                    .collect::<Result<_>>()?
            }
        };
        if matches!(table, "unit" | "honour") {
            about.counted_above.extend(&units);
        }
        about.units.extend(units);
    }
    Ok(Some(about))
}

/// Of these units those that are active.
pub async fn active(tx: &mut Tx, units: &[UnitId]) -> Result<BTreeSet<UnitId>> {
    let sql = "SELECT id
               FROM unit
               WHERE state = 'active' AND id IN ({words})";
    let rows = bulk::select(tx, sql, &[], units.iter().map(UnitId::to_string)).await?;
    rows.iter()
        .map(|row| Ok(row.try_get::<String, _>("id")?.parse()?))
        .collect()
}

/// The units at these paths.
pub async fn at_paths(
    tx: &mut Tx,
    paths: impl IntoIterator<Item = String>,
) -> Result<Vec<UnitPlace>> {
    let sql = "SELECT id, kind, name, path
               FROM unit
               WHERE path IN ({words})";
    let rows = bulk::select(tx, sql, &[], paths).await?;
    rows.iter().map(place_of).collect()
}

#[cfg(test)]
mod tests;
