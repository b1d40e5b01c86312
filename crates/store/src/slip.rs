//! Slips, by the keyed hash of their code, and the counters of those used.

use anyhow::{Context, Result};
use jianjia_domain::{
    ids::PollId,
    poll::slip::{SlipBatch, SlipCounts, SlipState},
};
use sqlx::Row;

use crate::{bulk, db::Tx};

/// A slip as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slip {
    pub poll: PollId,
    pub batch: i64,
    pub state: SlipState,
}

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
    let poll = batch.poll.to_string();
    let rows = hashes
        .iter()
        .map(|hash| {
            vec![
                hash.as_str().into(),
                poll.as_str().into(),
                batch.number.into(),
                SlipState::Unused.key().into(),
            ]
        })
        .collect();
    let columns = ["hash", "poll_id", "batch_number", "state"];
    bulk::insert(tx, "slip", &columns, rows).await
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
    let row = sqlx::query("SELECT poll_id, batch_number, state FROM slip WHERE hash = $1")
        .bind(hash.to_owned())
        .fetch_optional(&mut **tx)
        .await?;
    row.map(|row| {
        Ok(Slip {
            poll: row.try_get::<String, _>(0)?.parse()?,
            batch: row.try_get(1)?,
            state: state(&row.try_get::<String, _>(2)?)?,
        })
    })
    .transpose()
}

fn state(key: &str) -> Result<SlipState> {
    SlipState::of_key(key).with_context(|| format!("no such state of a slip: {key}"))
}

/// Marks an unused slip of a poll spoiled; false when it is not unused.
pub async fn spoil(tx: &mut Tx, poll: &PollId, hash: &str) -> Result<bool> {
    let done =
        sqlx::query("UPDATE slip SET state = $1 WHERE hash = $2 AND poll_id = $3 AND state = $4")
            .bind(SlipState::Spoiled.key())
            .bind(hash.to_owned())
            .bind(poll.to_string())
            .bind(SlipState::Unused.key())
            .execute(&mut **tx)
            .await?;
    count_spoiled(tx, poll, done.rows_affected()).await?;
    Ok(done.rows_affected() == 1)
}

/// Marks the unused slips of a printing spoiled; gives their number.
pub async fn spoil_batch(tx: &mut Tx, poll: &PollId, batch: i64) -> Result<i64> {
    let done = sqlx::query(
        "UPDATE slip SET state = $1 WHERE poll_id = $2 AND batch_number = $3 AND state = $4",
    )
    .bind(SlipState::Spoiled.key())
    .bind(poll.to_string())
    .bind(batch)
    .bind(SlipState::Unused.key())
    .execute(&mut **tx)
    .await?;
    count_spoiled(tx, poll, done.rows_affected()).await?;
    Ok(i64::try_from(done.rows_affected())?)
}

async fn count_spoiled(tx: &mut Tx, poll: &PollId, slips: u64) -> Result<()> {
    sqlx::query("UPDATE poll_gate SET spoiled = spoiled + $1 WHERE poll_id = $2")
        .bind(i64::try_from(slips)?)
        .bind(poll.to_string())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// The slips of a poll by the counters that are kept with every act: two small reads, however many slips there are.
pub async fn counted(tx: &mut Tx, poll: &PollId) -> Result<SlipCounts> {
    let row = sqlx::query(
        "SELECT COALESCE(CAST(SUM(slips) AS BIGINT), 0) AS issued, COALESCE(CAST(SUM(replacing) AS BIGINT), 0) AS replaced
         FROM slip_batch
         WHERE poll_id = $1",
    )
    .bind(poll.to_string())
    .fetch_one(&mut **tx)
    .await?;
    let (issued, replaced): (i64, i64) = (row.try_get("issued")?, row.try_get("replaced")?);
    let row = sqlx::query("SELECT phone, kiosk, spoiled FROM poll_gate WHERE poll_id = $1")
        .bind(poll.to_string())
        .fetch_optional(&mut **tx)
        .await?;
    let (phone, kiosk, spoiled) = match row {
        Some(row) => (
            row.try_get("phone")?,
            row.try_get("kiosk")?,
            row.try_get("spoiled")?,
        ),
        None => (0, 0, 0),
    };
    Ok(SlipCounts {
        unused: issued - phone - kiosk - spoiled,
        phone,
        kiosk,
        spoiled,
        replaced,
    })
}

/// The same by going through every slip: for the counting, and to check the counters.
pub async fn recounted(tx: &mut Tx, poll: &PollId) -> Result<SlipCounts> {
    let rows = sqlx::query(
        "SELECT state, CAST(COUNT(*) AS BIGINT)
         FROM slip
         WHERE poll_id = $1
         GROUP BY state",
    )
    .bind(poll.to_string())
    .fetch_all(&mut **tx)
    .await?;
    let mut counts = SlipCounts {
        replaced: counted(tx, poll).await?.replaced,
        ..SlipCounts::default()
    };
    for row in &rows {
        let number: i64 = row.try_get(1)?;
        match state(&row.try_get::<String, _>(0)?)? {
            SlipState::Unused => counts.unused = number,
            SlipState::Phone => counts.phone = number,
            SlipState::Kiosk => counts.kiosk = number,
            SlipState::Spoiled => counts.spoiled = number,
        }
    }
    Ok(counts)
}

/// Slips used so far, `(phone, kiosk)`: one row, however many there are.
pub async fn turnout(tx: &mut Tx, poll: &PollId) -> Result<(i64, i64)> {
    let row = sqlx::query("SELECT phone, kiosk FROM poll_gate WHERE poll_id = $1")
        .bind(poll.to_string())
        .fetch_optional(&mut **tx)
        .await?;
    row.map_or(Ok((0, 0)), |row| Ok((row.try_get(0)?, row.try_get(1)?)))
}

/// The hashes of the used slips, in their order.
pub async fn used(tx: &mut Tx, poll: &PollId) -> Result<Vec<String>> {
    let rows =
        sqlx::query("SELECT hash FROM slip WHERE poll_id = $1 AND state IN ($2, $3) ORDER BY hash")
            .bind(poll.to_string())
            .bind(SlipState::Phone.key())
            .bind(SlipState::Kiosk.key())
            .fetch_all(&mut **tx)
            .await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}
