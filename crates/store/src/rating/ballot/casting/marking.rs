//! Writing the states of slips: many parts in one statement.

use std::sync::LazyLock;

use anyhow::Result;

use super::Part;
use crate::core::{cover::DIGEST, db::Tx};

/// Sizes of statements with many values: few different texts, so that each is prepared once. What is fewer is filled up with values that
/// change nothing. No larger: SQLite looks every `$n` up by its name in a list, so that the work grows with the square of their number.
const SIZES: [usize; 7] = [1, 2, 4, 8, 16, 32, 64];

/// The most values of one statement.
pub(super) const MOST: usize = SIZES[SIZES.len() - 1];

/// Writes changed parts, each in the place of what was read of it, while its poll's gate is open and has the same lock; false when one is not so.
pub(super) async fn mark(tx: &mut Tx, changed: &mut [&Part], now: &str) -> Result<bool> {
    // What most have alike is said once a statement.
    let alike = |part: &Part| (part.number, part.gate.lock_version);
    changed.sort_by_key(|part| alike(part));
    let mut marked = 0;
    for parts in changed.chunk_by(|one, other| alike(one) == alike(other)) {
        for parts in parts.chunks(MOST) {
            let size = size_of(parts.len());
            let mut query = sqlx::query(MARKING[size.ilog2() as usize].as_str())
                .bind(now)
                .bind(parts[0].number)
                .bind(parts[0].gate.lock_version);
            for part in parts {
                let mut row = part.poll.to_string();
                row.push_str(&part.read);
                row.push_str(part.changed.as_deref().unwrap_or_default());
                row.push_str(std::str::from_utf8(&part.letters)?);
                query = query.bind(row);
            }
            // Filled up with rows of no poll.
            for _ in parts.len()..size {
                query = query.bind(String::new());
            }
            marked += query.execute(&mut **tx).await?.rows_affected();
        }
    }
    Ok(marked == changed.len() as u64)
}

/// The statement of `mark` for each of `SIZES`. A row is bound as one text for the reason given at `SIZES`: its poll, the digests of its states before
/// and after, and these last. What was read is told by its digest, which is sooner compared than the states.
static MARKING: LazyLock<[String; SIZES.len()]> = LazyLock::new(|| {
    let [before, digest, states] = [0, 1, 2].map(|digests| ID + digests * DIGEST + 1);
    SIZES.map(|size| {
        format!(
            "UPDATE slip_state
             SET states = marked.after, digest = marked.digest
             FROM (
                 SELECT
                     substr(column1, 1, {ID}) AS poll_id,
                     substr(column1, {before}, {DIGEST}) AS before,
                     substr(column1, {digest}, {DIGEST}) AS digest,
                     substr(column1, {states}) AS after
                 FROM (VALUES {}) AS packed
             ) AS marked
             JOIN poll_gate ON poll_gate.poll_id = marked.poll_id
             WHERE slip_state.poll_id = marked.poll_id AND slip_state.part = $2 AND slip_state.digest = marked.before
               AND poll_gate.lock_version = $3 AND poll_gate.until > $1",
            rows(4, size, 1)
        )
    })
});

/// Characters of a poll's id.
const ID: usize = 32;

pub(super) fn size_of(count: usize) -> usize {
    SIZES
        .into_iter()
        .find(|size| *size >= count)
        .unwrap_or(MOST)
}

pub(super) fn parameters(first: usize, count: usize) -> String {
    let names: Vec<String> = (first..first + count)
        .map(|number| format!("${number}"))
        .collect();
    names.join(",")
}

/// So many rows of parameters from `$first` on.
pub(in crate::rating::ballot) fn rows(first: usize, count: usize, columns: usize) -> String {
    let rows: Vec<String> = (0..count)
        .map(|row| format!("({})", parameters(first + row * columns, columns)))
        .collect();
    rows.join(",")
}
