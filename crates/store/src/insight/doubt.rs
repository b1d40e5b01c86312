//! Contradictions in the data, and what happened to each.

use anyhow::{Context, Result};
use jianjia_domain::{
    core::{
        ids::{AccountId, DoubtId, UnitId},
        place::subtree,
    },
    insight::{
        doubt::{Doubt, DoubtAct, DoubtEvent, DoubtState},
        xray::Figures,
    },
};
use sqlx::{AssertSqlSafe, Row, any::AnyRow};

use crate::core::{
    bulk::{self, Value},
    condition::{Conditions, List, anywhere},
    db::Tx,
};

const COLUMNS: [&str; 17] = [
    "id",
    "year",
    "rule",
    "unit_id",
    "unit_path",
    "unit_name",
    "subject",
    "basis",
    "settled",
    "figures",
    "state",
    "is_open",
    "is_answered",
    "answer_by",
    "revision",
    "raised_at",
    "changed_at",
];

/// What is read of one, as `listed` or by itself.
const READ: &str = "listed.id, listed.year, listed.rule, listed.unit_id, listed.unit_path, listed.unit_name, listed.subject, listed.basis, listed.settled,
    listed.figures, listed.state, listed.is_answered, listed.answer_by, listed.revision, listed.raised_at, listed.changed_at";

pub async fn insert(tx: &mut Tx, doubts: &[Doubt]) -> Result<()> {
    let rows = doubts.iter().map(values).collect::<Result<_>>()?;
    bulk::insert(tx, "doubt", &COLUMNS, rows).await
}

fn values(doubt: &Doubt) -> Result<Vec<Value>> {
    Ok(vec![
        doubt.id.to_string().into(),
        i64::from(doubt.year).into(),
        doubt.rule.as_str().into(),
        doubt.unit.to_string().into(),
        doubt.unit_path.as_str().into(),
        doubt.unit_name.as_str().into(),
        doubt.subject.as_str().into(),
        doubt.basis.as_str().into(),
        doubt.settled.as_str().into(),
        serde_json::to_string(&doubt.figures)?.into(),
        doubt.state.key().into(),
        i64::from(doubt.state.is_open()).into(),
        i64::from(doubt.is_answered).into(),
        doubt
            .answer_by
            .map_or_else(String::new, |day| day.to_string())
            .into(),
        doubt.revision.into(),
        doubt.raised_at.to_string().into(),
        doubt.changed_at.to_string().into(),
    ])
}

/// Keeps what became of one that was read at the revision before its own; false where somebody was sooner.
pub async fn update(tx: &mut Tx, doubt: &Doubt) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE doubt
         SET basis = $3, settled = $4, figures = $5, state = $6, is_open = $7, is_answered = $8, answer_by = $9, revision = $10, raised_at = $11,
           changed_at = $12
         WHERE id = $1 AND revision = $2",
    )
    .bind(doubt.id.to_string())
    .bind(doubt.revision - 1)
    .bind(doubt.basis.clone())
    .bind(doubt.settled.clone())
    .bind(serde_json::to_string(&doubt.figures)?)
    .bind(doubt.state.key().to_owned())
    .bind(i64::from(doubt.state.is_open()))
    .bind(i64::from(doubt.is_answered))
    .bind(
        doubt
            .answer_by
            .map_or_else(String::new, |day| day.to_string()),
    )
    .bind(doubt.revision)
    .bind(doubt.raised_at.to_string())
    .bind(doubt.changed_at.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn add_events(tx: &mut Tx, events: &[DoubtEvent]) -> Result<()> {
    let columns = [
        "id",
        "doubt_id",
        "act",
        "text",
        "figures",
        "account_id",
        "account_name",
        "at",
    ];
    let rows = events
        .iter()
        .map(|event| {
            let figures = event.figures.as_ref().map(serde_json::to_string);
            Ok(vec![
                event.id.to_string().into(),
                event.doubt.to_string().into(),
                event.act.key().into(),
                event.text.as_str().into(),
                figures.transpose()?.unwrap_or_default().into(),
                event
                    .account
                    .map_or_else(String::new, |account| account.to_string())
                    .into(),
                event.account_name.as_str().into(),
                event.at.to_string().into(),
            ])
        })
        .collect::<Result<_>>()?;
    bulk::insert(tx, "doubt_event", &columns, rows).await
}

/// What happened to one, in order.
pub async fn events(tx: &mut Tx, doubt: &DoubtId) -> Result<Vec<DoubtEvent>> {
    let rows = sqlx::query(
        "SELECT id, doubt_id, act, text, figures, account_id, account_name, at
         FROM doubt_event
         WHERE doubt_id = $1
         ORDER BY id",
    )
    .bind(doubt.to_string())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(event_of).collect()
}

fn event_of(row: &AnyRow) -> Result<DoubtEvent> {
    let text = |column: &str| row.try_get::<String, _>(column);
    let (act, account, figures) = (text("act")?, text("account_id")?, text("figures")?);
    Ok(DoubtEvent {
        id: text("id")?.parse()?,
        doubt: text("doubt_id")?.parse()?,
        act: DoubtAct::from_key(&act).with_context(|| format!("no act {act}"))?,
        text: text("text")?,
        figures: match figures.as_str() {
            "" => None,
            figures => Some(serde_json::from_str(figures)?),
        },
        account: match account.as_str() {
            "" => None,
            account => Some(account.parse::<AccountId>()?),
        },
        account_name: text("account_name")?,
        at: text("at")?.parse()?,
    })
}

pub async fn find(tx: &mut Tx, id: &DoubtId) -> Result<Option<Doubt>> {
    let sql = format!("SELECT {READ} FROM doubt AS listed WHERE listed.id = $1");
    let row = sqlx::query(AssertSqlSafe(sql))
        .bind(id.to_string())
        .fetch_optional(&mut **tx)
        .await?;
    row.as_ref().map(doubt_of).transpose()
}

/// All of these units and a year, in whatever state.
pub async fn of_units(tx: &mut Tx, units: &[UnitId], year: i16) -> Result<Vec<Doubt>> {
    let sql = format!(
        "SELECT {READ}
         FROM doubt AS listed
         WHERE listed.year = $1 AND listed.unit_id IN ({{words}})"
    );
    let first = [i64::from(year).into()];
    let rows = bulk::select(tx, &sql, &first, units.iter().map(UnitId::to_string)).await?;
    rows.iter().map(doubt_of).collect()
}

/// What the unit was asked about, the newest year first and open ones before others.
pub async fn asked_of(tx: &mut Tx, unit: &UnitId, limit: i64) -> Result<Vec<Doubt>> {
    let sql = format!(
        "SELECT {READ}
         FROM doubt AS listed
         WHERE listed.unit_id = $1
           AND EXISTS (SELECT 1 FROM doubt_event e WHERE e.doubt_id = listed.id AND e.act = 'asked')
         ORDER BY listed.year DESC, listed.is_open DESC, listed.raised_at DESC, listed.id
         LIMIT $2"
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(unit.to_string())
        .bind(limit)
        .fetch_all(&mut **tx)
        .await?;
    rows.iter().map(doubt_of).collect()
}

/// What is wanted of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DoubtFilter {
    /// The subtrees of those who ask; their own units are not in it.
    pub below: Vec<String>,
    pub year: i16,
    /// A rule's key; empty for all.
    pub rule: String,
    pub state: StateWanted,
    /// The path of a unit; empty for all.
    pub under: String,
    /// Part of a unit's name.
    pub name: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StateWanted {
    /// What is still to be dealt with.
    #[default]
    Open,
    Any,
    Only(DoubtState),
    /// Asked, and the union said something.
    Answered,
}

const LIST: List<'static> = List {
    table: "doubt",
    key: "id",
    order: "raised_at DESC, id",
    columns: READ,
    from: "doubt AS listed",
    from_key: "listed.id",
    from_order: "listed.raised_at DESC, listed.id",
};

/// A page of them, the newest first, and how many there are.
pub async fn list(
    tx: &mut Tx,
    filter: &DoubtFilter,
    page: (i64, i64),
) -> Result<(Vec<Doubt>, i64)> {
    let conditions = conditions_of(filter);
    let (rows, total) = conditions.page(tx, &LIST, page).await?;
    Ok((rows.iter().map(doubt_of).collect::<Result<_>>()?, total))
}

/// How many of each rule and state there are, whatever state was asked for.
pub async fn counts(tx: &mut Tx, filter: &DoubtFilter) -> Result<Vec<(String, DoubtState, i64)>> {
    let conditions = conditions_of(&DoubtFilter {
        state: StateWanted::Any,
        ..filter.clone()
    });
    let sql = format!(
        "SELECT rule, state, CAST(COUNT(*) AS BIGINT) AS count
         FROM doubt{}
         GROUP BY rule, state
         ORDER BY rule, state",
        conditions.sql()
    );
    let rows = conditions.query(sql).fetch_all(&mut **tx).await?;
    rows.iter()
        .map(|row| {
            let state: String = row.try_get("state")?;
            let state =
                DoubtState::from_key(&state).with_context(|| format!("no state {state}"))?;
            Ok((row.try_get("rule")?, state, row.try_get("count")?))
        })
        .collect()
}

/// The years of which there are any below these paths, the newest first.
pub async fn years(tx: &mut Tx, below: &[String]) -> Result<Vec<i16>> {
    let mut conditions = Conditions::default();
    conditions.within("unit_path", below);
    let sql = format!(
        "SELECT DISTINCT year
         FROM doubt{}
         ORDER BY year DESC",
        conditions.sql()
    );
    let rows = conditions.query(sql).fetch_all(&mut **tx).await?;
    rows.iter()
        .map(|row| Ok(i16::try_from(row.try_get::<i64, _>("year")?)?))
        .collect()
}

fn conditions_of(filter: &DoubtFilter) -> Conditions {
    let mut conditions = Conditions::default();
    conditions.equals("year", i64::from(filter.year));
    // Strictly below: a federation is asked about its own data by the one above it.
    let below: Vec<String> = filter
        .below
        .iter()
        .map(|path| {
            let (lower, upper) = subtree(path);
            let (lower, upper) = (conditions.value(lower), conditions.value(upper));
            format!("unit_path > {lower} AND unit_path < {upper}")
        })
        .collect();
    conditions.and(match below.is_empty() {
        true => "1 = 0".to_owned(),
        false => format!("({})", below.join(" OR ")),
    });
    if !filter.rule.is_empty() {
        conditions.equals("rule", filter.rule.as_str());
    }
    match filter.state {
        StateWanted::Any => {}
        StateWanted::Open => conditions.equals("is_open", 1_i64),
        StateWanted::Only(state) => conditions.equals("state", state.key()),
        StateWanted::Answered => {
            conditions.equals("state", DoubtState::Asked.key());
            conditions.equals("is_answered", 1_i64);
        }
    }
    if !filter.under.is_empty() {
        conditions.within("unit_path", std::slice::from_ref(&filter.under));
    }
    let name = filter.name.trim();
    if !name.is_empty() {
        let part = conditions.value(anywhere(name));
        conditions.search(format!("unit_name LIKE {part} ESCAPE '!'"));
    }
    conditions
}

fn doubt_of(row: &AnyRow) -> Result<Doubt> {
    let text = |column: &str| row.try_get::<String, _>(column);
    let (state, answer_by) = (text("state")?, text("answer_by")?);
    let figures: Figures =
        serde_json::from_str(&text("figures")?).context("the figures of a contradiction")?;
    Ok(Doubt {
        id: text("id")?.parse()?,
        year: i16::try_from(row.try_get::<i64, _>("year")?)?,
        rule: text("rule")?,
        unit: text("unit_id")?.parse()?,
        unit_path: text("unit_path")?,
        unit_name: text("unit_name")?,
        subject: text("subject")?,
        basis: text("basis")?,
        settled: text("settled")?,
        figures,
        state: DoubtState::from_key(&state).with_context(|| format!("no state {state}"))?,
        is_answered: row.try_get::<i64, _>("is_answered")? == 1,
        answer_by: match answer_by.as_str() {
            "" => None,
            day => Some(day.parse()?),
        },
        revision: row.try_get("revision")?,
        raised_at: text("raised_at")?.parse()?,
        changed_at: text("changed_at")?.parse()?,
    })
}

#[cfg(test)]
mod tests;
