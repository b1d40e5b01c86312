//! One database, two engines: SQLite embedded (WAL, one writer at a time) or PostgreSQL. All SQL keeps to their common ground:
//! TEXT and BIGINT columns, `$1` parameters, `ON CONFLICT`, `RETURNING`, window functions, `CAST(SUM(x) AS BIGINT)`.

use std::{
    borrow::Cow,
    cmp,
    fs::File,
    io::{self, Write},
    ops::{Deref, DerefMut},
    path::Path,
    sync::{
        Arc, PoisonError,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use anyhow::{Context, Result, bail};
use sqlx::{
    Any, AnyConnection, AnyPool, AssertSqlSafe, Connection, Executor, Row, SqlSafeStr, Transaction,
    any::AnyPoolOptions,
    migrate::{Migration, MigrationType, Migrator},
    pool::PoolConnection,
};

use tokio::sync::{Mutex, OwnedMutexGuard};
use uuid::Uuid;

use crate::{
    cover::{self, Cover},
    files::content_hash,
    progress::{self, Recount},
    scope::{Mode, Scopes},
};

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
    /// SQLite's file, to have it written out. It stays open for ever: closing any handle of a file gives up all locks that the process has on it,
    /// SQLite's among them.
    file: Option<&'static File>,
    /// Writers of SQLite queue here, first come first served.
    turn: Arc<Mutex<()>>,
    /// The connection of `write_again`, between two transactions.
    kept: Home,
    /// Whether the trail is known to have lines.
    has_lines: Arc<AtomicBool>,
}

/// A transaction: SQL runs on it through `&mut *tx`. Dropped without `commit`, nothing happened.
pub struct Tx {
    held: Held,
    /// Where SQLite's log is carried over after a write.
    carried: Option<Arc<Shared>>,
    /// What its commit counts anew.
    pub(crate) recount: Recount,
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
    /// On the connection kept for groups of ballots, which goes home when it is committed; dropped before, it is closed, and nothing happened.
    Kept(PoolConnection<Any>, Home),
}

type Home = Arc<std::sync::Mutex<Option<PoolConnection<Any>>>>;

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
        progress::recount(&mut self).await?;
        cover::settle(&mut self).await?;
        let done = match self.held {
            Held::Transaction(transaction) => transaction.commit().await,
            Held::Kept(mut connection, home) => {
                let done = connection.execute("COMMIT").await;
                if done.is_ok() {
                    *home.lock().unwrap_or_else(PoisonError::into_inner) = Some(connection);
                }
                done.map(drop)
            }
        };
        done.context("the transaction could not be committed")?;
        if let Some(shared) = self.carried {
            carry_over(&shared);
        }
        Ok(())
    }
}

/// How far SQLite's log is from being carried over into the database.
#[derive(Debug, Default)]
struct Checkpoints {
    writes: AtomicU32,
    is_running: AtomicBool,
}

/// Writes between two carryings over.
const WRITES_BETWEEN: u32 = 200;

/// Carries SQLite's log over into the database when it is time, beside the writers and not in their commits: a commit then waits for the log alone,
/// which is written in one run.
///
/// It waits for nobody and nobody for it (passive). Where nothing is written meanwhile, the log begins anew with the next write. Under writing
/// without a pause it never would, until the engine's own checkpoint (see `wal_autocheckpoint`) holds everybody up for some tenths of a second:
/// so a long log's last piece, what came in meanwhile, is carried over in a turn of the writers.
fn carry_over(shared: &Arc<Shared>) {
    let checkpoints = &shared.checkpoints;
    if checkpoints.writes.fetch_add(1, Ordering::Relaxed) + 1 < WRITES_BETWEEN
        || checkpoints.is_running.swap(true, Ordering::AcqRel)
    {
        return;
    }
    checkpoints.writes.store(0, Ordering::Relaxed);
    let running = Running(shared.clone());
    tokio::spawn(async move {
        let shared = &running.0;
        let frames = checkpoint(shared).await;
        // The engine leaves that to the system while others write, which does it for half a minute's pages at once: and all commits wait for it.
        if let Some(file) = shared.file {
            let done = tokio::task::spawn_blocking(|| file.sync_data()).await;
            if let Ok(Err(error)) = done {
                // The log still has it all, and is not begun anew by us: the next round tries again.
                tracing::error!(%error, "SQLite's file could not be written out");
                return;
            }
        }
        if frames > LONG_LOG {
            let _turn = shared.turn.lock().await;
            checkpoint(shared).await;
        }
    });
}

/// A checkpoint under way. However it ends, the next may run: one that failed must not be the last.
struct Running(Arc<Shared>);

impl Drop for Running {
    fn drop(&mut self) {
        let is_running = &self.0.checkpoints.is_running;
        is_running.store(false, Ordering::Release);
    }
}

/// Pages of a log that is to begin anew: 64 MB.
const LONG_LOG: i64 = 16_384;

/// Carries over what can be; gives how many pages the log has.
async fn checkpoint(shared: &Shared) -> i64 {
    let done = sqlx::query("PRAGMA wal_checkpoint(PASSIVE)")
        .fetch_one(&shared.readers)
        .await
        .and_then(|row| row.try_get::<i64, _>("log"));
    done.unwrap_or_else(|error| {
        tracing::warn!(%error, "SQLite's log was not carried over");
        0
    })
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
    (
        11,
        "first_submission",
        include_str!("../migrations/0011_first_submission.sql"),
    ),
    (12, "poll", include_str!("../migrations/0012_poll.sql")),
    (13, "tray", include_str!("../migrations/0013_tray.sql")),
    (14, "figure", include_str!("../migrations/0014_figure.sql")),
    (15, "lists", include_str!("../migrations/0015_lists.sql")),
    (
        16,
        "any_state",
        include_str!("../migrations/0016_any_state.sql"),
    ),
    (
        17,
        "tray_number",
        include_str!("../migrations/0017_tray_number.sql"),
    ),
    (
        18,
        "audit_record",
        include_str!("../migrations/0018_audit_record.sql"),
    ),
    (
        20,
        "account_request",
        include_str!("../migrations/0020_account_request.sql"),
    ),
    (23, "guard", include_str!("../migrations/0023_guard.sql")),
    (24, "digest", include_str!("../migrations/0024_digest.sql")),
];

/// The texts of the migrations, in order.
pub fn migration_texts() -> impl Iterator<Item = &'static str> {
    MIGRATIONS.iter().map(|(_, _, text)| *text)
}

/// Longest wait for PostgreSQL's first answer.
const FIRST_CONNECTION: Duration = Duration::from_secs(10);

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
            // One writes at a time (see `turn`); the others are there already when it is done.
            // It is opened when the tables are there: its connections are given the triggers on them.
            let writers =
                sqlite_pool(3, "PRAGMA cache_size = -65536", Noting::Rows).connect_lazy(&url)?;
            // It writes little at a time, and the engine goes through all that it has ever had room for after every write.
            let again =
                sqlite_pool(2, "PRAGMA cache_size = -8192", Noting::Nothing).connect_lazy(&url)?;
            // What a reader keeps of its own is thrown away after every write of others, page by page; the file is mapped into memory anyway.
            let readers = sqlite_pool(8, "PRAGMA cache_size = -2048", Noting::Nothing);
            let opened = async {
                // Asked once beside the pool, which would try a full disk again and again before it says so.
                let mut first = AnyConnection::connect(&url).await?;
                prepare(&mut first, "PRAGMA cache_size = -2048").await?;
                first.close().await?;
                readers.min_connections(1).connect(&url).await
            };
            let opened = opened
                .await
                .map_err(|error| room_beside(&url).unwrap_or(error.into()));
            let readers = opened.context(
                "the SQLite file could not be opened: check that its folder exists and can be written",
            )?;
            let file = file_of(&readers).await?;
            Ok(Db::over(Engine::Sqlite, readers, writers, again, file))
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            // Asked once beside the pool, which would try a server that refuses again and again before it says so.
            let mut first = tokio::time::timeout(FIRST_CONNECTION, AnyConnection::connect(url))
                .await
                .unwrap_or_else(|_| Err(io::Error::from(io::ErrorKind::TimedOut).into()))
                .context(
                    "no connection to PostgreSQL: check the database address and that the server runs",
                )?;
            // A subtree is a range of paths: an order of some language, which passes over signs, would lose units without a word.
            let row =
                sqlx::query("SELECT CASE WHEN '/1/a' < '/10' AND 'B' < 'a' THEN 1 ELSE 0 END")
                    .fetch_one(&mut first)
                    .await?;
            first.close().await?;
            if row.try_get::<i32, _>(0)? == 0 {
                bail!(
                    "the database orders text by a language: make it with CREATE DATABASE … TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"
                );
            }
            let pool = AnyPoolOptions::new()
                .max_connections(16)
                // A server that has gone is tried again for so long, and people wait for it.
                .acquire_timeout(Duration::from_secs(10))
                .connect_lazy(url)?;
            Ok(Db::over(
                Engine::Postgres,
                pool.clone(),
                pool.clone(),
                pool,
                None,
            ))
        } else {
            bail!("the database address must begin with sqlite: or postgres:")
        }
    }

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
            kept: Home::default(),
            has_lines: Arc::default(),
        };
        Db {
            shared: Arc::new(shared),
            engine,
            is_covered: true,
        }
    }

    /// Brings the tables up to date; a new index is used from then on.
    ///
    /// Whether rows were there before that: then the trail has to adopt what the migrations changed (`cover::check::adopt`).
    pub async fn migrate(&self) -> Result<bool> {
        let is_older = self.tables().await == Tables::Older;
        migrator(self.engine, i64::MAX)
            .run(&self.shared.again)
            .await
            .context("the database could not be migrated")?;
        if self.engine == Engine::Postgres {
            self.note_rows_on_postgres().await?;
        }
        if is_older {
            self.analyze().await?;
        }
        Ok(is_older)
    }

    /// Makes the triggers that note which rows are written, where they are not these already.
    async fn note_rows_on_postgres(&self) -> Result<()> {
        let script = cover::triggers::of_postgres();
        let version = content_hash(script.as_bytes());
        let transaction = self.shared.writers.begin_with(self.begin()).await?;
        let mut tx = self.writing(Held::Transaction(transaction), None);
        // Several programs may start at once.
        lock_all(&mut tx, &[(TREE.to_owned(), Mode::Alone)]).await?;
        let row =
            sqlx::query("SELECT COALESCE(obj_description(to_regclass('touched'), 'pg_class'), '')")
                .fetch_one(&mut *tx)
                .await?;
        if row.try_get::<String, _>(0)? != version {
            let script = format!("{script}COMMENT ON TABLE touched IS '{version}';");
            tx.execute(AssertSqlSafe(script))
                .await
                .context("the triggers that note what is written could not be made")?;
        }
        tx.commit().await
    }

    /// Counts what is in the tables, so that the engine plans its queries by it: after many rows came at once.
    pub async fn analyze(&self) -> Result<()> {
        let statements: &[&'static str] = match self.engine {
            Engine::Postgres => &["ANALYZE"],
            // Samples of values, which SQLite takes as well, make it plan a query anew for every value that it is asked with: that costs more
            // than the query. The counts are enough.
            Engine::Sqlite => &[
                "ANALYZE",
                "DROP TABLE IF EXISTS sqlite_stat4",
                "ANALYZE sqlite_schema",
            ],
        };
        for statement in statements {
            sqlx::query(*statement)
                .execute(&self.shared.writers)
                .await
                .context("the tables could not be counted")?;
        }
        Ok(())
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

    /// How the tables of the database fit this program. It changes nothing.
    pub async fn tables(&self) -> Tables {
        let applied = sqlx::query("SELECT CAST(COUNT(*) AS BIGINT) FROM _sqlx_migrations")
            .fetch_one(&self.shared.readers)
            .await
            .and_then(|row| row.try_get::<i64, _>(0));
        match applied.map(|count| count.cmp(&(MIGRATIONS.len() as i64))) {
            Err(_) => Tables::Missing,
            Ok(cmp::Ordering::Less) => Tables::Older,
            Ok(cmp::Ordering::Equal) => Tables::UpToDate,
            Ok(cmp::Ordering::Greater) => Tables::Newer,
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
            carried: None,
            recount: Recount::default(),
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
            carried: (self.engine == Engine::Sqlite).then(|| self.shared.clone()),
            recount: Recount::default(),
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

    /// Lets go of what was deleted or overwritten and still stands in the engine's files, as far as the engine can: SQLite empties its log, PostgreSQL
    /// frees the tables' dead rows. Call after the transaction that deleted; other work goes on.
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

/// The newest id of a table; none when it is empty.
pub async fn newest_id(tx: &mut Tx, table: &'static str) -> Result<Option<Uuid>> {
    let row = sqlx::query(AssertSqlSafe(format!("SELECT MAX(id) FROM {table}")))
        .fetch_one(&mut **tx)
        .await?;
    let id: Option<String> = row.try_get(0)?;
    Ok(id.map(|id| id.parse()).transpose()?)
}

/// What every writer of PostgreSQL shares and `write_alone` has to itself.
const TREE: &str = "tree";

/// So many locks of one statement.
const LOCKS_AT_ONCE: usize = 200;

/// Takes locks of PostgreSQL until the transaction ends, in the order given; SQLite needs none.
pub(crate) async fn lock_all(tx: &mut Tx, locks: &[(String, Mode)]) -> Result<()> {
    if tx.engine == Engine::Sqlite {
        return Ok(());
    }
    for portion in locks.chunks(LOCKS_AT_ONCE) {
        let calls: Vec<String> = portion
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
        for (key, _) in portion {
            query = query.bind(key.clone());
        }
        query
            .execute(&mut **tx)
            .await
            .context("the scopes could not be locked")?;
    }
    Ok(())
}

/// The file of an SQLite database, which stays open from now on; none where it is kept in memory.
async fn file_of(readers: &AnyPool) -> Result<Option<&'static File>> {
    let row = sqlx::query("PRAGMA database_list")
        .fetch_one(readers)
        .await?;
    let path: String = row.try_get("file")?;
    if path.is_empty() {
        return Ok(None);
    }
    // Some systems write a file out only for whoever may write to it.
    match File::options().read(true).write(true).open(&path) {
        Ok(file) => Ok(Some(Box::leak(Box::new(file)))),
        // A file that is only read has nothing to write out.
        Err(error) => {
            tracing::warn!(%error, path, "SQLite's file can't be written out");
            Ok(None)
        }
    }
}

/// What connections of SQLite note of the rows that they write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Noting {
    Nothing,
    /// By the triggers of `cover`.
    Rows,
}

fn sqlite_pool(connections: u32, cache: &'static str, noting: Noting) -> AnyPoolOptions {
    AnyPoolOptions::new()
        .max_connections(connections)
        // A file does not hang up.
        .test_before_acquire(false)
        .acquire_timeout(Duration::from_secs(60))
        // The engine gives a transaction up by itself where it can't write (a full disk), and what should roll it back then fails, so that the
        // connection would pass for busy with it for ever and refuse to begin another: such a connection is closed.
        .after_release(|connection, _| {
            Box::pin(async move {
                // What was asked of it before, rolling back among it, is done when it answers.
                connection.ping().await?;
                Ok(!connection.is_in_transaction())
            })
        })
        .after_connect(move |connection, _| {
            Box::pin(async move {
                prepare(connection, cache).await?;
                if noting == Noting::Rows {
                    for statement in cover::triggers::of_sqlite() {
                        connection.execute(AssertSqlSafe(statement)).await?;
                    }
                }
                Ok(())
            })
        })
}

/// Sets a new connection of SQLite up.
async fn prepare(connection: &mut AnyConnection, cache: &'static str) -> sqlx::Result<()> {
    for pragma in [
        "PRAGMA busy_timeout = 30000",
        "PRAGMA journal_mode = WAL",
        "PRAGMA synchronous = FULL",
        cache,
        "PRAGMA mmap_size = 1073741824",
        "PRAGMA temp_store = MEMORY",
        // Only where `carry_over` does not come along: 1 GB of log.
        "PRAGMA wal_autocheckpoint = 262144",
        "PRAGMA journal_size_limit = 67108864",
        // What is deleted is overwritten: sealed ballots go for good.
        "PRAGMA secure_delete = ON",
    ] {
        connection.execute(pragma).await?;
    }
    Ok(())
}

/// Why no file can be written beside SQLite's, if that is so: the engine itself says only that it could not open its own.
fn room_beside(url: &str) -> Option<anyhow::Error> {
    let file = url.strip_prefix("sqlite:")?;
    let file = file.strip_prefix("//").unwrap_or(file);
    let folder = Path::new(file.split_once('?').map_or(file, |(file, _)| file)).parent()?;
    let tried = tempfile::tempfile_in(folder).and_then(|mut file| {
        file.write_all(&[1; 64 * 1024])
            .and_then(|()| file.sync_all())
    });
    tried.err().map(anyhow::Error::from)
}

/// What a migration writes after a table whose rows must keep no order of arrival. SQLite then has no row numbers for it; PostgreSQL reads a
/// comment.
const UNORDERED: &str = "/* unordered */";

/// The same for a table whose key is a random number: on SQLite it becomes the row's own number.
const RANDOM: &str = "BIGINT PRIMARY KEY /* random */";

/// The migrations up to a version.
fn migrator(engine: Engine, until: i64) -> Migrator {
    let migrations = MIGRATIONS
        .iter()
        .filter(|(version, _, _)| *version <= until)
        .map(|(version, name, sql)| {
            let sql = match engine {
                Engine::Sqlite => sql
                    .replace(UNORDERED, "WITHOUT ROWID")
                    .replace(RANDOM, "INTEGER PRIMARY KEY"),
                Engine::Postgres => (*sql).to_owned(),
            };
            Migration::new(
                *version,
                Cow::Borrowed(name),
                MigrationType::Simple,
                AssertSqlSafe(sql).into_sql_str(),
                false,
            )
        })
        .collect();
    Migrator::with_migrations(migrations)
}

#[cfg(test)]
mod tests {
    use std::os::fd::OwnedFd;

    use jianjia_domain::ids::PollId;

    use super::*;
    use crate::{
        ballot,
        bulk::{self, Value},
        slip, testing,
    };

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

    #[tokio::test]
    async fn slips_and_sealed_ballots_move_to_states_and_trays_on_both_engines() {
        for database in [
            testing::empty_sqlite().await,
            testing::empty_postgres().await,
        ] {
            let db = &database.db;
            migrator(db.engine, 12).run(&db.shared.again).await.unwrap();
            let poll = |end: char| format!("0000000000007000800000000000000{end}");
            let mut tx = db.write_again("test").await.unwrap();
            // A second printing, and more slips than one part holds.
            let slips: Vec<_> = (0..1_203)
                .map(|slip: i64| {
                    let (state, batch) = match slip {
                        1_200.. => ("K", 2),
                        8 => ("S", 1),
                        _ if slip % 3 == 1 => ("P", 1),
                        _ => ("U", 1),
                    };
                    let hash = format!("{:04}", (slip * 7) % 1_203);
                    vec![
                        hash.into(),
                        poll('a').into(),
                        i64::from(batch).into(),
                        state.into(),
                    ]
                })
                .chain([vec![
                    "other".into(),
                    poll('f').into(),
                    1_i64.into(),
                    "P".into(),
                ]])
                .collect();
            let before: Vec<(String, i64, String)> = slips
                .iter()
                .filter_map(|row| match row.as_slice() {
                    [
                        Value::Text(hash),
                        _,
                        Value::Number(batch),
                        Value::Text(state),
                    ] => Some((hash.clone(), *batch, state.clone())),
                    _ => None,
                })
                .collect();
            let columns = ["hash", "poll_id", "batch_number", "state"];
            bulk::insert(&mut tx, "slip", &columns, slips)
                .await
                .unwrap();
            let ballots = [("1", 'a', "x"), ("2", 'a', "y"), ("3", 'f', "z")]
                .map(|(id, of, sealed)| vec![poll(of).into(), id.into(), sealed.into()]);
            let columns = ["poll_id", "id", "sealed"];
            bulk::insert(&mut tx, "ballot", &columns, ballots.into())
                .await
                .unwrap();
            tx.commit().await.unwrap();

            db.migrate().await.unwrap();
            let mut tx = db.read().await.unwrap();
            let (a, b): (PollId, PollId) = (poll('a').parse().unwrap(), poll('f').parse().unwrap());
            let mut sealed = ballot::in_box(&mut tx, &a).await.unwrap().ballots;
            sealed.sort();
            assert_eq!(sealed, ["x", "y"]);
            assert_eq!(ballot::in_box(&mut tx, &b).await.unwrap().ballots, ["z"]);
            let mut by_number = vec![String::new(); 1_203];
            for (hash, batch, state) in &before[..1_203] {
                let found = slip::find(&mut tx, hash).await.unwrap().unwrap();
                assert_eq!(found.state.letter().to_string(), *state, "slip {hash}");
                by_number[found.number] = format!("{batch}{hash}");
            }
            assert!(
                by_number.is_sorted(),
                "printing after printing, by hash within each"
            );
            let counts = slip::counted(&mut tx, &a).await.unwrap();
            assert_eq!(
                (counts.issued(), counts.phone, counts.kiosk, counts.spoiled),
                (1_203, 400, 3, 1)
            );
        }
    }

    /// Fills a table until the engine finds no room.
    async fn fill(tx: &mut Tx) -> sqlx::Error {
        let insert = "INSERT INTO counter (name, value) VALUES ($1, 1)";
        for number in 0.. {
            let name = format!("{number:09}{}", "x".repeat(2_000));
            if let Err(error) = sqlx::query(insert).bind(name).execute(&mut **tx).await {
                return error;
            }
        }
        unreachable!("no room has no end");
    }

    #[tokio::test]
    async fn a_transaction_that_sqlite_gave_up_leaves_no_connection_that_refuses() {
        let database = testing::sqlite().await;
        let db = &database.db;
        for round in 0..8 {
            for again in [false, true] {
                let mut tx = if again {
                    db.write_again("full").await.unwrap()
                } else {
                    db.write("full").await.unwrap()
                };
                (&mut *tx)
                    .execute("PRAGMA max_page_count = 1")
                    .await
                    .unwrap();
                let error = fill(&mut tx).await;
                assert!(error.to_string().contains("full"), "{error}");
                if round % 2 == 0 {
                    assert!(tx.commit().await.is_err());
                } else {
                    drop(tx);
                }
            }
            // Room again, as far as the connection lasts: what is kept is that one may write at all.
            for again in [false, true] {
                let mut tx = if again {
                    db.write_again("room").await.unwrap()
                } else {
                    db.write("room").await.unwrap()
                };
                (&mut *tx)
                    .execute("PRAGMA max_page_count = 1000000")
                    .await
                    .unwrap();
                next_numbers(&mut tx, "room", 1).await.unwrap();
                tx.commit().await.unwrap();
            }
        }
        let mut tx = db.write("room").await.unwrap();
        assert_eq!(next_numbers(&mut tx, "room", 1).await.unwrap(), 17);
    }

    #[tokio::test]
    async fn a_file_that_could_not_be_written_out_does_not_end_the_checkpoints() {
        let database = testing::sqlite().await;
        let Shared {
            readers,
            writers,
            again,
            ..
        } = &*database.db.shared;
        // What is no file on a disk can't be written out.
        let (_reader, pipe) = io::pipe().unwrap();
        let pipe: &'static File = Box::leak(Box::new(File::from(OwnedFd::from(pipe))));
        assert!(pipe.sync_data().is_err());
        let (readers, writers, again) = (readers.clone(), writers.clone(), again.clone());
        let db = Db::over(Engine::Sqlite, readers, writers, again, Some(pipe));
        let checkpoints = &db.shared.checkpoints;
        for _ in 0..3 {
            for _ in 0..WRITES_BETWEEN {
                let mut tx = db.write("number").await.unwrap();
                next_numbers(&mut tx, "number", 1).await.unwrap();
                tx.commit().await.unwrap();
            }
            let ended = async {
                while checkpoints.is_running.load(Ordering::Acquire) {
                    tokio::task::yield_now().await;
                }
            };
            tokio::time::timeout(Duration::from_secs(20), ended)
                .await
                .expect("the checkpoint ends, so that the next may begin");
        }
    }

    #[tokio::test]
    async fn writers_of_different_scopes_do_not_wait_for_each_other_on_postgres() {
        let database = testing::postgres().await;
        let mut first = database.db.write("unit:1").await.unwrap();
        let mut second = database.db.write("unit:2").await.unwrap();
        assert_eq!(next_numbers(&mut first, "one", 1).await.unwrap(), 1);
        assert_eq!(next_numbers(&mut second, "other", 1).await.unwrap(), 1);
    }

    #[tokio::test]
    async fn a_postgres_that_is_not_there_is_told_at_once() {
        // A port that was free a moment ago refuses.
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .unwrap()
            .port();
        let asked = std::time::Instant::now();
        let told = Db::open(&format!("postgres://nobody@127.0.0.1:{port}/nothing")).await;
        let told = format!("{:#}", told.unwrap_err());
        assert!(asked.elapsed() < Duration::from_secs(5), "{told}");
        assert!(told.starts_with("no connection to PostgreSQL: check"));
    }

    #[tokio::test]
    async fn the_tables_of_a_database_are_missing_older_or_up_to_date() {
        for database in testing::both().await {
            let db = &database.db;
            assert_eq!(db.tables().await, Tables::UpToDate);
            for (change, tables) in [
                (
                    "DELETE FROM _sqlx_migrations WHERE version = 1",
                    Tables::Older,
                ),
                ("DROP TABLE _sqlx_migrations", Tables::Missing),
            ] {
                db.shared.writers.execute(change).await.unwrap();
                assert_eq!(db.tables().await, tables, "{change}");
                assert!(!db.is_ready().await);
            }
        }
    }
}
