//! Polls: one row a poll, its parts as JSON. The columns hold what every stage so far brought; a stage is read from them.

use anyhow::{Context, Result, ensure};
use jianjia_domain::{
    core::ids::{PollId, UnitId},
    rating::poll::{
        Poll, PollState,
        stage::{Closed, Counted, Ended, Opened, Signed, Stage},
    },
};
use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};
use sqlx::{AssertSqlSafe, Row, any::AnyRow};

use crate::core::{
    bulk::{self, Value},
    db::Tx,
};

const COLUMNS: [&str; 21] = [
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
    "replaces",
    "consent",
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
    let of_stage = StageColumns::of(&poll.stage)?;
    Ok(vec![
        poll.id.to_string().into(),
        poll.unit.to_string().into(),
        poll.unit_path.clone().into(),
        poll.unit_name.clone().into(),
        i64::from(poll.year).into(),
        poll.state().key().into(),
        json(&poll.plan)?.into(),
        i64::from(poll.slips_by_upper).into(),
        of_stage.standard.into(),
        of_stage.lock.into(),
        of_stage.signatures.into(),
        of_stage.record.into(),
        poll.prepared_at.to_string().into(),
        of_stage.opened_at.into(),
        of_stage.closed_at.into(),
        of_stage.counted_at.into(),
        of_stage.signed_at.into(),
        of_stage.ended_because.into(),
        poll.revision.into(),
        poll.replaces.as_ref().map(json).transpose()?.into(),
        poll.consent.as_ref().map(json).transpose()?.into(),
        poll.changed_at.to_string().into(),
    ])
}

/// What a stage is in columns.
struct StageColumns {
    standard: String,
    lock: Option<String>,
    signatures: String,
    record: Option<String>,
    opened_at: Option<String>,
    closed_at: Option<String>,
    counted_at: Option<String>,
    signed_at: Option<String>,
    ended_because: String,
}

impl StageColumns {
    fn of(stage: &Stage) -> Result<StageColumns> {
        let (opened, closed, counted) = (stage.opened(), stage.closed(), stage.counted());
        let signatures = counted.map_or(&[][..], |counted| &counted.signatures);
        Ok(StageColumns {
            standard: opened.map_or_else(String::new, |opened| opened.standard.clone()),
            lock: opened.map(|opened| json(&opened.lock)).transpose()?,
            signatures: json(&signatures)?,
            record: counted.map(|counted| json(&counted.record)).transpose()?,
            opened_at: opened.map(|opened| opened.at.to_string()),
            closed_at: closed.map(|closed| closed.at.to_string()),
            counted_at: counted.map(|counted| counted.at.to_string()),
            signed_at: stage.signed_at().map(|at| at.to_string()),
            ended_because: stage.ended_because().to_owned(),
        })
    }
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

fn poll(row: &AnyRow) -> Result<Poll> {
    let id: String = row.try_get("id")?;
    let stage = stage(row).with_context(|| format!("poll {id} is in no state"))?;
    Ok(Poll {
        id: id.parse()?,
        unit: row.try_get::<String, _>("unit_id")?.parse()?,
        unit_path: row.try_get("unit_path")?,
        unit_name: row.try_get("unit_name")?,
        year: i16::try_from(row.try_get::<i64, _>("year")?)?,
        plan: serde_json::from_str(&row.try_get::<String, _>("plan")?)?,
        slips_by_upper: row.try_get::<i64, _>("slips_by_upper")? == 1,
        replaces: part(row, "replaces")?,
        consent: part(row, "consent")?,
        stage,
        prepared_at: row.try_get::<String, _>("prepared_at")?.parse()?,
        revision: row.try_get("revision")?,
        changed_at: row.try_get::<String, _>("changed_at")?.parse()?,
    })
}

/// What a column holds as JSON, if anything.
fn part<T: DeserializeOwned>(row: &AnyRow, column: &str) -> Result<Option<T>> {
    let text: Option<String> = row.try_get(column)?;
    Ok(text.map(|text| serde_json::from_str(&text)).transpose()?)
}

/// The stage that a row's columns say. Its `state` says whether the poll ended; otherwise it has to be what the columns come to.
fn stage(row: &AnyRow) -> Result<Stage> {
    let state: String = row.try_get("state")?;
    let state = PollState::from_key(&state).with_context(|| format!("no such state: {state}"))?;
    let was = reached(row)?;
    let ended = |was: Stage| -> Result<Ended> {
        Ok(Ended {
            because: row.try_get("ended_because")?,
            was: Box::new(was),
        })
    };
    Ok(match state {
        PollState::Abandoned => Stage::Abandoned(ended(was)?),
        PollState::Annulled => Stage::Annulled(ended(was)?),
        state => {
            ensure!(
                was.state() == state,
                "its state is {}, and its instants are those of one that is {}",
                state.key(),
                was.state().key()
            );
            was
        }
    })
}

/// How far a poll came, by the instants that its row has.
fn reached(row: &AnyRow) -> Result<Stage> {
    let instant = |column: &str| -> Result<Option<Timestamp>> {
        row.try_get::<Option<String>, _>(column)?
            .map(|at| Ok(at.parse()?))
            .transpose()
    };
    let part = |column: &str| -> Result<String> {
        row.try_get::<Option<String>, _>(column)?
            .with_context(|| format!("it has no {column}"))
    };
    let Some(at) = instant("opened_at")? else {
        return Ok(Stage::Preparing);
    };
    let opened = Opened {
        standard: row.try_get("standard")?,
        lock: serde_json::from_str(&part("lock")?)?,
        at,
    };
    let Some(at) = instant("closed_at")? else {
        return Ok(Stage::Open(opened));
    };
    let closed = Closed { opened, at };
    let Some(at) = instant("counted_at")? else {
        return Ok(Stage::Closed(closed));
    };
    let counted = Counted {
        closed,
        record: serde_json::from_str(&part("record")?)?,
        signatures: serde_json::from_str(&part("signatures")?)?,
        at,
    };
    Ok(match instant("signed_at")? {
        Some(at) => Stage::Signed(Signed { counted, at }),
        None => Stage::Counted(counted),
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
    use jianjia_domain::{
        core::{
            ids::AccountId,
            place::{UnitKind, UnitPlace},
            policy::{self, Actor, Permit, Role, RoleAt, act},
        },
        rating::poll::{
            Lock, Plan, Signature,
            counting::ClosingRecord,
            ending,
            second::{Consent, Replaced},
            voting,
        },
        year::totals::RatingTotals,
    };
    use uuid::Uuid;

    use super::*;
    use crate::testing;

    /// Of the chair of the union that holds the poll.
    fn permit() -> Permit<act::HoldPoll> {
        let poll = prepared();
        let unit = UnitPlace {
            id: poll.unit,
            kind: UnitKind::Grassroots,
            name: poll.unit_name,
            path: poll.unit_path,
        };
        let chair = Actor {
            account: AccountId(Uuid::nil()),
            person: None,
            name: String::new(),
            roles: vec![RoleAt {
                role: Role::Chair,
                unit: unit.clone(),
            }],
        };
        policy::permit(&chair, act::HoldPoll, &unit).unwrap()
    }

    fn prepared() -> Poll {
        Poll {
            id: PollId(Uuid::from_u128(1)),
            unit: UnitId(Uuid::from_u128(2)),
            unit_path: "/1/2/".to_owned(),
            unit_name: "某工会".to_owned(),
            year: 2016,
            plan: Plan::default(),
            slips_by_upper: false,
            replaces: Some(Replaced {
                poll: Some(PollId(Uuid::from_u128(7))),
                totals: RatingTotals::of(20, [("satisfied", 12)]),
                recorded_at: Timestamp::UNIX_EPOCH,
                note: "n".to_owned(),
            }),
            consent: Some(Consent {
                by_name: "上级".to_owned(),
                reason: "why".to_owned(),
                at: Timestamp::UNIX_EPOCH,
            }),
            stage: Stage::Preparing,
            prepared_at: Timestamp::UNIX_EPOCH,
            revision: 1,
            changed_at: Timestamp::UNIX_EPOCH,
        }
    }

    fn opened() -> Opened {
        Opened {
            standard: "v".to_owned(),
            lock: Lock {
                version: 3,
                public_key: "key".to_owned(),
                code_hashes: Vec::new(),
                wraps: Vec::new(),
            },
            at: Timestamp::UNIX_EPOCH,
        }
    }

    /// One of each stage, in the order in which a poll comes to them.
    fn stages() -> Vec<Stage> {
        let at = Timestamp::UNIX_EPOCH;
        let closed = Closed {
            opened: opened(),
            at,
        };
        let counted = Counted {
            closed: closed.clone(),
            record: ClosingRecord {
                roll: 20,
                ..ClosingRecord::default()
            },
            signatures: vec![Signature { member: 1, at }],
            at,
        };
        let signed = Stage::Signed(Signed {
            counted: counted.clone(),
            at,
        });
        let ended = |was: &Stage| Ended {
            because: "why".to_owned(),
            was: Box::new(was.clone()),
        };
        vec![
            Stage::Abandoned(ended(&Stage::Preparing)),
            Stage::Annulled(ended(&signed)),
            Stage::Preparing,
            Stage::Open(opened()),
            Stage::Closed(closed),
            Stage::Counted(counted),
            signed,
        ]
    }

    #[tokio::test]
    async fn a_change_meets_the_state_and_revision_it_was_decided_on_or_changes_nothing() {
        for database in testing::both().await {
            let mut tx = database.db.write("test").await.unwrap();
            let read = prepared();
            insert_many(&mut tx, std::slice::from_ref(&read))
                .await
                .unwrap();
            let open = Poll {
                stage: Stage::Open(opened()),
                revision: 2,
                ..read.clone()
            };
            assert!(update(&mut tx, &open, PollState::Preparing).await.unwrap());
            // Decided on what was read before the opening, and on a state that it never was in.
            let stale = ending::abandon(read, &permit(), "why", Timestamp::UNIX_EPOCH).unwrap();
            assert!(!update(&mut tx, &stale, PollState::Preparing).await.unwrap());
            let newer = voting::close(open, &permit(), Timestamp::UNIX_EPOCH).unwrap();
            assert!(!update(&mut tx, &newer, PollState::Closed).await.unwrap());
            let kept = find(&mut tx, &newer.id).await.unwrap().unwrap();
            assert_eq!((kept.state(), kept.revision), (PollState::Open, 2));
            let gate = "SELECT lock_version || until FROM poll_gate";
            assert_eq!(testing::text(&mut tx, gate).await, "3");
        }
    }

    #[tokio::test]
    async fn every_stage_comes_back_as_it_was_kept() {
        for database in testing::both().await {
            let mut tx = database.db.write("test").await.unwrap();
            let mut poll = prepared();
            poll.stage = Stage::Open(opened());
            insert_many(&mut tx, std::slice::from_ref(&poll))
                .await
                .unwrap();
            for stage in stages() {
                let was = poll.state();
                poll = Poll {
                    stage,
                    revision: poll.revision + 1,
                    ..poll
                };
                assert!(update(&mut tx, &poll, was).await.unwrap());
                let kept = find(&mut tx, &poll.id).await.unwrap().unwrap();
                assert_eq!(kept, poll);
            }
        }
    }

    #[tokio::test]
    async fn a_row_that_is_in_no_state_says_so_and_leaves_the_others_readable() {
        for database in testing::both().await {
            let mut tx = database.db.write("test").await.unwrap();
            let mut polls = [prepared(), prepared()];
            polls[0].stage = stages().pop().unwrap();
            polls[1].id = PollId(Uuid::from_u128(9));
            insert_many(&mut tx, &polls).await.unwrap();
            for (change, told) in [
                (
                    "counted_at = NULL",
                    "its state is signed, and its instants are those of one that is closed",
                ),
                ("counted_at = closed_at, record = NULL", "it has no record"),
                ("state = 'lost'", "no such state: lost"),
            ] {
                let sql = format!("UPDATE poll SET {change} WHERE id = $1");
                sqlx::query(AssertSqlSafe(sql))
                    .bind(polls[0].id.to_string())
                    .execute(&mut *tx)
                    .await
                    .unwrap();
                let walked = after(&mut tx, None, 9).await.unwrap();
                let error = walked[0].poll.as_ref().unwrap_err();
                let expected = format!("poll {} is in no state: {told}", polls[0].id);
                assert_eq!(format!("{error:#}"), expected);
                assert_eq!(walked[1].poll.as_ref().unwrap(), &polls[1]);
            }
        }
    }
}
