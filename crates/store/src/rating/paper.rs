//! What group members entered of a poll's paper ballots.

use anyhow::Result;
use jianjia_domain::{core::ids::PollId, rating::poll::paper::PaperEntry};
use sqlx::Row;

use crate::core::db::Tx;

/// Adds an entry; earlier ones stay.
pub async fn insert(tx: &mut Tx, poll: &PollId, entry: &PaperEntry) -> Result<()> {
    sqlx::query(
        "INSERT INTO paper_entry (poll_id, number, member, count, entered_at)
         SELECT $1, COALESCE(MAX(number), 0) + 1, $2, $3, $4
         FROM paper_entry
         WHERE poll_id = $1",
    )
    .bind(poll.to_string())
    .bind(i64::try_from(entry.member)?)
    .bind(serde_json::to_string(&entry.count)?)
    .bind(entry.entered_at.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A poll's entries in the order they were made.
pub async fn of_poll(tx: &mut Tx, poll: &PollId) -> Result<Vec<PaperEntry>> {
    let rows = sqlx::query(
        "SELECT member, count, entered_at FROM paper_entry WHERE poll_id = $1 ORDER BY number",
    )
    .bind(poll.to_string())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(PaperEntry {
                member: usize::try_from(row.try_get::<i64, _>("member")?)?,
                count: serde_json::from_str(&row.try_get::<String, _>("count")?)?,
                entered_at: row.try_get::<String, _>("entered_at")?.parse()?,
            })
        })
        .collect()
}
