//! Slips, by the keyed hash of their code; what became of them stands as a letter each in the states of their poll. All writers hold the
//! scope of the ballots.

use anyhow::{Context, Result};
use jianjia_domain::{
    core::ids::PollId,
    rating::poll::slip::{SlipBatch, SlipCounts, SlipState},
};
use sqlx::Row;

use crate::{
    core::{
        bulk::{self, Value},
        db::Tx,
    },
    rating::ballot::digest,
};

/// A slip as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slip {
    pub poll: PollId,
    /// Its place in the states of its poll.
    pub number: usize,
    pub state: SlipState,
}

/// How many states stand in one part, one row.
pub const PART: usize = 1_000;

/// Keeps a printing and the hashes of its slips.
pub async fn insert(tx: &mut Tx, batch: &SlipBatch, hashes: &[String]) -> Result<()> {
    sqlx::query(
        "INSERT INTO slip_batch (id, poll_id, number, slips, replacing, made_by_name, made_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(batch.id.to_string())
    .bind(batch.poll.to_string())
    .bind(batch.number)
    .bind(batch.slips)
    .bind(batch.replacing)
    .bind(&batch.made_by_name)
    .bind(batch.made_at.to_string())
    .execute(&mut **tx)
    .await?;
    let before = states(tx, &batch.poll).await?;
    let poll = batch.poll.to_string();
    let rows = hashes
        .iter()
        .zip(before.len()..)
        .map(|(hash, number)| {
            Ok(vec![
                hash.as_str().into(),
                poll.as_str().into(),
                i64::try_from(number)?.into(),
            ])
        })
        .collect::<Result<_>>()?;
    bulk::insert(tx, "slip", &["hash", "poll_id", "number"], rows).await?;
    let mut after = before.clone();
    after.resize(before.len() + hashes.len(), SlipState::Unused);
    set_states(tx, &batch.poll, &before, &after).await
}

/// A poll's printings, the first first.
pub async fn batches(tx: &mut Tx, poll: &PollId) -> Result<Vec<SlipBatch>> {
    let rows = sqlx::query(
        "SELECT id, number, slips, replacing, made_by_name, made_at
         FROM slip_batch
         WHERE poll_id = $1
         ORDER BY number",
    )
    .bind(poll.to_string())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(SlipBatch {
                id: row.try_get::<String, _>("id")?.parse()?,
                poll: *poll,
                number: row.try_get("number")?,
                slips: row.try_get("slips")?,
                replacing: row.try_get("replacing")?,
                made_by_name: row.try_get("made_by_name")?,
                made_at: row.try_get::<String, _>("made_at")?.parse()?,
            })
        })
        .collect()
}

pub async fn find(tx: &mut Tx, hash: &str) -> Result<Option<Slip>> {
    let row = sqlx::query(
        "SELECT slip.poll_id, slip.number, slip_state.states
         FROM slip
         JOIN slip_state ON slip_state.poll_id = slip.poll_id AND slip_state.part = slip.number / $2
         WHERE slip.hash = $1",
    )
    .bind(hash.to_owned())
    .bind(i64::try_from(PART)?)
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| {
        let number = usize::try_from(row.try_get::<i64, _>(1)?)?;
        let part = read(&row.try_get::<String, _>(2)?)?;
        Ok(Slip {
            poll: row.try_get::<String, _>(0)?.parse()?,
            number,
            state: *part.get(number % PART).context("a slip has a state")?,
        })
    })
    .transpose()
}

/// The states of all slips of a poll, by number.
async fn states(tx: &mut Tx, poll: &PollId) -> Result<Vec<SlipState>> {
    let rows = sqlx::query("SELECT states FROM slip_state WHERE poll_id = $1 ORDER BY part")
        .bind(poll.to_string())
        .fetch_all(&mut **tx)
        .await?;
    let mut states = Vec::new();
    for row in &rows {
        states.extend(read(&row.try_get::<String, _>(0)?)?);
    }
    Ok(states)
}

fn read(letters: &str) -> Result<Vec<SlipState>> {
    letters
        .chars()
        .map(|letter| {
            SlipState::of_letter(letter)
                .with_context(|| format!("no such state of a slip: {letter}"))
        })
        .collect()
}

/// Writes the parts in which the states have changed.
async fn set_states(
    tx: &mut Tx,
    poll: &PollId,
    before: &[SlipState],
    after: &[SlipState],
) -> Result<()> {
    let mut rows: Vec<Vec<Value>> = Vec::new();
    for (part, states) in after.chunks(PART).enumerate() {
        if before.chunks(PART).nth(part) != Some(states) {
            let letters: String = states.iter().map(|state| state.letter()).collect();
            let (poll, part) = (poll.to_string(), i64::try_from(part)?);
            let digest = digest::of_states(&poll, part, &letters);
            rows.push(vec![
                poll.into(),
                part.into(),
                letters.into(),
                digest.into(),
            ]);
        }
    }
    let columns = ["poll_id", "part", "states", "digest"];
    bulk::upsert(tx, "slip_state", &columns[..2], &columns, rows).await
}

/// Marks an unused slip of a poll spoiled; false when it is not unused.
pub async fn spoil(tx: &mut Tx, poll: &PollId, hash: &str) -> Result<bool> {
    let Some(slip) = find(tx, hash).await?.filter(|slip| slip.poll == *poll) else {
        return Ok(false);
    };
    Ok(spoil_unused(tx, poll, slip.number..slip.number + 1).await? == 1)
}

/// Marks the unused slips of a printing spoiled; gives their number.
pub async fn spoil_batch(tx: &mut Tx, poll: &PollId, batch: i64) -> Result<i64> {
    let mut first = 0;
    for made in batches(tx, poll).await? {
        let end = first + usize::try_from(made.slips)?;
        if made.number == batch {
            return spoil_unused(tx, poll, first..end).await;
        }
        first = end;
    }
    Ok(0)
}

async fn spoil_unused(tx: &mut Tx, poll: &PollId, numbers: std::ops::Range<usize>) -> Result<i64> {
    let before = states(tx, poll).await?;
    let mut after = before.clone();
    let mut spoiled = 0;
    for state in after.get_mut(numbers).unwrap_or_default() {
        if let Ok(after) = state.spoil() {
            *state = after;
            spoiled += 1;
        }
    }
    set_states(tx, poll, &before, &after).await?;
    Ok(spoiled)
}

/// The slips of a poll, counted by their states.
pub async fn counted(tx: &mut Tx, poll: &PollId) -> Result<SlipCounts> {
    let row = sqlx::query(
        "SELECT COALESCE(CAST(SUM(replacing) AS BIGINT), 0)
         FROM slip_batch
         WHERE poll_id = $1",
    )
    .bind(poll.to_string())
    .fetch_one(&mut **tx)
    .await?;
    let mut counts = SlipCounts {
        replaced: row.try_get(0)?,
        ..SlipCounts::default()
    };
    for state in states(tx, poll).await? {
        match state {
            SlipState::Unused => counts.unused += 1,
            SlipState::Phone => counts.phone += 1,
            SlipState::Kiosk => counts.kiosk += 1,
            SlipState::Spoiled => counts.spoiled += 1,
        }
    }
    Ok(counts)
}

/// How many hashes of slips are kept: as many as there are states, and as the printings say.
pub async fn count_hashes(tx: &mut Tx, poll: &PollId) -> Result<i64> {
    let row = sqlx::query("SELECT CAST(COUNT(*) AS BIGINT) FROM slip WHERE poll_id = $1")
        .bind(poll.to_string())
        .fetch_one(&mut **tx)
        .await?;
    Ok(row.try_get(0)?)
}

/// Slips used so far, `(phone, kiosk)`.
pub async fn turnout(tx: &mut Tx, poll: &PollId) -> Result<(i64, i64)> {
    let counts = counted(tx, poll).await?;
    Ok((counts.phone, counts.kiosk))
}

/// The hashes of the used slips, in their order.
pub async fn used(tx: &mut Tx, poll: &PollId) -> Result<Vec<String>> {
    let states = states(tx, poll).await?;
    let rows = sqlx::query("SELECT hash, number FROM slip WHERE poll_id = $1 ORDER BY hash")
        .bind(poll.to_string())
        .fetch_all(&mut **tx)
        .await?;
    let mut used = Vec::new();
    for row in &rows {
        let number = usize::try_from(row.try_get::<i64, _>(1)?)?;
        if matches!(
            states.get(number),
            Some(SlipState::Phone | SlipState::Kiosk)
        ) {
            used.push(row.try_get(0)?);
        }
    }
    Ok(used)
}
