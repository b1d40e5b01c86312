//! The counters of failed sign-ins, by keyed hashes of the target. A try is counted before the password is checked and uncounted if it was right,
//! so that concurrent guesses are counted like successive ones.

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};
use sqlx::Row;

use crate::core::db::Tx;

/// How many failed tries a target had, and when the last was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failures {
    pub count: i64,
    pub last_at: Timestamp,
}

/// The counter of a target, read without a lock.
pub async fn of(tx: &mut Tx, target: &str) -> Result<Option<Failures>> {
    let row = sqlx::query(
        "SELECT failures, last_at
         FROM sign_in_failure
         WHERE target = $1",
    )
    .bind(target.to_owned())
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| {
        Ok(Failures {
            count: row.try_get("failures")?,
            last_at: row.try_get::<String, _>("last_at")?.parse()?,
        })
    })
    .transpose()
}

/// The counter of a target, with its row locked until this transaction ends. Counts older than `kept` are dropped, and an instant in the future,
/// left by a clock that ran ahead, becomes `now`.
pub async fn held(
    tx: &mut Tx,
    target: &str,
    kept: SignedDuration,
    now: Timestamp,
) -> Result<Failures> {
    // The upsert creates or locks the row; its content is read after that.
    sqlx::query(
        "INSERT INTO sign_in_failure (target, failures, last_at)
         VALUES ($1, 0, $2)
         ON CONFLICT (target) DO UPDATE
         SET failures = sign_in_failure.failures",
    )
    .bind(target.to_owned())
    .bind(now.to_string())
    .execute(&mut **tx)
    .await?;
    let mut failures = of(tx, target).await?.unwrap_or(Failures {
        count: 0,
        last_at: now,
    });
    if now.duration_since(failures.last_at) > kept {
        failures.count = 0;
    }
    if failures.last_at > now {
        failures.last_at = now;
        set(tx, target, failures).await?;
    }
    Ok(failures)
}

/// Writes the counter of a target, locked by `held`.
pub async fn set(tx: &mut Tx, target: &str, failures: Failures) -> Result<()> {
    sqlx::query(
        "UPDATE sign_in_failure
         SET failures = $2, last_at = $3
         WHERE target = $1",
    )
    .bind(target.to_owned())
    .bind(failures.count)
    .bind(failures.last_at.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Uncounts one try, which was right. Where it was the only one nothing is left of it; of others the day, for when the right one was is nobody's business.
pub async fn take_back(tx: &mut Tx, target: &str) -> Result<()> {
    sqlx::query("DELETE FROM sign_in_failure WHERE target = $1 AND failures <= 1")
        .bind(target.to_owned())
        .execute(&mut **tx)
        .await?;
    sqlx::query(
        "UPDATE sign_in_failure
         SET failures = failures - 1, last_at = SUBSTR(last_at, 1, 10) || 'T00:00:00Z'
         WHERE target = $1 AND failures > 0",
    )
    .bind(target.to_owned())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn forget(tx: &mut Tx, target: &str) -> Result<()> {
    sqlx::query("DELETE FROM sign_in_failure WHERE target = $1")
        .bind(target.to_owned())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Deletes the counters without a try since this instant.
pub async fn sweep(tx: &mut Tx, since: Timestamp) -> Result<u64> {
    let done = sqlx::query("DELETE FROM sign_in_failure WHERE last_at < $1")
        .bind(since.to_string())
        .execute(&mut **tx)
        .await?;
    Ok(done.rows_affected())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{core::scope::Scope, testing};

    #[tokio::test]
    async fn guesses_are_counted_one_by_one_however_many_come_at_once() {
        for database in testing::both().await {
            let now = Timestamp::from_second(1_476_900_000).unwrap();
            let day = SignedDuration::from_hours(24);
            let mut counting = Vec::new();
            for number in 0..40 {
                let db = database.db.clone();
                counting.push(tokio::spawn(async move {
                    // Different scopes, like different logins from one network.
                    let mut tx = db
                        .write(Scope::Guesses(format!("test {number}")))
                        .await
                        .unwrap();
                    let mut held = held(&mut tx, "network", day, now).await.unwrap();
                    held.count += 1;
                    set(&mut tx, "network", held).await.unwrap();
                    tx.commit().await.unwrap();
                    held.count
                }));
            }
            let mut counts = Vec::new();
            for count in counting {
                counts.push(count.await.unwrap());
            }
            counts.sort_unstable();
            assert_eq!(counts, (1..=40).collect::<Vec<_>>());
        }
    }

    #[tokio::test]
    async fn an_instant_to_come_is_cut_an_old_one_forgotten_and_swept() {
        for database in testing::both().await {
            let now = Timestamp::from_second(1_476_900_000).unwrap();
            let day = SignedDuration::from_hours(24);
            let mut tx = database.db.write("test").await.unwrap();
            held(&mut tx, "ahead", day, now + day * 365).await.unwrap();
            let ahead = Failures {
                count: 7,
                last_at: now + day * 365,
            };
            set(&mut tx, "ahead", ahead).await.unwrap();
            held(&mut tx, "old", day, now - day * 2).await.unwrap();
            set(
                &mut tx,
                "old",
                Failures {
                    count: 7,
                    last_at: now - day * 2,
                },
            )
            .await
            .unwrap();
            let cut = Failures {
                count: 7,
                last_at: now,
            };
            assert_eq!(held(&mut tx, "ahead", day, now).await.unwrap(), cut);
            assert_eq!(of(&mut tx, "ahead").await.unwrap(), Some(cut));
            assert_eq!(held(&mut tx, "old", day, now).await.unwrap().count, 0);
            let one = Failures {
                count: 1,
                last_at: now,
            };
            held(&mut tx, "right", day, now).await.unwrap();
            set(&mut tx, "right", one).await.unwrap();
            take_back(&mut tx, "right").await.unwrap();
            assert_eq!(of(&mut tx, "right").await.unwrap(), None);
            held(&mut tx, "wrong first", day, now).await.unwrap();
            let two = Failures {
                count: 2,
                last_at: now,
            };
            set(&mut tx, "wrong first", two).await.unwrap();
            take_back(&mut tx, "wrong first").await.unwrap();
            let left = of(&mut tx, "wrong first").await.unwrap().unwrap();
            let of_day = "2016-10-19T00:00:00Z".parse().unwrap();
            assert_eq!((left.count, left.last_at), (1, of_day));
            sweep(&mut tx, now - day).await.unwrap();
            assert_eq!(of(&mut tx, "old").await.unwrap(), None);
            assert_eq!(of(&mut tx, "ahead").await.unwrap(), Some(cut));
        }
    }
}
