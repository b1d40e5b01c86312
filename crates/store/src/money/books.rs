//! The years whose books are closed.

use anyhow::Result;
use jianjia_domain::core::ids::AccountId;
use jiff::Timestamp;
use sqlx::Row;

use crate::{
    core::{bulk, db::Tx},
    money::ledger::year_of,
};

/// A year that was closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosedYear {
    pub year: i16,
    /// Entries that were written for it.
    pub entries: i64,
    pub left_fen: i64,
    pub closed_by_name: String,
    pub closed_at: Timestamp,
}

/// The last year that is closed.
pub async fn closed_until(tx: &mut Tx) -> Result<Option<i16>> {
    let row = sqlx::query("SELECT MAX(year) AS year FROM ledger_year")
        .fetch_one(&mut **tx)
        .await?;
    let year: Option<i64> = row.try_get("year")?;
    Ok(year.map(i16::try_from).transpose()?)
}

/// The years that are closed, the newest first.
pub async fn closed(tx: &mut Tx) -> Result<Vec<ClosedYear>> {
    let rows = sqlx::query(
        "SELECT year, entries, left_fen, closed_by_name, closed_at
         FROM ledger_year
         ORDER BY year DESC",
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(ClosedYear {
                year: year_of(row)?,
                entries: row.try_get("entries")?,
                left_fen: row.try_get("left_fen")?,
                closed_by_name: row.try_get("closed_by_name")?,
                closed_at: row.try_get::<String, _>("closed_at")?.parse()?,
            })
        })
        .collect()
}

/// Closes a year; false if it is closed.
pub async fn close(tx: &mut Tx, closed: &ClosedYear, by: AccountId) -> Result<bool> {
    let columns = [
        "year",
        "entries",
        "left_fen",
        "closed_by",
        "closed_by_name",
        "closed_at",
    ];
    let row = vec![
        i64::from(closed.year).into(),
        closed.entries.into(),
        closed.left_fen.into(),
        by.to_string().into(),
        closed.closed_by_name.as_str().into(),
        closed.closed_at.to_string().into(),
    ];
    bulk::insert_new(tx, "ledger_year", &columns, row).await
}
