//! Passkeys of accounts, the counters of their devices, and what browsers were asked to have signed.

use anyhow::Result;
use jianjia_domain::{
    core::ids::AccountId,
    office::passkey::{Passkey, Purpose},
};
use jiff::Timestamp;
use sqlx::Row;

use crate::core::db::Tx;

/// A passkey with what its signatures are checked by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub passkey: Passkey,
    /// The device's name for it.
    pub credential_id: String,
    /// As the crate writes it that checks it.
    pub credential: String,
    /// What the device told last.
    pub counter: i64,
}

/// The passkeys of an account, the oldest first.
pub async fn of_account(tx: &mut Tx, account: &AccountId) -> Result<Vec<Kept>> {
    let rows = sqlx::query(
        "SELECT passkey.id, passkey.name, passkey.created_at, passkey.credential_id, passkey.credential,
                passkey_use.counter, passkey_use.used_at
         FROM passkey
         JOIN passkey_use ON passkey_use.passkey_id = passkey.id
         WHERE passkey.account_id = $1
         ORDER BY passkey.id",
    )
    .bind(account.to_string())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| {
            let used_at: String = row.try_get("used_at")?;
            Ok(Kept {
                passkey: Passkey {
                    id: row.try_get::<String, _>("id")?.parse()?,
                    name: row.try_get("name")?,
                    created_at: row.try_get::<String, _>("created_at")?.parse()?,
                    used_at: match used_at.as_str() {
                        "" => None,
                        at => Some(at.parse()?),
                    },
                },
                credential_id: row.try_get("credential_id")?,
                credential: row.try_get("credential")?,
                counter: row.try_get("counter")?,
            })
        })
        .collect()
}

/// Adds a passkey; false when it was added before, to whichever account.
pub async fn insert(tx: &mut Tx, account: &AccountId, kept: &Kept) -> Result<bool> {
    let done = sqlx::query(
        "INSERT INTO passkey (id, account_id, credential_id, credential, name, created_at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (credential_id) DO NOTHING",
    )
    .bind(kept.passkey.id.to_string())
    .bind(account.to_string())
    .bind(&kept.credential_id)
    .bind(&kept.credential)
    .bind(&kept.passkey.name)
    .bind(kept.passkey.created_at.to_string())
    .execute(&mut **tx)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query("INSERT INTO passkey_use (passkey_id, counter) VALUES ($1, $2)")
        .bind(kept.passkey.id.to_string())
        .bind(kept.counter)
        .execute(&mut **tx)
        .await?;
    Ok(true)
}

/// Notes a passkey's use; false when its counter did not go up since. Devices that count nothing say 0 each time.
pub async fn count(tx: &mut Tx, passkey: &Passkey, counter: i64, now: Timestamp) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE passkey_use
         SET counter = $2, used_at = $3
         WHERE passkey_id = $1 AND (counter < $2 OR (counter = 0 AND $2 = 0))",
    )
    .bind(passkey.id.to_string())
    .bind(counter)
    .bind(now.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Removes a passkey.
pub async fn remove(tx: &mut Tx, passkey: &Passkey) -> Result<()> {
    for statement in [
        "DELETE FROM passkey_use WHERE passkey_id = $1",
        "DELETE FROM passkey WHERE id = $1",
    ] {
        sqlx::query(statement)
            .bind(passkey.id.to_string())
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

/// Removes the passkeys of an account, and what they were asked.
pub async fn remove_all(tx: &mut Tx, account: &AccountId) -> Result<()> {
    for statement in [
        "DELETE FROM passkey_use
         WHERE passkey_id IN (SELECT id FROM passkey WHERE account_id = $1)",
        "DELETE FROM passkey WHERE account_id = $1",
        "DELETE FROM passkey_challenge WHERE account_id = $1",
    ] {
        sqlx::query(statement)
            .bind(account.to_string())
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

/// What is asked in a session. It belongs to the account that was asked, and holds for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge<'a> {
    pub session_hash: &'a str,
    pub purpose: Purpose,
    pub account: &'a AccountId,
}

/// Keeps what is asked; what was asked before in the session for the same holds no longer.
pub async fn ask(
    tx: &mut Tx,
    challenge: &Challenge<'_>,
    state: &str,
    expires_at: Timestamp,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO passkey_challenge (session_hash, purpose, account_id, state, expires_at)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (session_hash, purpose) DO UPDATE
         SET account_id = excluded.account_id, state = excluded.state, expires_at = excluded.expires_at",
    )
    .bind(challenge.session_hash.to_owned())
    .bind(challenge.purpose.key())
    .bind(challenge.account.to_string())
    .bind(state.to_owned())
    .bind(expires_at.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Takes what was asked, so that it is answered once; none when nothing was asked, or too long ago.
pub async fn take(
    tx: &mut Tx,
    challenge: &Challenge<'_>,
    now: Timestamp,
) -> Result<Option<String>> {
    let row = sqlx::query(
        "DELETE FROM passkey_challenge
         WHERE session_hash = $1 AND purpose = $2 AND account_id = $3
         RETURNING state, expires_at",
    )
    .bind(challenge.session_hash.to_owned())
    .bind(challenge.purpose.key())
    .bind(challenge.account.to_string())
    .fetch_optional(&mut **tx)
    .await?;
    let Some(row) = row else {
        return Ok(None);
    };
    let expires_at: Timestamp = row.try_get::<String, _>("expires_at")?.parse()?;
    let state: String = row.try_get("state")?;
    Ok((expires_at > now).then_some(state))
}

/// Deletes what was not answered in time.
pub async fn remove_ended(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    let done = sqlx::query("DELETE FROM passkey_challenge WHERE expires_at <= $1")
        .bind(now.to_string())
        .execute(&mut **tx)
        .await?;
    Ok(done.rows_affected())
}

#[cfg(test)]
mod tests {
    use jianjia_domain::{core::ids::PasskeyId, office::factor::Ways};
    use jiff::SignedDuration;

    use super::*;
    use crate::{office::factor, testing};

    fn account(id: u128) -> AccountId {
        AccountId(uuid::Uuid::from_u128(id))
    }

    fn kept(id: u128, counter: i64, now: Timestamp) -> Kept {
        Kept {
            passkey: Passkey {
                id: PasskeyId(uuid::Uuid::from_u128(id)),
                name: format!("第 {id} 台电脑"),
                created_at: now,
                used_at: None,
            },
            credential_id: format!("credential-{id}"),
            credential: "{}".to_owned(),
            counter,
        }
    }

    #[tokio::test]
    async fn a_passkey_belongs_to_one_account_and_its_counter_never_goes_back() {
        for database in testing::both().await {
            let now = Timestamp::from_second(1_476_900_000).unwrap();
            let [mine, other] = [1, 2].map(account);
            let mut tx = database.db.write("test").await.unwrap();
            let (counting, silent) = (kept(1, 7, now), kept(2, 0, now));
            assert!(insert(&mut tx, &mine, &counting).await.unwrap());
            assert!(insert(&mut tx, &mine, &silent).await.unwrap());
            let again = Kept {
                credential_id: counting.credential_id.clone(),
                ..kept(3, 0, now)
            };
            assert!(!insert(&mut tx, &other, &again).await.unwrap());
            let all = of_account(&mut tx, &mine).await.unwrap();
            assert_eq!(all, [counting.clone(), silent.clone()]);
            assert_eq!(of_account(&mut tx, &other).await.unwrap(), []);
            let both = [&mine, &other];
            let mut ways = Vec::new();
            for account in both {
                ways.push(factor::ways(&mut tx, account).await.unwrap());
            }
            let with_passkeys = Ways {
                telephone: false,
                passkeys: true,
            };
            assert_eq!(ways, [with_passkeys, Ways::default()]);

            let mut counted = Vec::new();
            for (kept, counter) in [
                (&counting, 7),
                (&counting, 6),
                (&counting, 0),
                (&counting, 8),
                (&counting, 8),
                (&silent, 0),
                (&silent, 0),
                (&silent, 1),
                (&silent, 0),
            ] {
                let done = count(&mut tx, &kept.passkey, counter, now).await;
                counted.push(done.unwrap());
            }
            assert_eq!(
                counted,
                [false, false, false, true, false, true, true, true, false]
            );
            let all = of_account(&mut tx, &mine).await.unwrap();
            let told: Vec<_> = all
                .iter()
                .map(|kept| (kept.counter, kept.passkey.used_at))
                .collect();
            assert_eq!(told, [(8, Some(now)), (1, Some(now))]);

            remove(&mut tx, &counting.passkey).await.unwrap();
            assert_eq!(of_account(&mut tx, &mine).await.unwrap().len(), 1);
            factor::remove(&mut tx, &mine).await.unwrap();
            assert_eq!(of_account(&mut tx, &mine).await.unwrap(), []);
            assert!(insert(&mut tx, &other, &silent).await.unwrap());
        }
    }

    #[tokio::test]
    async fn what_is_asked_is_answered_once_in_its_session_by_its_account_for_its_purpose() {
        for database in testing::both().await {
            let now = Timestamp::from_second(1_476_900_000).unwrap();
            let until = now + SignedDuration::from_mins(5);
            let [mine, other] = [1, 2].map(account);
            let asked = Challenge {
                session_hash: "s",
                purpose: Purpose::Give,
                account: &mine,
            };
            let mut tx = database.db.write("test").await.unwrap();
            ask(&mut tx, &asked, "first", until).await.unwrap();
            ask(&mut tx, &asked, "second", until).await.unwrap();
            for not_asked in [
                Challenge {
                    session_hash: "t",
                    ..asked.clone()
                },
                Challenge {
                    purpose: Purpose::Add,
                    ..asked.clone()
                },
                Challenge {
                    account: &other,
                    ..asked.clone()
                },
            ] {
                assert_eq!(take(&mut tx, &not_asked, now).await.unwrap(), None);
            }
            let taken = take(&mut tx, &asked, now).await.unwrap();
            assert_eq!(taken.as_deref(), Some("second"));
            assert_eq!(take(&mut tx, &asked, now).await.unwrap(), None);

            ask(&mut tx, &asked, "late", until).await.unwrap();
            assert_eq!(take(&mut tx, &asked, until).await.unwrap(), None);
            ask(&mut tx, &asked, "left", until).await.unwrap();
            assert_eq!(remove_ended(&mut tx, now).await.unwrap(), 0);
            assert_eq!(remove_ended(&mut tx, until).await.unwrap(), 1);
        }
    }
}
