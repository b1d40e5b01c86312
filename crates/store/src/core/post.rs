//! What goes out by mail and text message: rows written with the messages they tell of, gathered into a dispatch, and what became of it.

mod choice;
mod list;
#[cfg(test)]
mod tests;

use anyhow::{Context, Result};
use jianjia_domain::core::{
    ids::{AccountId, DispatchId},
    job::JobError,
    message::{Kind, Received},
    post::{Channel, GATHERED_FOR, PostState},
};
use jianjia_standard::Lang;
use jiff::Timestamp;
use sqlx::Row;

use crate::core::{
    bulk::{self, Value},
    db::Tx,
    message::inbox::received,
};

pub use choice::{
    Choice, addresses, choices, choose, forget_refusal, refuse_address, say_addresses, unwanted,
};
pub use list::{Outgoing, count, figures, listed, sweep, try_again};

/// An instant as these columns have it: always with as many digits, so that the order of texts is that of instants.
fn instant(at: Timestamp) -> String {
    format!("{at:.6}")
}

/// The column of `account` with the address of a channel.
fn address_column(channel: Channel) -> &'static str {
    match channel {
        Channel::Mail => "account.mail",
        Channel::Telephone => "account.telephone",
    }
}

/// Writes what is to go out by a channel of the messages in `rows`, which `message::settle` has written: to those who have an address that was not
/// refused, and who want it. `whom` finds their accounts. A message that counts on is not sent again.
pub(crate) async fn settle(
    tx: &mut Tx,
    channel: Channel,
    rows: Vec<Vec<Value>>,
    whom: &str,
    at: Timestamp,
) -> Result<()> {
    let urgent: Vec<String> = Kind::ALL
        .into_iter()
        .filter(|kind| kind.is_urgent())
        .map(|kind| format!("'{}'", kind.key()))
        .collect();
    let urgent = format!(
        "CASE WHEN told.column2 IN ({}) THEN 1 ELSE 0 END",
        urgent.join(", ")
    );
    let (address, channel, usual) = (address_column(channel), channel.key(), channel.usual());
    let sql = format!(
        "INSERT INTO outgoing (account_id, told_key, channel, urgent, due_at, created_at)
         SELECT DISTINCT account.id, told.column11, '{channel}', {urgent}, CAST($1 AS TEXT), CAST($2 AS TEXT)
         FROM (VALUES {{rows}}) AS told
         {whom}
         LEFT JOIN post_choice ON post_choice.account_id = account.id AND post_choice.channel = '{channel}'
         WHERE account.state = 'active' AND account.id <> told.column12
           AND {address} <> '' AND {address} <> COALESCE(post_choice.refused_address, '')
           AND CASE COALESCE(post_choice.wish, '{usual}') WHEN 'all' THEN 1 WHEN 'urgent' THEN {urgent} ELSE 0 END = 1
         ORDER BY 1, 2
         ON CONFLICT DO NOTHING"
    );
    let first = [instant(at + GATHERED_FOR).into(), instant(at).into()];
    bulk::update(tx, &sql, &first, rows).await?;
    Ok(())
}

/// Somebody for whom something waits by a channel that is in no dispatch yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    pub account: AccountId,
    pub channel: Channel,
    pub is_urgent: bool,
    /// When the last dispatch went to them.
    pub last_at: Option<Timestamp>,
}

/// Those for whom something is due, the longest-waiting first.
pub async fn due(
    tx: &mut Tx,
    channels: &[Channel],
    now: Timestamp,
    limit: i64,
) -> Result<Vec<Due>> {
    let sql = "SELECT outgoing.account_id, outgoing.channel, MAX(outgoing.urgent) AS urgent, MIN(outgoing.due_at) AS due,
                      COALESCE((SELECT MAX(earlier.ended_at)
                                FROM outgoing AS earlier
                                WHERE earlier.account_id = outgoing.account_id AND earlier.channel = outgoing.channel
                                  AND earlier.state = 'sent'), '') AS last_at
               FROM outgoing
               WHERE outgoing.state = 'waiting' AND outgoing.dispatch_id = '' AND outgoing.due_at <= $1
                 AND outgoing.channel IN ({words})
               GROUP BY outgoing.account_id, outgoing.channel
               ORDER BY due, outgoing.account_id
               LIMIT $2";
    let first = [instant(now).into(), limit.into()];
    let rows = bulk::select(tx, sql, &first, keys(channels)).await?;
    rows.iter()
        .map(|row| {
            let last_at: String = row.try_get("last_at")?;
            Ok(Due {
                account: row.try_get::<String, _>("account_id")?.parse()?,
                channel: channel_of(row.try_get("channel")?)?,
                is_urgent: row.try_get::<i64, _>("urgent")? > 0,
                last_at: match last_at.as_str() {
                    "" => None,
                    at => Some(at.parse()?),
                },
            })
        })
        .collect()
}

fn keys(channels: &[Channel]) -> impl Iterator<Item = String> {
    channels.iter().map(|channel| channel.key().to_owned())
}

fn channel_of(key: String) -> Result<Channel> {
    Channel::from_key(&key).with_context(|| format!("unknown channel {key}"))
}

/// Puts off what waits for somebody in no dispatch.
pub async fn put_off(tx: &mut Tx, due: &Due, until: Timestamp) -> Result<()> {
    sqlx::query(
        "UPDATE outgoing
         SET due_at = $3
         WHERE account_id = $1 AND channel = $2 AND state = 'waiting' AND dispatch_id = '' AND due_at < $3",
    )
    .bind(due.account.to_string())
    .bind(due.channel.key())
    .bind(instant(until))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Gathers all that waits for somebody into a dispatch, also what is not due yet.
pub async fn gather(tx: &mut Tx, due: &Due, dispatch: &DispatchId) -> Result<()> {
    sqlx::query(
        "UPDATE outgoing
         SET dispatch_id = $3
         WHERE account_id = $1 AND channel = $2 AND state = 'waiting' AND dispatch_id = ''",
    )
    .bind(due.account.to_string())
    .bind(due.channel.key())
    .bind(dispatch.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Ends what was read in the inbox before it went out, what the account can't be sent any more, and what lost its message; gives how many.
pub async fn drop_unneeded(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    let done = sqlx::query(
        "UPDATE outgoing
         SET state = 'unneeded', ended_at = $1
         WHERE state = 'waiting' AND due_at <= $1
           AND NOT EXISTS (
             SELECT 1
             FROM message
             JOIN account ON account.id = message.account_id
             LEFT JOIN post_choice ON post_choice.account_id = account.id AND post_choice.channel = outgoing.channel
             WHERE message.account_id = outgoing.account_id AND message.told_key = outgoing.told_key AND message.read_at = ''
               AND account.state = 'active'
               AND CASE outgoing.channel WHEN 'mail' THEN account.mail ELSE account.telephone END
                   NOT IN ('', COALESCE(post_choice.refused_address, '')))",
    )
    .bind(instant(now))
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected())
}

/// The dispatches whose next attempt is due.
pub async fn to_retry(
    tx: &mut Tx,
    channels: &[Channel],
    now: Timestamp,
    limit: i64,
) -> Result<Vec<DispatchId>> {
    let sql = "SELECT dispatch_id, MIN(due_at) AS due
               FROM outgoing
               WHERE state = 'waiting' AND dispatch_id <> '' AND due_at <= $1 AND channel IN ({words})
               GROUP BY dispatch_id
               ORDER BY due, dispatch_id
               LIMIT $2";
    let first = [instant(now).into(), limit.into()];
    let rows = bulk::select(tx, sql, &first, keys(channels)).await?;
    rows.iter()
        .map(|row| Ok(row.try_get::<String, _>("dispatch_id")?.parse()?))
        .collect()
}

/// What goes to somebody as one.
#[derive(Clone, Debug, PartialEq)]
pub struct Dispatch {
    pub id: DispatchId,
    pub account: AccountId,
    pub channel: Channel,
    pub address: String,
    pub lang: Lang,
    /// Attempts before this one.
    pub attempts: i64,
    pub created_at: Timestamp,
    /// The newest first.
    pub messages: Vec<Received>,
}

/// What the dispatches hold, in the order of their ids.
pub async fn contents(tx: &mut Tx, dispatches: &[DispatchId]) -> Result<Vec<Dispatch>> {
    let sql = "SELECT outgoing.dispatch_id, outgoing.account_id, outgoing.channel, outgoing.attempts, outgoing.created_at,
                      CASE outgoing.channel WHEN 'mail' THEN account.mail ELSE account.telephone END AS address,
                      COALESCE(post_choice.lang, 'zh') AS lang,
                      message.id, message.kind, message.noun, message.noun_id, message.unit_id, message.year, message.detail,
                      message.due_on, message.tally, message.at, message.read_at
               FROM outgoing
               JOIN account ON account.id = outgoing.account_id
               JOIN message ON message.account_id = outgoing.account_id AND message.told_key = outgoing.told_key
               LEFT JOIN post_choice ON post_choice.account_id = outgoing.account_id AND post_choice.channel = outgoing.channel
               WHERE outgoing.state = 'waiting' AND outgoing.dispatch_id IN ({words})
               ORDER BY outgoing.dispatch_id, message.at DESC, message.id DESC";
    let words = dispatches.iter().map(ToString::to_string);
    let rows = bulk::select(tx, sql, &[], words).await?;
    let mut found: Vec<Dispatch> = Vec::new();
    for row in &rows {
        let id: DispatchId = row.try_get::<String, _>("dispatch_id")?.parse()?;
        let message = received(row)?;
        match found.last_mut() {
            Some(last) if last.id == id => last.messages.push(message),
            _ => found.push(Dispatch {
                id,
                account: row.try_get::<String, _>("account_id")?.parse()?,
                channel: channel_of(row.try_get("channel")?)?,
                address: row.try_get("address")?,
                lang: match row.try_get::<String, _>("lang")?.as_str() {
                    "en" => Lang::En,
                    _ => Lang::Zh,
                },
                attempts: row.try_get("attempts")?,
                created_at: row.try_get::<String, _>("created_at")?.parse()?,
                messages: vec![message],
            }),
        }
    }
    Ok(found)
}

/// Ends a dispatch: sent, or given up for a reason. False when it was ended before.
pub async fn end(
    tx: &mut Tx,
    dispatch: &DispatchId,
    state: PostState,
    error: Option<&JobError>,
    now: Timestamp,
) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE outgoing
         SET state = $2, attempts = attempts + 1, error = $3, ended_at = $4
         WHERE dispatch_id = $1 AND state = 'waiting'",
    )
    .bind(dispatch.to_string())
    .bind(state.key())
    .bind(error_text(error)?)
    .bind(instant(now))
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Has a dispatch tried again later.
pub async fn postpone(
    tx: &mut Tx,
    dispatch: &DispatchId,
    until: Timestamp,
    error: &JobError,
) -> Result<()> {
    sqlx::query(
        "UPDATE outgoing
         SET attempts = attempts + 1, error = $2, due_at = $3
         WHERE dispatch_id = $1 AND state = 'waiting'",
    )
    .bind(dispatch.to_string())
    .bind(error_text(Some(error))?)
    .bind(instant(until))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

fn error_text(error: Option<&JobError>) -> Result<String> {
    Ok(match error {
        Some(error) => serde_json::to_string(error)?,
        None => String::new(),
    })
}
