//! The way of ballots into the box, many in one batch: the slips that `domain` finds good are marked used, and their ballots are put into trays.
//!
//! A batch is decided on what is cached of the slips (`cache`), and the marking (`marking`) holds only where the rows are what was cached.

mod cache;
mod marking;

use std::{collections::HashMap, sync::Arc};

use anyhow::{Result, ensure};
use jianjia_domain::{
    core::ids::PollId,
    rating::poll::slip::{self, Gate, NotTaken, SlipRefusal, SlipState, Vote},
};
use jiff::Timestamp;
use sqlx::{AssertSqlSafe, Row};

pub use self::cache::{Known, Slips, slips};
pub(in crate::rating::ballot) use self::marking::rows;
use self::marking::{MOST, mark, parameters, size_of};
use super::{digest, fill_trays};
use crate::{core::db::Tx, rating::slip::PART};

/// A ballot to keep, and the slip that allows it.
#[derive(Clone, Debug)]
pub struct Cast {
    /// Keyed hash of the slip's code.
    pub slip: [u8; 16],
    pub poll: PollId,
    pub vote: Vote,
    /// Random: the place among those that come together.
    pub number: u64,
    pub sealed: String,
    /// What it needs to be opened, where that is not kept yet.
    pub share: Option<String>,
}

/// What became of a cast: kept, or why it was not taken.
pub type Outcome = Result<(), NotTaken>;

/// Keeps the ballots of a batch whose slips are good, and marks these used; one outcome for each cast, in order. `now` is in whole seconds.
///
/// None when what was `known` does not hold any more: the transaction is not to be committed, and the batch comes again with nothing known.
pub async fn cast_many(
    tx: &mut Tx,
    casts: &[Cast],
    known: &Known<'_>,
    now: Timestamp,
) -> Result<Option<Vec<Outcome>>> {
    // Whole seconds: instants of one form compare as text.
    let instant = now.to_string();
    let mut changed: Vec<&Part> = known
        .parts
        .iter()
        .map(|(_, part)| part)
        .filter(|part| part.changed.is_some())
        .collect();
    if !mark(tx, &mut changed, &instant).await? {
        return Ok(None);
    }
    let is_good = |place: usize| known.good.get(place) == Some(&true);
    let doubtful: Vec<&Cast> = (0..casts.len())
        .filter(|place| !is_good(*place))
        .map(|place| &casts[place])
        .collect();
    let (slips, mut parts) = look(tx, &doubtful).await?;
    let mut kept = Vec::with_capacity(casts.len());
    let mut outcomes = Vec::with_capacity(casts.len());
    for (place, cast) in casts.iter().enumerate() {
        let outcome = if is_good(place) {
            Ok(())
        } else {
            match slips.get(&hex::encode(cast.slip)) {
                Some(slip) if parts[slip.part].poll == cast.poll => {
                    parts[slip.part].take(slip.place, cast, now)
                }
                _ => Err(NotTaken::Refused(SlipRefusal::Unknown)),
            }
        };
        if outcome.is_ok() {
            kept.push(cast);
        }
        outcomes.push(outcome);
    }
    parts.iter_mut().for_each(Part::settle);
    let is_changed = |part: &&Part| part.changed.is_some();
    let mut changed: Vec<&Part> = parts.iter().filter(is_changed).collect();
    ensure!(
        mark(tx, &mut changed, &instant).await?,
        "the states of a poll's slips are not there any more"
    );
    fill_trays(tx, kept).await?;
    Ok(Some(outcomes))
}

/// Where a slip's state stands: in which of the parts that were read, and at which place of it.
struct Place {
    part: usize,
    place: usize,
}

/// A part of a poll's states, and what voting needs to know of the poll.
#[derive(Clone)]
struct Part {
    poll: PollId,
    number: i64,
    /// The digest of the states as they stand in the database.
    read: Arc<str>,
    letters: Vec<u8>,
    gate: Gate,
    /// The digest of the states as they are now, where they were changed; `settle` works it out.
    changed: Option<Arc<str>>,
}

impl Part {
    fn settle(&mut self) {
        if self.changed.is_some() {
            let letters = String::from_utf8_lossy(&self.letters);
            let digest = digest::of_states(&self.poll.to_string(), self.number, &letters);
            self.changed = Some(digest.into());
        }
    }

    /// Marks the slip at `place` used when it is good.
    fn take(&mut self, place: usize, cast: &Cast, now: Timestamp) -> Outcome {
        let letter = self.letters.get_mut(place);
        let state = letter.as_deref().map(|letter| char::from(*letter));
        let used = slip::take(
            state.and_then(SlipState::of_letter),
            self.gate,
            cast.vote,
            now,
        )?;
        if let Some(letter) = letter {
            *letter = used.letter() as u8;
            self.changed = Some(Arc::default());
        }
        Ok(())
    }
}

/// The gate of a poll as its row has it. One that can't be read is shut.
fn gate(until: &str, lock_version: i64) -> Gate {
    Gate {
        until: until.parse().ok(),
        lock_version,
    }
}

/// Reads where the slips of some casts stand.
async fn look(tx: &mut Tx, casts: &[&Cast]) -> Result<(HashMap<String, Place>, Vec<Part>)> {
    let mut hashes: Vec<String> = casts.iter().map(|cast| hex::encode(cast.slip)).collect();
    hashes.sort_unstable();
    hashes.dedup();
    let mut places = HashMap::with_capacity(hashes.len());
    let mut known: HashMap<(PollId, i64), usize> = HashMap::with_capacity(hashes.len());
    let mut parts: Vec<Part> = Vec::new();
    for hashes in hashes.chunks(MOST) {
        let size = size_of(hashes.len());
        let sql = format!(
            "SELECT slip.hash, slip.poll_id, slip.number, slip_state.states, slip_state.digest, poll_gate.until, poll_gate.lock_version
             FROM slip
             JOIN slip_state ON slip_state.poll_id = slip.poll_id AND slip_state.part = slip.number / {PART}
             JOIN poll_gate ON poll_gate.poll_id = slip.poll_id
             WHERE slip.hash IN ({})",
            parameters(1, size)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        // Filled up with a hash that no slip has.
        for place in 0..size {
            query = query.bind(hashes.get(place).cloned().unwrap_or_default());
        }
        for row in query.fetch_all(&mut **tx).await? {
            let number: i64 = row.try_get(2)?;
            let key = (row.try_get::<String, _>(1)?.parse()?, number / PART as i64);
            let part = match known.get(&key) {
                Some(part) => *part,
                None => {
                    parts.push(Part {
                        poll: key.0,
                        number: key.1,
                        letters: row.try_get::<String, _>(3)?.into_bytes(),
                        read: row.try_get::<String, _>(4)?.into(),
                        gate: gate(&row.try_get::<String, _>(5)?, row.try_get(6)?),
                        changed: None,
                    });
                    known.insert(key, parts.len() - 1);
                    parts.len() - 1
                }
            };
            let place = usize::try_from(number)? % PART;
            places.insert(row.try_get(0)?, Place { part, place });
        }
    }
    Ok((places, parts))
}
