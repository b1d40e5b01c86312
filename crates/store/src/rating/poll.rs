//! Polls: one row a poll, its parts as JSON.

use anyhow::{Context, Result};
use jianjia_domain::{
    core::ids::{PollId, UnitId},
    rating::poll::{Poll, PollState},
};
use jiff::Timestamp;
use serde::Serialize;
use sqlx::{AssertSqlSafe, Row, any::AnyRow};

use crate::core::{
    bulk::{self, Value},
    db::Tx,
};

const COLUMNS: [&str; 19] = [
    "id",
    "unit_id",
    "unit_path",
    "unit_name",
    "year",
    "state",
    "plan",
    "slips_by_upper",
    "standard",
    "lock",
    "signatures",
    "record",
    "prepared_at",
    "opened_at",
    "closed_at",
    "counted_at",
    "signed_at",
    "ended_because",
    "revision",
];

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

fn values(poll: &Poll) -> Result<Vec<Value>> {
    let instant = |at: Option<Timestamp>| at.map(|at| at.to_string());
    Ok(vec![
        poll.id.to_string().into(),
        poll.unit.to_string().into(),
        poll.unit_path.clone().into(),
        poll.unit_name.clone().into(),
        i64::from(poll.year).into(),
        poll.state.key().into(),
        json(&poll.plan)?.into(),
        i64::from(poll.slips_by_upper).into(),
        poll.standard.clone().into(),
        poll.lock.as_ref().map(json).transpose()?.into(),
        json(&poll.signatures)?.into(),
        poll.record.as_ref().map(json).transpose()?.into(),
        poll.prepared_at.to_string().into(),
        instant(poll.opened_at).into(),
        instant(poll.closed_at).into(),
        instant(poll.counted_at).into(),
        instant(poll.signed_at).into(),
        poll.ended_because.clone().into(),
        poll.revision.into(),
        poll.changed_at.to_string().into(),
    ])
}

/// Writes everything of a poll that can change; what belongs to the unit stays. False, and nothing changed, when the row is not in the state
/// and at the revision any more on which the change was decided.
pub async fn update(tx: &mut Tx, poll: &Poll, was: PollState) -> Result<bool> {
    let instant = |at: Option<Timestamp>| at.map(|at| at.to_string());
    let done = sqlx::query(
        "UPDATE poll
         SET state = $1, plan = $2, slips_by_upper = $3, standard = $4, lock = $5, signatures = $6, record = $7,
             opened_at = $8, closed_at = $9, counted_at = $10, signed_at = $11, ended_because = $12, changed_at = $13,
             revision = revision + 1
         WHERE id = $14 AND state = $15 AND revision = $16",
    )
    .bind(poll.state.key())
    .bind(json(&poll.plan)?)
    .bind(i64::from(poll.slips_by_upper))
    .bind(&poll.standard)
    .bind(poll.lock.as_ref().map(json).transpose()?)
    .bind(json(&poll.signatures)?)
    .bind(poll.record.as_ref().map(json).transpose()?)
    .bind(instant(poll.opened_at))
    .bind(instant(poll.closed_at))
    .bind(instant(poll.counted_at))
    .bind(instant(poll.signed_at))
    .bind(&poll.ended_because)
    .bind(poll.changed_at.to_string())
    .bind(poll.id.to_string())
    .bind(was.key())
    .bind(poll.revision)
    .execute(&mut **tx)
    .await?;
    if done.rows_affected() != 1 {
        return Ok(false);
    }
    set_gate(tx, poll).await?;
    Ok(true)
}

/// Opens or shuts the gate of a poll as its state says.
async fn set_gate(tx: &mut Tx, poll: &Poll) -> Result<()> {
    let until = match (poll.state, poll.closes_at()) {
        (PollState::Open, Some(end)) => end.to_string(),
        _ => String::new(),
    };
    sqlx::query(
        "INSERT INTO poll_gate (poll_id, until, lock_version)
         VALUES ($1, $2, $3)
         ON CONFLICT (poll_id) DO UPDATE
         SET until = excluded.until, lock_version = excluded.lock_version",
    )
    .bind(poll.id.to_string())
    .bind(until)
    .bind(poll.lock.as_ref().map_or(0, |lock| lock.version))
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

/// Polls after an id, for walking through all of them.
pub async fn after(tx: &mut Tx, id: Option<&PollId>, count: i64) -> Result<Vec<Poll>> {
    let sql = format!(
        "SELECT {}, changed_at FROM poll WHERE id > $1 ORDER BY id LIMIT $2",
        COLUMNS.join(", ")
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(id.map_or_else(String::new, ToString::to_string))
        .bind(count)
        .fetch_all(&mut **tx)
        .await?;
    rows.iter().map(poll).collect()
}

fn poll(row: &AnyRow) -> Result<Poll> {
    let instant = |column: &str| -> Result<Option<Timestamp>> {
        row.try_get::<Option<String>, _>(column)?
            .map(|at| Ok(at.parse()?))
            .transpose()
    };
    let state: String = row.try_get("state")?;
    let lock: Option<String> = row.try_get("lock")?;
    let record: Option<String> = row.try_get("record")?;
    Ok(Poll {
        id: row.try_get::<String, _>("id")?.parse()?,
        unit: row.try_get::<String, _>("unit_id")?.parse()?,
        unit_path: row.try_get("unit_path")?,
        unit_name: row.try_get("unit_name")?,
        year: i16::try_from(row.try_get::<i64, _>("year")?)?,
        state: PollState::of_key(&state).with_context(|| format!("no such state: {state}"))?,
        plan: serde_json::from_str(&row.try_get::<String, _>("plan")?)?,
        slips_by_upper: row.try_get::<i64, _>("slips_by_upper")? == 1,
        standard: row.try_get("standard")?,
        lock: lock.map(|text| serde_json::from_str(&text)).transpose()?,
        signatures: serde_json::from_str(&row.try_get::<String, _>("signatures")?)?,
        record: record.map(|text| serde_json::from_str(&text)).transpose()?,
        prepared_at: row.try_get::<String, _>("prepared_at")?.parse()?,
        opened_at: instant("opened_at")?,
        closed_at: instant("closed_at")?,
        counted_at: instant("counted_at")?,
        signed_at: instant("signed_at")?,
        ended_because: row.try_get("ended_because")?,
        revision: row.try_get("revision")?,
        changed_at: row.try_get::<String, _>("changed_at")?.parse()?,
    })
}

fn json(value: &impl Serialize) -> Result<String> {
    Ok(serde_json::to_string(value)?)
}

/// Puts the names of the roll in the place of those kept; none removes them.
pub async fn replace_roll(tx: &mut Tx, poll: &PollId, names: &[String]) -> Result<()> {
    sqlx::query("DELETE FROM roll_entry WHERE poll_id = $1")
        .bind(poll.to_string())
        .execute(&mut **tx)
        .await?;
    let rows = names
        .iter()
        .zip(1_i64..)
        .map(|(name, position)| {
            vec![
                poll.to_string().into(),
                position.into(),
                name.as_str().into(),
            ]
        })
        .collect();
    bulk::insert(tx, "roll_entry", &["poll_id", "position", "name"], rows).await
}

/// The names of the roll, for handing out slips.
pub async fn roll(tx: &mut Tx, poll: &PollId) -> Result<Vec<String>> {
    let rows = sqlx::query("SELECT name FROM roll_entry WHERE poll_id = $1 ORDER BY position")
        .bind(poll.to_string())
        .fetch_all(&mut **tx)
        .await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

#[cfg(test)]
mod tests {
    use jianjia_domain::rating::poll::Plan;
    use uuid::Uuid;

    use super::*;
    use crate::testing;

    fn prepared() -> Poll {
        Poll {
            id: PollId(Uuid::from_u128(1)),
            unit: UnitId(Uuid::from_u128(2)),
            unit_path: "/1/2/".to_owned(),
            unit_name: "某工会".to_owned(),
            year: 2016,
            state: PollState::Preparing,
            plan: Plan::default(),
            slips_by_upper: false,
            standard: String::new(),
            lock: None,
            signatures: Vec::new(),
            record: None,
            prepared_at: Timestamp::UNIX_EPOCH,
            opened_at: None,
            closed_at: None,
            counted_at: None,
            signed_at: None,
            ended_because: String::new(),
            revision: 1,
            changed_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[tokio::test]
    async fn a_change_meets_the_state_and_revision_it_was_decided_on_or_changes_nothing() {
        for database in testing::both().await {
            let mut tx = database.db.write("test").await.unwrap();
            let read = prepared();
            insert_many(&mut tx, std::slice::from_ref(&read))
                .await
                .unwrap();
            let opened = Poll {
                state: PollState::Open,
                ..read.clone()
            };
            assert!(
                update(&mut tx, &opened, PollState::Preparing)
                    .await
                    .unwrap()
            );
            // Decided on what was read before the opening, and on a state that it never was in.
            assert!(!update(&mut tx, &read, PollState::Preparing).await.unwrap());
            let newer = Poll {
                revision: 2,
                ..read
            };
            assert!(!update(&mut tx, &newer, PollState::Closed).await.unwrap());
            let kept = find(&mut tx, &newer.id).await.unwrap().unwrap();
            assert_eq!((kept.state, kept.revision), (PollState::Open, 2));
            let gate = "SELECT lock_version || until FROM poll_gate";
            assert_eq!(testing::text(&mut tx, gate).await, "0");
        }
    }
}
