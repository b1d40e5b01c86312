//! Polls: one row a poll.

mod roll;
mod row;

use anyhow::Result;
use jianjia_domain::{
    core::ids::{PollId, UnitId},
    rating::poll::{Poll, PollState},
};
use sqlx::{AssertSqlSafe, Row, any::AnyRow};

pub use self::roll::{replace_roll, roll};
use self::row::{COLUMNS, StageColumns, json, poll, values};
use crate::core::{bulk, db::Tx};

/// Keeps new polls.
pub async fn insert_many(tx: &mut Tx, polls: &[Poll]) -> Result<()> {
    let mut columns = COLUMNS.to_vec();
    columns.push("changed_at");
    let rows = polls.iter().map(values).collect::<Result<_>>()?;
    bulk::insert(tx, "poll", &columns, rows).await?;
    for poll in polls {
        set_gate(tx, poll).await?;
    }
    Ok(())
}

/// Writes everything of a poll that can change; what belongs to the unit stays. False, and nothing changed, when the row is not in the state
/// and at the revision any more on which the change was decided: the one before the poll's.
pub async fn update(tx: &mut Tx, poll: &Poll, was: PollState) -> Result<bool> {
    let of_stage = StageColumns::of(&poll.stage)?;
    let done = sqlx::query(
        "UPDATE poll
         SET state = $1, plan = $2, slips_by_upper = $3, standard = $4, lock = $5, signatures = $6, record = $7,
             opened_at = $8, closed_at = $9, counted_at = $10, signed_at = $11, ended_because = $12, changed_at = $13,
             replaces = $14, consent = $15, revision = revision + 1
         WHERE id = $16 AND state = $17 AND revision = $18",
    )
    .bind(poll.state().key())
    .bind(json(&poll.plan)?)
    .bind(i64::from(poll.slips_by_upper))
    .bind(of_stage.standard)
    .bind(of_stage.lock)
    .bind(of_stage.signatures)
    .bind(of_stage.record)
    .bind(of_stage.opened_at)
    .bind(of_stage.closed_at)
    .bind(of_stage.counted_at)
    .bind(of_stage.signed_at)
    .bind(of_stage.ended_because)
    .bind(poll.changed_at.to_string())
    .bind(poll.replaces.as_ref().map(json).transpose()?)
    .bind(poll.consent.as_ref().map(json).transpose()?)
    .bind(poll.id.to_string())
    .bind(was.key())
    .bind(poll.revision - 1)
    .execute(&mut **tx)
    .await?;
    if done.rows_affected() != 1 {
        return Ok(false);
    }
    set_gate(tx, poll).await?;
    Ok(true)
}

/// Opens or shuts the gate of a poll as its stage says.
async fn set_gate(tx: &mut Tx, poll: &Poll) -> Result<()> {
    let gate = poll.gate();
    let until = gate.until.map_or_else(String::new, |end| end.to_string());
    sqlx::query(
        "INSERT INTO poll_gate (poll_id, until, lock_version)
         VALUES ($1, $2, $3)
         ON CONFLICT (poll_id) DO UPDATE
         SET until = excluded.until, lock_version = excluded.lock_version",
    )
    .bind(poll.id.to_string())
    .bind(until)
    .bind(gate.lock_version)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn find(tx: &mut Tx, id: &PollId) -> Result<Option<Poll>> {
    let sql = format!(
        "SELECT {}, changed_at FROM poll WHERE id = $1",
        COLUMNS.join(", ")
    );
    let row = sqlx::query(AssertSqlSafe(sql))
        .bind(id.to_string())
        .fetch_optional(&mut **tx)
        .await?;
    row.as_ref().map(poll).transpose()
}

/// Polls whose votes a backup left out that this city was restored from.
pub async fn left_out(tx: &mut Tx) -> Result<Vec<PollId>> {
    let rows = sqlx::query("SELECT poll_id FROM poll_left_out ORDER BY poll_id")
        .fetch_all(&mut **tx)
        .await?;
    rows.iter()
        .map(|row| Ok(row.try_get::<String, _>(0)?.parse()?))
        .collect()
}

/// A union's polls of a year, the newest first.
pub async fn of_unit(tx: &mut Tx, unit: &UnitId, year: i16) -> Result<Vec<Poll>> {
    let sql = format!(
        "SELECT {}, changed_at FROM poll WHERE unit_id = $1 AND year = $2 ORDER BY id DESC",
        COLUMNS.join(", ")
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(unit.to_string())
        .bind(i64::from(year))
        .fetch_all(&mut **tx)
        .await?;
    rows.iter().map(poll).collect()
}

/// Unions just below one that plan a poll of a year which has a result, and have no consent to it yet: id and name.
pub async fn awaiting_consent(
    tx: &mut Tx,
    upper: &UnitId,
    year: i16,
) -> Result<Vec<(UnitId, String)>> {
    let rows = sqlx::query(
        "SELECT unit.id, unit.name
         FROM poll
         JOIN rating ON rating.unit_id = poll.unit_id AND rating.year = poll.year
         JOIN unit ON unit.id = poll.unit_id
         WHERE unit.parent_id = $1 AND poll.year = $2 AND poll.state = 'preparing' AND poll.consent IS NULL
         ORDER BY unit.path",
    )
    .bind(upper.to_string())
    .bind(i64::from(year))
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| Ok((row.try_get::<String, _>(0)?.parse()?, row.try_get(1)?)))
        .collect()
}

/// A poll met on a walk through all of them, whatever its row holds.
#[derive(Debug)]
pub struct Walked {
    pub id: PollId,
    pub unit_name: String,
    pub year: i64,
    /// An error where its row is in no state that a poll can be in.
    pub poll: Result<Poll>,
}

/// Polls after an id, for walking through all of them.
pub async fn after(tx: &mut Tx, id: Option<&PollId>, count: i64) -> Result<Vec<Walked>> {
    let sql = format!(
        "SELECT {}, changed_at FROM poll WHERE id > $1 ORDER BY id LIMIT $2",
        COLUMNS.join(", ")
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(id.map_or_else(String::new, ToString::to_string))
        .bind(count)
        .fetch_all(&mut **tx)
        .await?;
    let walked = |row: &AnyRow| {
        Ok(Walked {
            id: row.try_get::<String, _>("id")?.parse()?,
            unit_name: row.try_get("unit_name")?,
            year: row.try_get("year")?,
            poll: poll(row),
        })
    };
    rows.iter().map(walked).collect()
}

#[cfg(test)]
mod tests;
