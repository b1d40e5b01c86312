//! Networks from which accounts signed in, by keyed hashes of their coarse names.

use anyhow::Result;
use jianjia_domain::core::ids::AccountId;
use jiff::civil::Date;
use sqlx::Row;

use crate::core::db::Tx;

/// The networks that an account signed in from since a day.
pub async fn known_since(tx: &mut Tx, account: &AccountId, since: Date) -> Result<Vec<String>> {
    let rows = sqlx::query(
        "SELECT network_hash
         FROM known_network
         WHERE account_id = $1 AND seen_on >= $2
         ORDER BY network_hash",
    )
    .bind(account.to_string())
    .bind(since.to_string())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| Ok(row.try_get("network_hash")?))
        .collect()
}

/// Remembers a network, and forgets those of the account that were seen last before `since`.
pub async fn remember(
    tx: &mut Tx,
    account: &AccountId,
    network_hash: &str,
    (since, today): (Date, Date),
) -> Result<()> {
    sqlx::query("DELETE FROM known_network WHERE account_id = $1 AND seen_on < $2")
        .bind(account.to_string())
        .bind(since.to_string())
        .execute(&mut **tx)
        .await?;
    sqlx::query(
        "INSERT INTO known_network (account_id, network_hash, seen_on)
         VALUES ($1, $2, $3)
         ON CONFLICT (account_id, network_hash) DO UPDATE
         SET seen_on = excluded.seen_on",
    )
    .bind(account.to_string())
    .bind(network_hash.to_owned())
    .bind(today.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::testing;

    #[tokio::test]
    async fn a_network_is_known_for_as_long_as_it_was_seen_since() {
        for database in testing::both().await {
            let account = AccountId(uuid::Uuid::from_u128(1));
            let other = AccountId(uuid::Uuid::from_u128(2));
            let mut tx = database.db.write("test").await.unwrap();
            let (since, today) = (date(2016, 7, 22), date(2016, 10, 20));
            for (account, network, day) in [
                (&account, "old", date(2016, 7, 21)),
                (&account, "office", date(2016, 7, 22)),
                (&other, "theirs", today),
            ] {
                remember(&mut tx, account, network, (date(2016, 1, 1), day))
                    .await
                    .unwrap();
            }
            let known = known_since(&mut tx, &account, since).await.unwrap();
            assert_eq!(known, ["office"]);
            remember(&mut tx, &account, "home", (since, today))
                .await
                .unwrap();
            let all = known_since(&mut tx, &account, date(2016, 1, 1)).await;
            assert_eq!(all.unwrap(), ["home", "office"], "the old one is forgotten");
        }
    }
}
