//! What others did to an account, for its owner to read after signing in.

use anyhow::Result;
use jianjia_domain::{
    core::{audit::Written, ids::AccountId},
    office::notice::AccountNotice,
};
use jiff::Timestamp;
use sqlx::Row;

use crate::core::db::Tx;

pub async fn insert(tx: &mut Tx, account: &AccountId, notice: &AccountNotice) -> Result<()> {
    sqlx::query(
        "INSERT INTO account_notice (id, account_id, act, role, unit_name, by_name, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(&notice.id)
    .bind(account.to_string())
    .bind(notice.act.to_string())
    .bind(&notice.role)
    .bind(&notice.unit_name)
    .bind(&notice.by_name)
    .bind(notice.at.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The newest `limit` notices of an account, newest first, read ones included.
pub async fn newest(tx: &mut Tx, account: &AccountId, limit: i64) -> Result<Vec<AccountNotice>> {
    let rows = sqlx::query(
        "SELECT id, act, role, unit_name, by_name, at, read_at
         FROM account_notice
         WHERE account_id = $1
         ORDER BY id DESC
         LIMIT $2",
    )
    .bind(account.to_string())
    .bind(limit)
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(AccountNotice {
                id: row.try_get("id")?,
                act: Written::read(row.try_get("act")?),
                role: row.try_get("role")?,
                unit_name: row.try_get("unit_name")?,
                by_name: row.try_get("by_name")?,
                at: row.try_get::<String, _>("at")?.parse()?,
                is_read: !row.try_get::<String, _>("read_at")?.is_empty(),
            })
        })
        .collect()
}

/// Marks an account's notices up to the id `last` as read; returns how many were unread.
pub async fn mark_read(
    tx: &mut Tx,
    account: &AccountId,
    last: &str,
    now: Timestamp,
) -> Result<u64> {
    let done = sqlx::query(
        "UPDATE account_notice
         SET read_at = $3
         WHERE account_id = $1 AND read_at = '' AND id <= $2",
    )
    .bind(account.to_string())
    .bind(last.to_owned())
    .bind(now.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected())
}
