//! Browsers in which accounts signed in before, by the hash of their cookie.

use anyhow::Result;
use jianjia_domain::core::ids::AccountId;
use jiff::Timestamp;
use sqlx::Row;

use crate::core::db::Tx;

/// Browsers kept per account; beyond that the oldest are forgotten.
const MOST: i64 = 20;

/// Whether the account signed in before in the browser whose cookie has this hash.
pub async fn is_known(
    tx: &mut Tx,
    token_hash: &str,
    account: &AccountId,
    now: Timestamp,
) -> Result<bool> {
    let row = sqlx::query(
        "SELECT expires_at
         FROM known_browser
         WHERE token_hash = $1 AND account_id = $2",
    )
    .bind(token_hash.to_owned())
    .bind(account.to_string())
    .fetch_optional(&mut **tx)
    .await?;
    let Some(row) = row else {
        return Ok(false);
    };
    let expires_at: Timestamp = row.try_get::<String, _>("expires_at")?.parse()?;
    Ok(expires_at > now)
}

/// Whether any account signed in before in the browser whose cookie has this hash.
pub async fn is_known_to_any(tx: &mut Tx, token_hash: &str, now: Timestamp) -> Result<bool> {
    let row = sqlx::query(
        "SELECT token_hash
         FROM known_browser
         WHERE token_hash = $1 AND expires_at > $2",
    )
    .bind(token_hash.to_owned())
    .bind(now.to_string())
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.is_some())
}

/// Whether the account is known in any browser.
pub async fn is_any_known(tx: &mut Tx, account: &AccountId, now: Timestamp) -> Result<bool> {
    let row = sqlx::query(
        "SELECT token_hash
         FROM known_browser
         WHERE account_id = $1 AND expires_at > $2
         LIMIT 1",
    )
    .bind(account.to_string())
    .bind(now.to_string())
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.is_some())
}

/// Remembers a browser; deletes the account's expired ones and its oldest above the limit.
pub async fn insert(
    tx: &mut Tx,
    token_hash: &str,
    account: &AccountId,
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<()> {
    sqlx::query(
        "DELETE FROM known_browser
         WHERE account_id = $1
           AND (expires_at <= $2
             OR token_hash NOT IN (
               SELECT kept.token_hash
               FROM (
                 SELECT token_hash
                 FROM known_browser
                 WHERE account_id = $1
                 ORDER BY expires_at DESC, token_hash
                 LIMIT $3) AS kept))",
    )
    .bind(account.to_string())
    .bind(now.to_string())
    .bind(MOST - 1)
    .execute(&mut **tx)
    .await?;
    sqlx::query(
        "INSERT INTO known_browser (token_hash, account_id, expires_at) VALUES ($1, $2, $3)",
    )
    .bind(token_hash.to_owned())
    .bind(account.to_string())
    .bind(expires_at.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn remove(tx: &mut Tx, token_hash: &str) -> Result<()> {
    sqlx::query("DELETE FROM known_browser WHERE token_hash = $1")
        .bind(token_hash.to_owned())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Forgets every browser of an account.
pub async fn remove_all(tx: &mut Tx, account: &AccountId) -> Result<()> {
    sqlx::query("DELETE FROM known_browser WHERE account_id = $1")
        .bind(account.to_string())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Deletes the browsers that are no longer known.
pub async fn remove_ended(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    let done = sqlx::query("DELETE FROM known_browser WHERE expires_at <= $1")
        .bind(now.to_string())
        .execute(&mut **tx)
        .await?;
    Ok(done.rows_affected())
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::testing;

    #[tokio::test]
    async fn an_account_s_newest_twenty_browsers_are_known_until_they_expire() {
        for database in testing::both().await {
            let account = AccountId(uuid::Uuid::from_u128(1));
            let other = AccountId(uuid::Uuid::from_u128(2));
            let begun = Timestamp::from_second(1_476_900_000).unwrap();
            let mut tx = database.db.write("test").await.unwrap();
            insert(
                &mut tx,
                "theirs",
                &other,
                begun + SignedDuration::from_hours(1),
                begun,
            )
            .await
            .unwrap();
            for number in 0..25 {
                let now = begun + SignedDuration::from_secs(number);
                let end = now + SignedDuration::from_hours(1);
                insert(&mut tx, &format!("b{number}"), &account, end, now)
                    .await
                    .unwrap();
            }
            let now = begun + SignedDuration::from_secs(30);
            let mut known = Vec::new();
            for number in 0..25 {
                if is_known(&mut tx, &format!("b{number}"), &account, now)
                    .await
                    .unwrap()
                {
                    known.push(number);
                }
            }
            assert_eq!(known, (5..25).collect::<Vec<_>>());
            assert!(is_known_to_any(&mut tx, "b24", now).await.unwrap());
            assert!(!is_known_to_any(&mut tx, "b4", now).await.unwrap());
            assert!(!is_known(&mut tx, "theirs", &account, now).await.unwrap());
            assert!(is_known(&mut tx, "theirs", &other, now).await.unwrap());
            let later = begun + SignedDuration::from_hours(1);
            assert!(!is_known(&mut tx, "theirs", &other, later).await.unwrap());
        }
    }
}
