//! Homes that were drawn, and who visits them.

use anyhow::{Context, Result};
use jianjia_domain::{
    check::visit::{Colour, Leaving, LeavingBy, Visit, VisitInspector, VisitState},
    core::ids::{AccountId, JudgementId, SpotCheckId, VisitId},
};
use sqlx::{AssertSqlSafe, Row, any::AnyRow};

use crate::{
    core::{
        bulk::{self, Value},
        condition::Conditions,
        db::Tx,
    },
    honour::honour::look,
};

/// The columns that `visit_of` reads and `insert` writes, in this order.
pub(crate) const COLUMNS: &str = "visit.id, visit.spot_check_id, visit.entry_id, visit.year, visit.unit_id, visit.unit_path,
    visit.unit_name, visit.honour_id, visit.title, visit.stratum, visit.place, visit.ticket, visit.announced, visit.due_on,
    visit.state, visit.colour, visit.drawn_at";

const INSPECTOR_COLUMNS: &str = "i.visit_id, i.account_id, i.unit_id, i.unit_name, i.name, i.place, i.ticket, i.state, i.reason,
    i.drawn_at, i.declared_at";

/// Inserts the visits of a draw.
pub async fn insert(tx: &mut Tx, visits: &[Visit]) -> Result<()> {
    let columns: Vec<&'static str> = COLUMNS
        .split(',')
        .map(|column| column.trim().trim_start_matches("visit."))
        .collect();
    bulk::insert(tx, "visit", &columns, visits.iter().map(values).collect()).await?;
    let looked_at = visits.iter().filter(|visit| visit.colour.is_some());
    look::note_units(tx, looked_at.map(|visit| visit.unit)).await
}

fn values(visit: &Visit) -> Vec<Value> {
    vec![
        visit.id.to_string().into(),
        visit.check.to_string().into(),
        visit.entry.as_str().into(),
        i64::from(visit.year).into(),
        visit.unit.to_string().into(),
        visit.unit_path.as_str().into(),
        visit.unit_name.as_str().into(),
        visit.honour.to_string().into(),
        visit.title.as_str().into(),
        visit.stratum.as_str().into(),
        visit.place.into(),
        visit.ticket.as_str().into(),
        i64::from(visit.announced).into(),
        visit.due_on.to_string().into(),
        visit.state.key().into(),
        visit.colour.map_or("", Colour::key).into(),
        visit.drawn_at.to_string().into(),
    ]
}

/// Keeps by which judgement each home had declared what it had when it was drawn.
pub async fn insert_declared(tx: &mut Tx, declared: &[(VisitId, JudgementId)]) -> Result<()> {
    let rows = declared
        .iter()
        .map(|(visit, judgement)| vec![visit.to_string().into(), judgement.to_string().into()]);
    let columns = ["visit_id", "judgement_id"];
    bulk::insert(tx, "visit_declared", &columns, rows.collect()).await
}

/// That judgement; none of a visit that is of no draw.
pub async fn declared(tx: &mut Tx, id: &VisitId) -> Result<Option<JudgementId>> {
    let row = sqlx::query("SELECT judgement_id FROM visit_declared WHERE visit_id = $1")
        .bind(id.to_string())
        .fetch_optional(&mut **tx)
        .await?;
    row.map(|row| Ok(row.try_get::<String, _>(0)?.parse()?))
        .transpose()
}

pub async fn find(tx: &mut Tx, id: &VisitId) -> Result<Option<Visit>> {
    let row = sqlx::query(AssertSqlSafe(format!(
        "SELECT {COLUMNS}
         FROM visit
         WHERE visit.id = $1"
    )))
    .bind(id.to_string())
    .fetch_optional(&mut **tx)
    .await?;
    row.as_ref().map(visit_of).transpose()
}

/// The visits of a check, by stratum and place.
pub async fn of_check(tx: &mut Tx, check: &SpotCheckId) -> Result<Vec<Visit>> {
    let rows = sqlx::query(AssertSqlSafe(format!(
        "SELECT {COLUMNS}
         FROM visit
         WHERE visit.spot_check_id = $1
         ORDER BY visit.stratum, visit.place"
    )))
    .bind(check.to_string())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(visit_of).collect()
}

/// A page of the visits of a check, by the order of its strata and place.
pub async fn page_of_check(
    tx: &mut Tx,
    check: &SpotCheckId,
    (limit, offset): (i64, i64),
) -> Result<Vec<Visit>> {
    let rows = sqlx::query(AssertSqlSafe(format!(
        "SELECT {COLUMNS}
         FROM visit
         LEFT JOIN spot_check_stratum s ON s.spot_check_id = visit.spot_check_id AND s.stratum = visit.stratum
         WHERE visit.spot_check_id = $1
         ORDER BY COALESCE(s.place, 0), visit.stratum, visit.place, visit.id
         LIMIT $2 OFFSET $3"
    )))
    .bind(check.to_string())
    .bind(limit)
    .bind(offset)
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(visit_of).collect()
}

/// How many visits of each state a check has.
pub async fn states(tx: &mut Tx, check: &SpotCheckId) -> Result<Vec<(VisitState, i64)>> {
    let rows = sqlx::query(
        "SELECT state, CAST(COUNT(*) AS BIGINT) AS visits
         FROM visit
         WHERE spot_check_id = $1
         GROUP BY state
         ORDER BY state",
    )
    .bind(check.to_string())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| Ok((state_of(row)?, row.try_get("visits")?)))
        .collect()
}

/// Inserts who visits homes.
pub async fn insert_inspectors(tx: &mut Tx, inspectors: &[VisitInspector]) -> Result<()> {
    let columns: Vec<&'static str> = INSPECTOR_COLUMNS
        .split(',')
        .map(|column| column.trim().trim_start_matches("i."))
        .collect();
    let rows = inspectors.iter().map(inspector_values).collect();
    bulk::insert(tx, "visit_inspector", &columns, rows).await
}

fn inspector_values(inspector: &VisitInspector) -> Vec<Value> {
    let (state, reason, declared_at) = match &inspector.left {
        None => ("drawn", "", String::new()),
        Some(left) => (left.by.key(), left.reason.as_str(), left.at.to_string()),
    };
    vec![
        inspector.visit.to_string().into(),
        inspector.account.to_string().into(),
        inspector.unit.to_string().into(),
        inspector.unit_name.as_str().into(),
        inspector.name.as_str().into(),
        inspector.place.into(),
        inspector.ticket.as_str().into(),
        state.into(),
        reason.into(),
        inspector.drawn_at.to_string().into(),
        declared_at.into(),
    ]
}

/// Who visits a home, and who was drawn for it and does not go, by place in the order of drawing.
pub async fn inspectors(tx: &mut Tx, visit: &VisitId) -> Result<Vec<VisitInspector>> {
    let rows = sqlx::query(AssertSqlSafe(format!(
        "SELECT {INSPECTOR_COLUMNS}
         FROM visit_inspector i
         WHERE i.visit_id = $1
         ORDER BY i.place, i.drawn_at, i.state, i.account_id"
    )))
    .bind(visit.to_string())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(inspector_of).collect()
}

/// As `inspectors`, of some visits.
pub async fn inspectors_of(tx: &mut Tx, of: &[VisitId]) -> Result<Vec<VisitInspector>> {
    let mut conditions = Conditions::default();
    conditions.among("i.visit_id", of.iter().map(ToString::to_string));
    let sql = format!(
        "SELECT {INSPECTOR_COLUMNS}
         FROM visit_inspector i{}
         ORDER BY i.visit_id, i.place, i.drawn_at, i.state, i.account_id",
        conditions.sql()
    );
    let rows = conditions.query(sql).fetch_all(&mut **tx).await?;
    rows.iter().map(inspector_of).collect()
}

/// As `inspectors`, of all visits of a check.
pub async fn inspectors_of_check(tx: &mut Tx, check: &SpotCheckId) -> Result<Vec<VisitInspector>> {
    let rows = sqlx::query(AssertSqlSafe(format!(
        "SELECT {INSPECTOR_COLUMNS}
         FROM visit
         JOIN visit_inspector i ON i.visit_id = visit.id
         WHERE visit.spot_check_id = $1
         ORDER BY i.visit_id, i.place, i.drawn_at, i.state, i.account_id"
    )))
    .bind(check.to_string())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(inspector_of).collect()
}

/// The years with visits that somebody was drawn for and goes to, newest first.
pub async fn years_of_inspector(tx: &mut Tx, account: &AccountId) -> Result<Vec<i16>> {
    let rows = sqlx::query(
        "SELECT DISTINCT visit.year
         FROM visit_inspector i
         JOIN visit ON visit.id = i.visit_id
         WHERE i.account_id = $1 AND i.state = 'drawn'
         ORDER BY visit.year DESC",
    )
    .bind(account.to_string())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| Ok(i16::try_from(row.try_get::<i64, _>(0)?)?))
        .collect()
}

/// The visits of a year that somebody was drawn for and goes to, and those of any year that are still to be made, by the last day for it.
pub async fn of_inspector(tx: &mut Tx, account: &AccountId, year: i16) -> Result<Vec<Visit>> {
    let rows = sqlx::query(AssertSqlSafe(format!(
        "SELECT {COLUMNS}
         FROM visit_inspector i
         JOIN visit ON visit.id = i.visit_id
         WHERE i.account_id = $1 AND i.state = 'drawn' AND (visit.year = $2 OR visit.state = 'drawn')
         ORDER BY visit.due_on DESC, visit.unit_name, visit.id"
    )))
    .bind(account.to_string())
    .bind(i64::from(year))
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(visit_of).collect()
}

/// Marks why an inspector does not go; false when they don't already or were not drawn.
pub async fn leave(
    tx: &mut Tx,
    visit: &VisitId,
    account: &AccountId,
    leaving: &Leaving,
) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE visit_inspector
         SET state = $5, reason = $3, declared_at = $4
         WHERE visit_id = $1 AND account_id = $2 AND state = 'drawn'",
    )
    .bind(visit.to_string())
    .bind(account.to_string())
    .bind(&leaving.reason)
    .bind(leaving.at.to_string())
    .bind(leaving.by.key())
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

fn state_of(row: &AnyRow) -> Result<VisitState> {
    let state: String = row.try_get("state")?;
    VisitState::from_key(&state).with_context(|| format!("unknown state of a visit {state}"))
}

pub(crate) fn visit_of(row: &AnyRow) -> Result<Visit> {
    Ok(Visit {
        id: row.try_get::<String, _>("id")?.parse()?,
        check: row.try_get::<String, _>("spot_check_id")?.parse()?,
        entry: row.try_get("entry_id")?,
        year: i16::try_from(row.try_get::<i64, _>("year")?)?,
        unit: row.try_get::<String, _>("unit_id")?.parse()?,
        unit_path: row.try_get("unit_path")?,
        unit_name: row.try_get("unit_name")?,
        honour: row.try_get::<String, _>("honour_id")?.parse()?,
        title: row.try_get("title")?,
        stratum: row.try_get("stratum")?,
        place: row.try_get("place")?,
        ticket: row.try_get("ticket")?,
        announced: row.try_get::<i64, _>("announced")? == 1,
        due_on: row.try_get::<String, _>("due_on")?.parse()?,
        state: state_of(row)?,
        colour: Colour::from_key(&row.try_get::<String, _>("colour")?),
        drawn_at: row.try_get::<String, _>("drawn_at")?.parse()?,
    })
}

fn inspector_of(row: &AnyRow) -> Result<VisitInspector> {
    let state: String = row.try_get("state")?;
    let left = match state.as_str() {
        "drawn" => None,
        state => Some(Leaving {
            by: LeavingBy::from_key(state)
                .with_context(|| format!("unknown state of an inspector {state}"))?,
            reason: row.try_get("reason")?,
            at: row.try_get::<String, _>("declared_at")?.parse()?,
        }),
    };
    Ok(VisitInspector {
        visit: row.try_get::<String, _>("visit_id")?.parse()?,
        account: row.try_get::<String, _>("account_id")?.parse()?,
        unit: row.try_get::<String, _>("unit_id")?.parse()?,
        unit_name: row.try_get("unit_name")?,
        name: row.try_get("name")?,
        place: row.try_get("place")?,
        ticket: row.try_get("ticket")?,
        left,
        drawn_at: row.try_get::<String, _>("drawn_at")?.parse()?,
    })
}
