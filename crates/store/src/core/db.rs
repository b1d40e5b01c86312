//! One database, two engines: embedded SQLite (WAL, one writer at a time) or PostgreSQL. All SQL keeps to their common dialect: TEXT and BIGINT
//! columns, `$1` parameters, `ON CONFLICT`, `RETURNING`, window functions, `CAST(SUM(x) AS BIGINT)`.

mod checkpoint;
mod connect;
pub(crate) mod indexes;
mod locks;
mod migrations;
#[cfg(test)]
mod tests;

use std::{
    fs::File,
    ops::{Deref, DerefMut},
    sync::{
        Arc, PoisonError,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
};

use anyhow::{Context, Result};
use sqlx::{
    Any, AnyConnection, AnyPool, AssertSqlSafe, Executor, Row, Transaction, pool::PoolConnection,
};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::core::{
    changed::{self, Changed},
    cover::{self, Cover},
    message::{self, Told},
    scope::{Mode, Scopes},
    tally::{self, Tally},
};
use checkpoint::Checkpoints;
use connect::begun;
use locks::TREE;
pub(crate) use locks::lock_all;
pub(crate) use migrations::texts as migration_texts;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// How far a database is migrated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tables {
    /// There are no tables, or the database does not answer.
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
    /// Whether the rows that its transactions write are recorded in the trail.
    is_covered: bool,
}

#[derive(Debug)]
struct Shared {
    readers: AnyPool,
    writers: AnyPool,
    /// The pool of `write_again`.
    again: AnyPool,
    checkpoints: Checkpoints,
    /// SQLite's file, for the fsync after a checkpoint. It is never closed: POSIX drops all locks of a process on a file when any of its
    /// descriptors is closed, SQLite's among them.
    file: Option<&'static File>,
    /// SQLite's writers queue here, in order of arrival.
    turn: Arc<Mutex<()>>,
    /// The connection of `write_again`, between two transactions.
    kept: KeptConnection,
    /// Whether the trail is known to have lines.
    has_lines: Arc<AtomicBool>,
}

/// A transaction: SQL runs on it through `&mut *tx`. Dropped without `commit`, it rolls back.
pub struct Tx {
    held: Held,
    /// Set on SQLite: enough commits trigger a checkpoint of the WAL.
    checkpointed: Option<Arc<Shared>>,
    /// Where its commit has to count kept figures again.
    pub(crate) changed: Changed,
    /// What it adds to kept counts, written at its commit.
    pub(crate) tally: Tally,
    /// What it tells people, written at its commit.
    pub(crate) told: Vec<Told>,
    /// The rows it wrote, for the lines of the trail; `None` if it only reads, or writes uncovered tables.
    pub(crate) cover: Option<Cover>,
    pub(crate) engine: Engine,
    /// Whether it may write: then an act reads again what permits it.
    pub is_writing: bool,
    /// Whether it excludes all other acts on any unit.
    pub(crate) has_all_units: bool,
    /// Whether it writes so much that it was given a larger page cache.
    pub(crate) is_long: bool,
    /// Where the rows that it writes in bulk are counted, for whoever watches it.
    counter: Option<Arc<AtomicI64>>,
    /// SQLite's writer lock; dropping it lets the next writer in the queue begin.
    _turn: Option<OwnedMutexGuard<()>>,
}

/// The page cache of SQLite's writer, in kilobytes: that of `connect`, and one that holds the indexes of a long import, which would else be written
/// out and read back again and again.
const PAGES_AS_USUAL: &str = "PRAGMA cache_size = -65536";
const PAGES_OF_A_LONG_ONE: &str = "PRAGMA cache_size = -131072";

/// The connection that a transaction runs on.
enum Held {
    Transaction(Transaction<'static, Any>),
    /// The connection kept for batches of ballots. A commit puts it back; dropped before that, it is closed, which rolls back.
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
    /// Counts the rows that are written in bulk from now on: a long import is one transaction, and nobody sees its rows before it commits.
    pub fn count_written(&mut self, counter: Arc<AtomicI64>) {
        self.counter = Some(counter);
    }

    pub(crate) fn wrote(&self, rows: usize) {
        if let Some(counter) = &self.counter {
            counter.fetch_add(rows as i64, Ordering::Relaxed);
        }
    }

    /// Says that many rows are written. Only SQLite has anything to prepare.
    pub(crate) async fn expect_many(&mut self) -> Result<()> {
        if self.engine == Engine::Sqlite && !self.is_long {
            self.is_long = true;
            self.execute(PAGES_OF_A_LONG_ONE).await?;
        }
        Ok(())
    }

    pub async fn commit(mut self) -> Result<()> {
        changed::settle(&mut self).await?;
        tally::settle(&mut self).await?;
        message::settle(&mut self).await?;
        cover::settle(&mut self).await?;
        if self.is_long {
            self.execute(PAGES_AS_USUAL).await?;
        }
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
            checkpoint::count_commit(&shared, self.is_long);
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

    /// Whether the database answers and is fully migrated; for readiness checks.
    pub async fn is_ready(&self) -> bool {
        self.tables().await == Tables::UpToDate
    }

    /// The same database without the trail's digests, for measuring what they cost.
    pub fn uncovered(&self) -> Db {
        Db {
            is_covered: false,
            ..self.clone()
        }
    }

    /// A read-only transaction over one consistent snapshot.
    pub async fn read(&self) -> Result<Tx> {
        self.read_by(&self.shared.readers).await
    }

    /// As `read`, for what passes over much of a city once: SQLite's file is not mapped for it, and so is not in memory as a whole.
    pub async fn read_through(&self) -> Result<Tx> {
        self.read_by(&self.shared.writers).await
    }

    async fn read_by(&self, pool: &AnyPool) -> Result<Tx> {
        let begin = match self.engine {
            Engine::Sqlite => "BEGIN DEFERRED",
            Engine::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        };
        let transaction = begun(pool, begin).await;
        Ok(Tx {
            held: Held::Transaction(transaction.context("no reading transaction")?),
            checkpointed: None,
            changed: Changed::default(),
            tally: Tally::default(),
            told: Vec::new(),
            cover: None,
            engine: self.engine,
            is_writing: false,
            has_all_units: false,
            is_long: false,
            counter: None,
            _turn: None,
        })
    }

    /// A transaction that writes. Writers that share a scope take turns; SQLite has one writer at a time anyway.
    pub async fn write(&self, scopes: impl Into<Scopes>) -> Result<Tx> {
        let mut tx = self.begin_writing().await?;
        self.take_scopes(&mut tx, &scopes.into()).await?;
        Ok(tx)
    }

    /// A transaction that excludes all other writers, for a change to what any of them may have read and copied: a unit's path. It waits for the
    /// writers under way; later ones wait for it.
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
        let transaction = begun(pool, self.begin()).await;
        let held = Held::Transaction(transaction.context("no writing transaction")?);
        let mut tx = self.writing(held, turn);
        tx.cover = self
            .is_covered
            .then(|| Cover::begin(self.shared.has_lines.clone()));
        Ok(tx)
    }

    /// As `write`, for a series of transactions: they share a connection, and with it the statement and page caches. Only for tables that the trail
    /// does not cover (`cover::UNCOVERED`): rows of other tables would get no record.
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
            tally: Tally::default(),
            told: Vec::new(),
            cover: None,
            engine: self.engine,
            is_writing: true,
            has_all_units: false,
            is_long: false,
            counter: None,
            _turn: turn,
        }
    }

    /// What the engine reports of corruption in its files: empty if there is none. PostgreSQL checks pages as it reads them.
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

    /// What time it is at the database's server, in milliseconds since 1970; `None` where it runs in this process.
    pub async fn server_time(&self) -> Result<Option<i64>> {
        match self.engine {
            Engine::Sqlite => Ok(None),
            Engine::Postgres => {
                let sql =
                    "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT) AS now";
                let row = sqlx::query(sql).fetch_one(&self.shared.readers).await?;
                Ok(Some(row.try_get(0)?))
            }
        }
    }

    /// Removes deleted and overwritten rows from the engine's files as far as it can: SQLite truncates its WAL, PostgreSQL vacuums the tables. Call
    /// it after the transaction that deleted them; it blocks nobody.
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
