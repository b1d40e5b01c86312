//! Which instance a database and its files belong to: one row in one and one small file beside the others, with the same id. So a node whose
//! folder or bucket is not the shared one is noticed at its start, and not when a photo is missing later.

use std::{
    fs::{File, OpenOptions},
    io::{ErrorKind, Write},
    path::Path,
};

use anyhow::{Context, Result};
use jiff::Timestamp;
use sqlx::Row;

use crate::core::{
    db::Tx,
    file::{Files, Storage},
};

/// The file's name. Evidence is stored beside it, in folders of two letters.
pub const MARKER: &str = "instance";

/// The id of the database's instance; `None` before its first start.
pub async fn find(tx: &mut Tx) -> Result<Option<String>> {
    let row = sqlx::query("SELECT id FROM instance")
        .fetch_optional(&mut **tx)
        .await?;
    Ok(row.map(|row| row.try_get(0)).transpose()?)
}

pub async fn insert(tx: &mut Tx, id: &str, now: Timestamp) -> Result<()> {
    sqlx::query(
        "INSERT INTO instance (id, begun_at)
         VALUES ($1, $2)",
    )
    .bind(id.to_owned())
    .bind(now.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The id beside the files; `None` if they are not marked or the folder is not there.
pub async fn marked(storage: &Storage) -> Result<Option<String>> {
    match storage {
        Storage::Folder(folder) => marked_folder(folder),
        Storage::Bucket(bucket) => {
            let noted = Files::open(storage)?.note(MARKER).await;
            let noted = noted.with_context(|| format!("{bucket} can't be read"))?;
            Ok(noted.map(|text| text.trim().to_owned()))
        }
    }
}

/// Marks the files as an instance's, durably. A folder is created if missing.
pub async fn mark(storage: &Storage, id: &str) -> Result<()> {
    match storage {
        Storage::Folder(folder) => mark_folder(folder, id),
        Storage::Bucket(bucket) => {
            let files = Files::open(storage)?;
            let written = files.write_note(MARKER, format!("{id}\n")).await;
            written.with_context(|| format!("{bucket} can't be written"))
        }
    }
}

fn marked_folder(folder: &Path) -> Result<Option<String>> {
    let path = folder.join(MARKER);
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Some(text.trim().to_owned())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("{} can't be read", path.display())),
    }
}

fn mark_folder(folder: &Path, id: &str) -> Result<()> {
    let path = folder.join(MARKER);
    let write = || {
        std::fs::create_dir_all(folder)?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&path)?;
        writeln!(file, "{id}")?;
        file.sync_all()?;
        // Without an fsync of the folder, some file systems may lose the new entry.
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
        std::io::Result::Ok(())
    };
    write().with_context(|| {
        format!(
            "{} can't be written: the folder of files must be writable",
            path.display()
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[tokio::test]
    async fn an_instance_has_one_id_in_its_database_and_its_folder_on_both_engines() {
        for database in testing::both().await {
            let mut tx = database.db.write("test").await.unwrap();
            assert_eq!(find(&mut tx).await.unwrap(), None);
            insert(&mut tx, "abc", Timestamp::UNIX_EPOCH).await.unwrap();
            assert_eq!(find(&mut tx).await.unwrap().as_deref(), Some("abc"));
            let folder = Storage::Folder(database.folder.path().join("files"));
            assert_eq!(marked(&folder).await.unwrap(), None);
            mark(&folder, "abc").await.unwrap();
            assert_eq!(marked(&folder).await.unwrap().as_deref(), Some("abc"));
            assert!(mark(&folder, "xyz").await.is_err(), "a mark stands");
        }
    }
}
