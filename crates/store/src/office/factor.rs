//! The second factor of accounts: the sealed seed, the codes taken, the recovery codes.

use anyhow::Result;
use jianjia_domain::{core::ids::AccountId, office::factor::Ways};
use jiff::Timestamp;
use sqlx::Row;

use crate::{core::db::Tx, office::passkey};

/// The codes of an account's telephone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Factor {
    pub sealed: String,
    pub since_at: Timestamp,
}

pub async fn find(tx: &mut Tx, account: &AccountId) -> Result<Option<Factor>> {
    let row = sqlx::query("SELECT sealed, since_at FROM second_factor WHERE account_id = $1")
        .bind(account.to_string())
        .fetch_optional(&mut **tx)
        .await?;
    row.map(|row| {
        Ok(Factor {
            sealed: row.try_get("sealed")?,
            since_at: row.try_get::<String, _>("since_at")?.parse()?,
        })
    })
    .transpose()
}

pub async fn insert(tx: &mut Tx, account: &AccountId, sealed: &str, now: Timestamp) -> Result<()> {
    sqlx::query(
        "INSERT INTO second_factor (account_id, sealed, since_at)
         VALUES ($1, $2, $3)",
    )
    .bind(account.to_string())
    .bind(sealed.to_owned())
    .bind(now.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Which kinds of second factor an account has.
pub async fn ways(tx: &mut Tx, account: &AccountId) -> Result<Ways> {
    let row = sqlx::query(
        "SELECT (SELECT CAST(COUNT(*) AS BIGINT) FROM second_factor WHERE account_id = $1) AS telephones,
                (SELECT CAST(COUNT(*) AS BIGINT) FROM passkey WHERE account_id = $1) AS passkeys",
    )
    .bind(account.to_string())
    .fetch_one(&mut **tx)
    .await?;
    Ok(Ways {
        telephone: row.try_get::<i64, _>("telephones")? > 0,
        passkeys: row.try_get::<i64, _>("passkeys")? > 0,
    })
}

/// Takes the second factor off, of either kind, with its recovery codes.
pub async fn remove(tx: &mut Tx, account: &AccountId) -> Result<()> {
    remove_telephone(tx, account).await?;
    passkey::remove_all(tx, account).await?;
    sqlx::query("DELETE FROM recovery_code WHERE account_id = $1")
        .bind(account.to_string())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Takes the codes of a telephone off; passkeys and recovery codes stay.
pub async fn remove_telephone(tx: &mut Tx, account: &AccountId) -> Result<()> {
    for statement in [
        "DELETE FROM second_factor WHERE account_id = $1",
        "DELETE FROM factor_step WHERE account_id = $1",
    ] {
        sqlx::query(statement)
            .bind(account.to_string())
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

/// Takes the code of a half minute; false when it or a later one was taken before.
pub async fn take_step(tx: &mut Tx, account: &AccountId, step: i64) -> Result<bool> {
    let done = sqlx::query(
        "INSERT INTO factor_step (account_id, step)
         VALUES ($1, $2)
         ON CONFLICT (account_id) DO UPDATE
         SET step = excluded.step
         WHERE factor_step.step < excluded.step",
    )
    .bind(account.to_string())
    .bind(step)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Gives an account new recovery codes; those before hold no longer.
pub async fn set_recovery_codes(tx: &mut Tx, account: &AccountId, hashes: &[String]) -> Result<()> {
    sqlx::query("DELETE FROM recovery_code WHERE account_id = $1")
        .bind(account.to_string())
        .execute(&mut **tx)
        .await?;
    for hash in hashes {
        sqlx::query("INSERT INTO recovery_code (code_hash, account_id) VALUES ($1, $2)")
            .bind(hash.to_owned())
            .bind(account.to_string())
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

/// Takes a recovery code; false when it is not one of the account's that are left.
pub async fn use_recovery_code(
    tx: &mut Tx,
    account: &AccountId,
    hash: &str,
    now: Timestamp,
) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE recovery_code
         SET used_at = $3
         WHERE code_hash = $1 AND account_id = $2 AND used_at = ''",
    )
    .bind(hash.to_owned())
    .bind(account.to_string())
    .bind(now.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// How many recovery codes an account has left.
pub async fn recovery_codes_left(tx: &mut Tx, account: &AccountId) -> Result<i64> {
    let row = sqlx::query(
        "SELECT CAST(COUNT(*) AS BIGINT)
         FROM recovery_code
         WHERE account_id = $1 AND used_at = ''",
    )
    .bind(account.to_string())
    .fetch_one(&mut **tx)
    .await?;
    Ok(row.try_get(0)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[tokio::test]
    async fn a_code_is_taken_once_and_by_its_own_account() {
        for database in testing::both().await {
            let [mine, other] = [1, 2].map(|id| AccountId(uuid::Uuid::from_u128(id)));
            let now = Timestamp::from_second(1_476_900_000).unwrap();
            let mut tx = database.db.write("test").await.unwrap();
            insert(&mut tx, &mine, "sealed", now).await.unwrap();
            let kept = Factor {
                sealed: "sealed".to_owned(),
                since_at: now,
            };
            assert_eq!(find(&mut tx, &mine).await.unwrap(), Some(kept));
            assert_eq!(find(&mut tx, &other).await.unwrap(), None);
            let mut taken = Vec::new();
            for step in [7, 7, 6, 8, 7] {
                taken.push(take_step(&mut tx, &mine, step).await.unwrap());
            }
            assert_eq!(taken, [true, false, false, true, false]);
            assert!(take_step(&mut tx, &other, 7).await.unwrap());

            let codes = ["a", "b"].map(str::to_owned);
            set_recovery_codes(&mut tx, &mine, &codes).await.unwrap();
            let mut used = Vec::new();
            for (account, code) in [(&other, "a"), (&mine, "a"), (&mine, "a"), (&mine, "c")] {
                let done = use_recovery_code(&mut tx, account, code, now).await;
                used.push(done.unwrap());
            }
            assert_eq!(used, [false, true, false, false]);
            assert_eq!(recovery_codes_left(&mut tx, &mine).await.unwrap(), 1);
            remove(&mut tx, &mine).await.unwrap();
            assert_eq!(find(&mut tx, &mine).await.unwrap(), None);
            assert_eq!(recovery_codes_left(&mut tx, &mine).await.unwrap(), 0);
            assert!(take_step(&mut tx, &mine, 7).await.unwrap());
        }
    }
}
