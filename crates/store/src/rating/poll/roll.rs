//! The roll of a poll: names in the order in which slips are handed out.

use anyhow::Result;
use jianjia_domain::core::ids::PollId;
use sqlx::Row;

use crate::core::{bulk, db::Tx};

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
