//! The planner's counts of rows, brought up to date after an act that added many.

use crate::core::app::App;

/// With so many new rows the tables are counted after an act. Without counts, or with those of a nearly empty table, SQLite looks for a unit's people,
/// titles or accounts by the wrong index, and an instance that was just filled would go on so until it is started again: the list of invitations took
/// 2.6 s after 3,000 accounts had been made, and grows with the square. Counting looks at every index, for which a few hundred rows are not worth
/// holding up who else writes.
pub const COUNTED_FROM: usize = 1_000;

/// Counts the tables once the act is committed, if it added many rows: the counts are no part of it.
pub(crate) async fn count_if_many(app: &App, written: usize) {
    if written < COUNTED_FROM {
        return;
    }
    // The rows are in, whatever becomes of the counts.
    if let Err(error) = app.db.analyze_sample().await {
        tracing::warn!(
            error = format!("{error:#}"),
            "the tables were not counted after many rows were added"
        );
    }
}
