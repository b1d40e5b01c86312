//! Why nothing can be stored right now, derived from an error: the environment's faults, told apart from the program's own. And a test write.

use std::{error::Error, io};

use anyhow::{Context, Result};
use bytes::Bytes;

use crate::core::{db::Db, file::Files, scope::Scope};

/// What makes the database or the files unusable. The program goes on by itself once the cause is removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outage {
    /// The database does not answer, or not in time.
    Away,
    /// The server of the bucket of files does not answer.
    FilesAway,
    /// The disk is full.
    Full,
    /// The database or its folder is read-only.
    ReadOnly,
    /// The disk reports I/O errors.
    Disk,
}

impl Outage {
    /// The outage behind an error; `None` if the error is the program's own.
    pub fn of(error: &anyhow::Error) -> Option<Outage> {
        let outage = error.chain().find_map(outage_of)?;
        // A folder is never away: this is a bucket.
        let is_of_files = || error.chain().any(|cause| cause.is::<object_store::Error>());
        Some(match outage {
            Outage::Away if is_of_files() => Outage::FilesAway,
            other => other,
        })
    }

    /// What is wrong and what to do, for the operator.
    pub fn sentence(self) -> &'static str {
        match self {
            Outage::Away => {
                "the database does not answer: check that its server runs and can be reached"
            }
            Outage::FilesAway => {
                "the server of the files' bucket does not answer: check that it runs and can be reached"
            }
            Outage::Full => "the disk is full: free some space, the program goes on by itself then",
            Outage::ReadOnly => {
                "the database or its folder may only be read: check the mount and who owns the folder"
            }
            Outage::Disk => "the disk does not do what it is told: look at the machine's log",
        }
    }
}

fn outage_of(cause: &(dyn Error + 'static)) -> Option<Outage> {
    if let Some(error) = cause.downcast_ref::<sqlx::Error>() {
        return of_database(error);
    }
    cause.downcast_ref::<io::Error>().and_then(of_machine)
}

fn of_database(error: &sqlx::Error) -> Option<Outage> {
    match error {
        sqlx::Error::Database(error) => of_code(&error.code()?),
        sqlx::Error::Io(error) => of_machine(error).or(Some(Outage::Away)),
        sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => Some(Outage::Away),
        _ => None,
    }
}

/// PostgreSQL's codes (SQLSTATE) have five characters; SQLite's are numbers whose low byte is the primary code.
fn of_code(code: &str) -> Option<Outage> {
    if code.len() == 5 {
        return match code {
            "53100" => Some(Outage::Full),
            "25006" => Some(Outage::ReadOnly),
            "58030" => Some(Outage::Disk),
            // Too many connections, or the server is starting up or shutting down.
            "53300" | "57P01" | "57P02" | "57P03" | "57P05" => Some(Outage::Away),
            _ => code.starts_with("08").then_some(Outage::Away),
        };
    }
    match code.parse::<u32>().ok()? & 0xff {
        // `SQLITE_BUSY` after the whole `busy_timeout`.
        5 | 6 => Some(Outage::Away),
        8 => Some(Outage::ReadOnly),
        10 => Some(Outage::Disk),
        13 => Some(Outage::Full),
        14 => Some(Outage::Away),
        _ => None,
    }
}

fn of_machine(error: &io::Error) -> Option<Outage> {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Some(Outage::Full),
        io::ErrorKind::ReadOnlyFilesystem => Some(Outage::ReadOnly),
        io::ErrorKind::ConnectionRefused
        | io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::HostUnreachable
        | io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::NotConnected
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::TimedOut => Some(Outage::Away),
        // `io::ErrorKind` has no variant for EIO.
        _ => (error.raw_os_error() == Some(5)).then_some(Outage::Disk),
    }
}

/// Writes a row and commits it as every act does. Only a commit shows that a disk is full.
///
/// # Errors
/// If the row can't be committed.
pub async fn try_database(db: &Db) -> Result<()> {
    let mut tx = db.write(Scope::Readiness).await?;
    // The value alternates, because SQLite writes no page that stays the same.
    sqlx::query(
        "INSERT INTO counter (name, value) VALUES ('ready', 1)
         ON CONFLICT (name) DO UPDATE SET value = 1 - counter.value",
    )
    .execute(&mut *tx)
    .await
    .context("a row could not be written")?;
    tx.commit().await
}

/// Stores a file and deletes it again.
///
/// # Errors
/// If no file can be stored.
pub async fn try_files(files: &Files) -> Result<()> {
    files.try_keeping(Bytes::from_static(&[0; 4096])).await
}

#[cfg(test)]
mod tests {
    use sqlx::{AssertSqlSafe, Executor};

    use super::*;
    use crate::testing;

    #[test]
    fn codes_of_both_engines_and_of_the_machine_are_told_apart() {
        for (code, expect) in [
            ("13", Some(Outage::Full)),
            ("53100", Some(Outage::Full)),
            ("8", Some(Outage::ReadOnly)),
            ("1032", Some(Outage::ReadOnly)),
            ("25006", Some(Outage::ReadOnly)),
            ("1034", Some(Outage::Disk)),
            ("778", Some(Outage::Disk)),
            ("14", Some(Outage::Away)),
            ("57P03", Some(Outage::Away)),
            ("08006", Some(Outage::Away)),
            // The program's own errors.
            ("1", None),
            ("2067", None),
            ("23505", None),
            ("42601", None),
        ] {
            assert_eq!(of_code(code), expect, "{code}");
        }
        for (number, expect) in [
            (28, Some(Outage::Full)),
            (122, Some(Outage::Full)),
            (30, Some(Outage::ReadOnly)),
            (5, Some(Outage::Disk)),
            (111, Some(Outage::Away)),
            (2, None),
        ] {
            let error = anyhow::Error::from(io::Error::from_raw_os_error(number));
            let error = error.context("a file").context("an act");
            assert_eq!(Outage::of(&error), expect, "{number}");
            let source = Box::new(io::Error::from_raw_os_error(number));
            let error = object_store::Error::Generic {
                store: "S3",
                source,
            };
            let error = anyhow::Error::from(error).context("a file");
            let expect = match expect {
                Some(Outage::Away) => Some(Outage::FilesAway),
                other => other,
            };
            assert_eq!(Outage::of(&error), expect, "{number}");
        }
    }

    #[tokio::test]
    async fn writing_is_tried_on_both_engines_and_a_database_that_may_only_be_read_says_so() {
        for database in testing::both().await {
            for _ in 0..3 {
                try_database(&database.db).await.unwrap();
            }
            let only_read = if database.url.starts_with("sqlite") {
                format!("{}?mode=ro", database.url)
            } else {
                let (_, name) = database.url.rsplit_once('/').unwrap();
                let set = format!("ALTER DATABASE {name} SET default_transaction_read_only = on");
                let mut tx = database.db.write("set").await.unwrap();
                (&mut *tx).execute(AssertSqlSafe(set)).await.unwrap();
                tx.commit().await.unwrap();
                database.url.clone()
            };
            let db = Db::open(&only_read).await.unwrap();
            let error = try_database(&db).await.unwrap_err();
            assert_eq!(Outage::of(&error), Some(Outage::ReadOnly), "{error:#}");
        }
    }

    #[tokio::test]
    async fn a_folder_that_is_none_any_more_keeps_no_file_and_the_try_leaves_none() {
        let folder = tempfile::tempdir().unwrap();
        let there = folder.path().join("files");
        let files = Files::in_folder(&there).unwrap();
        try_files(&files).await.unwrap();
        assert_eq!(std::fs::read_dir(&there).unwrap().count(), 0);
        std::fs::remove_dir(&there).unwrap();
        std::fs::write(&there, "no folder").unwrap();
        assert!(try_files(&files).await.is_err());
    }
}
