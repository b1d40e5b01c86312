//! A backup: every table as JSON lines and every file, in one zip archive, read in one consistent transaction while the program serves.
//! It holds nothing of the engine, so a backup of SQLite can be restored into PostgreSQL and the other way round.

use std::{
    fs::File,
    io::{BufRead, BufReader, Read, Write},
    path::Path,
};

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use futures_util::TryStreamExt;
use sqlx::{AssertSqlSafe, Row};
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

use crate::{
    bulk::{self, Value},
    cover,
    db::{Db, Tx},
    files::{Files, Kept},
    schema::{Table, tables},
};

/// What a backup or a restore carried.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Carried {
    pub tables: usize,
    pub rows: usize,
    pub files: usize,
}

/// The tables that a backup holds: what is restored is an instance of its own, with a folder of files of its own.
fn carried_tables() -> Vec<Table> {
    let mut tables = tables();
    tables.retain(|table| table.name != "instance");
    tables
}

/// Gives every row of a table, in the order of its first columns, as a JSON array of its values.
pub async fn each_row(
    tx: &mut Tx,
    table: &Table,
    mut each: impl FnMut(serde_json::Value) -> Result<()>,
) -> Result<usize> {
    let names: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
    let order: Vec<String> = (1..=names.len().min(4))
        .map(|column| column.to_string())
        .collect();
    let sql = format!(
        "SELECT {} FROM {} ORDER BY {}",
        names.join(", "),
        table.name,
        order.join(", ")
    );
    let mut rows = sqlx::query(AssertSqlSafe(sql))
        .persistent(false)
        .fetch(&mut **tx);
    let mut count = 0;
    while let Some(row) = rows.try_next().await? {
        let mut values = Vec::with_capacity(table.columns.len());
        for (index, column) in table.columns.iter().enumerate() {
            values.push(if column.is_number {
                serde_json::json!(row.try_get::<Option<i64>, _>(index)?)
            } else {
                serde_json::json!(row.try_get::<Option<String>, _>(index)?)
            });
        }
        each(values.into())?;
        count += 1;
    }
    Ok(count)
}

/// Writes a backup to `target`, which must not exist yet.
pub async fn write(db: &Db, files: &Files, target: &Path) -> Result<Carried> {
    let file = File::create_new(target).with_context(|| {
        format!(
            "{} can't be written: name a file that does not exist yet, in a folder that does",
            target.display()
        )
    })?;
    let mut archive = ZipWriter::new(file);
    let options = SimpleFileOptions::default().large_file(true);
    let mut carried = Carried::default();
    let mut tx = db.read().await?;
    for table in carried_tables() {
        archive.start_file(format!("tables/{}.jsonl", table.name), options)?;
        let names: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
        writeln!(archive, "{}", serde_json::json!(names))?;
        carried.rows += each_row(&mut tx, &table, |row| Ok(writeln!(archive, "{row}")?)).await?;
        carried.tables += 1;
    }
    for hash in file_hashes(&mut tx).await? {
        let Some(Kept::Whole(bytes)) = files.get(&hash).await? else {
            tracing::warn!(
                hash,
                "a file named in the database is missing or damaged; the backup goes on without it"
            );
            continue;
        };
        archive.start_file(format!("files/{hash}"), options)?;
        archive.write_all(&bytes)?;
        carried.files += 1;
    }
    archive.finish()?.sync_all()?;
    Ok(carried)
}

/// Restores a backup into an empty, migrated database and its file store. All or nothing in the database.
pub async fn restore(db: &Db, files: &Files, source: &Path) -> Result<Carried> {
    let file = File::open(source).with_context(|| format!("{} can't be read", source.display()))?;
    let mut archive = ZipArchive::new(file)
        .with_context(|| format!("{} is not a backup of this program", source.display()))?;
    let mut carried = Carried::default();
    let mut tx = db.write_alone().await?;
    for table in carried_tables() {
        if each_row(&mut tx, &table, |_| Ok(())).await? > 0 {
            bail!(
                "the database is not empty (table {}): restore into a new, empty one",
                table.name
            );
        }
        let entry = archive
            .by_name(&format!("tables/{}.jsonl", table.name))
            .with_context(|| {
                format!(
                    "the backup has no table {}: it was made by another version",
                    table.name
                )
            })?;
        let mut lines = BufReader::new(entry).lines();
        let names: Vec<String> =
            serde_json::from_str(&lines.next().context("an empty table entry")??)?;
        let columns: Vec<(&'static str, bool)> = names
            .iter()
            .map(|name| {
                table.columns.iter().find(|column| column.name == name).map(|column| (column.name, column.is_number)).with_context(|| {
                    format!("the backup's column {}.{name} is unknown: it was made by another version", table.name)
                })
            })
            .collect::<Result<_>>()?;
        let column_names: Vec<&'static str> = columns.iter().map(|(name, _)| *name).collect();
        let mut rows = Vec::new();
        for line in lines {
            let values: Vec<serde_json::Value> = serde_json::from_str(&line?)?;
            rows.push(
                columns
                    .iter()
                    .zip(values)
                    .map(|((_, is_number), value)| typed(value, *is_number))
                    .collect(),
            );
            carried.rows += 1;
        }
        bulk::insert(&mut tx, table.name, &column_names, rows).await?;
        carried.tables += 1;
    }
    let names = archive
        .file_names()
        .map(|name| Ok(name?.into_owned()))
        .collect::<Result<Vec<String>>>()?;
    for name in names.into_iter().filter(|name| name.starts_with("files/")) {
        let mut bytes = Vec::new();
        archive.by_name(&name)?.read_to_end(&mut bytes)?;
        let hash = files.put(Bytes::from(bytes)).await?;
        if name != format!("files/{hash}") {
            bail!("the backup's file {name} is damaged: its content does not fit its name");
        }
        carried.files += 1;
    }
    // The lines came with what they wrote.
    cover::keep_as_restored(&mut tx).await?;
    tx.commit().await?;
    Ok(carried)
}

/// The hashes of all files that the database names.
pub async fn file_hashes(tx: &mut Tx) -> Result<Vec<String>> {
    let rows = sqlx::query(
        "SELECT hash FROM evidence
         UNION
         SELECT file_hash FROM import
         ORDER BY 1",
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| Ok(row.try_get::<String, _>(0)?))
        .collect()
}

fn typed(value: serde_json::Value, is_number: bool) -> Value {
    match (value, is_number) {
        (serde_json::Value::Number(number), true) => number.as_i64().into(),
        (serde_json::Value::String(text), false) => text.into(),
        (_, true) => Value::NoNumber,
        (_, false) => Value::NoText,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[tokio::test]
    async fn a_backup_of_one_engine_restores_into_the_other() {
        let [from, to]: [testing::TestDatabase; 2] = testing::both().await.try_into().ok().unwrap();
        for (from, to) in [(&from, &to), (&to, &testing::sqlite().await)] {
            let files = Files::in_folder(&from.folder.path().join("files")).unwrap();
            let hash = files.put(Bytes::from_static(b"paper")).await.unwrap();
            if from.db.engine == crate::db::Engine::Sqlite {
                let mut tx = from.db.write("test").await.unwrap();
                let columns = ["target", "failures", "last_at"];
                bulk::insert(
                    &mut tx,
                    "sign_in_failure",
                    &columns,
                    vec![vec!["login:甲".into(), 3.into(), "2016".into()]],
                )
                .await
                .unwrap();
                let columns = [
                    "id",
                    "unit_id",
                    "unit_path",
                    "hash",
                    "name",
                    "media_type",
                    "bytes",
                    "uploaded_at",
                    "removed_at",
                ];
                let row = vec![
                    "1".into(),
                    "2".into(),
                    "/1/".into(),
                    hash.into(),
                    "证书.pdf".into(),
                    "application/pdf".into(),
                    5.into(),
                    "2016".into(),
                    Value::NoText,
                ];
                bulk::insert(&mut tx, "evidence", &columns, vec![row])
                    .await
                    .unwrap();
                tx.commit().await.unwrap();
            }
            let archive = from.folder.path().join("backup.zip");
            let written = write(&from.db, &files, &archive).await.unwrap();
            let restored = restore(
                &to.db,
                &Files::in_folder(&to.folder.path().join("files")).unwrap(),
                &archive,
            )
            .await
            .unwrap();
            assert_eq!(written, restored);
            assert_eq!((restored.rows, restored.files), (2, 1));
            assert_eq!(dump(&from.db).await, dump(&to.db).await);
            assert!(
                restore(&to.db, &files, &archive)
                    .await
                    .unwrap_err()
                    .to_string()
                    .contains("not empty")
            );
        }
    }

    async fn dump(db: &Db) -> Vec<String> {
        let mut lines = Vec::new();
        let mut tx = db.read().await.unwrap();
        for table in tables() {
            each_row(&mut tx, &table, |row| {
                lines.push(format!("{} {row}", table.name));
                Ok(())
            })
            .await
            .unwrap();
        }
        lines
    }
}
