//! Ballots: cast in groups, sealed; opened once, taken apart. No statement here ever holds a slip and a ballot together.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anyhow::{Result, ensure};
use jianjia_domain::{
    ids::PollId,
    poll::{
        signal::Pace,
        slip::{SlipRefusal, SlipState},
    },
};
use sqlx::{AssertSqlSafe, Row};

use crate::{
    bulk::{self, Value},
    db::Tx,
    slip::PART,
};

/// A ballot to keep, and the slip that allows it.
#[derive(Clone, Debug)]
pub struct Cast {
    /// Keyed hash of the slip's code.
    pub slip: String,
    pub poll: PollId,
    /// The version of the lock that the ballot was sealed for.
    pub lock_version: i64,
    pub at_kiosk: bool,
    /// Random.
    pub id: String,
    pub sealed: String,
}

/// What became of a cast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Kept,
    Refused(SlipRefusal),
    /// The keys were made anew in between: seal again.
    Relocked,
}

/// Keeps the ballots of a group whose slips are good, and marks these used; one outcome for each cast, in order. `now` is an instant as text.
pub async fn cast_many(tx: &mut Tx, casts: &[Cast], now: &str) -> Result<Vec<Outcome>> {
    let (slips, mut parts) = look(tx, casts).await?;
    let mut kept = Vec::with_capacity(casts.len());
    let mut outcomes = Vec::with_capacity(casts.len());
    for cast in casts {
        let poll = cast.poll.to_string();
        let outcome = match slips.get(&cast.slip) {
            Some(slip) if parts[slip.part].poll == poll => {
                parts[slip.part].take(slip.place, cast, now)
            }
            _ => Outcome::Refused(SlipRefusal::Unknown),
        };
        if outcome == Outcome::Kept {
            kept.push((poll, cast));
        }
        outcomes.push(outcome);
    }
    mark(tx, &parts).await?;
    fill_trays(tx, kept).await?;
    Ok(outcomes)
}

/// Where a slip's state stands: in which of the parts that were read, and at which place of it.
struct Place {
    part: usize,
    place: usize,
}

/// A part of a poll's states, and what voting needs to know of the poll.
struct Part {
    poll: String,
    number: i64,
    letters: Vec<u8>,
    is_changed: bool,
    until: String,
    lock_version: i64,
}

impl Part {
    /// Marks the slip at `place` used when it is good.
    fn take(&mut self, place: usize, cast: &Cast, now: &str) -> Outcome {
        let letter = self.letters.get_mut(place);
        let state = letter.as_ref().map(|letter| char::from(**letter));
        match (state.and_then(SlipState::of_letter), letter) {
            (Some(SlipState::Unused), _) if self.until.as_str() <= now => {
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
                self.is_changed = true;
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

async fn look(tx: &mut Tx, casts: &[Cast]) -> Result<(HashMap<String, Place>, Vec<Part>)> {
    let mut hashes: Vec<&str> = casts.iter().map(|cast| cast.slip.as_str()).collect();
    hashes.sort_unstable();
    hashes.dedup();
    let mut places = HashMap::with_capacity(hashes.len());
    let mut known: HashMap<(String, i64), usize> = HashMap::with_capacity(hashes.len());
    let mut parts: Vec<Part> = Vec::new();
    for hashes in hashes.chunks(MOST) {
        let size = size_of(hashes.len());
        let sql = format!(
            "SELECT slip.hash, slip.poll_id, slip.number, slip_state.states, poll_gate.until, poll_gate.lock_version
             FROM slip
             JOIN slip_state ON slip_state.poll_id = slip.poll_id AND slip_state.part = slip.number / {PART}
             JOIN poll_gate ON poll_gate.poll_id = slip.poll_id
             WHERE slip.hash IN ({})",
            parameters(1, size)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        // Filled up with a hash that no slip has.
        for place in 0..size {
            query = query.bind(hashes.get(place).map_or("", |hash| hash).to_owned());
        }
        for row in query.fetch_all(&mut **tx).await? {
            let number: i64 = row.try_get(2)?;
            let key = (row.try_get(1)?, number / PART as i64);
            let part = match known.get(&key) {
                Some(part) => *part,
                None => {
                    parts.push(Part {
                        poll: key.0.clone(),
                        number: key.1,
                        letters: row.try_get::<String, _>(3)?.into_bytes(),
                        is_changed: false,
                        until: row.try_get(4)?,
                        lock_version: row.try_get(5)?,
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

async fn mark(tx: &mut Tx, parts: &[Part]) -> Result<()> {
    let changed: Vec<&Part> = parts.iter().filter(|part| part.is_changed).collect();
    let mut marked = 0;
    for parts in changed.chunks(MOST) {
        let size = size_of(parts.len());
        let sql = format!(
            "UPDATE slip_state
             SET states = marked.column3
             FROM (VALUES {}) AS marked
             WHERE slip_state.poll_id = marked.column1 AND slip_state.part = marked.column2",
            rows(size, 3)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for part in parts {
            query = query
                .bind(part.poll.as_str())
                .bind(part.number)
                .bind(std::str::from_utf8(&part.letters)?);
        }
        // Filled up with rows of no poll.
        for _ in parts.len()..size {
            query = query.bind("").bind(0_i64).bind("");
        }
        marked += query.execute(&mut **tx).await?.rows_affected();
    }
    ensure!(
        marked == changed.len() as u64,
        "the states of a poll's slips are not there any more"
    );
    Ok(())
}

/// The box of a poll: all polls whose ids end alike share it.
fn box_of(poll: &str) -> &str {
    &poll[poll.len() - 1..]
}

/// Puts sealed ballots, with the text of their polls' ids, into trays: one for each box, under the random id of its first ballot.
async fn fill_trays(tx: &mut Tx, mut kept: Vec<(String, &Cast)>) -> Result<()> {
    // In the order of random ids: a group is mixed, whoever came first.
    kept.sort_unstable_by(|one, other| one.1.id.cmp(&other.1.id));
    let mut trays: BTreeMap<&str, (&str, String)> = BTreeMap::new();
    for (poll, cast) in &kept {
        let (_, ballots) = trays
            .entry(box_of(poll))
            .or_insert_with(|| (cast.id.as_str(), String::new()));
        if !ballots.is_empty() {
            ballots.push('\n');
        }
        ballots.push_str(poll);
        ballots.push(' ');
        ballots.push_str(&cast.sealed);
    }
    if trays.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "INSERT INTO tray (box, id, ballots) VALUES {}",
        rows(trays.len(), 3)
    );
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for (of, (id, ballots)) in trays {
        query = query.bind(of).bind(id).bind(ballots);
    }
    query.execute(&mut **tx).await?;
    Ok(())
}

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

fn rows(count: usize, columns: usize) -> String {
    let rows: Vec<String> = (0..count)
        .map(|row| format!("({})", parameters(row * columns + 1, columns)))
        .collect();
    rows.join(",")
}

/// The poll's id and the sealed ballot of a line in a tray.
fn of_line(line: &str) -> (&str, &str) {
    line.split_once(' ').unwrap_or((line, ""))
}

/// The trays of a box, id and ballots, in the order of their random ids.
async fn trays(tx: &mut Tx, of: &str) -> Result<Vec<(String, String)>> {
    let rows = sqlx::query("SELECT id, ballots FROM tray WHERE box = $1 ORDER BY id")
        .bind(of)
        .fetch_all(&mut **tx)
        .await?;
    rows.iter()
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
        .collect()
}

/// How many sealed ballots of a poll there are.
pub async fn count_sealed(tx: &mut Tx, poll: &PollId) -> Result<i64> {
    Ok(i64::try_from(sealed(tx, poll).await?.len())?)
}

/// How many sealed ballots there are of each poll that has any.
pub async fn count_all_sealed(tx: &mut Tx) -> Result<HashMap<PollId, i64>> {
    let mut counts: HashMap<String, i64> = HashMap::new();
    let boxes = sqlx::query("SELECT DISTINCT box FROM tray")
        .fetch_all(&mut **tx)
        .await?;
    for row in &boxes {
        for (_, ballots) in trays(tx, &row.try_get::<String, _>(0)?).await? {
            for line in ballots.lines() {
                let (poll, _) = of_line(line);
                match counts.get_mut(poll) {
                    Some(count) => *count += 1,
                    None => {
                        counts.insert(poll.to_owned(), 1);
                    }
                }
            }
        }
    }
    counts
        .into_iter()
        .map(|(poll, count)| Ok((poll.parse()?, count)))
        .collect()
}

/// The sealed ballots of a poll, in an order that tells nothing.
pub async fn sealed(tx: &mut Tx, poll: &PollId) -> Result<Vec<String>> {
    let id = poll.to_string();
    let mut sealed = Vec::new();
    for (_, ballots) in trays(tx, box_of(&id)).await? {
        let lines = ballots.lines().map(of_line);
        sealed.extend(
            lines
                .filter(|(poll, _)| *poll == id)
                .map(|(_, sealed)| sealed.to_owned()),
        );
    }
    Ok(sealed)
}

/// Takes the sealed ballots of a poll out of their trays.
async fn clear_trays(tx: &mut Tx, poll: &PollId) -> Result<()> {
    let id = poll.to_string();
    for (tray, ballots) in trays(tx, box_of(&id)).await? {
        let left: Vec<&str> = ballots
            .lines()
            .filter(|line| of_line(line).0 != id)
            .collect();
        let query = if left.is_empty() {
            sqlx::query("DELETE FROM tray WHERE box = $1 AND id = $2")
                .bind(box_of(&id))
                .bind(tray)
        } else if left.len() < ballots.lines().count() {
            sqlx::query("UPDATE tray SET ballots = $3 WHERE box = $1 AND id = $2")
                .bind(box_of(&id))
                .bind(tray)
                .bind(left.join("\n"))
        } else {
            continue;
        };
        query.execute(&mut **tx).await?;
    }
    Ok(())
}

/// Takes the sealed ballots and the pace of a poll away.
pub async fn clear(tx: &mut Tx, poll: &PollId) -> Result<()> {
    clear_trays(tx, poll).await?;
    sqlx::query("DELETE FROM pace WHERE poll_id = $1")
        .bind(poll.to_string())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Keeps the opened ballots: `(object, sorted marks)`.
pub async fn keep_opened(tx: &mut Tx, poll: &PollId, opened: &[(String, String)]) -> Result<()> {
    let rows = opened
        .iter()
        .map(|(object, answers)| {
            vec![
                poll.to_string().into(),
                object.as_str().into(),
                answers.as_str().into(),
            ]
        })
        .collect();
    let columns = ["poll_id", "object", "answers"];
    bulk::insert(tx, "opened_ballots", &columns, rows).await
}

/// The opened ballots, object → sorted marks.
pub async fn opened(tx: &mut Tx, poll: &PollId) -> Result<BTreeMap<String, String>> {
    let rows = sqlx::query("SELECT object, answers FROM opened_ballots WHERE poll_id = $1")
        .bind(poll.to_string())
        .fetch_all(&mut **tx)
        .await?;
    rows.iter()
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
        .collect()
}

/// Keeps suggestions, each under the random id given with it.
pub async fn keep_suggestions(
    tx: &mut Tx,
    poll: &PollId,
    suggestions: &[(String, String)],
) -> Result<()> {
    let rows: Vec<Vec<Value>> = suggestions
        .iter()
        .map(|(id, text)| {
            vec![
                poll.to_string().into(),
                id.as_str().into(),
                text.as_str().into(),
            ]
        })
        .collect();
    bulk::insert(tx, "suggestion", &["poll_id", "id", "text"], rows).await
}

/// A poll's suggestions in the order of their random ids.
pub async fn suggestions(tx: &mut Tx, poll: &PollId) -> Result<Vec<String>> {
    let rows = sqlx::query("SELECT text FROM suggestion WHERE poll_id = $1 ORDER BY id")
        .bind(poll.to_string())
        .fetch_all(&mut **tx)
        .await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

/// Adds to the coarse counts of when and from where slips were used: `(poll, span, class of networks)` and slips. Those of polls that
/// are counted by now are left out.
pub async fn add_pace(tx: &mut Tx, counted: &[((PollId, i64, i64), i64)]) -> Result<()> {
    let polls: BTreeSet<String> = counted
        .iter()
        .map(|((poll, ..), _)| poll.to_string())
        .collect();
    let sql = "SELECT id
               FROM poll
               WHERE state IN ('open', 'closed') AND id IN ({words})";
    let found = bulk::select(tx, sql, &[], polls).await?;
    let uncounted: BTreeSet<String> = found
        .iter()
        .map(|row| row.try_get(0))
        .collect::<Result<_, _>>()?;
    let rows = counted
        .iter()
        .filter(|((poll, ..), _)| uncounted.contains(&poll.to_string()))
        .map(|((poll, span, network), slips)| {
            vec![
                poll.to_string().into(),
                (*span).into(),
                (*network).into(),
                (*slips).into(),
            ]
        })
        .collect();
    let keys = ["poll_id", "span", "network"];
    let columns = ["poll_id", "span", "network", "slips"];
    bulk::add(tx, "pace", &keys, &columns, rows).await
}

/// The coarse counts of a poll.
pub async fn pace(tx: &mut Tx, poll: &PollId) -> Result<Pace> {
    let rows = sqlx::query("SELECT span, network, slips FROM pace WHERE poll_id = $1")
        .bind(poll.to_string())
        .fetch_all(&mut **tx)
        .await?;
    let (mut spans, mut networks) = (BTreeMap::new(), BTreeMap::new());
    for row in &rows {
        let slips: i64 = row.try_get("slips")?;
        *spans.entry(row.try_get::<i64, _>("span")?).or_insert(0) += slips;
        *networks
            .entry(row.try_get::<i64, _>("network")?)
            .or_insert(0) += slips;
    }
    Ok(Pace {
        spans: spans.into_values().collect(),
        networks: networks.into_values().collect(),
    })
}

#[cfg(test)]
mod tests {
    use jianjia_domain::{
        ids::{SlipBatchId, UnitId},
        poll::{Plan, Poll, PollState, slip::SlipBatch},
    };
    use jiff::{Timestamp, civil::date};
    use uuid::Uuid;

    use super::*;
    use crate::{poll, slip, testing};

    const NOW: &str = "2016-10-20T04:00:00Z";

    fn open(number: u128) -> Poll {
        Poll {
            id: PollId(Uuid::from_u128(number)),
            unit: UnitId(Uuid::from_u128(number)),
            unit_path: "/1/2/".to_owned(),
            unit_name: "某工会".to_owned(),
            year: 2016,
            state: PollState::Open,
            plan: Plan {
                roll: 300,
                closes_on: Some(date(2016, 10, 20)),
                ..Plan::default()
            },
            slips_by_upper: false,
            standard: String::new(),
            lock: None,
            signatures: Vec::new(),
            record: None,
            prepared_at: Timestamp::UNIX_EPOCH,
            opened_at: None,
            closed_at: None,
            counted_at: None,
            signed_at: None,
            ended_because: String::new(),
            changed_at: Timestamp::UNIX_EPOCH,
        }
    }

    fn cast(poll: &Poll, slip: usize) -> Cast {
        Cast {
            slip: format!("{}-{slip}", poll.id),
            poll: poll.id,
            lock_version: 0,
            at_kiosk: slip.is_multiple_of(5),
            id: format!("{:032x}", slip * 7919 % 1000),
            sealed: format!("sealed {slip}"),
        }
    }

    #[tokio::test]
    async fn a_group_keeps_each_good_slip_s_ballot_once_on_both_engines() {
        for database in testing::both().await {
            let mut tx = database.db.write("ballots").await.unwrap();
            // Their ids end alike: they share a box.
            let (one, other) = (open(0x11), open(0x21));
            poll::insert_many(&mut tx, &[one.clone(), other.clone()])
                .await
                .unwrap();
            for poll in [&one, &other] {
                let batch = SlipBatch {
                    id: SlipBatchId(poll.id.0),
                    poll: poll.id,
                    number: 1,
                    slips: 300,
                    replacing: 0,
                    made_by_name: String::new(),
                    made_at: Timestamp::UNIX_EPOCH,
                };
                let hashes: Vec<String> = (0..300).map(|slip| cast(poll, slip).slip).collect();
                slip::insert(&mut tx, &batch, &hashes).await.unwrap();
            }
            assert!(
                slip::spoil(&mut tx, &one.id, &cast(&one, 250).slip)
                    .await
                    .unwrap()
            );
            assert!(
                !slip::spoil(&mut tx, &one.id, &cast(&other, 250).slip)
                    .await
                    .unwrap()
            );

            // Two hundred good ones of two polls, and after them all that can be wrong.
            let mut casts: Vec<Cast> = (0..200)
                .map(|slip| cast(if slip % 3 == 0 { &other } else { &one }, slip))
                .collect();
            casts.push(cast(&one, 1));
            casts.push(cast(&one, 250));
            casts.push(cast(&one, 999));
            casts.push(Cast {
                poll: other.id,
                ..cast(&one, 251)
            });
            casts.push(Cast {
                lock_version: 1,
                ..cast(&one, 252)
            });
            let outcomes = cast_many(&mut tx, &casts, NOW).await.unwrap();
            let kept = outcomes.iter().filter(|outcome| **outcome == Outcome::Kept);
            assert_eq!(kept.count(), 200);
            assert_eq!(
                outcomes[200..],
                [
                    Outcome::Refused(SlipRefusal::Used),
                    Outcome::Refused(SlipRefusal::Spoiled),
                    Outcome::Refused(SlipRefusal::Unknown),
                    Outcome::Refused(SlipRefusal::Unknown),
                    Outcome::Relocked,
                ]
            );
            for (poll, ballots) in [(&one, 133), (&other, 67)] {
                let counts = slip::counted(&mut tx, &poll.id).await.unwrap();
                assert_eq!(
                    slip::count_hashes(&mut tx, &poll.id).await.unwrap(),
                    counts.issued()
                );
                assert_eq!(counts.used(), ballots);
                assert_eq!(count_sealed(&mut tx, &poll.id).await.unwrap(), ballots);
                assert_eq!(
                    slip::turnout(&mut tx, &poll.id).await.unwrap(),
                    (counts.phone, counts.kiosk)
                );
            }
            // A slip used in an earlier group, and the last day gone by.
            let late = cast_many(&mut tx, &[cast(&one, 1)], NOW).await.unwrap();
            assert_eq!(late, [Outcome::Refused(SlipRefusal::Used)]);
            let late = cast_many(&mut tx, &[cast(&one, 253)], "2016-10-20T16:00:00Z").await;
            assert_eq!(late.unwrap(), [Outcome::Refused(SlipRefusal::NotOpen)]);
            // A lost sheet.
            let spoiled = slip::spoil_batch(&mut tx, &one.id, 1).await.unwrap();
            assert_eq!(spoiled, 300 - 133 - 1);
            clear(&mut tx, &one.id).await.unwrap();
            assert_eq!(sealed(&mut tx, &one.id).await.unwrap(), [""; 0]);
            assert_eq!(sealed(&mut tx, &other.id).await.unwrap().len(), 67);
        }
    }
}
