//! Digests of the rows that a vote writes: the trail has no line of them, which would tell when somebody voted. They are no secret; whoever
//! changes a row and works its digest out anew is found by the counts alone (docs/ballot.md).

use anyhow::Result;
use sqlx::{AssertSqlSafe, Row};

use crate::core::{cover, db::Tx};

pub(crate) fn of_tray(id: i64, ballots: &str) -> String {
    cover::digest(&format!("tray {id} {ballots}"))
}

pub(crate) fn of_states(poll: &str, part: i64, states: &str) -> String {
    cover::digest(&format!("slip_state {poll} {part} {states}"))
}

/// A row of `tray` or `slip_state` with what its digest is and should be.
struct Digested {
    table: &'static str,
    /// Its key, the parts with a space between.
    key: String,
    kept: String,
    worked_out: String,
}

/// The trays and the states of slips that are not as a vote wrote them: table and key.
pub async fn changed(tx: &mut Tx) -> Result<Vec<(&'static str, String)>> {
    let rows = digested(tx).await?.into_iter();
    Ok(rows
        .filter(|row| row.kept != row.worked_out)
        .map(|row| (row.table, row.key))
        .collect())
}

/// Gives rows of before there were digests theirs.
pub async fn adopt(tx: &mut Tx) -> Result<()> {
    for row in digested(tx).await? {
        if row.kept.is_empty() {
            let key = if row.table == "tray" {
                "CAST(id AS TEXT)"
            } else {
                "poll_id || ' ' || CAST(part AS TEXT)"
            };
            let sql = format!("UPDATE {} SET digest = $2 WHERE {key} = $1", row.table);
            sqlx::query(AssertSqlSafe(sql))
                .bind(row.key)
                .bind(row.worked_out)
                .execute(&mut **tx)
                .await?;
        }
    }
    Ok(())
}

async fn digested(tx: &mut Tx) -> Result<Vec<Digested>> {
    let mut digested = Vec::new();
    let trays = sqlx::query("SELECT id, ballots, digest FROM tray ORDER BY id")
        .fetch_all(&mut **tx)
        .await?;
    for row in &trays {
        let (id, ballots): (i64, String) = (row.try_get(0)?, row.try_get(1)?);
        digested.push(Digested {
            table: "tray",
            key: id.to_string(),
            kept: row.try_get(2)?,
            worked_out: of_tray(id, &ballots),
        });
    }
    let parts =
        sqlx::query("SELECT poll_id, part, states, digest FROM slip_state ORDER BY poll_id, part")
            .fetch_all(&mut **tx)
            .await?;
    for row in &parts {
        let (poll, part): (String, i64) = (row.try_get(0)?, row.try_get(1)?);
        let states: String = row.try_get(2)?;
        digested.push(Digested {
            table: "slip_state",
            key: format!("{poll} {part}"),
            kept: row.try_get(3)?,
            worked_out: of_states(&poll, part, &states),
        });
    }
    Ok(digested)
}
