//! Sign-ins by the city's identity provider: which of them came back, and who of the provider's an account belongs to.

use anyhow::Result;
use jianjia_domain::core::ids::AccountId;
use jiff::Timestamp;
use sqlx::Row;

use crate::core::db::Tx;

/// Notes that a sign-in came back; false when it had before.
pub async fn finish(tx: &mut Tx, state_hash: &str, expires_at: Timestamp) -> Result<bool> {
    let done = sqlx::query(
        "INSERT INTO provider_attempt (state_hash, expires_at)
         VALUES ($1, $2)
         ON CONFLICT (state_hash) DO NOTHING",
    )
    .bind(state_hash.to_owned())
    .bind(expires_at.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Deletes the sign-ins that are too old to come back.
pub async fn remove_ended(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    let done = sqlx::query("DELETE FROM provider_attempt WHERE expires_at <= $1")
        .bind(now.to_string())
        .execute(&mut **tx)
        .await?;
    Ok(done.rows_affected())
}

/// Links an account with who signed in to it, the first time; false when the account is another's, or this one has another account.
pub async fn link(
    tx: &mut Tx,
    account: &AccountId,
    subject_hash: &str,
    now: Timestamp,
) -> Result<bool> {
    let rows = sqlx::query(
        "SELECT account_id, subject_hash
         FROM provider_subject
         WHERE account_id = $1 OR subject_hash = $2",
    )
    .bind(account.to_string())
    .bind(subject_hash.to_owned())
    .fetch_all(&mut **tx)
    .await?;
    if !rows.is_empty() {
        let mut is_linked = rows.len() == 1;
        for row in &rows {
            is_linked &= row.try_get::<String, _>("account_id")? == account.to_string()
                && row.try_get::<String, _>("subject_hash")? == subject_hash;
        }
        return Ok(is_linked);
    }
    let done = sqlx::query(
        "INSERT INTO provider_subject (account_id, subject_hash, since_at)
         VALUES ($1, $2, $3)
         ON CONFLICT DO NOTHING",
    )
    .bind(account.to_string())
    .bind(subject_hash.to_owned())
    .bind(now.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Ends an account's link: whoever the provider says is its owner next, is.
pub async fn unlink(tx: &mut Tx, account: &AccountId) -> Result<()> {
    sqlx::query("DELETE FROM provider_subject WHERE account_id = $1")
        .bind(account.to_string())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::testing;

    #[tokio::test]
    async fn a_sign_in_comes_back_once_and_an_account_belongs_to_one_of_the_provider_s() {
        for database in testing::both().await {
            let now = Timestamp::from_second(1_476_900_000).unwrap();
            let until = now + SignedDuration::from_mins(10);
            let (one, other) = (
                AccountId(uuid::Uuid::from_u128(1)),
                AccountId(uuid::Uuid::from_u128(2)),
            );
            let mut tx = database.db.write("test").await.unwrap();
            assert!(finish(&mut tx, "s", until).await.unwrap());
            assert!(!finish(&mut tx, "s", until).await.unwrap());
            assert_eq!(remove_ended(&mut tx, now).await.unwrap(), 0);
            assert_eq!(remove_ended(&mut tx, until).await.unwrap(), 1);
            assert!(link(&mut tx, &one, "a", now).await.unwrap());
            assert!(link(&mut tx, &one, "a", now).await.unwrap());
            assert!(!link(&mut tx, &one, "b", now).await.unwrap());
            assert!(!link(&mut tx, &other, "a", now).await.unwrap());
            assert!(link(&mut tx, &other, "b", now).await.unwrap());
            assert!(
                !link(&mut tx, &other, "a", now).await.unwrap(),
                "both taken"
            );
            unlink(&mut tx, &one).await.unwrap();
            assert!(link(&mut tx, &one, "c", now).await.unwrap());
        }
    }
}
