//! Restoring a backup. Only what `write` makes is accepted: an archive with any other entry, or with one twice, is refused as a whole.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{BufRead, BufReader, Read, Seek, SeekFrom},
    path::Path,
};

use anyhow::{Context, Result, bail, ensure};
use bytes::Bytes;
use zip::ZipArchive;

use super::{
    Carried, carried_tables, each_row, file_hashes,
    sealed::{self, Identity, Opened},
};
use crate::core::{
    bulk::{self, Value},
    cover,
    db::{Db, Tx},
    file::{Files, content_hash},
    schema::Table,
};

trait Source: Read + Seek {}
impl<T: Read + Seek> Source for T {}
type Archive = ZipArchive<Box<dyn Source>>;

/// Limits on a line of a table and on a file: more than the program ever writes.
const LONGEST_LINE: u64 = 64 * 1024 * 1024;
const LONGEST_FILE: u64 = 64 * 1024 * 1024;

/// Rows per insert batch.
const BATCH: usize = 1_000;

/// Restores a backup into an empty, migrated database and its file store, all or nothing. A sealed backup needs the key that opens it.
///
/// # Errors
/// If the database is not empty, or the file is not a backup of this version, was changed, or is sealed for another key.
pub async fn restore(
    db: &Db,
    files: &Files,
    source: &Path,
    identity: Option<&Identity>,
) -> Result<Carried> {
    let (mut archive, names) = opened(source, identity)?;
    let tables = carried_tables();
    let hashes =
        checked(names, &tables).with_context(|| format!("{} is not restored", source.display()))?;
    let mut tx = db.write_alone().await?;
    let mut carried = Carried::default();
    for table in &tables {
        let mut is_empty = true;
        each_row(&mut tx, table, |_| {
            is_empty = false;
            Ok(())
        })
        .await?;
        ensure!(
            is_empty,
            "the database is not empty (table {}): restore into a new, empty one",
            table.name
        );
        let rows = restore_table(&mut tx, &mut archive, table)
            .await
            .with_context(|| format!("the backup's table {} can't be restored", table.name))?;
        carried.rows += rows;
        carried.tables += 1;
        if table.name == "poll_left_out" {
            carried.left_out = rows;
        }
    }
    let named: BTreeSet<String> = file_hashes(&mut tx).await?.into_iter().collect();
    let mut put = Vec::new();
    let done = restore_files(files, &mut archive, &hashes, &named, &mut put).await;
    let done = match done {
        Ok(()) => as_it_was(tx).await,
        Err(error) => Err(error),
    };
    if let Err(error) = done {
        for hash in &put {
            files.remove(hash).await?;
        }
        return Err(error);
    }
    carried.files = hashes.len();
    Ok(carried)
}

/// The archive, and the names of all entries in its central directory.
fn opened(source: &Path, identity: Option<&Identity>) -> Result<(Archive, Vec<String>)> {
    let mut file =
        File::open(source).with_context(|| format!("{} can't be read", source.display()))?;
    let reader: Box<dyn Source> = match (sealed::is_sealed(&mut file)?, identity) {
        (true, Some(identity)) => Box::new(
            Opened::begin(file, identity)
                .with_context(|| format!("{} can't be opened", source.display()))?,
        ),
        (true, None) => bail!(
            "{} is sealed: name the file of the key that opens it with --identity",
            source.display()
        ),
        (false, Some(_)) => bail!(
            "{} is not sealed, so anybody could have made it: leave --identity out if it is the one you mean",
            source.display()
        ),
        (false, None) => Box::new(file),
    };
    let is_none = || format!("{} is not a backup of this program", source.display());
    let archive = ZipArchive::new(reader).with_context(is_none)?;
    let (begin, count) = (archive.central_directory_start(), archive.len());
    let mut reader = archive.into_inner();
    let names = names(&mut reader, begin).with_context(is_none)?;
    ensure!(
        names.len() >= count,
        "{} is not restored: the archive's directory is damaged",
        source.display()
    );
    let archive = ZipArchive::new(reader).with_context(is_none)?;
    Ok((archive, names))
}

/// Checks the entries against what a backup has (every table once, and files named by their hashes) and returns the hashes.
fn checked(names: Vec<String>, tables: &[Table]) -> Result<Vec<String>> {
    let mut missing: BTreeSet<String> = tables
        .iter()
        .map(|table| format!("tables/{}.jsonl", table.name))
        .collect();
    let mut seen = BTreeSet::new();
    let mut hashes = Vec::new();
    for name in names {
        let shown: String = name.chars().take(80).collect();
        ensure!(
            seen.insert(name.clone()),
            "the entry {shown} is in it twice"
        );
        let is_hash = |hash: &str| {
            hash.len() == 64
                && hash
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
        };
        match name.strip_prefix("files/") {
            Some(hash) if is_hash(hash) => hashes.push(hash.to_owned()),
            _ if missing.remove(&name) => {}
            _ if name.starts_with("tables/") => bail!(
                "this version has no table for its entry {shown}: it was made by another version or changed"
            ),
            _ => bail!("the entry {shown} is none of a backup"),
        }
    }
    if let Some(name) = missing.first() {
        bail!("it has no {name}: it was made by another version");
    }
    Ok(hashes)
}

/// The names of all entries in the central directory. The zip reader itself silently keeps only the last of two entries with one name.
fn names(reader: &mut (impl Read + Seek), begin: u64) -> Result<Vec<String>> {
    const SIGNATURE: &[u8; 4] = b"PK\x01\x02";
    let mut names = Vec::new();
    reader.seek(SeekFrom::Start(begin))?;
    let mut directory = BufReader::new(reader);
    loop {
        let mut begun = [0; 4];
        directory.read_exact(&mut begun)?;
        if begun != *SIGNATURE {
            return Ok(names);
        }
        let mut fixed = [0; 42];
        directory.read_exact(&mut fixed)?;
        let size = |place: usize| u16::from_le_bytes([fixed[place - 4], fixed[place - 3]]);
        let mut name = vec![0; usize::from(size(28))];
        directory.read_exact(&mut name)?;
        directory.seek_relative(i64::from(size(30)) + i64::from(size(32)))?;
        names.push(String::from_utf8(name).context("an entry's name is no text")?);
    }
}

/// Restores a table in batches; returns the number of rows.
async fn restore_table(tx: &mut Tx, archive: &mut Archive, table: &Table) -> Result<usize> {
    let entry = archive.by_name(&format!("tables/{}.jsonl", table.name))?;
    let mut lines = BufReader::new(entry);
    let names = line(&mut lines)?.context("it is empty")?;
    let names: Vec<String> =
        serde_json::from_str(&names).context("its first line names no columns")?;
    let columns = columns(table, &names)?;
    let column_names: Vec<&'static str> = columns.iter().map(|(name, _)| *name).collect();
    let mut count = 0;
    let (mut rows, mut bytes) = (Vec::new(), 0);
    while let Some(text) = line(&mut lines)? {
        count += 1;
        bytes += text.len();
        rows.push(row(&columns, &text).with_context(|| format!("row {count}"))?);
        if rows.len() == BATCH || bytes as u64 > LONGEST_LINE / 8 {
            bulk::insert(tx, table.name, &column_names, std::mem::take(&mut rows)).await?;
            bytes = 0;
        }
    }
    bulk::insert(tx, table.name, &column_names, rows).await?;
    Ok(count)
}

/// Commits what was restored. The lines of the trail came with their records, so none are made anew.
async fn as_it_was(mut tx: Tx) -> Result<()> {
    cover::keep_as_restored(&mut tx).await?;
    tx.commit().await
}

/// The table's columns in the backup's order, with whether each is a number: all of them, each once.
fn columns(table: &Table, names: &[String]) -> Result<Vec<(&'static str, bool)>> {
    let known = table.columns.iter();
    let mut left: BTreeMap<&'static str, bool> = known
        .map(|column| (column.name, column.is_number))
        .collect();
    let mut columns = Vec::new();
    for name in names {
        let found = table
            .columns
            .iter()
            .find(|column| column.name == name)
            .map(|column| (column.name, column.is_number))
            .with_context(|| {
                format!("its column {name} is unknown: it was made by another version")
            })?;
        ensure!(
            left.remove(found.0).is_some(),
            "its column {name} is there twice"
        );
        columns.push(found);
    }
    if let Some((name, _)) = left.first_key_value() {
        bail!("it has no column {name}: it was made by another version");
    }
    Ok(columns)
}

/// The next line without its line feed, up to the limit.
fn line(lines: &mut impl BufRead) -> Result<Option<String>> {
    let mut text = String::new();
    let read = lines.take(LONGEST_LINE + 1).read_line(&mut text)?;
    ensure!(
        read as u64 <= LONGEST_LINE,
        "a line is longer than {LONGEST_LINE} bytes"
    );
    if read == 0 {
        return Ok(None);
    }
    text.truncate(text.trim_end_matches('\n').len());
    Ok(Some(text))
}

/// A row's values: one for each column, of the column's type.
fn row(columns: &[(&'static str, bool)], text: &str) -> Result<Vec<Value>> {
    let values: Vec<serde_json::Value> = serde_json::from_str(text)?;
    ensure!(
        values.len() == columns.len(),
        "it has {} values in {} columns",
        values.len(),
        columns.len()
    );
    columns
        .iter()
        .zip(values)
        .map(|((name, is_number), value)| {
            Ok(match (value, is_number) {
                (serde_json::Value::Number(number), true) => number
                    .as_i64()
                    .with_context(|| format!("{name} is no whole number"))?
                    .into(),
                (serde_json::Value::String(text), false) => text.into(),
                (serde_json::Value::Null, true) => Value::NoNumber,
                (serde_json::Value::Null, false) => Value::NoText,
                (_, true) => bail!("{name} is no number"),
                (_, false) => bail!("{name} is no text"),
            })
        })
        .collect()
}

/// Stores the files; `put` collects those that were not there before, for removal if the restore fails.
async fn restore_files(
    files: &Files,
    archive: &mut Archive,
    hashes: &[String],
    named: &BTreeSet<String>,
    put: &mut Vec<String>,
) -> Result<()> {
    for hash in hashes {
        ensure!(
            named.contains(hash),
            "the backup's file {hash} belongs to nothing in its tables"
        );
        let mut bytes = Vec::new();
        archive
            .by_name(&format!("files/{hash}"))?
            .take(LONGEST_FILE + 1)
            .read_to_end(&mut bytes)?;
        ensure!(
            bytes.len() as u64 <= LONGEST_FILE && content_hash(&bytes) == *hash,
            "the backup's file {hash} is damaged: its content does not fit its name"
        );
        if !files.holds(hash).await? {
            put.push(hash.clone());
            files.put(Bytes::from(bytes)).await?;
        }
    }
    Ok(())
}
