//! The pace of voting: coarse counts of when and from where slips were used, kept in memory and written apart from the ballots.

use jianjia_domain::rating::poll::signal::SPAN_SECONDS;
use jianjia_store::{
    core::scope::Scope,
    rating::ballot::{self as ballots, Cast, Outcome},
};
use jiff::Timestamp;

use super::Ballots;
use crate::core::{app::App, error::Result};

/// How long the pace may stand in memory alone, in seconds. It is written apart from the ballots, and so tells nothing of one.
pub(super) const PACE_SECONDS: i64 = 60;

/// How many counts of the pace are written in one transaction.
const PACE_PORTION: usize = 150;

impl Ballots {
    /// Counts the slips of a committed batch by their spans and classes of networks.
    pub(super) fn count_pace<'a>(
        &self,
        now: Timestamp,
        group: impl Iterator<Item = ((&'a Cast, i64), &'a Outcome)>,
    ) {
        let span = now.as_second().div_euclid(SPAN_SECONDS);
        let mut waiting = self.waiting();
        for ((cast, class), outcome) in group {
            if outcome.is_ok() {
                let count = waiting.pace.entry((cast.poll, span, class));
                *count.or_default() += 1;
            }
        }
        waiting.pace_since.get_or_insert(now);
    }

    /// Writes the pace down when it stands in memory for longer than `seconds`.
    pub async fn write_pace(&self, app: &App, seconds: i64) -> Result<()> {
        let counted = {
            let mut waiting = self.waiting();
            let now = app.now();
            let is_due = waiting
                .pace_since
                .is_some_and(|since| now.as_second() - since.as_second() >= seconds);
            if !is_due {
                return Ok(());
            }
            waiting.pace_since = None;
            std::mem::take(&mut waiting.pace)
        };
        // In small portions, so that ballots are committed in between.
        let counted: Vec<_> = counted.into_iter().collect();
        for portion in counted.chunks(PACE_PORTION) {
            let mut tx = app.db.write(Scope::Ballots).await?;
            ballots::add_pace(&mut tx, portion).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}
