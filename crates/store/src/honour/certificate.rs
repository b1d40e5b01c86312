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

#[cfg(test)]
mod tests {
    use jianjia_domain::{
        core::ids::PersonId,
        honour::{
            certificate::{CertificateKey, Compromise},
            honour::HonourSource,
        },
    };
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::{
        honour::honour::{insert_many, set_state, tests::honour},
        testing,
    };

    #[tokio::test]
    async fn each_title_named_here_has_an_entry_that_no_other_gets_on_both_engines() {
        for database in testing::both().await {
            let mut tx = database.db.write("test").await.unwrap();
            let all = [
                honour(1, "/1/2/3/", "甲厂工会"),
                Honour {
                    source: HonourSource::Imported,
                    ..honour(2, "/1/2/4/", "乙厂工会")
                },
                Honour {
                    person: Some(PersonId(Uuid::from_u128(7))),
                    ..honour(3, "/1/2/5/", "丙厂工会")
                },
            ];
            insert_many(&mut tx, &all).await.unwrap();
            insert_many(&mut tx, &[honour(4, "/1/2/6/", "丁厂工会")])
                .await
                .unwrap();
            let ids: Vec<HonourId> = (1..=5).map(|id| HonourId(Uuid::from_u128(id))).collect();
            let found = indexes(&mut tx, &ids).await.unwrap();
            let found: Vec<Option<i64>> = ids.iter().map(|id| found.get(id).copied()).collect();
            assert_eq!(found, [Some(0), None, Some(1), Some(2), None]);
            set_state(&mut tx, &ids[2], 1, HonourState::Suspended)
                .await
                .unwrap();
            let mut told = statuses(&mut tx).await.unwrap();
            told.sort_unstable_by_key(|(index, _)| *index);
            assert_eq!(
                told,
                [
                    (0, Status::Valid),
                    (1, Status::Suspended),
                    (2, Status::Valid)
                ]
            );
        }
    }

    #[tokio::test]
    async fn one_key_signs_at_a_time_and_none_goes_on_both_engines() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let named = |id: &str, second| CertificateKey {
            id: id.to_owned(),
            public_key: format!("public {id}"),
            sealed: format!("sealed {id}"),
            made_at: at(second),
            made_by_name: "管理员".to_owned(),
            retired_at: None,
            compromise: None,
        };
        for database in testing::both().await {
            let mut tx = database.db.write("test").await.unwrap();
            assert_eq!(key::signing(&mut tx).await.unwrap(), None);
            key::insert(&mut tx, &named("a", 1)).await.unwrap();
            assert!(key::retire(&mut tx, "a", at(2)).await.unwrap());
            assert!(!key::retire(&mut tx, "a", at(3)).await.unwrap());
            key::insert(&mut tx, &named("b", 2)).await.unwrap();
            let compromise = Compromise {
                declared_at: at(4),
                reason: "被盗".to_owned(),
            };
            assert!(key::distrust(&mut tx, "a", &compromise).await.unwrap());
            assert!(!key::distrust(&mut tx, "a", &compromise).await.unwrap());
            let first = CertificateKey {
                retired_at: Some(at(2)),
                compromise: Some(compromise),
                ..named("a", 1)
            };
            assert_eq!(key::find(&mut tx, "a").await.unwrap(), Some(first.clone()));
            assert_eq!(key::signing(&mut tx).await.unwrap(), Some(named("b", 2)));
            assert_eq!(key::all(&mut tx).await.unwrap(), [named("b", 2), first]);
            // The database itself holds that one signs.
            assert!(key::insert(&mut tx, &named("c", 5)).await.is_err());
        }
    }
}
