//! The way of ballots into the box, many at once: which slips are good, that they are marked used, and that their ballots lie in trays.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use anyhow::{Context, Result, ensure};
use jianjia_domain::{
    core::ids::PollId,
    rating::poll::slip::{SlipRefusal, SlipState},
};
use sqlx::{AssertSqlSafe, Row};

use super::{digest, fill_trays};
use crate::{
    core::{cover::DIGEST, db::Tx},
    rating::slip::PART,
};

/// A ballot to keep, and the slip that allows it.
#[derive(Clone, Debug)]
pub struct Cast {
    /// Keyed hash of the slip's code.
    pub slip: [u8; 16],
    pub poll: PollId,
    /// The version of the lock that the ballot was sealed for.
    pub lock_version: i64,
    pub at_kiosk: bool,
    /// Random: the place among those that come together.
    pub number: u64,
    pub sealed: String,
    /// What it needs to be opened, where that is not kept yet.
    pub share: Option<String>,
}

/// What became of a cast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Kept,
    Refused(SlipRefusal),
    /// The keys were made anew in between: seal again.
    Relocked,
}

/// The slips of an open poll as they stood when they were read, or when a group of ours was committed since. It says at once that a slip is good;
/// the database has the last word.
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

/// Reads the slips of a poll whose gate is open, to remember them.
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
                until: row.try_get::<String, _>(3)?.into(),
                lock_version: row.try_get(4)?,
                changed: None,
            })
        })
        .collect::<Result<_>>()?;
    Ok(Slips { numbers, parts })
}

/// What is known of a group's slips before the database is asked.
#[derive(Default)]
pub struct Known<'a> {
    /// Whether each cast's slip is good, as far as is remembered; the others are looked at.
    good: Vec<bool>,
    /// The parts as they stand then.
    parts: Vec<(&'a Mutex<Slips>, Part)>,
}

impl<'a> Known<'a> {
    /// By what is remembered of each cast's poll.
    pub fn of(
        casts: &[Cast],
        remembered: impl IntoIterator<Item = &'a Mutex<Slips>>,
        now: &str,
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
                part.take(number % PART, cast, now) == Outcome::Kept
            });
            known.good.push(is_good);
        }
        known.parts.iter_mut().for_each(|(_, part)| part.settle());
        known
    }

    /// Remembers the slips as they stand after the group, once it is committed. Gives the casts that were good though it was not known: more has
    /// happened at their polls than is remembered.
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
        let unforeseen = outcomes.map(|(outcome, good)| *outcome == Outcome::Kept && !good);
        let casts = casts.iter().zip(unforeseen);
        casts
            .filter(|(_, unforeseen)| *unforeseen)
            .map(|(cast, _)| cast)
            .collect()
    }
}

/// Keeps the ballots of a group whose slips are good, and marks these used; one outcome for each cast, in order. `now` is an instant as text.
///
/// None when what was `known` does not hold any more: the transaction is not to be committed, and the group comes again with nothing known.
pub async fn cast_many(
    tx: &mut Tx,
    casts: &[Cast],
    known: &Known<'_>,
    now: &str,
) -> Result<Option<Vec<Outcome>>> {
    let mut changed: Vec<&Part> = known
        .parts
        .iter()
        .map(|(_, part)| part)
        .filter(|part| part.changed.is_some())
        .collect();
    if !mark(tx, &mut changed, now).await? {
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
            Outcome::Kept
        } else {
            match slips.get(&hex::encode(cast.slip)) {
                Some(slip) if parts[slip.part].poll == cast.poll => {
                    parts[slip.part].take(slip.place, cast, now)
                }
                _ => Outcome::Refused(SlipRefusal::Unknown),
            }
        };
        if outcome == Outcome::Kept {
            kept.push(cast);
        }
        outcomes.push(outcome);
    }
    parts.iter_mut().for_each(Part::settle);
    let is_changed = |part: &&Part| part.changed.is_some();
    let mut changed: Vec<&Part> = parts.iter().filter(is_changed).collect();
    ensure!(
        mark(tx, &mut changed, now).await?,
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
    until: Arc<str>,
    lock_version: i64,
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
    fn take(&mut self, place: usize, cast: &Cast, now: &str) -> Outcome {
        let letter = self.letters.get_mut(place);
        let state = letter.as_ref().map(|letter| char::from(**letter));
        match (state.and_then(SlipState::of_letter), letter) {
            (Some(SlipState::Unused), _) if &*self.until <= now => {
                Outcome::Refused(SlipRefusal::NotOpen)
            }
            (Some(SlipState::Unused), _) if self.lock_version != cast.lock_version => {
                Outcome::Relocked
            }
            (Some(SlipState::Unused), Some(letter)) => {
                let used = if cast.at_kiosk {
                    SlipState::Kiosk
                } else {
                    SlipState::Phone
                };
                *letter = used.letter() as u8;
                self.changed = Some(Arc::default());
                Outcome::Kept
            }
            (Some(SlipState::Phone | SlipState::Kiosk), _) => Outcome::Refused(SlipRefusal::Used),
            (Some(SlipState::Spoiled), _) => Outcome::Refused(SlipRefusal::Spoiled),
            _ => Outcome::Refused(SlipRefusal::Unknown),
        }
    }
}

/// Sizes of statements with many values: few different texts, so that each is prepared once. What is fewer is filled up with values that
/// change nothing. No larger: SQLite looks every `$n` up by its name in a list, so that the work grows with the square of their number.
const SIZES: [usize; 7] = [1, 2, 4, 8, 16, 32, 64];

/// The most values of one statement.
const MOST: usize = SIZES[SIZES.len() - 1];

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
                        until: row.try_get::<String, _>(5)?.into(),
                        lock_version: row.try_get(6)?,
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

/// Writes changed parts, each in the place of what was read of it, while its poll's gate is open and has the same lock; false when one is not so.
async fn mark(tx: &mut Tx, changed: &mut [&Part], now: &str) -> Result<bool> {
    // What most have alike is said once a statement.
    let alike = |part: &Part| (part.number, part.lock_version);
    changed.sort_by_key(|part| alike(part));
    let mut marked = 0;
    for parts in changed.chunk_by(|one, other| alike(one) == alike(other)) {
        for parts in parts.chunks(MOST) {
            let size = size_of(parts.len());
            let mut query = sqlx::query(MARKING[size.ilog2() as usize].as_str())
                .bind(now)
                .bind(parts[0].number)
                .bind(parts[0].lock_version);
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

fn size_of(count: usize) -> usize {
    SIZES
        .into_iter()
        .find(|size| *size >= count)
        .unwrap_or(MOST)
}

fn parameters(first: usize, count: usize) -> String {
    let names: Vec<String> = (first..first + count)
        .map(|number| format!("${number}"))
        .collect();
    names.join(",")
}

/// So many rows of parameters from `$first` on.
pub(super) fn rows(first: usize, count: usize, columns: usize) -> String {
    let rows: Vec<String> = (0..count)
        .map(|row| format!("({})", parameters(first + row * columns, columns)))
        .collect();
    rows.join(",")
}
