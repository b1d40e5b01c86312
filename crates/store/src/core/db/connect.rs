//! Opening a database: each engine's connection pools, and how a connection is set up.

use std::{
    fs::File,
    io::{self, Write},
    path::Path,
    time::Duration,
};

use anyhow::{Context, Result, bail};
use sqlx::{
    Any, AnyConnection, AnyPool, AssertSqlSafe, Connection, Executor, Row, Transaction,
    any::AnyPoolOptions,
};

use super::{Db, Engine};
use crate::core::cover;

/// Timeout of the first connection to PostgreSQL.
const FIRST_CONNECTION: Duration = Duration::from_secs(10);

impl Db {
    /// Opens `sqlite:///folder/file.db` (created if missing) or `postgres://…`. Call `migrate` before use.
    pub async fn open(url: &str) -> Result<Db> {
        sqlx::any::install_default_drivers();
        if url.starts_with("sqlite:") {
            Db::open_sqlite(url).await
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            Db::open_postgres(url).await
        } else {
            bail!("the database address must begin with sqlite: or postgres:")
        }
    }

    async fn open_sqlite(url: &str) -> Result<Db> {
        let url = if url.contains('?') {
            url.to_owned()
        } else {
            format!("{url}?mode=rwc")
        };
        // One connection writes at a time (see `turn`); the spares are ready when it is done. Lazy, because each new connection creates its
        // triggers on tables that `migrate` may still have to make.
        let writers =
            sqlite_pool(3, &["PRAGMA cache_size = -65536"], Noting::Rows).connect_lazy(&url)?;
        // A small cache: its transactions are short, and SQLite walks the whole cache after every write.
        let again =
            sqlite_pool(2, &["PRAGMA cache_size = -8192"], Noting::Nothing).connect_lazy(&url)?;
        // A small cache: every commit by another connection invalidates a reader's cache page by page, and the file is memory-mapped for them. A
        // writer is not to map what it passes over once, as when it counts the tables: a whole city's file would be in memory with it.
        let of_reader: &[&str] = &["PRAGMA cache_size = -2048", "PRAGMA mmap_size = 1073741824"];
        let readers = sqlite_pool(8, of_reader, Noting::Nothing);
        let opened = async {
            // A first connection outside the pool, because the pool would retry on a full disk until its timeout.
            let mut first = AnyConnection::connect(&url).await?;
            prepare(&mut first, of_reader).await?;
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
    }

    async fn open_postgres(url: &str) -> Result<Db> {
        // A first connection outside the pool, because the pool would retry until its timeout when the server refuses.
        let mut first = tokio::time::timeout(FIRST_CONNECTION, AnyConnection::connect(url))
            .await
            .unwrap_or_else(|_| Err(io::Error::from(io::ErrorKind::TimedOut).into()))
            .context(
                "no connection to PostgreSQL: check the database address and that the server runs",
            )?;
        // A subtree is a range of paths. A language's collation may ignore punctuation, and such ranges would silently miss units.
        let row = sqlx::query("SELECT CASE WHEN '/1/a' < '/10' AND 'B' < 'a' THEN 1 ELSE 0 END")
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
            // How long the pool retries while the server is down; people wait for it.
            .acquire_timeout(Duration::from_secs(10))
            .connect_lazy(url)?;
        Ok(Db::over(
            Engine::Postgres,
            pool.clone(),
            pool.clone(),
            pool,
            None,
        ))
    }
}

/// Begins a transaction, to the end even if nobody waits for it any longer: sqlx 0.9 forgets a `BEGIN` whose answer from PostgreSQL was not read, and
/// the connection's next user would stand in that transaction.
pub(super) async fn begun(
    pool: &AnyPool,
    begin: &'static str,
) -> Result<Transaction<'static, Any>> {
    let pool = pool.clone();
    let begun = tokio::spawn(async move { pool.begin_with(begin).await });
    Ok(begun.await??)
}

/// SQLite's database file, which is never closed again; `None` for a database in memory.
async fn file_of(readers: &AnyPool) -> Result<Option<&'static File>> {
    let row = sqlx::query("PRAGMA database_list")
        .fetch_one(readers)
        .await?;
    let path: String = row.try_get("file")?;
    if path.is_empty() {
        return Ok(None);
    }
    // Some systems fsync only a descriptor that is open for writing.
    match File::options().read(true).write(true).open(&path) {
        Ok(file) => Ok(Some(Box::leak(Box::new(file)))),
        // A database that is only read has nothing to fsync.
        Err(error) => {
            tracing::warn!(%error, path, "SQLite's file can't be written out");
            Ok(None)
        }
    }
}

/// Whether a SQLite connection has triggers that note the rows it writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Noting {
    Nothing,
    /// By the triggers of `cover`.
    Rows,
}

fn sqlite_pool(connections: u32, own: &'static [&'static str], noting: Noting) -> AnyPoolOptions {
    AnyPoolOptions::new()
        .max_connections(connections)
        // The connection is a file handle: it can't have been closed by a peer.
        .test_before_acquire(false)
        .acquire_timeout(Duration::from_secs(60))
        // If SQLite can't write (a full disk) it rolls the transaction back by itself; the later ROLLBACK then fails, and sqlx goes on counting the
        // transaction as open and refuses to begin another. Such a connection is closed.
        .after_release(|connection, _| {
            Box::pin(async move {
                // Its answer means that all earlier commands have run, a pending rollback included.
                connection.ping().await?;
                Ok(!connection.is_in_transaction())
            })
        })
        .after_connect(move |connection, _| {
            Box::pin(async move {
                prepare(connection, own).await?;
                if noting == Noting::Rows {
                    for statement in cover::triggers::of_sqlite() {
                        connection.execute(AssertSqlSafe(statement)).await?;
                    }
                }
                Ok(())
            })
        })
}

/// Sets up a new SQLite connection; `own` are the settings of its pool.
async fn prepare(connection: &mut AnyConnection, own: &[&'static str]) -> sqlx::Result<()> {
    for pragma in [
        "PRAGMA busy_timeout = 30000",
        "PRAGMA journal_mode = WAL",
        "PRAGMA synchronous = FULL",
        "PRAGMA temp_store = MEMORY",
        // A fallback for when our own checkpoints do not keep up: 1 GB of WAL.
        "PRAGMA wal_autocheckpoint = 262144",
        "PRAGMA journal_size_limit = 67108864",
        // Deleted content is overwritten with zeros: sealed ballots must not survive in free pages.
        "PRAGMA secure_delete = ON",
    ] {
        connection.execute(pragma).await?;
    }
    for pragma in own {
        connection.execute(*pragma).await?;
    }
    Ok(())
}

/// The reason why no file can be written beside SQLite's, if there is one: SQLite itself only says that it could not open its own.
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
