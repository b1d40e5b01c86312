//! A poll in its row: its parts as JSON. The columns hold what every stage so far brought; a stage is read from them.

use anyhow::{Context, Result, ensure};
use jianjia_domain::rating::poll::{
    Poll, PollState,
    stage::{Closed, Counted, Ended, Opened, Signed, Stage},
};
use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};
use sqlx::{Row, any::AnyRow};

use crate::core::bulk::Value;

pub(super) const COLUMNS: [&str; 21] = [
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

pub(super) fn values(poll: &Poll) -> Result<Vec<Value>> {
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
pub(super) struct StageColumns {
    pub(super) standard: String,
    pub(super) lock: Option<String>,
    pub(super) signatures: String,
    pub(super) record: Option<String>,
    pub(super) opened_at: Option<String>,
    pub(super) closed_at: Option<String>,
    pub(super) counted_at: Option<String>,
    pub(super) signed_at: Option<String>,
    pub(super) ended_because: String,
}

impl StageColumns {
    pub(super) fn of(stage: &Stage) -> Result<StageColumns> {
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

pub(super) fn poll(row: &AnyRow) -> Result<Poll> {
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

pub(super) fn json(value: &impl Serialize) -> Result<String> {
    Ok(serde_json::to_string(value)?)
}
