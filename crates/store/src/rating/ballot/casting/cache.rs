//! The slips of open polls, cached between batches.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use anyhow::{Context, Result};
use jianjia_domain::core::ids::PollId;
use jiff::Timestamp;
use sqlx::Row;

use super::{Cast, Outcome, Part, gate};
use crate::{core::db::Tx, rating::slip::PART};

/// The slips of an open poll, cached: as they stood when they were read, or when a batch of this node was committed since. The cache tells at once
/// whether a slip is good; the database has the last word.
pub struct Slips {
    /// The beginning of each slip's hash, then its number in the last 32 bits; in order.
    numbers: Vec<u128>,
    parts: Vec<Part>,
}

const NUMBER_BITS: u32 = 32;

impl Slips {
    fn number(&self, hash: &[u8; 16]) -> Option<usize> {
        let beginning = u128::from_be_bytes(*hash) >> NUMBER_BITS;
        let place = self
            .numbers
            .partition_point(|slip| slip >> NUMBER_BITS < beginning);
        let found = self.numbers.get(place)?;
        (found >> NUMBER_BITS == beginning).then_some(*found as u32 as usize)
    }
}

/// Reads the slips of a poll whose gate is open, to be cached.
pub async fn slips(tx: &mut Tx, poll: &PollId) -> Result<Slips> {
    let rows = sqlx::query("SELECT hash, number FROM slip WHERE poll_id = $1")
        .bind(poll.to_string())
        .fetch_all(&mut **tx)
        .await?;
    let mut numbers = rows
        .iter()
        .map(|row| {
            let mut hash = [0; 16];
            hex::decode_to_slice(row.try_get::<String, _>(0)?, &mut hash)
                .context("the hash of a slip is damaged")?;
            let beginning = u128::from_be_bytes(hash) >> NUMBER_BITS << NUMBER_BITS;
            Ok(beginning | u128::from(u32::try_from(row.try_get::<i64, _>(1)?)?))
        })
        .collect::<Result<Vec<_>>>()?;
    numbers.sort_unstable();
    let rows = sqlx::query(
        "SELECT slip_state.part, slip_state.states, slip_state.digest, poll_gate.until, poll_gate.lock_version
         FROM slip_state
         JOIN poll_gate ON poll_gate.poll_id = slip_state.poll_id
         WHERE slip_state.poll_id = $1
         ORDER BY slip_state.part",
    )
    .bind(poll.to_string())
    .fetch_all(&mut **tx)
    .await?;
    let parts = rows
        .iter()
        .map(|row| {
            Ok(Part {
                poll: *poll,
                number: row.try_get(0)?,
                letters: row.try_get::<String, _>(1)?.into_bytes(),
                read: row.try_get::<String, _>(2)?.into(),
                gate: gate(&row.try_get::<String, _>(3)?, row.try_get(4)?),
                changed: None,
            })
        })
        .collect::<Result<_>>()?;
    Ok(Slips { numbers, parts })
}

/// What the cache says of a batch's slips, before the database is asked.
#[derive(Default)]
pub struct Known<'a> {
    /// Whether each cast's slip is good by the cache; the others are looked up.
    pub(super) good: Vec<bool>,
    /// The parts as they stand after the batch.
    pub(super) parts: Vec<(&'a Mutex<Slips>, Part)>,
}

impl<'a> Known<'a> {
    /// By what is cached of each cast's poll.
    pub fn of(
        casts: &[Cast],
        remembered: impl IntoIterator<Item = &'a Mutex<Slips>>,
        now: Timestamp,
    ) -> Known<'a> {
        let mut known = Known::default();
        let mut taken: HashMap<(PollId, usize), usize> = HashMap::with_capacity(casts.len());
        for (cast, of_poll) in casts.iter().zip(remembered) {
            let slips = of_poll.lock().unwrap_or_else(PoisonError::into_inner);
            let is_good = slips.number(&cast.slip).is_some_and(|number| {
                let Some(part) = slips.parts.get(number / PART) else {
                    return false;
                };
                let taken = *taken.entry((cast.poll, number / PART)).or_insert_with(|| {
                    known.parts.push((of_poll, part.clone()));
                    known.parts.len() - 1
                });
                let (_, part) = &mut known.parts[taken];
                part.take(number % PART, cast, now).is_ok()
            });
            known.good.push(is_good);
        }
        known.parts.iter_mut().for_each(|(_, part)| part.settle());
        known
    }

    /// Updates the cache to the slips as they stand after the batch, once it is committed. Gives the casts that were good though the cache did not say
    /// so: more has happened at their polls than is cached.
    pub fn remember<'c>(self, casts: &'c [Cast], outcomes: &[Outcome]) -> Vec<&'c Cast> {
        for (slips, mut part) in self.parts {
            if let Some(digest) = part.changed.take() {
                part.read = digest;
            }
            let mut slips = slips.lock().unwrap_or_else(PoisonError::into_inner);
            let place = usize::try_from(part.number).ok();
            if let Some(kept) = place.and_then(|place| slips.parts.get_mut(place)) {
                *kept = part;
            }
        }
        let outcomes = outcomes.iter().zip(&self.good);
        let unforeseen = outcomes.map(|(outcome, good)| outcome.is_ok() && !good);
        let casts = casts.iter().zip(unforeseen);
        casts
            .filter(|(_, unforeseen)| *unforeseen)
            .map(|(cast, _)| cast)
            .collect()
    }
}
