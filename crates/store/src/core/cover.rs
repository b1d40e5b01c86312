//! How the trail covers the records: triggers note every row that a transaction writes, and its commit stores the digests of these rows with the
//! act's line (`audit_record`). So no statement that changes a row can be forgotten, and a row changed by hand has no line that accounts for it.
//!
//! `tables` says which tables are covered; `UNCOVERED` says which are not, and why. `cover::check` verifies all of it.

use std::{
    collections::BTreeMap,
    mem,
    sync::{Arc, atomic::AtomicBool},
};

use anyhow::{Result, bail};
use sqlx::Row;

use crate::core::{
    db::{Engine, Tx},
    file::content_hash,
    schema,
};

pub mod check;
pub(crate) mod noted;
pub mod triggers;

/// Operational tables, and why no line of the trail has to cover them.
pub const UNCOVERED: &[(&str, &str)] = &[
    (
        "amendment_effect",
        "worked out again whenever it is asked for; decides nothing",
    ),
    (
        "amendment_effect_person",
        "worked out again whenever it is asked for; decides nothing",
    ),
    (
        "amendment_effect_unit",
        "worked out again whenever it is asked for; decides nothing",
    ),
    ("audit", "the lines themselves: seals cover them"),
    ("audit_record", "the line that it belongs to covers it"),
    (
        "access_token_use",
        "the last day of a token's use; decides nothing",
    ),
    (
        "factor_step",
        "which code of the second factor was taken last, so that none counts twice",
    ),
    ("audit_seal", "each seal covers the one before"),
    (
        "counter",
        "the next free numbers; one given twice is refused by the unique numbers of units and honours",
    ),
    (
        "honour_look",
        "follows from titles, renewals and visits; lists of what is due count by it, nothing is decided by it",
    ),
    (
        "instance",
        "which folder of files belongs to the database; compared at every start",
    ),
    (
        "invitation_reminder",
        "of which invitations their owners were reminded; decides nothing",
    ),
    (
        "job",
        "what waits to be done; what a job writes has lines of its own",
    ),
    (
        "known_browser",
        "browsers that strangers' wrong guesses do not keep waiting; end by themselves",
    ),
    (
        "known_network",
        "networks that a sign-in from is not told of; end by themselves",
    ),
    (
        "ledger_total",
        "worked out of the lines of the ledger; `verify` works it out again",
    ),
    (
        "message",
        "tells people of what has its own line, and decides nothing; reading one writes no line",
    ),
    (
        "outgoing",
        "what goes to people by mail and by text message; what it tells of has its own line",
    ),
    (
        "photo_look",
        "worked out again from the photos; the x-ray finds alike ones by it, nothing is decided by it",
    ),
    (
        "post_choice",
        "what somebody wants to be told by mail; changed by its owner alone, and decides nothing",
    ),
    (
        "passkey_challenge",
        "what a passkey is asked to sign, once; ends by itself",
    ),
    (
        "passkey_use",
        "the last counter and time of a passkey's use, so that no copy of it counts",
    ),
    (
        "poll_left_out",
        "written by a restore alone; makes pages and `verify` say what the backup had not",
    ),
    (
        "participation",
        "follows from statements, applications and ratings; lists count by it, nothing is decided by it",
    ),
    (
        "provider_attempt",
        "sign-ins at the identity provider that were finished, so that none is twice; end by themselves",
    ),
    ("session", "who is signed in; ends by itself"),
    (
        "shortfall",
        "worked out again from the facts whenever they change; lists filter by it, nothing is decided by it",
    ),
    (
        "shortfall_figure",
        "counted from shortfalls; `verify` counts it again",
    ),
    ("sign_in_failure", "the brake on guessing; ends by itself"),
    (
        "standing",
        "worked out again from the facts whenever they change; lists filter by it, nothing is decided by it",
    ),
    (
        "title_figure",
        "counted from honours; `verify` counts it again",
    ),
    (
        "union_figure",
        "counted from units; `verify` counts it again",
    ),
    (
        "tour_put_away",
        "who does not want to see the first-time tour again; changed by its owner alone, and decides nothing",
    ),
    (
        "usual",
        "worked out again from the facts with each run of the x-ray; nothing is decided by it",
    ),
    (
        "tray",
        "no line may tell when somebody voted; each row carries a digest, and used slips are counted against ballots",
    ),
    (
        "slip_state",
        "no line may tell when somebody voted; each row carries a digest, and used slips are counted against ballots",
    ),
    (
        "pace",
        "coarse counts while a poll is open, removed when it is counted; they decide nothing",
    ),
];

/// Copies of a unit's path: a move rewrites them in the whole subtree, and `verify` compares them with the units they name.
pub const PATHS: &[&str] = &["path", "unit_path", "at_unit_path"];

/// The covered tables, with the columns that go into their digests.
pub fn tables() -> Vec<schema::Table> {
    let mut tables = schema::tables();
    tables.retain(|table| !UNCOVERED.iter().any(|(name, _)| *name == table.name));
    for table in &mut tables {
        table.columns.retain(|column| !PATHS.contains(&column.name));
    }
    tables
}

/// The SQL expression for a row's content: `name=value` of each column, NULLs left out. A column added by a later migration is left out while it
/// has the default that existing rows got, so that their digests stay the same. `row` is the row's alias with its dot, or empty.
pub fn content(table: &schema::Table, row: &str) -> String {
    let columns: Vec<String> = table
        .columns
        .iter()
        .map(|column| {
            let name = column.name;
            let value = format!("{row}{name}");
            let told = if column.is_number {
                format!("'{name}=' || CAST({value} AS TEXT) || ';'")
            } else {
                format!("'{name}=' || LENGTH({value}) || ':' || {value} || ';'")
            };
            match column.added_as {
                Some(added) => {
                    format!("CASE WHEN {value} = {added} THEN '' ELSE COALESCE({told}, '') END")
                }
                None => format!("COALESCE({told}, '')"),
            }
        })
        .collect();
    columns.join(" || ")
}

/// The SQL expression for a row's key.
pub fn key(table: &schema::Table, row: &str) -> String {
    let keys: Vec<String> = table
        .keys
        .iter()
        .map(|key| format!("CAST({row}{key} AS TEXT)"))
        .collect();
    keys.join(" || ' ' || ")
}

/// The digest of a row's content: 128 bits, hexadecimal.
pub fn digest(content: &str) -> String {
    let mut hash = content_hash(content.as_bytes());
    hash.truncate(DIGEST);
    hash
}

/// Characters of a digest.
pub const DIGEST: usize = 32;

/// In place of a digest: the row was deleted.
pub const GONE: &str = "-";

/// The rows that a transaction has written so far.
#[derive(Debug, Default)]
pub(crate) struct Cover {
    /// Rows written since the last line of the trail, by table and key; a later digest replaces an earlier one.
    open: BTreeMap<(String, String), String>,
    /// The rows of each line so far, in order.
    lines: Vec<Line>,
    /// Sequence number of the newest row drained; on PostgreSQL the sequence is shared by all transactions.
    newest: i64,
    /// Lower bound for the rows that still wait in `touched`.
    waiting: usize,
    /// Whether the database is known to have lines: then its chain exists.
    pub(crate) has_lines: Arc<AtomicBool>,
}

#[derive(Debug)]
struct Line {
    audit_id: String,
    number: i64,
    written: String,
}

/// A bulk write drains `touched` each time this many rows wait, so that a large import does not hold all contents in memory at once.
const DRAIN_AT: usize = 20_000;

/// Counts rows of a bulk write, and drains `touched` when enough wait.
pub(crate) async fn drain_if_many(tx: &mut Tx, rows: usize) -> Result<()> {
    let Some(cover) = &mut tx.cover else {
        return Ok(());
    };
    cover.waiting += rows;
    if cover.waiting >= DRAIN_AT {
        drain(tx).await?;
    }
    Ok(())
}

/// Drains what the triggers noted: each row belongs to the first line of the trail that was written after it.
async fn drain(tx: &mut Tx) -> Result<()> {
    let Some(mut cover) = tx.cover.take() else {
        return Ok(());
    };
    let taken = sqlx::query(triggers::drain_statement(tx.engine))
        .fetch_all(&mut **tx)
        .await?;
    let mut rows = Vec::with_capacity(taken.len());
    for row in &taken {
        let place: i64 = row.try_get(0)?;
        let table: String = row.try_get(1)?;
        let key: String = row.try_get(2)?;
        let content: String = row.try_get(3)?;
        rows.push((place, table, key, content));
    }
    drop(taken);
    rows.sort_unstable_by_key(|(place, ..)| *place);
    for (place, table, key, content) in rows {
        cover.newest = place;
        if table == "audit" {
            cover.close(key);
            continue;
        }
        let digest = match tx.engine {
            _ if content.is_empty() => GONE.to_owned(),
            Engine::Sqlite => digest(&content),
            // The trigger has hashed it already.
            Engine::Postgres => content,
        };
        cover.open.insert((table, key), digest);
    }
    cover.waiting = 0;
    tx.cover = Some(cover);
    Ok(())
}

impl Cover {
    pub(crate) fn begin(has_lines: Arc<AtomicBool>) -> Cover {
        Cover {
            has_lines,
            ..Cover::default()
        }
    }

    /// Assigns the rows so far to a line.
    fn close(&mut self, audit_id: String) {
        let written = encoded(mem::take(&mut self.open));
        self.lines.push(Line {
            audit_id,
            number: self.newest,
            written,
        });
    }
}

fn encoded(rows: BTreeMap<(String, String), String>) -> String {
    rows.into_iter()
        .map(|((table, key), digest)| format!("{digest} {table} {key}\n"))
        .collect()
}

/// Leaves what this transaction wrote as it was in a backup, with the records that came along: it gets no record of its own.
pub(crate) async fn keep_as_restored(tx: &mut Tx) -> Result<()> {
    sqlx::query(triggers::drain_statement(tx.engine))
        .fetch_all(&mut **tx)
        .await?;
    tx.cover = None;
    if tx.engine == Engine::Postgres {
        // Numbers given from now on come after the restored ones.
        sqlx::query(
            "SELECT setval('touched_place_seq', GREATEST((SELECT MAX(number) + 1 FROM audit_record), nextval('touched_place_seq')))",
        )
        .fetch_one(&mut **tx)
        .await?;
    }
    Ok(())
}

/// Stores the digests of all rows written with the lines of the transaction, just before its commit.
///
/// # Errors
/// If covered rows were written and no line: an act that changes records appends a line that says so.
pub(crate) async fn settle(tx: &mut Tx) -> Result<()> {
    drain(tx).await?;
    let Some(mut cover) = tx.cover.take() else {
        return Ok(());
    };
    // Rows written after the last line belong to it.
    if !cover.open.is_empty() {
        let after = mem::take(&mut cover.open);
        let Some(last) = cover.lines.last_mut() else {
            // The store's own tests write rows without an act.
            if cfg!(test) {
                return Ok(());
            }
            let tables: Vec<String> = after.into_keys().map(|(table, _)| table).collect();
            bail!(
                "rows were written without a line of the trail that says so (tables: {})",
                tables.join(", ")
            );
        };
        last.number = cover.newest;
        last.written.push_str(&encoded(after));
    }
    for line in cover.lines {
        if !line.written.is_empty() {
            keep(tx, &line).await?;
        }
    }
    Ok(())
}

async fn keep(tx: &mut Tx, line: &Line) -> Result<()> {
    // PostgreSQL takes the number from a sequence, drawn while it held the rows' locks; SQLite has one writer at a time, so `MAX + 1` is enough.
    let number = (tx.engine == Engine::Postgres).then_some(line.number);
    sqlx::query(
        "INSERT INTO audit_record (audit_id, number, digest, written)
         VALUES ($1, COALESCE($2, (SELECT COALESCE(MAX(number), 0) + 1 FROM audit_record)), $3, $4)",
    )
    .bind(&line.audit_id)
    .bind(number)
    .bind(content_hash(line.written.as_bytes()))
    .bind(&line.written)
    .execute(&mut **tx)
    .await?;
    Ok(())
}
