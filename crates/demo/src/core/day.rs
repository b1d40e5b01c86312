//! What day it is in a demo city that is used: it was made as of one day and may be moved on, never back.

use anyhow::Result;
use jianjia_app::core::clock::Clock;
use jianjia_domain::core::day;
use jianjia_store::core::{audit, db::Db};
use jiff::civil::Date;

use crate::making::AS_OF;

/// The day that a demo city has reached: that of its making, or of the last thing that happened in it since.
///
/// # Errors
/// When the trail can't be read.
pub async fn reached(db: &Db) -> Result<Date> {
    let mut tx = db.read().await?;
    let last = audit::newest_at(&mut tx).await?;
    Ok(last.map_or(AS_OF, |last| day::day_of(last).max(AS_OF)))
}

/// The clock of a demo city: it runs from nine in the morning of the day, or on from the last thing that happened, for ids and instants
/// only go up.
///
/// # Errors
/// When the trail can't be read.
pub async fn clock(db: &Db, day: Date) -> Result<Clock> {
    let mut tx = db.read().await?;
    let last = audit::newest_at(&mut tx).await?;
    let clock = Clock::running_from(day);
    Ok(match last {
        Some(last) if last >= clock.now() => Clock::running_after(last),
        _ => clock,
    })
}
