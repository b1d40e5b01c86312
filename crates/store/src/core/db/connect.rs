//! Opening a database: the connection pools of each engine and how their connections are set up.

use std::{
    fs::File,
    io::{self, Write},
    path::Path,
    time::Duration,
};

use anyhow::{Context, Result, bail};
use sqlx::{AnyConnection, AnyPool, AssertSqlSafe, Connection, Executor, Row, any::AnyPoolOptions};

use super::{Db, Engine};
use crate::core::cover;

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
        // Only where our own checkpoints do not keep up: 1 GB of WAL.
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
