//! Somebody's messages: read, marked as read, removed when they are old.

use anyhow::{Context, Result};
use jianjia_domain::core::{
    ids::{AccountId, MessageId},
    message::{About, Kind, Received},
};
use jiff::Timestamp;
use sqlx::{Row, any::AnyRow};

use crate::core::db::Tx;

/// A page of somebody's messages: unread ones first, then by their instant, the newest first. Gives how many there are, too.
pub async fn page(
    tx: &mut Tx,
    account: &AccountId,
    limit: i64,
    offset: i64,
) -> Result<(Vec<Received>, i64)> {
    let rows = sqlx::query(
        "SELECT id, kind, noun, noun_id, unit_id, year, detail, due_on, tally, at, read_at,
                CAST(COUNT(*) OVER () AS BIGINT) AS total
         FROM message
         WHERE account_id = $1
         ORDER BY CASE WHEN read_at = '' THEN 0 ELSE 1 END, at DESC, id DESC
         LIMIT $2 OFFSET $3",
    )
    .bind(account.to_string())
    .bind(limit)
    .bind(offset)
    .fetch_all(&mut **tx)
    .await?;
    let total = match rows.first() {
        Some(row) => row.try_get("total")?,
        None => 0,
    };
    let messages = rows.iter().map(received).collect::<Result<_>>()?;
    Ok((messages, total))
}

pub async fn find(tx: &mut Tx, account: &AccountId, id: &MessageId) -> Result<Option<Received>> {
    let row = sqlx::query(
        "SELECT id, kind, noun, noun_id, unit_id, year, detail, due_on, tally, at, read_at
         FROM message
         WHERE account_id = $1 AND id = $2",
    )
    .bind(account.to_string())
    .bind(id.to_string())
    .fetch_optional(&mut **tx)
    .await?;
    row.as_ref().map(received).transpose()
}

/// Marks one of somebody's messages as read; whether it was unread.
pub async fn read_one(
    tx: &mut Tx,
    account: &AccountId,
    id: &MessageId,
    now: Timestamp,
) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE message
         SET read_at = $3
         WHERE account_id = $1 AND id = $2 AND read_at = ''",
    )
    .bind(account.to_string())
    .bind(id.to_string())
    .bind(now.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Marks those of somebody's messages as read that had come by an instant; gives how many were unread.
pub async fn read_until(
    tx: &mut Tx,
    account: &AccountId,
    until: Timestamp,
    now: Timestamp,
) -> Result<u64> {
    let done = sqlx::query(
        "UPDATE message
         SET read_at = $3
         WHERE account_id = $1 AND read_at = '' AND at <= $2",
    )
    .bind(account.to_string())
    .bind(until.to_string())
    .bind(now.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected())
}

/// Marks those of a kind as read: what they told of is done.
pub async fn read_kind(tx: &mut Tx, account: &AccountId, kind: Kind, now: Timestamp) -> Result<()> {
    sqlx::query(
        "UPDATE message
         SET read_at = $3
         WHERE account_id = $1 AND kind = $2 AND read_at = ''",
    )
    .bind(account.to_string())
    .bind(kind.key())
    .bind(now.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Removes the messages of before an instant; gives how many.
pub async fn remove_before(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    let done = sqlx::query("DELETE FROM message WHERE at < $1")
        .bind(before.to_string())
        .execute(&mut **tx)
        .await?;
    Ok(done.rows_affected())
}

pub(crate) fn received(row: &AnyRow) -> Result<Received> {
    let text = |column: &str| row.try_get::<String, _>(column);
    let unit = text("unit_id")?;
    let due_on = text("due_on")?;
    Ok(Received {
        id: text("id")?.parse()?,
        kind: Kind::from_key(&text("kind")?),
        about: About {
            noun: text("noun")?.parse()?,
            id: text("noun_id")?,
            unit: match unit.as_str() {
                "" => None,
                id => Some(id.parse()?),
            },
            year: i16::try_from(row.try_get::<i64, _>("year")?)?,
        },
        detail: serde_json::from_str(&text("detail")?).context("the detail of a message")?,
        due_on: match due_on.as_str() {
            "" => None,
            day => Some(day.parse()?),
        },
        tally: row.try_get("tally")?,
        at: text("at")?.parse()?,
        is_read: !text("read_at")?.is_empty(),
    })
}
