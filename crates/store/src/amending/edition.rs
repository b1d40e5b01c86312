//! Versions of the standard that were confirmed, and since when and for which rounds each holds.

use anyhow::{Context, Result};
use jianjia_domain::{
    amending::edition::{Edition, EditionState},
    core::ids::{AmendmentId, UnitId},
};
use jiff::{Timestamp, civil::Date};
use sqlx::{AssertSqlSafe, Row, any::AnyRow};

use crate::core::{bulk, db::Tx};

const COLUMNS: &str = "amendment_id, name, version, key, from_year, last_year, from_on, state, proposed_by_name, confirmed_by, confirmed_by_name, confirmed_at, ended_at, reason";

pub async fn insert(tx: &mut Tx, edition: &Edition) -> Result<()> {
    let columns = [
        "amendment_id",
        "name",
        "version",
        "key",
        "from_year",
        "last_year",
        "from_on",
        "state",
        "proposed_by_name",
        "confirmed_by",
        "confirmed_by_name",
        "confirmed_at",
    ];
    let row = vec![
        edition.amendment.to_string().into(),
        edition.name.clone().into(),
        edition.version.clone().into(),
        edition.key.clone().into(),
        i64::from(edition.from_year).into(),
        i64::from(edition.last_year).into(),
        edition.from_on.to_string().into(),
        edition.state.key().into(),
        edition.proposed_by_name.clone().into(),
        edition.confirmed_by.to_string().into(),
        edition.confirmed_by_name.clone().into(),
        edition.confirmed_at.to_string().into(),
    ];
    bulk::insert(tx, "edition", &columns, vec![row]).await
}

/// Ends the waiting of one. False when it waits no more.
pub async fn end(
    tx: &mut Tx,
    id: &AmendmentId,
    state: EditionState,
    reason: &str,
    now: Timestamp,
) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE edition
         SET state = $2, reason = $3, ended_at = $4
         WHERE amendment_id = $1 AND state = 'waiting'",
    )
    .bind(id.to_string())
    .bind(state.key())
    .bind(reason.to_owned())
    .bind(now.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn find(tx: &mut Tx, id: &AmendmentId) -> Result<Option<Edition>> {
    let sql = format!(
        "SELECT {COLUMNS}
         FROM edition
         WHERE amendment_id = $1"
    );
    let row = sqlx::query(AssertSqlSafe(sql))
        .bind(id.to_string())
        .fetch_optional(&mut **tx)
        .await?;
    row.as_ref().map(edition_of).transpose()
}

/// Those that hold, the one that began last first: it goes before the others.
pub async fn in_force(tx: &mut Tx) -> Result<Vec<Edition>> {
    let sql = format!(
        "SELECT {COLUMNS}
         FROM edition
         WHERE state = 'in-force'
         ORDER BY ended_at DESC, confirmed_at DESC, amendment_id DESC"
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut **tx).await?;
    rows.iter().map(edition_of).collect()
}

/// Those that wait for their day, the first of them first.
pub async fn waiting(tx: &mut Tx) -> Result<Vec<Edition>> {
    let sql = format!(
        "SELECT {COLUMNS}
         FROM edition
         WHERE state = 'waiting'
         ORDER BY from_on, confirmed_at, amendment_id"
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut **tx).await?;
    rows.iter().map(edition_of).collect()
}

/// What a node looks at to see whether anything changed: how many hold, when the last of them began, and whether one waits whose day has come.
pub async fn glance(tx: &mut Tx, today: Date) -> Result<(i64, String, bool)> {
    let row = sqlx::query(
        "SELECT CAST(COUNT(CASE WHEN state = 'in-force' THEN 1 END) AS BIGINT),
                COALESCE(MAX(CASE WHEN state = 'in-force' THEN ended_at END), ''),
                CAST(COUNT(CASE WHEN state = 'waiting' AND from_on <= $1 THEN 1 END) AS BIGINT)
         FROM edition",
    )
    .bind(today.to_string())
    .fetch_one(&mut **tx)
    .await?;
    let due: i64 = row.try_get(2)?;
    Ok((row.try_get(0)?, row.try_get(1)?, due > 0))
}

/// The first of some years of which judgements are kept, and how many are kept of them all; none where none is.
pub async fn decided(tx: &mut Tx, (from, last): (i16, i16)) -> Result<Option<(i16, i64)>> {
    let row = sqlx::query(
        "SELECT CAST(COALESCE(MIN(year), 0) AS BIGINT), CAST(COUNT(*) AS BIGINT)
         FROM judgement
         WHERE year >= $1 AND year <= $2",
    )
    .bind(i64::from(from))
    .bind(i64::from(last))
    .fetch_one(&mut **tx)
    .await?;
    let count: i64 = row.try_get(1)?;
    if count == 0 {
        return Ok(None);
    }
    Ok(Some((i16::try_from(row.try_get::<i64, _>(0)?)?, count)))
}

/// The next units by id after one, of those that are there.
pub async fn units_after(tx: &mut Tx, after: &str, limit: i64) -> Result<Vec<UnitId>> {
    let rows = sqlx::query(
        "SELECT id
         FROM unit
         WHERE id > $1 AND state = 'active'
         ORDER BY id
         LIMIT $2",
    )
    .bind(after.to_owned())
    .bind(limit)
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| Ok(row.try_get::<String, _>(0)?.parse()?))
        .collect()
}

fn edition_of(row: &AnyRow) -> Result<Edition> {
    let text = |column: &str| row.try_get::<String, _>(column);
    let year = |column: &str| -> Result<i16> { Ok(i16::try_from(row.try_get::<i64, _>(column)?)?) };
    let state = text("state")?;
    let ended_at: Option<String> = row.try_get("ended_at")?;
    Ok(Edition {
        amendment: text("amendment_id")?.parse()?,
        name: text("name")?,
        version: text("version")?,
        key: text("key")?,
        from_year: year("from_year")?,
        last_year: year("last_year")?,
        from_on: text("from_on")?.parse()?,
        state: EditionState::from_key(&state)
            .with_context(|| format!("unknown state of an edition: {state}"))?,
        proposed_by_name: text("proposed_by_name")?,
        confirmed_by: text("confirmed_by")?.parse()?,
        confirmed_by_name: text("confirmed_by_name")?,
        confirmed_at: text("confirmed_at")?.parse()?,
        ended_at: ended_at.map(|at| at.parse()).transpose()?,
        reason: text("reason")?,
    })
}
