//! One database, two engines: SQLite embedded (WAL, one writer at a time) or PostgreSQL. All SQL keeps to their common ground:
//! TEXT and BIGINT columns, `$1` parameters, `ON CONFLICT`, `RETURNING`, window functions, `CAST(SUM(x) AS BIGINT)`.

use std::{
    borrow::Cow,
    ops::{Deref, DerefMut},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use sqlx::{
    Any, AnyConnection, AnyPool, AssertSqlSafe, Executor, Row, SqlSafeStr, Transaction,
    any::AnyPoolOptions,
    migrate::{Migration, MigrationType, Migrator},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// An open database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Db {
    readers: AnyPool,
    writers: AnyPool,
    pub engine: Engine,
}

/// A transaction: SQL runs on it through `&mut *tx`. Dropped without `commit`, nothing happened.
pub struct Tx(Transaction<'static, Any>);

impl Deref for Tx {
    type Target = AnyConnection;
    fn deref(&self) -> &AnyConnection {
        &self.0
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        &mut self.0
    }
}

impl Tx {
    pub async fn commit(self) -> Result<()> {
        self.0
            .commit()
            .await
            .context("the transaction could not be committed")
    }
}

/// The migrations in order; a migration is never edited after it landed.
const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "unit", include_str!("../migrations/0001_unit.sql")),
    (
        2,
        "statement",
        include_str!("../migrations/0002_statement.sql"),
    ),
    (
        3,
        "application",
        include_str!("../migrations/0003_application.sql"),
    ),
    (4, "honour", include_str!("../migrations/0004_honour.sql")),
    (5, "account", include_str!("../migrations/0005_account.sql")),
    (6, "audit", include_str!("../migrations/0006_audit.sql")),
    (7, "rating", include_str!("../migrations/0007_rating.sql")),
    (
        8,
        "standard",
        include_str!("../migrations/0008_standard.sql"),
    ),
    (9, "roll", include_str!("../migrations/0009_roll.sql")),
];

/// The texts of the migrations, in order.
pub fn migration_texts() -> impl Iterator<Item = &'static str> {
    MIGRATIONS.iter().map(|(_, _, text)| *text)
}

impl Db {
    /// Opens `sqlite:///folder/file.db` (made when missing) or `postgres://…`. Call `migrate` before use.
    pub async fn open(url: &str) -> Result<Db> {
        sqlx::any::install_default_drivers();
        if url.starts_with("sqlite:") {
            let url = if url.contains('?') {
                url.to_owned()
            } else {
                format!("{url}?mode=rwc")
            };
            // One connection writes: writers queue for it in order instead of polling a busy database.
            let writers = sqlite_pool(&url, 1).await?;
            let readers = sqlite_pool(&url, 8).await?;
            Ok(Db {
                readers,
                writers,
                engine: Engine::Sqlite,
            })
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            let pool = AnyPoolOptions::new()
                .max_connections(16)
                .acquire_timeout(Duration::from_secs(30))
                .connect(url)
                .await
                .context("no connection to PostgreSQL: check the database address and that the server runs")?;
            Ok(Db {
                readers: pool.clone(),
                writers: pool,
                engine: Engine::Postgres,
            })
        } else {
            bail!("the database address must begin with sqlite: or postgres:")
        }
    }

    /// Brings the tables up to date.
    pub async fn migrate(&self) -> Result<()> {
        migrator()
            .run(&self.writers)
            .await
            .context("the database could not be migrated")
    }

    /// Counts what is in the tables, so that the engine plans its queries by it: after many rows came at once.
    pub async fn analyze(&self) -> Result<()> {
        sqlx::query("ANALYZE")
            .execute(&self.writers)
            .await
            .context("the tables could not be counted")?;
        Ok(())
    }

    /// Whether the database answers and is migrated; for readiness checks.
    pub async fn is_ready(&self) -> bool {
        let applied = sqlx::query("SELECT CAST(COUNT(*) AS BIGINT) FROM _sqlx_migrations")
            .fetch_one(&self.readers)
            .await;
        applied.is_ok_and(|row| {
            row.try_get::<i64, _>(0)
                .is_ok_and(|count| count == MIGRATIONS.len() as i64)
        })
    }

    /// A transaction that only reads, over one consistent state.
    pub async fn read(&self) -> Result<Tx> {
        let begin = match self.engine {
            Engine::Sqlite => "BEGIN DEFERRED",
            Engine::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        };
        Ok(Tx(self
            .readers
            .begin_with(begin)
            .await
            .context("no reading transaction")?))
    }

    /// A transaction that writes. Writers of the same scope (`application:<id>`, `unit:<id>`, `round:<year>` …) take turns; SQLite lets
    /// one writer in at a time anyway.
    pub async fn write(&self, scope: &str) -> Result<Tx> {
        match self.engine {
            Engine::Sqlite => Ok(Tx(self
                .writers
                .begin_with("BEGIN IMMEDIATE")
                .await
                .context("no writing transaction")?)),
            Engine::Postgres => {
                let mut tx = self
                    .writers
                    .begin()
                    .await
                    .context("no writing transaction")?;
                sqlx::query("SELECT CAST(pg_advisory_xact_lock(hashtextextended($1, 0)) AS TEXT)")
                    .bind(scope)
                    .execute(&mut *tx)
                    .await
                    .context("the scope could not be locked")?;
                Ok(Tx(tx))
            }
        }
    }

    /// What the engine itself says of its files: empty when all is well. PostgreSQL checks pages as it reads them.
    pub async fn damage(&self) -> Result<Vec<String>> {
        match self.engine {
            Engine::Postgres => Ok(Vec::new()),
            Engine::Sqlite => {
                let rows = sqlx::query("PRAGMA integrity_check")
                    .fetch_all(&self.readers)
                    .await?;
                let lines: Vec<String> = rows
                    .iter()
                    .map(|row| row.try_get(0))
                    .collect::<Result<_, _>>()?;
                Ok(lines.into_iter().filter(|line| line != "ok").collect())
            }
        }
    }

    pub async fn close(&self) {
        self.readers.close().await;
        self.writers.close().await;
    }
}

/// The next values of a named counter: the first of `count` fresh numbers.
pub async fn next_numbers(tx: &mut Tx, name: &str, count: i64) -> Result<i64> {
    let row = sqlx::query(
        "INSERT INTO counter (name, value) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET value = counter.value + $2
         RETURNING value",
    )
    .bind(name)
    .bind(count)
    .fetch_one(&mut **tx)
    .await?;
    Ok(row.try_get::<i64, _>(0)? - count + 1)
}

async fn sqlite_pool(url: &str, connections: u32) -> Result<AnyPool> {
    AnyPoolOptions::new()
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(60))
        .after_connect(|connection, _| {
            Box::pin(async move {
                for pragma in [
                    "PRAGMA busy_timeout = 30000",
                    "PRAGMA journal_mode = WAL",
                    "PRAGMA synchronous = FULL",
                    "PRAGMA cache_size = -65536",
                    "PRAGMA mmap_size = 1073741824",
                    "PRAGMA temp_store = MEMORY",
                ] {
                    connection.execute(pragma).await?;
                }
                Ok(())
            })
        })
        .connect(url)
        .await
        .context(
            "the SQLite file could not be opened: check that its folder exists and can be written",
        )
}

fn migrator() -> Migrator {
    let migrations = MIGRATIONS
        .iter()
        .map(|(version, name, sql)| {
            Migration::new(
                *version,
                Cow::Borrowed(name),
                MigrationType::Simple,
                AssertSqlSafe(*sql).into_sql_str(),
                false,
            )
        })
        .collect();
    Migrator::with_migrations(migrations)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[tokio::test]
    async fn counters_hand_out_each_number_once_on_both_engines() {
        for database in testing::both().await {
            let mut tx = database.db.write("counter").await.unwrap();
            let firsts = [
                next_numbers(&mut tx, "unit", 1).await.unwrap(),
                next_numbers(&mut tx, "unit", 10).await.unwrap(),
                next_numbers(&mut tx, "unit", 1).await.unwrap(),
                next_numbers(&mut tx, "other", 1).await.unwrap(),
            ];
            tx.commit().await.unwrap();
            assert_eq!(firsts, [1, 2, 12, 1]);
            assert!(database.db.is_ready().await);
        }
    }
}
