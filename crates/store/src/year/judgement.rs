//! Judgements that were shown or decided something; never deleted.

use anyhow::{Context, Result};
use jianjia_domain::{
    core::ids::{JudgementId, UnitId},
    year::assessment::KeptJudgement,
};
use serde::de::DeserializeOwned;
use sqlx::{Row, any::AnyRow};

use crate::core::{bulk, db::Tx};

pub async fn keep(tx: &mut Tx, kept: &KeptJudgement) -> Result<()> {
    keep_many(tx, std::slice::from_ref(kept)).await
}

pub async fn keep_many(tx: &mut Tx, kept: &[KeptJudgement]) -> Result<()> {
    let columns = [
        "id",
        "unit_id",
        "person_id",
        "year",
        "as_of",
        "standard_key",
        "standard_hash",
        "basis",
        "rejected",
        "subject",
        "verdict",
        "made_at",
    ];
    let rows = kept.iter().map(|kept| {
        Ok(vec![
            kept.id.to_string().into(),
            kept.unit.to_string().into(),
            kept.person
                .map_or_else(String::new, |id| id.to_string())
                .into(),
            i64::from(kept.year).into(),
            kept.as_of.to_string().into(),
            kept.standard_key.as_str().into(),
            kept.standard_hash.as_str().into(),
            kept.basis.as_str().into(),
            serde_json::to_string(&kept.rejected)?.into(),
            kept.subject.as_str().into(),
            kept.judgement.as_str().into(),
            kept.made_at.to_string().into(),
        ])
    });
    bulk::insert_each(tx, "judgement", &columns, rows).await
}

pub async fn find(tx: &mut Tx, id: &JudgementId) -> Result<Option<KeptJudgement>> {
    let row = sqlx::query(
        "SELECT id, unit_id, person_id, year, as_of, standard_key, standard_hash, basis, rejected, subject, verdict, made_at
         FROM judgement
         WHERE id = $1",
    )
    .bind(id.to_string())
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| kept_of(&row)).transpose()
}

/// The verdicts of these judgements, or what of each is asked for, in no order; unknown ids are left out.
pub async fn verdicts<V: DeserializeOwned>(
    tx: &mut Tx,
    ids: &[JudgementId],
) -> Result<Vec<(JudgementId, V)>> {
    let sql = "SELECT id, verdict
               FROM judgement
               WHERE id IN ({words})";
    let rows = bulk::select(tx, sql, &[], ids.iter().map(JudgementId::to_string)).await?;
    rows.iter()
        .map(|row| {
            let verdict: String = row.try_get("verdict")?;
            let verdict = serde_json::from_str(&verdict).context("the verdict of a judgement")?;
            Ok((row.try_get::<String, _>("id")?.parse()?, verdict))
        })
        .collect()
}

/// The judgements kept for a unit and year, newest first.
pub async fn of_unit(tx: &mut Tx, unit: &UnitId, year: i16) -> Result<Vec<KeptJudgement>> {
    sqlx::query(
        "SELECT id, unit_id, person_id, year, as_of, standard_key, standard_hash, basis, rejected, subject, verdict, made_at
         FROM judgement
         WHERE unit_id = $1 AND year = $2
         ORDER BY id DESC",
    )
    .bind(unit.to_string())
    .bind(i64::from(year))
    .fetch_all(&mut **tx)
    .await?
    .iter()
    .map(kept_of)
    .collect()
}

/// Up to `count` judgements after the id `after`, in order of id: for walking through all of them.
pub async fn after(
    tx: &mut Tx,
    after: Option<&JudgementId>,
    count: i64,
) -> Result<Vec<KeptJudgement>> {
    sqlx::query(
        "SELECT id, unit_id, person_id, year, as_of, standard_key, standard_hash, basis, rejected, subject, verdict, made_at
         FROM judgement
         WHERE id > $1
         ORDER BY id
         LIMIT $2",
    )
    .bind(after.map_or_else(String::new, ToString::to_string))
    .bind(count)
    .fetch_all(&mut **tx)
    .await?
    .iter()
    .map(kept_of)
    .collect()
}

fn kept_of(row: &AnyRow) -> Result<KeptJudgement> {
    let person: String = row.try_get("person_id")?;
    Ok(KeptJudgement {
        id: row.try_get::<String, _>("id")?.parse()?,
        unit: row.try_get::<String, _>("unit_id")?.parse()?,
        person: if person.is_empty() {
            None
        } else {
            Some(person.parse()?)
        },
        year: i16::try_from(row.try_get::<i64, _>("year")?)?,
        as_of: row.try_get::<String, _>("as_of")?.parse()?,
        standard_key: row.try_get("standard_key")?,
        standard_hash: row.try_get("standard_hash")?,
        basis: row.try_get("basis")?,
        rejected: serde_json::from_str(row.try_get("rejected")?)
            .context("the rejected clauses of a judgement")?,
        subject: row.try_get("subject")?,
        judgement: row.try_get("verdict")?,
        made_at: row.try_get::<String, _>("made_at")?.parse()?,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::{Timestamp, civil::date};
    use serde_json::{Value, json};
    use uuid::Uuid;

    use super::*;
    use crate::testing;

    #[tokio::test]
    async fn verdicts_are_read_for_many_at_once_on_both_engines() {
        for database in testing::both().await {
            let mut tx = database.db.write("test").await.unwrap();
            let id = |number: u128| JudgementId(Uuid::from_u128(number));
            for number in 1..=3_u128 {
                let kept = KeptJudgement {
                    id: id(number),
                    unit: UnitId(Uuid::from_u128(9)),
                    person: None,
                    year: 2016,
                    as_of: date(2016, 10, 20),
                    standard_key: "changzhou-2016".to_owned(),
                    standard_hash: "0".repeat(64),
                    basis: "claims".to_owned(),
                    rejected: BTreeSet::new(),
                    subject: json!({}).to_string(),
                    judgement: json!({ "number": number.to_string() }).to_string(),
                    made_at: Timestamp::from_second(1_476_000_000).unwrap(),
                };
                keep(&mut tx, &kept).await.unwrap();
            }
            let wanted = [id(3), id(1), id(8)];
            let mut found = verdicts::<Value>(&mut tx, &wanted).await.unwrap();
            found.sort_by_key(|(id, _)| *id);
            assert_eq!(
                found,
                [
                    (id(1), json!({ "number": "1" })),
                    (id(3), json!({ "number": "3" }))
                ]
            );
            assert_eq!(verdicts::<Value>(&mut tx, &[]).await.unwrap(), []);
        }
    }
}
