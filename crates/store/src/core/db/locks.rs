//! PostgreSQL's advisory locks, held until the transaction ends.

use anyhow::{Context, Result};
use sqlx::AssertSqlSafe;

use super::{Engine, Tx};
use crate::core::scope::Mode;

/// The lock that every PostgreSQL writer shares and `write_alone` takes exclusively.
pub(super) const TREE: &str = "tree";

/// Locks taken by one statement.
const LOCKS_AT_ONCE: usize = 200;

/// Takes the locks in the given order until the transaction ends; SQLite needs none.
pub(crate) async fn lock_all(tx: &mut Tx, locks: &[(String, Mode)]) -> Result<()> {
    if tx.engine == Engine::Sqlite {
        return Ok(());
    }
    for batch in locks.chunks(LOCKS_AT_ONCE) {
        let calls: Vec<String> = batch
            .iter()
            .zip(1..)
            .map(|((_, mode), place)| {
                let function = match mode {
                    Mode::Shared => "pg_advisory_xact_lock_shared",
                    Mode::Alone => "pg_advisory_xact_lock",
                };
                format!("CAST({function}(hashtextextended(${place}, 0)) AS TEXT)")
            })
            .collect();
        let mut query = sqlx::query(AssertSqlSafe(format!("SELECT {}", calls.join(", "))));
        for (key, _) in batch {
            query = query.bind(key.clone());
        }
        query
            .execute(&mut **tx)
            .await
            .context("the scopes could not be locked")?;
    }
    Ok(())
}
