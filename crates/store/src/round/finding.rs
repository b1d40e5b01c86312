//! Reviewers' findings on the criteria of an application: appended, never changed.

use anyhow::{Context, Result};
use jianjia_domain::{
    core::ids::ApplicationId,
    round::review::{Finding, Outcome},
};
use sqlx::Row;

use crate::core::{bulk, condition::Conditions, db::Tx};

pub async fn insert(tx: &mut Tx, finding: &Finding) -> Result<()> {
    insert_many(tx, std::slice::from_ref(finding)).await
}

pub async fn insert_many(tx: &mut Tx, findings: &[Finding]) -> Result<()> {
    let columns = [
        "id",
        "application_id",
        "clause",
        "outcome",
        "note",
        "unit_id",
        "unit_name",
        "account_id",
        "account_name",
        "at",
    ];
    let rows = findings.iter().map(|finding| {
        Ok(vec![
            finding.id.to_string().into(),
            finding.application.to_string().into(),
            finding.clause.as_str().into(),
            finding.outcome.key().into(),
            finding.note.as_str().into(),
            finding.unit.to_string().into(),
            finding.unit_name.as_str().into(),
            finding.account.to_string().into(),
            finding.account_name.as_str().into(),
            finding.at.to_string().into(),
        ])
    });
    bulk::insert_each(tx, "finding", &columns, rows).await
}

/// All findings on an application, in the order in which they were recorded.
pub async fn of_application(tx: &mut Tx, application: &ApplicationId) -> Result<Vec<Finding>> {
    of_applications(tx, &[*application]).await
}

/// All findings on these applications, in the order in which they were recorded.
pub async fn of_applications(tx: &mut Tx, ids: &[ApplicationId]) -> Result<Vec<Finding>> {
    let mut conditions = Conditions::default();
    conditions.among("application_id", ids.iter().map(ToString::to_string));
    let sql = format!(
        "SELECT id, application_id, clause, outcome, note, unit_id, unit_name, account_id, account_name, at
         FROM finding{}
         ORDER BY id",
        conditions.sql()
    );
    let rows = conditions.query(sql).fetch_all(&mut **tx).await?;
    rows.iter()
        .map(|row| {
            Ok(Finding {
                id: row.try_get::<String, _>("id")?.parse()?,
                application: row.try_get::<String, _>("application_id")?.parse()?,
                clause: row.try_get("clause")?,
                outcome: outcome_of(&row.try_get::<String, _>("outcome")?)?,
                note: row.try_get("note")?,
                unit: row.try_get::<String, _>("unit_id")?.parse()?,
                unit_name: row.try_get("unit_name")?,
                account: row.try_get::<String, _>("account_id")?.parse()?,
                account_name: row.try_get("account_name")?,
                at: row.try_get::<String, _>("at")?.parse()?,
            })
        })
        .collect()
}

/// How many clauses of each of these applications stand with each outcome, by the newest finding on each clause.
pub async fn standing_counts(
    tx: &mut Tx,
    ids: &[ApplicationId],
) -> Result<Vec<(ApplicationId, Outcome, i64)>> {
    let mut conditions = Conditions::default();
    conditions.among("f.application_id", ids.iter().map(ToString::to_string));
    let sql = format!(
        "SELECT f.application_id, f.outcome, CAST(COUNT(*) AS BIGINT) AS clauses
         FROM finding f{} AND f.id = (
           SELECT MAX(newest.id)
           FROM finding newest
           WHERE newest.application_id = f.application_id AND newest.clause = f.clause)
         GROUP BY f.application_id, f.outcome
         ORDER BY f.application_id, f.outcome",
        conditions.sql()
    );
    let rows = conditions.query(sql).fetch_all(&mut **tx).await?;
    rows.iter()
        .map(|row| {
            Ok((
                row.try_get::<String, _>("application_id")?.parse()?,
                outcome_of(&row.try_get::<String, _>("outcome")?)?,
                row.try_get("clauses")?,
            ))
        })
        .collect()
}

fn outcome_of(key: &str) -> Result<Outcome> {
    Outcome::from_key(key).with_context(|| format!("unknown outcome {key}"))
}

#[cfg(test)]
mod tests {
    use jianjia_domain::core::ids::{AccountId, FindingId, UnitId};
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::testing;

    fn finding(number: u128, application: u128, outcome: Outcome) -> Finding {
        Finding {
            id: FindingId(Uuid::from_u128(number)),
            application: ApplicationId(Uuid::from_u128(application)),
            clause: "M1b".to_owned(),
            outcome,
            note: "名册核对".to_owned(),
            unit: UnitId(Uuid::from_u128(2)),
            unit_name: "天宁区总工会".to_owned(),
            account: AccountId(Uuid::from_u128(3)),
            account_name: "周审核".to_owned(),
            at: Timestamp::from_second(1_476_000_000).unwrap(),
        }
    }

    #[tokio::test]
    async fn findings_are_added_and_come_back_in_order_on_both_engines() {
        for database in testing::both().await {
            let mut tx = database.db.write("test").await.unwrap();
            let first = finding(1, 10, Outcome::Rejected);
            let second = finding(2, 10, Outcome::Confirmed);
            for finding in [&second, &finding(3, 11, Outcome::Rejected), &first] {
                insert(&mut tx, finding).await.unwrap();
            }
            let found = of_application(&mut tx, &first.application).await.unwrap();
            assert_eq!(found, [first.clone(), second.clone()]);
            let both = [first.application, ApplicationId(Uuid::from_u128(11))];
            let found = of_applications(&mut tx, &both).await.unwrap();
            let other = finding(3, 11, Outcome::Rejected);
            assert_eq!(found, [first, second, other]);
            assert_eq!(of_applications(&mut tx, &[]).await.unwrap(), []);
            let elsewhere = Finding {
                clause: "M2".to_owned(),
                ..finding(4, 10, Outcome::Confirmed)
            };
            insert(&mut tx, &elsewhere).await.unwrap();
            let counts = standing_counts(&mut tx, &both).await.unwrap();
            let [one, two] = both;
            let expected = [(one, Outcome::Confirmed, 2), (two, Outcome::Rejected, 1)];
            assert_eq!(counts, expected, "the newest finding on a clause stands");
            assert_eq!(standing_counts(&mut tx, &[]).await.unwrap(), []);
        }
    }
}
