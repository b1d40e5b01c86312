//! Who can inspect, and who was confirmed to.

use std::collections::HashMap;

use anyhow::{Context, Result};
use jianjia_domain::{
    check::spot_check::{Candidate, Inspector, InspectorState},
    core::ids::{AccountId, SpotCheckId},
};
use sqlx::{AssertSqlSafe, Row};

use crate::core::{bulk, db::Tx};

/// The accounts that can be confirmed: those that review or decide at a district or industry federation. $1: only this one unless it is empty.
const ABLE: &str = "account_role.role IN ('reviewer', 'approver') AND account.state = 'active'
    AND unit.kind IN ('district', 'industry') AND unit.state = 'active' AND ($1 = '' OR account.id = $1)";

/// Who can be confirmed to inspect, by federation and name, each once and with everywhere that they belong to.
pub async fn candidates(tx: &mut Tx) -> Result<Vec<Candidate>> {
    found(tx, "").await
}

/// Somebody, if they can be confirmed to inspect today.
pub async fn candidate(tx: &mut Tx, account: &AccountId) -> Result<Option<Candidate>> {
    Ok(found(tx, &account.to_string()).await?.pop())
}

/// Those who can be confirmed; only this account unless it is empty.
async fn found(tx: &mut Tx, only: &str) -> Result<Vec<Candidate>> {
    let rows = sqlx::query(AssertSqlSafe(format!(
        "SELECT account.id, account.name, unit.id AS unit_id, unit.name AS unit_name
         FROM account_role
         JOIN account ON account.id = account_role.account_id
         JOIN unit ON unit.id = account_role.unit_id
         WHERE {ABLE}
         ORDER BY unit.number, account.name, account.id"
    )))
    .bind(only.to_owned())
    .fetch_all(&mut **tx)
    .await?;
    let mut paths = paths(tx, only).await?;
    let mut found: Vec<Candidate> = Vec::new();
    for row in &rows {
        let account: AccountId = row.try_get::<String, _>("id")?.parse()?;
        // Whoever has two roles stands under the first federation alone.
        let Some(paths) = paths.remove(&account) else {
            continue;
        };
        found.push(Candidate {
            account,
            unit: row.try_get::<String, _>("unit_id")?.parse()?,
            unit_name: row.try_get("unit_name")?,
            name: row.try_get("name")?,
            paths,
        });
    }
    Ok(found)
}

/// Where they have any role, and where they are registered as a person.
async fn paths(tx: &mut Tx, only: &str) -> Result<HashMap<AccountId, Vec<String>>> {
    let able = format!(
        "SELECT account_role.account_id
         FROM account_role
         JOIN account ON account.id = account_role.account_id
         JOIN unit ON unit.id = account_role.unit_id
         WHERE {ABLE}"
    );
    let rows = sqlx::query(AssertSqlSafe(format!(
        "SELECT held.account_id AS account_id, held.unit_path AS unit_path
         FROM account_role held
         WHERE held.account_id IN ({able})
         UNION
         SELECT owner.id AS account_id, person.unit_path AS unit_path
         FROM account owner
         JOIN person ON person.id = owner.person_id
         WHERE owner.id IN ({able})
         ORDER BY account_id, unit_path"
    )))
    .bind(only.to_owned())
    .fetch_all(&mut **tx)
    .await?;
    let mut paths: HashMap<AccountId, Vec<String>> = HashMap::new();
    for row in &rows {
        let account = row.try_get::<String, _>("account_id")?.parse()?;
        let path = row.try_get("unit_path")?;
        paths.entry(account).or_default().push(path);
    }
    Ok(paths)
}

const COLUMNS: [&str; 7] = [
    "spot_check_id",
    "account_id",
    "unit_id",
    "unit_name",
    "name",
    "districts",
    "state",
];

/// Keeps who was confirmed, or called in.
pub async fn insert_inspectors(tx: &mut Tx, inspectors: &[Inspector]) -> Result<()> {
    let rows = inspectors.iter().map(|inspector| {
        Ok(vec![
            inspector.check.to_string().into(),
            inspector.account.to_string().into(),
            inspector.unit.to_string().into(),
            inspector.unit_name.as_str().into(),
            inspector.name.as_str().into(),
            serde_json::to_string(&inspector.districts)?.into(),
            inspector.state.key().into(),
        ])
    });
    let rows = rows.collect::<Result<_>>()?;
    bulk::insert(tx, "spot_check_inspector", &COLUMNS, rows).await
}

/// Marks those of a check who can't inspect any more.
pub async fn leave_out(tx: &mut Tx, check: &SpotCheckId, accounts: &[AccountId]) -> Result<()> {
    for account in accounts {
        sqlx::query(
            "UPDATE spot_check_inspector
             SET state = $3
             WHERE spot_check_id = $1 AND account_id = $2",
        )
        .bind(check.to_string())
        .bind(account.to_string())
        .bind(InspectorState::LeftOut.key())
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// Who was confirmed for a check, and who was called in, in the order of their accounts.
pub async fn inspectors(tx: &mut Tx, check: &SpotCheckId) -> Result<Vec<Inspector>> {
    let rows = sqlx::query(
        "SELECT account_id, unit_id, unit_name, name, districts, state
         FROM spot_check_inspector
         WHERE spot_check_id = $1
         ORDER BY account_id",
    )
    .bind(check.to_string())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| {
            let state: String = row.try_get("state")?;
            Ok(Inspector {
                check: *check,
                account: row.try_get::<String, _>("account_id")?.parse()?,
                unit: row.try_get::<String, _>("unit_id")?.parse()?,
                unit_name: row.try_get("unit_name")?,
                name: row.try_get("name")?,
                districts: serde_json::from_str(&row.try_get::<String, _>("districts")?)?,
                state: InspectorState::from_key(&state)
                    .with_context(|| format!("unknown state of an inspector {state}"))?,
            })
        })
        .collect()
}
