//! Writing a backup.
//!
//! Sealed ballots are left out. With one copy from before a vote and one from after it, and the codes of two members, anybody could tell what the
//! slip used between them said; and a nightly backup makes just such copies. So a poll whose box is still closed is written without its ballots,
//! with all its slips as if none had been used, and is listed in `poll_left_out`.

use std::{
    collections::BTreeSet,
    fs::File,
    io::{self, BufWriter, Write},
    path::Path,
};

use anyhow::Result;
use jianjia_domain::rating::poll::{PollState, slip::SlipState};
use serde_json::{Value, json};
use sqlx::Row;
use zip::{ZipWriter, write::SimpleFileOptions};

use super::{
    Carried, carried_tables, each_row, file_hashes,
    sealed::{Recipient, Sealing},
};
use crate::{
    core::{
        db::{Db, Tx},
        file::{Files, private_file},
        schema::Table,
    },
    rating::ballot::digest,
};

/// The public key that a backup is sealed for, and its source of randomness.
pub type Seal<'a> = (Recipient, &'a mut (dyn FnMut(&mut [u8]) + Send));

/// Writes a backup to `target`, which must not exist yet and is readable by its owner only; sealed if `seal` is given.
///
/// # Errors
/// If the target can't be written or the database can't be read; the incomplete file is removed.
pub async fn write(
    db: &Db,
    files: &Files,
    target: &Path,
    seal: Option<Seal<'_>>,
) -> Result<Carried> {
    let file = private_file(target)?;
    let done = write_to(db, files, file, seal).await;
    if done.is_err() {
        // An incomplete file could be mistaken for a backup.
        let _ = std::fs::remove_file(target);
    }
    done
}

async fn write_to(db: &Db, files: &Files, file: File, seal: Option<Seal<'_>>) -> Result<Carried> {
    let target = match seal {
        None => Target::Plain(BufWriter::new(file)),
        Some((recipient, random)) => Target::Sealed(Box::new(Sealing::begin(
            BufWriter::new(file),
            recipient,
            random,
        )?)),
    };
    let mut archive = ZipWriter::new_stream(target);
    let options = SimpleFileOptions::default().large_file(true);
    let mut carried = Carried::default();
    let mut tx = db.read().await?;
    let voting = uncounted(&mut tx).await?;
    carried.left_out = voting.len();
    for table in carried_tables() {
        archive.start_file(format!("tables/{}.jsonl", table.name), options)?;
        let names: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
        writeln!(archive, "{}", json!(names))?;
        let mut rows = 0;
        each_row(&mut tx, &table, |row| {
            if let Some(row) = of_the_copy(&table, row, &voting) {
                rows += 1;
                writeln!(archive, "{row}")?;
            }
            Ok(())
        })
        .await?;
        if table.name == LEFT_OUT {
            for poll in &voting {
                rows += 1;
                writeln!(archive, "{}", json!([poll]))?;
            }
        }
        carried.rows += rows;
        carried.tables += 1;
    }
    let hashes = file_hashes(&mut tx).await?;
    let written = files.each_whole(hashes, |hash, bytes| {
        archive.start_file(format!("files/{hash}"), options)?;
        Ok(archive.write_all(bytes)?)
    });
    (carried.files, _) = written.await?;
    archive.finish()?.into_inner().finish()?.sync_all()?;
    Ok(carried)
}

const LEFT_OUT: &str = "poll_left_out";

/// Polls whose box still holds unopened ballots.
async fn uncounted(tx: &mut Tx) -> Result<BTreeSet<String>> {
    let rows = sqlx::query("SELECT id FROM poll WHERE state = $1 OR state = $2")
        .bind(PollState::Open.key())
        .bind(PollState::Closed.key())
        .fetch_all(&mut **tx)
        .await?;
    rows.iter()
        .map(|row| Ok(row.try_get::<String, _>(0)?))
        .collect()
}

/// The row as the backup has it; `None` if the backup leaves it out.
fn of_the_copy(table: &Table, mut row: Value, voting: &BTreeSet<String>) -> Option<Value> {
    let place = |name: &str| table.columns.iter().position(|column| column.name == name);
    let is_voting = |row: &Value| {
        place("poll_id")
            .and_then(|place| row[place].as_str())
            .is_some_and(|poll| voting.contains(poll))
    };
    match table.name {
        // A tray holds ballots of closed boxes only, and those of several polls together.
        "tray" => None,
        // Written below, from the polls as they are.
        LEFT_OUT if row[0].as_str().is_some_and(|poll| voting.contains(poll)) => None,
        "pace" if is_voting(&row) => None,
        "slip_state" if is_voting(&row) => {
            let states = place("states")?;
            let unused: String = row[states]
                .as_str()?
                .chars()
                .map(|letter| match SlipState::of_letter(letter) {
                    Some(SlipState::Spoiled) | None => letter,
                    Some(_) => SlipState::Unused.letter(),
                })
                .collect();
            let of = (
                row[place("poll_id")?].as_str()?,
                row[place("part")?].as_i64()?,
            );
            row[place("digest")?] = digest::of_states(of.0, of.1, &unused).into();
            row[states] = unused.into();
            Some(row)
        }
        _ => Some(row),
    }
}

/// The file that the archive is written to.
enum Target {
    Plain(BufWriter<File>),
    Sealed(Box<Sealing<BufWriter<File>>>),
}

impl Target {
    fn finish(self) -> io::Result<File> {
        let file = match self {
            Target::Plain(file) => file,
            Target::Sealed(sealing) => sealing.finish()?,
        };
        file.into_inner().map_err(io::IntoInnerError::into_error)
    }
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Target::Plain(file) => file.write(bytes),
            Target::Sealed(sealing) => sealing.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Target::Plain(file) => file.flush(),
            Target::Sealed(sealing) => sealing.flush(),
        }
    }
}
