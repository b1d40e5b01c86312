//! Empty databases for tests, one on each engine. Tests of the store run on both; without a PostgreSQL server they fail.

use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{AnyPool, AssertSqlSafe, Row};

use crate::core::db::{Db, Tx};

/// The migrated, empty database of one test; its SQLite file is deleted with it.
pub struct TestDatabase {
    pub db: Db,
    /// The database's address.
    pub url: String,
    pub folder: tempfile::TempDir,
}

/// One database on SQLite and one on PostgreSQL (on the server that `JIANJIA_TEST_POSTGRES` names; `bin/postgres` starts one).
pub async fn both() -> Vec<TestDatabase> {
    vec![sqlite().await, postgres().await]
}

/// # Panics
/// If the file can't be created.
pub async fn sqlite() -> TestDatabase {
    let database = empty_sqlite().await;
    database.db.migrate().await.expect("migrations on SQLite");
    database
}

/// # Panics
/// If there is no PostgreSQL server: a test must fail then, not pass unnoticed.
pub async fn postgres() -> TestDatabase {
    let database = empty_postgres().await;
    database
        .db
        .migrate()
        .await
        .expect("migrations on PostgreSQL");
    database
}

/// A database without tables.
pub(crate) async fn empty_sqlite() -> TestDatabase {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = format!("sqlite://{}/jianjia.db", folder.path().display());
    let db = Db::open(&url).await.expect("an SQLite database");
    TestDatabase { db, url, folder }
}

/// A database without tables.
pub(crate) async fn empty_postgres() -> TestDatabase {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let server = std::env::var("JIANJIA_TEST_POSTGRES")
        .expect("JIANJIA_TEST_POSTGRES is not set: run the tests with bin/test, or start a server with bin/postgres");
    let name = format!(
        "jianjia_test_{}_{}",
        std::process::id(),
        NUMBER.fetch_add(1, Ordering::Relaxed)
    );
    sqlx::any::install_default_drivers();
    let pool = AnyPool::connect(&server)
        .await
        .expect("the test PostgreSQL answers");
    for statement in [
        format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
        format!(
            "CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"
        ),
    ] {
        sqlx::query(AssertSqlSafe(statement))
            .execute(&pool)
            .await
            .expect("a database for this test");
    }
    pool.close().await;
    let (base, _) = server
        .rsplit_once('/')
        .expect("a PostgreSQL address with a database");
    let url = format!("{base}/{name}");
    let db = Db::open(&url).await.expect("the test database opens");
    TestDatabase {
        db,
        url,
        folder: tempfile::tempdir().expect("a temporary folder"),
    }
}

/// All rows of a query's first column.
///
/// # Panics
/// If the query fails or finds anything but text.
pub async fn texts(tx: &mut Tx, sql: &str) -> Vec<String> {
    let rows = sqlx::query(AssertSqlSafe(sql.to_owned()))
        .fetch_all(&mut **tx)
        .await
        .expect("an answer");
    rows.iter().map(|row| row.get(0)).collect()
}

/// The one text that a query returns, for tests of rows that no function reads.
///
/// # Panics
/// If the query returns no row.
pub async fn text(tx: &mut Tx, sql: &str) -> String {
    sqlx::query(AssertSqlSafe(sql.to_owned()))
        .fetch_one(&mut **tx)
        .await
        .expect("a row")
        .try_get(0)
        .expect("a text")
}
