//! What waits, was sent and was given up, for those who look after the post.

use anyhow::{Context, Result};
use jianjia_domain::core::{
    ids::{AccountId, DispatchId},
    job::JobError,
    post::{Channel, PostState},
};
use jiff::Timestamp;
use sqlx::Row;

use super::{channel_of, instant};
use crate::core::{bulk, db::Tx};

/// What went or goes to somebody as one; what is in no dispatch yet is not listed.
#[derive(Clone, Debug, PartialEq)]
pub struct Outgoing {
    pub dispatch: DispatchId,
    pub account: AccountId,
    pub account_name: String,
    pub channel: Channel,
    pub address: String,
    pub state: PostState,
    pub messages: i64,
    pub attempts: i64,
    pub due_at: Timestamp,
    pub created_at: Timestamp,
    pub error: Option<JobError>,
}

/// How many dispatches `listed` has in all states.
pub async fn count(tx: &mut Tx) -> Result<i64> {
    let row = sqlx::query(
        "SELECT CAST(COUNT(*) AS BIGINT)
         FROM (
           SELECT dispatch_id
           FROM outgoing
           WHERE dispatch_id <> ''
           GROUP BY dispatch_id, account_id, channel, state, error
         ) AS gathered",
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(row.try_get(0)?)
}

/// A portion (limit, offset) of the newest dispatches in some states, of which the last attempt failed or not.
pub async fn listed(
    tx: &mut Tx,
    states: &[PostState],
    (limit, offset): (i64, i64),
) -> Result<Vec<Outgoing>> {
    let sql = "SELECT outgoing.dispatch_id, outgoing.account_id, account.name, outgoing.channel, outgoing.state, outgoing.error,
                      CASE outgoing.channel WHEN 'mail' THEN account.mail ELSE account.telephone END AS address,
                      CAST(COUNT(*) AS BIGINT) AS messages, MAX(outgoing.attempts) AS attempts, MAX(outgoing.due_at) AS due_at,
                      MIN(outgoing.created_at) AS created_at
               FROM outgoing
               JOIN account ON account.id = outgoing.account_id
               WHERE outgoing.dispatch_id <> '' AND outgoing.state IN ({words})
               GROUP BY outgoing.dispatch_id, outgoing.account_id, account.name, outgoing.channel, outgoing.state, outgoing.error,
                        account.mail, account.telephone
               ORDER BY outgoing.dispatch_id DESC, outgoing.state
               LIMIT $1 OFFSET $2";
    let words = states.iter().map(|state| state.key().to_owned());
    let rows = bulk::select(tx, sql, &[limit.into(), offset.into()], words).await?;
    rows.iter()
        .map(|row| {
            let text = |column: &str| row.try_get::<String, _>(column);
            let (state, error) = (text("state")?, text("error")?);
            Ok(Outgoing {
                dispatch: text("dispatch_id")?.parse()?,
                account: text("account_id")?.parse()?,
                account_name: text("name")?,
                channel: channel_of(text("channel")?)?,
                address: text("address")?,
                state: PostState::from_key(&state)
                    .with_context(|| format!("unknown state of post {state}"))?,
                messages: row.try_get("messages")?,
                attempts: row.try_get("attempts")?,
                due_at: text("due_at")?.parse()?,
                created_at: text("created_at")?.parse()?,
                error: match error.as_str() {
                    "" => None,
                    error => Some(serde_json::from_str(error).context("why post failed")?),
                },
            })
        })
        .collect()
}

/// Has a dispatch that was given up, or waits for its next attempt, tried at once; whose it is, or none when there is nothing to try.
pub async fn try_again(
    tx: &mut Tx,
    dispatch: &DispatchId,
    now: Timestamp,
) -> Result<Option<AccountId>> {
    let rows = sqlx::query(
        "UPDATE outgoing
         SET state = 'waiting', attempts = 0, due_at = $2, ended_at = ''
         WHERE dispatch_id = $1 AND state IN ('waiting', 'given-up')
         RETURNING account_id",
    )
    .bind(dispatch.to_string())
    .bind(instant(now))
    .fetch_all(&mut **tx)
    .await?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    Ok(Some(row.try_get::<String, _>("account_id")?.parse()?))
}

/// How many messages there are by channel and state, whose last attempt failed or not.
pub async fn figures(tx: &mut Tx) -> Result<Vec<(Channel, PostState, bool, i64)>> {
    let rows = sqlx::query(
        "SELECT channel, state, CAST(CASE WHEN error = '' THEN 0 ELSE 1 END AS BIGINT) AS failed, CAST(COUNT(*) AS BIGINT) AS messages
         FROM outgoing
         GROUP BY 1, 2, 3
         ORDER BY 1, 2, 3",
    )
    .fetch_all(&mut **tx)
    .await?;
    let mut figures = Vec::with_capacity(rows.len());
    for row in &rows {
        let (channel, state): (String, String) = (row.try_get("channel")?, row.try_get("state")?);
        // What a later version wrote has no figure here.
        let (Some(channel), Some(state)) =
            (Channel::from_key(&channel), PostState::from_key(&state))
        else {
            continue;
        };
        let failed = row.try_get::<i64, _>("failed")? > 0;
        figures.push((channel, state, failed, row.try_get("messages")?));
    }
    Ok(figures)
}

/// Removes what is over since before an instant; gives how many.
pub async fn sweep(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    let done = sqlx::query("DELETE FROM outgoing WHERE state <> 'waiting' AND ended_at < $1")
        .bind(instant(before))
        .execute(&mut **tx)
        .await?;
    Ok(done.rows_affected())
}
