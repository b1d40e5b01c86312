//! Conflicts of interest that reviewers declared.

use anyhow::Result;
use jianjia_domain::{
    core::ids::{AccountId, ApplicationId},
    round::review::Conflict,
};
use sqlx::{Row, any::AnyRow};

use crate::core::{condition::Conditions, db::Tx};

/// Inserts a declaration; a second one by the same account on the same application changes nothing.
pub async fn insert(tx: &mut Tx, conflict: &Conflict) -> Result<()> {
    sqlx::query(
        "INSERT INTO conflict (application_id, account_id, account_name, reason, declared_at)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (application_id, account_id) DO NOTHING",
    )
    .bind(conflict.application.to_string())
    .bind(conflict.account.to_string())
    .bind(&conflict.account_name)
    .bind(&conflict.reason)
    .bind(conflict.declared_at.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn find(
    tx: &mut Tx,
    application: &ApplicationId,
    account: &AccountId,
) -> Result<Option<Conflict>> {
    let row = sqlx::query(
        "SELECT application_id, account_id, account_name, reason, declared_at
         FROM conflict
         WHERE application_id = $1 AND account_id = $2",
    )
    .bind(application.to_string())
    .bind(account.to_string())
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| conflict_of(&row)).transpose()
}

/// The declarations on an application, oldest first.
pub async fn of_application(tx: &mut Tx, application: &ApplicationId) -> Result<Vec<Conflict>> {
    sqlx::query(
        "SELECT application_id, account_id, account_name, reason, declared_at
         FROM conflict
         WHERE application_id = $1
         ORDER BY declared_at, account_id",
    )
    .bind(application.to_string())
    .fetch_all(&mut **tx)
    .await?
    .iter()
    .map(conflict_of)
    .collect()
}

/// One account's declarations on these applications.
pub async fn of_account(
    tx: &mut Tx,
    account: &AccountId,
    applications: &[ApplicationId],
) -> Result<Vec<Conflict>> {
    let mut conditions = Conditions::default();
    conditions.among(
        "application_id",
        applications.iter().map(ToString::to_string),
    );
    conditions.equals("account_id", account.to_string());
    let sql = format!(
        "SELECT application_id, account_id, account_name, reason, declared_at
         FROM conflict{}
         ORDER BY application_id",
        conditions.sql()
    );
    let rows = conditions.query(sql).fetch_all(&mut **tx).await?;
    rows.iter().map(conflict_of).collect()
}

fn conflict_of(row: &AnyRow) -> Result<Conflict> {
    Ok(Conflict {
        application: row.try_get::<String, _>("application_id")?.parse()?,
        account: row.try_get::<String, _>("account_id")?.parse()?,
        account_name: row.try_get("account_name")?,
        reason: row.try_get("reason")?,
        declared_at: row.try_get::<String, _>("declared_at")?.parse()?,
    })
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::testing;

    #[tokio::test]
    async fn a_conflict_is_declared_once_and_bars_one_account_on_both_engines() {
        for database in testing::both().await {
            let mut tx = database.db.write("test").await.unwrap();
            let conflict = |reason: &str| Conflict {
                application: ApplicationId(Uuid::from_u128(1)),
                account: AccountId(Uuid::from_u128(2)),
                account_name: "周审核".to_owned(),
                reason: reason.to_owned(),
                declared_at: Timestamp::from_second(1_476_000_000).unwrap(),
            };
            let first = conflict("主席是我爱人");
            insert(&mut tx, &first).await.unwrap();
            insert(&mut tx, &conflict("别的理由")).await.unwrap();
            let found = find(&mut tx, &first.application, &first.account)
                .await
                .unwrap();
            assert_eq!(found.as_ref(), Some(&first));
            let other = AccountId(Uuid::from_u128(3));
            assert_eq!(
                find(&mut tx, &first.application, &other).await.unwrap(),
                None
            );
            let all = of_application(&mut tx, &first.application).await.unwrap();
            assert_eq!(all, std::slice::from_ref(&first));
            let some = [first.application, ApplicationId(Uuid::from_u128(8))];
            let of_other = of_account(&mut tx, &other, &some).await.unwrap();
            assert_eq!(of_other, []);
            let mine = of_account(&mut tx, &first.account, &some).await.unwrap();
            assert_eq!(mine, std::slice::from_ref(&first));
            let elsewhere = of_account(&mut tx, &first.account, &some[1..]).await;
            assert_eq!(elsewhere.unwrap(), []);
        }
    }
}
