//! Which entry of the status list each certificate has, and what the list says of it. `key` has the keys that sign.

pub mod key;

use std::collections::HashMap;

use anyhow::{Context, Result};
use jianjia_domain::{
    core::ids::HonourId,
    honour::{
        certificate::{Status, is_certified},
        honour::{Honour, HonourState},
    },
    register::unit::UnitState,
};
use sqlx::Row;

use crate::core::{bulk, counter::next_numbers, db::Tx};

/// Gives each of the new titles that has a certificate the next entry of the list.
pub(super) async fn assign(tx: &mut Tx, honours: &[Honour]) -> Result<()> {
    let certified: Vec<&Honour> = honours
        .iter()
        .filter(|honour| is_certified(honour))
        .collect();
    if certified.is_empty() {
        return Ok(());
    }
    // Entries are counted from 0, numbers from 1.
    let first = next_numbers(tx, "certificate", certified.len() as i64).await? - 1;
    let rows = (first..)
        .zip(certified)
        .map(|(index, honour)| vec![honour.id.to_string().into(), index.into()])
        .collect();
    bulk::insert(tx, "certificate", &["honour_id", "status_index"], rows).await
}

/// The entries of titles; those without a certificate are left out.
pub async fn indexes(tx: &mut Tx, honours: &[HonourId]) -> Result<HashMap<HonourId, i64>> {
    let sql = "SELECT honour_id, status_index
               FROM certificate
               WHERE honour_id IN ({words})";
    let rows = bulk::select(tx, sql, &[], honours.iter().map(HonourId::to_string)).await?;
    rows.iter()
        .map(|row| {
            let id: String = row.try_get("honour_id")?;
            Ok((id.parse()?, row.try_get("status_index")?))
        })
        .collect()
}

/// What the list says of every certificate, by entry.
pub async fn statuses(tx: &mut Tx) -> Result<Vec<(i64, Status)>> {
    let rows = sqlx::query(
        "SELECT certificate.status_index, honour.state, honour.person_id, COALESCE(unit.state, 'active') AS unit_state
         FROM certificate
         JOIN honour ON honour.id = certificate.honour_id
         LEFT JOIN unit ON unit.id = honour.unit_id",
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| {
            let state: String = row.try_get("state")?;
            let unit: String = row.try_get("unit_state")?;
            let person: String = row.try_get("person_id")?;
            let status = Status::of(
                HonourState::from_key(&state)
                    .with_context(|| format!("unknown honour state {state}"))?,
                !person.is_empty(),
                UnitState::from_key(&unit).with_context(|| format!("unknown unit state {unit}"))?,
            );
            Ok((row.try_get("status_index")?, status))
        })
        .collect()
}
