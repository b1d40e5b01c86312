//! What a transaction adds to the kept counts of `shortfall_figure`. It is summed in memory and written at the commit, in the order of the rows' keys: so
//! two transactions that add to the same counts wait for each other only for the time of a commit, and never in a circle.

use std::collections::BTreeMap;

use anyhow::Result;

use crate::core::{
    bulk::{self, Value},
    db::Tx,
};

/// A row, without its counts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub place: String,
    pub year: i64,
    pub title: String,
    pub facet: &'static str,
    pub value: String,
    pub clause: i64,
}

/// The counts of a row: asked, unmet, unknown.
pub(crate) type Counts = [i64; 3];

/// What is added to each row.
#[derive(Debug, Default)]
pub(crate) struct Tally(BTreeMap<Key, Counts>);

impl Tally {
    pub(crate) fn add(&mut self, key: Key, counts: Counts) {
        let sums = self.0.entry(key).or_default();
        for (sum, count) in sums.iter_mut().zip(counts) {
            *sum += count;
        }
    }

    /// The rows whose counts are not all zero.
    pub(crate) fn rows(self) -> impl Iterator<Item = (Key, Counts)> {
        let rows = self.0.into_iter();
        rows.filter(|(_, counts)| counts.iter().any(|count| *count != 0))
    }
}

const COLUMNS: [&str; 9] = [
    "place", "year", "title", "facet", "value", "clause", "asked", "unmet", "unknown",
];

/// Writes what was added; at the commit.
pub(crate) async fn settle(tx: &mut Tx) -> Result<()> {
    let tally = std::mem::take(&mut tx.tally);
    let rows: Vec<Vec<Value>> = tally.rows().map(row).collect();
    if rows.is_empty() {
        return Ok(());
    }
    bulk::add(tx, "shortfall_figure", &COLUMNS[..6], &COLUMNS, rows).await
}

fn row((key, [asked, unmet, unknown]): (Key, Counts)) -> Vec<Value> {
    vec![
        key.place.into(),
        key.year.into(),
        key.title.into(),
        key.facet.into(),
        key.value.into(),
        key.clause.into(),
        asked.into(),
        unmet.into(),
        unknown.into(),
    ]
}
