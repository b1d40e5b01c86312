//! Whether the rows of the covered tables are what the acts wrote, checked against the records of the lines.

use std::collections::HashMap;

use anyhow::Result;
use futures_util::TryStreamExt;
use sqlx::{AssertSqlSafe, Row};

use crate::core::{
    bulk,
    cover::{GONE, content, digest, key, tables},
    db::Tx,
    file::content_hash,
    schema,
};

/// A row that differs from what its last act wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub table: &'static str,
    pub key: String,
    pub kind: DifferenceKind,
    /// The line of the trail that wrote the row last; `None` if no line knows the row.
    pub written_by: Option<WrittenBy>,
    /// The digest of the row as it is now; `None` if it is missing.
    pub now: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DifferenceKind {
    Changed,
    /// No act wrote it.
    Added,
    /// An act wrote it and none deleted it.
    Missing,
}

/// A line of the trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenBy {
    pub audit_id: String,
    pub act: String,
    pub at: String,
}

/// The result of comparing all covered rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    pub rows: usize,
    pub differences: Vec<Difference>,
    /// Lines that are missing, or whose record does not match its digest.
    pub damaged_records: Vec<String>,
}

/// The last known write of a row.
struct Written {
    /// `None` if the row was deleted.
    digest: Option<u128>,
    /// The number of the record.
    number: i64,
}

/// Compares every row of the covered tables with the records of the lines.
pub async fn compare(tx: &mut Tx) -> Result<Compared> {
    let mut compared = Compared::default();
    let mut written = fold(tx, &mut compared).await?;
    let mut found = Vec::new();
    for table in tables() {
        let sql = format!(
            "SELECT {}, {} FROM {}",
            key(&table, ""),
            content(&table, ""),
            table.name
        );
        let mut rows = sqlx::query(AssertSqlSafe(sql))
            .persistent(false)
            .fetch(&mut **tx);
        while let Some(row) = rows.try_next().await? {
            compared.rows += 1;
            let row_key: String = row.try_get(0)?;
            let now = digest(&row.try_get::<String, _>(1)?);
            let last = written.remove(&name(table.name, &row_key));
            let kind = match &last {
                Some(last) if last.digest.is_some() => {
                    if last.digest == u128::from_str_radix(&now, 16).ok() {
                        continue;
                    }
                    DifferenceKind::Changed
                }
                // A row that an act deleted and that is there again was put back by hand.
                Some(_) | None => DifferenceKind::Added,
            };
            found.push((
                table.name,
                row_key,
                kind,
                last.map(|last| last.number),
                Some(now),
            ));
        }
    }
    written.retain(|_, last| last.digest.is_some());
    if !written.is_empty() {
        for (table, row_key, number) in named(tx, &written).await? {
            found.push((table, row_key, DifferenceKind::Missing, Some(number), None));
        }
    }
    let acts = acts(tx, found.iter().filter_map(|(_, _, _, number, _)| *number)).await?;
    compared.differences = found
        .into_iter()
        .map(|(table, key, kind, number, now)| Difference {
            table,
            key,
            kind,
            written_by: number.and_then(|number| acts.get(&number).cloned()),
            now,
        })
        .collect();
    Ok(compared)
}

/// Adds all rows that differ, as they are now, to the record of the next line of this transaction: for rows older than the trail's cover, and for
/// rows that a migration changed. Returns their number.
pub async fn adopt(tx: &mut Tx) -> Result<usize> {
    let differences = compare(tx).await?.differences;
    let count = differences.len();
    if let Some(cover) = &mut tx.cover {
        for difference in differences {
            cover.open.insert(
                (difference.table.to_owned(), difference.key),
                difference.now.unwrap_or_else(|| GONE.to_owned()),
            );
        }
    }
    Ok(count)
}

/// Whether there are lines, none of which has a record: then all were written before the trail covered rows.
pub async fn is_missing(tx: &mut Tx) -> Result<bool> {
    let row = sqlx::query(
        "SELECT CAST(CASE WHEN EXISTS (SELECT 1 FROM audit) AND NOT EXISTS (SELECT 1 FROM audit_record) THEN 1 ELSE 0 END AS BIGINT)",
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(row.try_get::<i64, _>(0)? == 1)
}

/// Rows whose copy of a unit's path differs from that unit's path, and units whose path does not follow from their parent's: table and key.
pub async fn misplaced(tx: &mut Tx) -> Result<Vec<(&'static str, String)>> {
    let mut misplaced = Vec::new();
    for table in schema::tables() {
        let has = |name: &str| table.columns.iter().any(|column| column.name == name);
        for (path, unit) in [("unit_path", "unit_id"), ("at_unit_path", "at_unit_id")] {
            if !has(path) || !has(unit) {
                continue;
            }
            // The lines of the trail say where the unit was then: wherever that is, the path ends in its number.
            let differs = match table.name {
                "audit" => {
                    "audit.unit_path NOT LIKE '%/' || CAST(unit.number AS TEXT) || '/' ESCAPE '!'"
                        .to_owned()
                }
                name => format!("{name}.{path} <> unit.path"),
            };
            let sql = format!(
                "SELECT {} FROM {name} LEFT JOIN unit ON unit.id = {name}.{unit} WHERE {differs} OR ({name}.{unit} = '' AND {name}.{path} <> '')",
                key(&table, &format!("{}.", table.name)),
                name = table.name,
            );
            for row in sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut **tx).await? {
                misplaced.push((table.name, row.try_get(0)?));
            }
        }
    }
    let rows = sqlx::query(
        "SELECT unit.id
         FROM unit
         LEFT JOIN unit AS above ON above.id = unit.parent_id
         WHERE unit.path <> COALESCE(above.path, '/') || CAST(unit.number AS TEXT) || '/'",
    )
    .fetch_all(&mut **tx)
    .await?;
    for row in rows {
        misplaced.push(("unit", row.try_get(0)?));
    }
    Ok(misplaced)
}

/// The last write of each row, by the hash of table and key.
async fn fold(tx: &mut Tx, compared: &mut Compared) -> Result<HashMap<u128, Written>> {
    let mut written = HashMap::new();
    let mut last = i64::MIN;
    loop {
        let records = records_after(tx, last).await?;
        let Some(end) = records.last() else {
            break;
        };
        last = end.number;
        for record in &records {
            let mut is_whole = content_hash(record.written.as_bytes()) == record.digest;
            for line in record.written.lines() {
                let Some((now, of)) = line.split_once(' ') else {
                    is_whole = false;
                    continue;
                };
                let row = Written {
                    digest: u128::from_str_radix(now, 16).ok(),
                    number: record.number,
                };
                is_whole &= row.digest.is_some() != (now == GONE);
                written.insert(hashed(of), row);
            }
            if !is_whole || !record.has_line {
                compared.damaged_records.push(record.audit_id.clone());
            }
        }
    }
    Ok(written)
}

/// Table, key and record number of the rows that records name and the tables lack.
async fn named(
    tx: &mut Tx,
    missing: &HashMap<u128, Written>,
) -> Result<Vec<(&'static str, String, i64)>> {
    let tables = tables();
    let mut named = Vec::new();
    let mut last = i64::MIN;
    loop {
        let records = records_after(tx, last).await?;
        let Some(end) = records.last() else {
            return Ok(named);
        };
        last = end.number;
        for record in &records {
            for line in record.written.lines() {
                let Some((_, of)) = line.split_once(' ') else {
                    continue;
                };
                let is_last = missing
                    .get(&hashed(of))
                    .is_some_and(|row| row.number == record.number);
                if let Some((table, key)) = of.split_once(' ').filter(|_| is_last)
                    && let Some(table) = tables.iter().find(|known| known.name == table)
                {
                    named.push((table.name, key.to_owned(), record.number));
                }
            }
        }
    }
}

struct Record {
    audit_id: String,
    number: i64,
    digest: String,
    written: String,
    has_line: bool,
}

/// The next 200 records, in the order in which the rows were written.
async fn records_after(tx: &mut Tx, number: i64) -> Result<Vec<Record>> {
    let rows = sqlx::query(
        "SELECT audit_record.audit_id, audit_record.number, digest, written, audit.id AS line
         FROM audit_record
         LEFT JOIN audit ON audit.id = audit_record.audit_id
         WHERE audit_record.number > $1
         ORDER BY audit_record.number
         LIMIT 200",
    )
    .bind(number)
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Record {
                audit_id: row.try_get("audit_id")?,
                number: row.try_get("number")?,
                digest: row.try_get("digest")?,
                written: row.try_get("written")?,
                has_line: row.try_get::<Option<String>, _>("line")?.is_some(),
            })
        })
        .collect()
}

/// The lines of the trail that these records belong to, by record number.
async fn acts(tx: &mut Tx, numbers: impl Iterator<Item = i64>) -> Result<HashMap<i64, WrittenBy>> {
    let mut numbers: Vec<i64> = numbers.collect();
    numbers.sort_unstable();
    numbers.dedup();
    let sql = "SELECT audit_record.number, audit.id, audit.act, audit.at
               FROM audit_record
               JOIN audit ON audit.id = audit_record.audit_id
               WHERE CAST(audit_record.number AS TEXT) IN ({words})";
    let rows = bulk::select(tx, sql, &[], numbers.iter().map(i64::to_string)).await?;
    rows.iter()
        .map(|row| {
            let by = WrittenBy {
                audit_id: row.try_get("id")?,
                act: row.try_get("act")?,
                at: row.try_get("at")?,
            };
            Ok((row.try_get("number")?, by))
        })
        .collect()
}

fn name(table: &str, key: &str) -> u128 {
    hashed(&format!("{table} {key}"))
}

/// A fixed-size stand-in for table and key, because the rows of a whole city are held in memory.
fn hashed(name: &str) -> u128 {
    u128::from_str_radix(&digest(name), 16).unwrap_or_default()
}
