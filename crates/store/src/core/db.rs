//! One database, two engines: SQLite embedded (WAL, one writer at a time) or PostgreSQL. All SQL keeps to their common ground:
//! TEXT and BIGINT columns, `$1` parameters, `ON CONFLICT`, `RETURNING`, window functions, `CAST(SUM(x) AS BIGINT)`.

mod checkpoint;
mod connect;
mod locks;
mod migrations;
#[cfg(test)]
mod tests;

use std::{
    fs::File,
    ops::{Deref, DerefMut},
    sync::{Arc, PoisonError, atomic::AtomicBool},
};

use anyhow::{Context, Result};
use sqlx::{
    Any, AnyConnection, AnyPool, AssertSqlSafe, Executor, Row, Transaction, pool::PoolConnection,
};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::core::{
    changed::{self, Changed},
    cover::{self, Cover},
    scope::{Mode, Scopes},
};
use checkpoint::Checkpoints;
use locks::TREE;
pub(crate) use locks::lock_all;
pub(crate) use migrations::texts as migration_texts;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// How far a database was brought up to date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tables {
    /// None are there, or the database does not answer.
    Missing,
    Older,
    UpToDate,
    Newer,
}

/// An open database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Db {
    shared: Arc<Shared>,
    pub engine: Engine,
    /// Whether what is written goes into the lines of the trail.
    is_covered: bool,
}

#[derive(Debug)]
struct Shared {
    readers: AnyPool,
    writers: AnyPool,
    /// For `write_again`.
    again: AnyPool,
    checkpoints: Checkpoints,
    /// SQLite's file, for fsync after a checkpoint. It stays open for ever: POSIX drops all locks of a process on a file when any of its
    /// descriptors is closed, SQLite's among them.
    file: Option<&'static File>,
    /// Writers of SQLite queue here, first come first served.
    turn: Arc<Mutex<()>>,
    /// The connection of `write_again`, between two transactions.
    kept: KeptConnection,
    /// Whether the trail is known to have lines.
    has_lines: Arc<AtomicBool>,
}

/// A transaction: SQL runs on it through `&mut *tx`. Dropped without `commit`, nothing happened.
pub struct Tx {
    held: Held,
    /// Whose WAL is checkpointed after enough commits: SQLite's.
    checkpointed: Option<Arc<Shared>>,
    /// What its commit counts anew.
    pub(crate) changed: Changed,
    /// The rows that it wrote, for the lines of the trail; nothing where it only reads or writes what no line covers.
    pub(crate) cover: Option<Cover>,
    pub(crate) engine: Engine,
    /// Whether it was begun to write: what permits an act is read again then.
    pub is_writing: bool,
    /// Whether no other act on any unit goes on meanwhile.
    pub(crate) has_all_units: bool,
    /// SQLite's one turn to write; the next has it when this is dropped.
    _turn: Option<OwnedMutexGuard<()>>,
}

/// Where a transaction runs.
enum Held {
    Transaction(Transaction<'static, Any>),
    /// On the connection kept for batches of ballots, which is put back on commit; dropped before that, it is closed, which rolls back.
    Kept(PoolConnection<Any>, KeptConnection),
}

type KeptConnection = Arc<std::sync::Mutex<Option<PoolConnection<Any>>>>;

impl Deref for Tx {
    type Target = AnyConnection;
    fn deref(&self) -> &AnyConnection {
        match &self.held {
            Held::Transaction(transaction) => transaction,
            Held::Kept(connection, _) => connection,
        }
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        match &mut self.held {
            Held::Transaction(transaction) => transaction,
            Held::Kept(connection, _) => connection,
        }
    }
}

impl Tx {
    pub async fn commit(mut self) -> Result<()> {
        changed::settle(&mut self).await?;
        cover::settle(&mut self).await?;
        let done = match self.held {
            Held::Transaction(transaction) => transaction.commit().await,
            Held::Kept(mut connection, kept) => {
                let done = connection.execute("COMMIT").await;
                if done.is_ok() {
                    *kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(connection);
                }
                done.map(drop)
            }
        };
        done.context("the transaction could not be committed")?;
        if let Some(shared) = self.checkpointed {
            checkpoint::count_commit(&shared);
        }
        Ok(())
    }
}

impl Db {
    fn over(
        engine: Engine,
        readers: AnyPool,
        writers: AnyPool,
        again: AnyPool,
        file: Option<&'static File>,
    ) -> Db {
        let shared = Shared {
            readers,
            writers,
            again,
            checkpoints: Checkpoints::default(),
            file,
            turn: Arc::default(),
            kept: KeptConnection::default(),
            has_lines: Arc::default(),
        };
        Db {
            shared: Arc::new(shared),
            engine,
            is_covered: true,
        }
    }

    /// Whether the database answers and is migrated; for readiness checks.
    pub async fn is_ready(&self) -> bool {
        self.tables().await == Tables::UpToDate
    }

    /// The same database, without digests of what is written: to measure what they cost.
    pub fn uncovered(&self) -> Db {
        Db {
            is_covered: false,
            ..self.clone()
        }
    }

    /// A transaction that only reads, over one consistent state.
    pub async fn read(&self) -> Result<Tx> {
        let begin = match self.engine {
            Engine::Sqlite => "BEGIN DEFERRED",
            Engine::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        };
        let transaction = self.shared.readers.begin_with(begin).await;
        Ok(Tx {
            held: Held::Transaction(transaction.context("no reading transaction")?),
            checkpointed: None,
            changed: Changed::default(),
            cover: None,
            engine: self.engine,
            is_writing: false,
            has_all_units: false,
            _turn: None,
        })
    }

    /// A transaction that writes. Writers who share a scope take turns; SQLite lets one writer in at a time anyway.
    pub async fn write(&self, scopes: impl Into<Scopes>) -> Result<Tx> {
        let mut tx = self.begin_writing().await?;
        self.take_scopes(&mut tx, &scopes.into()).await?;
        Ok(tx)
    }

    /// A transaction that writes while nobody else does, for what every other writer may have read and copied: a unit's path. Those
    /// that began before are waited for, those that come after wait.
    pub async fn write_alone(&self) -> Result<Tx> {
        let mut tx = self.begin_writing().await?;
        tx.has_all_units = true;
        lock_all(&mut tx, &[(TREE.to_owned(), Mode::Alone)]).await?;
        Ok(tx)
    }

    async fn begin_writing(&self) -> Result<Tx> {
        let turn = self.take_turn().await;
        let pool = if self.is_covered {
            &self.shared.writers
        } else {
            &self.shared.again
        };
        let transaction = pool.begin_with(self.begin()).await;
        let held = Held::Transaction(transaction.context("no writing transaction")?);
        let mut tx = self.writing(held, turn);
        tx.cover = self
            .is_covered
            .then(|| Cover::begin(self.shared.has_lines.clone()));
        Ok(tx)
    }

    /// As `write`, for many transactions one after the other: they share a connection, so that what it knows of the tables stays with it. For tables that
    /// the trail does not cover (`cover::UNCOVERED`): what is written to others has no line.
    pub async fn write_again(&self, scopes: impl Into<Scopes>) -> Result<Tx> {
        let kept = self
            .shared
            .kept
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let mut connection = match kept {
            Some(connection) => connection,
            None => {
                let acquired = self.shared.again.acquire().await;
                let mut connection = acquired.context("no connection for writing")?;
                connection.close_on_drop();
                connection
            }
        };
        let turn = self.take_turn().await;
        let begun = connection.execute(self.begin()).await;
        begun.context("no writing transaction")?;
        let mut tx = self.writing(Held::Kept(connection, self.shared.kept.clone()), turn);
        self.take_scopes(&mut tx, &scopes.into()).await?;
        Ok(tx)
    }

    async fn take_scopes(&self, tx: &mut Tx, scopes: &Scopes) -> Result<()> {
        tx.has_all_units = scopes.has_all_units();
        if self.engine == Engine::Sqlite {
            return Ok(());
        }
        let tree = (TREE.to_owned(), Mode::Shared);
        let locks: Vec<_> = std::iter::once(tree).chain(scopes.locks()).collect();
        lock_all(tx, &locks).await
    }

    fn begin(&self) -> &'static str {
        match self.engine {
            Engine::Sqlite => "BEGIN IMMEDIATE",
            Engine::Postgres => "BEGIN",
        }
    }

    async fn take_turn(&self) -> Option<OwnedMutexGuard<()>> {
        match self.engine {
            Engine::Sqlite => Some(self.shared.turn.clone().lock_owned().await),
            Engine::Postgres => None,
        }
    }

    fn writing(&self, held: Held, turn: Option<OwnedMutexGuard<()>>) -> Tx {
        Tx {
            held,
            checkpointed: (self.engine == Engine::Sqlite).then(|| self.shared.clone()),
            changed: Changed::default(),
            cover: None,
            engine: self.engine,
            is_writing: true,
            has_all_units: false,
            _turn: turn,
        }
    }

    /// What the engine itself says of its files: empty when all is well. PostgreSQL checks pages as it reads them.
    pub async fn damage(&self) -> Result<Vec<String>> {
        match self.engine {
            Engine::Postgres => Ok(Vec::new()),
            Engine::Sqlite => {
                let rows = sqlx::query("PRAGMA integrity_check")
                    .fetch_all(&self.shared.readers)
                    .await?;
                let lines: Vec<String> = rows
                    .iter()
                    .map(|row| row.try_get(0))
                    .collect::<Result<_, _>>()?;
                Ok(lines.into_iter().filter(|line| line != "ok").collect())
            }
        }
    }

    /// Lets go of what was deleted or overwritten and still stands in the engine's files, as far as the engine can: SQLite truncates its WAL, PostgreSQL
    /// vacuums the tables. Call after the transaction that deleted; other work goes on.
    pub async fn forget_deleted(&self, tables: &[&'static str]) -> Result<()> {
        match self.engine {
            Engine::Sqlite => {
                sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
                    .execute(&self.shared.writers)
                    .await?;
            }
            Engine::Postgres => {
                for table in tables {
                    sqlx::query(AssertSqlSafe(format!("VACUUM {table}")))
                        .execute(&self.shared.writers)
                        .await?;
                }
            }
        }
        Ok(())
    }

    pub async fn close(&self) {
        let kept = self
            .shared
            .kept
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        drop(kept);
        self.shared.again.close().await;
        self.shared.readers.close().await;
        self.shared.writers.close().await;
    }
}
