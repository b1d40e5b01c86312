//! Empty databases for tests, one on each engine. Tests of the store run on both; without a PostgreSQL server they fail.

use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

use sqlx::{AnyConnection, AnyPool, AssertSqlSafe, Row};

use crate::core::{
    cover::triggers::of_postgres,
    db::{Db, Tx, migration_texts},
    file::content_hash,
};

/// The migrated, empty database of one test; its SQLite file is deleted with it.
pub struct TestDatabase {
    pub db: Db,
    /// The database's address.
    pub url: String,
    pub folder: tempfile::TempDir,
    /// On PostgreSQL: what tells others at the end of the test that they may drop the database.
    _ended: Option<Ended>,
}

/// One database on SQLite and one on PostgreSQL (on the server that `JIANJIA_TEST_POSTGRES` names; `bin/postgres` starts one).
pub async fn both() -> Vec<TestDatabase> {
    vec![sqlite().await, postgres().await]
}

/// # Panics
/// If the file can't be created.
pub async fn sqlite() -> TestDatabase {
    let template = migrated_file().await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::copy(&template, folder.path().join(FILE)).expect("a copy of the migrated file");
    opened_sqlite(folder).await
}

/// A copy of the folder of another test's SQLite database, once that is closed.
///
/// # Panics
/// If it can't be copied.
pub async fn copied_sqlite(from: &Path) -> TestDatabase {
    let folder = tempfile::tempdir().expect("a temporary folder");
    copy_folder(from, folder.path());
    opened_sqlite(folder).await
}

/// # Panics
/// If a file can't be copied.
pub fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("the copy's folder");
    for entry in std::fs::read_dir(from).expect("the folder") {
        let path = entry.expect("an entry of the folder").path();
        let copy = to.join(path.file_name().expect("its name"));
        if path.is_dir() {
            copy_folder(&path, &copy);
        } else {
            std::fs::copy(&path, &copy).expect("the file is copied");
        }
    }
}

/// # Panics
/// If there is no PostgreSQL server: a test must fail then, not pass unnoticed.
pub async fn postgres() -> TestDatabase {
    let pool = server().await;
    let template = migrated_database(&pool).await;
    created(pool, &template).await
}

/// A database without tables.
pub(crate) async fn empty_sqlite() -> TestDatabase {
    opened_sqlite(tempfile::tempdir().expect("a temporary folder")).await
}

/// A database without tables.
#[cfg(test)]
pub(crate) async fn empty_postgres() -> TestDatabase {
    created(server().await, "template0").await
}

/// The name of a test's SQLite file.
const FILE: &str = "jianjia.db";

async fn opened_sqlite(folder: tempfile::TempDir) -> TestDatabase {
    let url = format!("sqlite://{}/{FILE}", folder.path().display());
    let db = Db::open(&url).await.expect("an SQLite database");
    TestDatabase {
        db,
        url,
        folder,
        _ended: None,
    }
}

/// What the tables are made from, in short: another schema has a template of its own.
fn schema() -> String {
    let mut text: String = migration_texts().collect();
    text.push_str(&of_postgres());
    content_hash(text.as_bytes())[..16].to_owned()
}

/// A file with all tables and no rows, made once and copied for each test: the migrations take longer than most tests. Several tests may make it at once;
/// it takes its place whole.
async fn migrated_file() -> PathBuf {
    let path = std::env::temp_dir().join(format!("jianjia-template-{}.db", schema()));
    if !path.exists() {
        let database = empty_sqlite().await;
        database.db.migrate().await.expect("migrations on SQLite");
        let whole = database.folder.path().join("whole.db");
        let pool = AnyPool::connect(&database.url)
            .await
            .expect("the file opens");
        sqlx::query(AssertSqlSafe(format!("VACUUM INTO '{}'", whole.display())))
            .execute(&pool)
            .await
            .expect("the tables in one file");
        pool.close().await;
        static MADE: AtomicU32 = AtomicU32::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let made = path.with_extension(format!("{}-{number}", std::process::id()));
        std::fs::copy(&whole, &made).expect("the template is written");
        std::fs::rename(&made, &path).expect("the template takes its place");
    }
    path
}

async fn server() -> AnyPool {
    let server = std::env::var("JIANJIA_TEST_POSTGRES")
        .expect("JIANJIA_TEST_POSTGRES is not set: run the tests with bin/test, or start a server with bin/postgres");
    sqlx::any::install_default_drivers();
    AnyPool::connect(&server)
        .await
        .expect("the test PostgreSQL answers")
}

/// A database's address on the test server.
fn address_of(name: &str) -> String {
    let server = std::env::var("JIANJIA_TEST_POSTGRES").unwrap_or_default();
    let (base, _) = server
        .rsplit_once('/')
        .expect("a PostgreSQL address with a database");
    format!("{base}/{name}")
}

async fn run(connection: &mut AnyConnection, statement: String) {
    sqlx::query(AssertSqlSafe(statement))
        .execute(connection)
        .await
        .expect("the test PostgreSQL does it");
}

/// The name of a database with all tables and no rows, made once by whichever test comes first while the others wait for it.
async fn migrated_database(pool: &AnyPool) -> String {
    const LOCK: i64 = 4_211_985;
    let name = format!("jianjia_template_{}", schema());
    let mut connection = pool.acquire().await.expect("a connection");
    run(&mut connection, format!("SELECT pg_advisory_lock({LOCK})")).await;
    let known =
        format!("SELECT CAST(datname AS TEXT) AS name FROM pg_database WHERE datname = '{name}'");
    let known = sqlx::query(AssertSqlSafe(known))
        .fetch_optional(&mut *connection)
        .await
        .expect("an answer");
    if known.is_none() {
        let begun = format!("{name}_begun");
        drop_database(&mut connection, &begun).await;
        run(&mut connection, created_from(&begun, "template0")).await;
        let db = Db::open(&address_of(&begun))
            .await
            .expect("the test database opens");
        db.migrate().await.expect("migrations on PostgreSQL");
        db.close().await;
        run(
            &mut connection,
            format!("ALTER DATABASE {begun} RENAME TO {name}"),
        )
        .await;
    }
    run(
        &mut connection,
        format!("SELECT pg_advisory_unlock({LOCK})"),
    )
    .await;
    name
}

fn created_from(name: &str, template: &str) -> String {
    format!(
        "CREATE DATABASE {name} TEMPLATE {template} ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"
    )
}

/// A database of one test's own.
async fn created(pool: AnyPool, template: &str) -> TestDatabase {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let name = format!(
        "jianjia_test_{}_{}",
        std::process::id(),
        NUMBER.fetch_add(1, Ordering::Relaxed)
    );
    let mut connection = pool.acquire().await.expect("a connection");
    // One of this name may have ended in an earlier run, as a process of this number.
    let _ = std::fs::remove_file(ended_databases().join(&name));
    drop_ended(&mut connection).await;
    drop_database(&mut connection, &name).await;
    run(&mut connection, created_from(&name, template)).await;
    drop(connection);
    pool.close().await;
    let url = address_of(&name);
    let db = Db::open(&url).await.expect("the test database opens");
    TestDatabase {
        db,
        url,
        folder: tempfile::tempdir().expect("a temporary folder"),
        _ended: Some(Ended(name)),
    }
}

async fn drop_database(connection: &mut AnyConnection, name: &str) {
    let statement = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
    run(connection, statement).await;
}

/// The name of a database that its test needs no more.
struct Ended(String);

impl Drop for Ended {
    fn drop(&mut self) {
        // A file for each, since nothing can be awaited here. Where it can't be written, the database stays.
        let folder = ended_databases();
        let _ = std::fs::create_dir_all(&folder);
        let _ = std::fs::write(folder.join(&self.0), "");
    }
}

/// Where each database that may be dropped has a file of its name.
fn ended_databases() -> PathBuf {
    made_by_tests().join("jianjia-ended-databases")
}

/// Drops the databases of tests that ended, once they are many: a database takes 14 MB, and to drop one waits for a checkpoint, which many have in common.
async fn drop_ended(connection: &mut AnyConnection) {
    const MANY: usize = 40;
    let ended = std::fs::read_dir(ended_databases());
    let ended: Vec<PathBuf> = ended
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    if ended.len() < MANY {
        return;
    }
    for path in ended {
        // Whoever removes the file drops the database: another test may be at it too.
        let name = path.file_name().and_then(|name| name.to_str());
        if let (Some(name), Ok(())) = (name, std::fs::remove_file(&path)) {
            drop_database(connection, name).await;
        }
    }
}

/// The folder for what tests share: that of `bin/postgres` is gone when the run ends.
pub fn made_by_tests() -> PathBuf {
    std::env::var_os("JIANJIA_TEST_FOLDER").map_or_else(std::env::temp_dir, PathBuf::from)
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
