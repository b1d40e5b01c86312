//! What an attacker copies of an instance at one moment, and looks through.

use std::{collections::BTreeSet, fs, path::Path};

use jianjia_app::core::app::App;
use jianjia_demo::testing::TestCity;
use jianjia_store::core::{
    db::{Engine, Tx},
    schema,
};
use sqlx::{AssertSqlSafe, Row};

/// Everything that a copy of the instance holds at one moment.
pub struct Copy {
    /// Bytes of the database's files (SQLite), for what the rows do not show.
    pub bytes: Vec<u8>,
    /// Each table's rows in the order in which they physically stand, as texts.
    pub tables: Vec<(&'static str, Vec<Vec<String>>)>,
}

impl Copy {
    pub fn rows(&self, table: &str) -> &[Vec<String>] {
        let found = self.tables.iter().find(|(name, _)| *name == table);
        found.map_or(&[], |(_, rows)| rows)
    }
}

pub async fn copy(city: &TestCity) -> Copy {
    let app = &city.app;
    let mut tx = app.db.read().await.unwrap();
    let mut tables = Vec::new();
    for table in schema::tables() {
        tables.push((table.name, physical_rows(&mut tx, app, &table).await));
    }
    drop(tx);
    let mut bytes = Vec::new();
    if app.db.engine == Engine::Sqlite {
        for entry in fs::read_dir(city.database.folder.path()).unwrap() {
            collect(&entry.unwrap().path(), &mut bytes);
        }
    }
    Copy { bytes, tables }
}

fn collect(path: &Path, bytes: &mut Vec<u8>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            collect(&entry.unwrap().path(), bytes);
        }
    } else {
        bytes.extend(fs::read(path).unwrap());
    }
}

/// The rows as they stand in the file, with what the engine itself adds: row numbers, places, transactions.
async fn physical_rows(tx: &mut Tx, app: &App, table: &schema::Table) -> Vec<Vec<String>> {
    let columns: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
    let columns: Vec<String> = columns
        .iter()
        .map(|column| format!("CAST({column} AS TEXT)"))
        .collect();
    let (hidden, order) = match app.db.engine {
        Engine::Sqlite if has_row_numbers(tx, table.name).await => {
            ("CAST(rowid AS TEXT)", " ORDER BY rowid")
        }
        Engine::Sqlite => ("'-'", ""),
        Engine::Postgres => ("CAST(ctid AS TEXT) || CAST(xmin AS TEXT)", " ORDER BY ctid"),
    };
    let sql = format!(
        "SELECT {}, {hidden} FROM {}{order}",
        columns.join(", "),
        table.name
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .persistent(false)
        .fetch_all(&mut **tx)
        .await
        .unwrap();
    rows.iter()
        .map(|row| {
            (0..=table.columns.len())
                .map(|column| {
                    row.try_get::<Option<String>, _>(column)
                        .unwrap()
                        .unwrap_or_default()
                })
                .collect()
        })
        .collect()
}

async fn has_row_numbers(tx: &mut Tx, table: &str) -> bool {
    let sql = format!("SELECT CAST(rowid AS TEXT) FROM {table} LIMIT 1");
    sqlx::query(AssertSqlSafe(sql))
        .persistent(false)
        .fetch_optional(&mut **tx)
        .await
        .is_ok()
}

/// What lies in the trays: poll and sealed ballot.
pub fn lines_of_trays(copy: &Copy) -> impl Iterator<Item = (&str, &str)> {
    let lines = copy.rows("tray").iter().flat_map(|row| row[1].lines());
    lines
        .map(|line| {
            line.split_once(' ')
                .expect("a line has a poll and a sealed ballot")
        })
        .filter(|(_, sealed)| !sealed.starts_with('='))
}

pub fn sealed_in(copy: &Copy) -> BTreeSet<&str> {
    lines_of_trays(copy).map(|(_, sealed)| sealed).collect()
}

/// Every value of a table's rows, what the engine adds left out: on PostgreSQL a group's rows carry one transaction's number, which joins slip
/// and sealed ballot as surely as copying after every vote does.
pub fn values<'a>(copy: &'a Copy, table: &str) -> BTreeSet<&'a str> {
    copy.rows(table)
        .iter()
        .flat_map(|row| row[..row.len() - 1].iter().map(String::as_str))
        .filter(|value| !value.is_empty())
        .collect()
}

pub fn tells(copy: &Copy, text: &str) -> bool {
    copy.tables
        .iter()
        .flat_map(|(_, rows)| rows)
        .flatten()
        .any(|value| value.contains(text))
}

pub fn holds(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}
