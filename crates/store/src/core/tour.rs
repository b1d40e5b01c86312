//! Who put away the first-time tour.

use anyhow::Result;
use jianjia_domain::core::ids::AccountId;
use jiff::Timestamp;

use crate::core::db::Tx;

pub async fn is_put_away(tx: &mut Tx, account: &AccountId) -> Result<bool> {
    let row = sqlx::query(
        "SELECT account_id
         FROM tour_put_away
         WHERE account_id = $1",
    )
    .bind(account.to_string())
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.is_some())
}

pub async fn put_away(tx: &mut Tx, account: &AccountId, at: Timestamp) -> Result<()> {
    sqlx::query(
        "INSERT INTO tour_put_away (account_id, at)
         VALUES ($1, $2)
         ON CONFLICT (account_id) DO NOTHING",
    )
    .bind(account.to_string())
    .bind(at.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn bring_back(tx: &mut Tx, account: &AccountId) -> Result<()> {
    sqlx::query("DELETE FROM tour_put_away WHERE account_id = $1")
        .bind(account.to_string())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[tokio::test]
    async fn who_put_the_tour_away_has_it_away_until_it_is_brought_back() {
        for database in testing::both().await {
            let [one, other] = [1, 2].map(|number| AccountId(uuid::Uuid::from_u128(number)));
            let mut tx = database.db.write("test").await.unwrap();
            for _ in 0..2 {
                put_away(&mut tx, &one, Timestamp::UNIX_EPOCH)
                    .await
                    .unwrap();
            }
            assert!(is_put_away(&mut tx, &one).await.unwrap());
            assert!(!is_put_away(&mut tx, &other).await.unwrap());
            bring_back(&mut tx, &one).await.unwrap();
            assert!(!is_put_away(&mut tx, &one).await.unwrap());
        }
    }
}
