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
    let slips = look(tx, casts).await?;
    let mut taken: HashMap<&str, usize> = HashMap::with_capacity(casts.len());
    let mut outcomes = Vec::with_capacity(casts.len());
    for (place, cast) in casts.iter().enumerate() {
        let outcome = match slips.get(&cast.slip) {
            Some(slip) if slip.poll == cast.poll.to_string() => {
                slip.outcome(cast, now, taken.contains_key(cast.slip.as_str()))
            }
            _ => Outcome::Refused(SlipRefusal::Unknown),
        };
        if outcome == Outcome::Kept {
            taken.insert(&cast.slip, place);
        }
        outcomes.push(outcome);
    }
    for (at_kiosk, state) in [(false, SlipState::Phone), (true, SlipState::Kiosk)] {
        let mut hashes: Vec<&str> = taken
            .iter()
            .filter(|(_, place)| casts[**place].at_kiosk == at_kiosk)
            .map(|(hash, _)| *hash)
            .collect();
        hashes.sort_unstable();
        mark(tx, &hashes, state).await?;
    }
    // In the order of random ids: a group is mixed, whoever came first.
    let mut kept: Vec<&Cast> = taken.values().map(|place| &casts[*place]).collect();
    kept.sort_unstable_by(|one, other| (one.poll, &one.id).cmp(&(other.poll, &other.id)));
    keep(tx, &kept).await?;
    count(tx, &kept).await?;
    Ok(outcomes)
}

struct Slip {
    poll: String,
    state: String,
    until: String,
    lock_version: i64,
}

impl Slip {
    fn outcome(&self, cast: &Cast, now: &str, is_taken: bool) -> Outcome {
        match SlipState::of_key(&self.state) {
            Some(SlipState::Unused) if is_taken => Outcome::Refused(SlipRefusal::Used),
            Some(SlipState::Unused) if self.until.as_str() <= now => {
                Outcome::Refused(SlipRefusal::NotOpen)
            }
            Some(SlipState::Unused) if self.lock_version != cast.lock_version => Outcome::Relocked,
            Some(SlipState::Unused) => Outcome::Kept,
            Some(SlipState::Phone | SlipState::Kiosk) => Outcome::Refused(SlipRefusal::Used),
            Some(SlipState::Spoiled) => Outcome::Refused(SlipRefusal::Spoiled),
            None => Outcome::Refused(SlipRefusal::Unknown),
        }
    }
}

/// Sizes of statements with many values: few different texts, so that each is prepared once. What is fewer is filled up with values that
/// change nothing, for a statement more costs more than a value more.
const SIZES: [usize; 9] = [1, 2, 4, 8, 16, 32, 64, 128, 256];

async fn look(tx: &mut Tx, casts: &[Cast]) -> Result<HashMap<String, Slip>> {
    let mut found = HashMap::with_capacity(casts.len());
    let mut hashes: Vec<&str> = casts.iter().map(|cast| cast.slip.as_str()).collect();
    hashes.sort_unstable();
    hashes.dedup();
    for (hashes, size) in padded(&hashes) {
        let sql = format!(
            "SELECT slip.hash, slip.poll_id, slip.state, poll_gate.until, poll_gate.lock_version
             FROM slip
             JOIN poll_gate ON poll_gate.poll_id = slip.poll_id
             WHERE slip.hash IN ({})",
            parameters(1, size)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for hash in hashes {
            query = query.bind(hash.to_owned());
        }
        for row in query.fetch_all(&mut **tx).await? {
            let slip = Slip {
                poll: row.try_get(1)?,
                state: row.try_get(2)?,
                until: row.try_get(3)?,
                lock_version: row.try_get(4)?,
            };
            found.insert(row.try_get(0)?, slip);
        }
    }
    Ok(found)
}

async fn mark(tx: &mut Tx, hashes: &[&str], state: SlipState) -> Result<()> {
    let mut marked = 0;
    for (hashes, size) in padded(hashes) {
        let sql = format!(
            "UPDATE slip SET state = $1 WHERE state = $2 AND hash IN ({})",
            parameters(3, size)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql))
            .bind(state.key())
            .bind(SlipState::Unused.key());
        for hash in hashes {
            query = query.bind(hash.to_owned());
        }
        marked += query.execute(&mut **tx).await?.rows_affected();
    }
    ensure!(
        marked == hashes.len() as u64,
        "a slip was used by somebody else in the same instant"
    );
    Ok(())
}

async fn keep(tx: &mut Tx, kept: &[&Cast]) -> Result<()> {
    let mut inserted = 0;
    for (casts, size) in padded(kept) {
        // Filled up with a row that is there already.
        let sql = format!(
            "INSERT INTO ballot (poll_id, id, sealed) VALUES {}
             ON CONFLICT (poll_id, id) DO NOTHING",
            rows(size, 3)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for cast in casts {
            query = query
                .bind(cast.poll.to_string())
                .bind(&cast.id)
                .bind(&cast.sealed);
        }
        inserted += query.execute(&mut **tx).await?.rows_affected();
    }
    ensure!(
        inserted == kept.len() as u64,
        "a ballot's random id was there already"
    );
    Ok(())
}

async fn count(tx: &mut Tx, kept: &[&Cast]) -> Result<()> {
    let mut by_poll: BTreeMap<PollId, (i64, i64)> = BTreeMap::new();
    for cast in kept {
        let (phone, kiosk) = by_poll.entry(cast.poll).or_default();
        *(if cast.at_kiosk { kiosk } else { phone }) += 1;
    }
    let counts: Vec<(String, (i64, i64))> = by_poll
        .into_iter()
        .map(|(poll, counts)| (poll.to_string(), counts))
        .collect();
    for chunk in counts.chunks(MOST) {
        let size = size_of(chunk.len());
        let sql = format!(
            "UPDATE poll_gate
             SET phone = poll_gate.phone + added.column2, kiosk = poll_gate.kiosk + added.column3
             FROM (VALUES {}) AS added
             WHERE poll_gate.poll_id = added.column1",
            rows(size, 3)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for (poll, (phone, kiosk)) in chunk {
            query = query.bind(poll.as_str()).bind(*phone).bind(*kiosk);
        }
        // Filled up with rows of no poll.
        for _ in chunk.len()..size {
            query = query.bind("").bind(0_i64).bind(0_i64);
        }
        query.execute(&mut **tx).await?;
    }
    Ok(())
}

/// The most values of one statement.
const MOST: usize = SIZES[SIZES.len() - 1];

fn size_of(count: usize) -> usize {
    SIZES
        .into_iter()
        .find(|size| *size >= count)
        .unwrap_or(MOST)
}

/// The values in runs, each filled up to a size of `SIZES` by saying its last value again.
fn padded<T: Copy>(values: &[T]) -> Vec<(Vec<T>, usize)> {
    values
        .chunks(MOST)
        .map(|chunk| {
            let size = size_of(chunk.len());
            let mut values = chunk.to_vec();
            if let Some(last) = chunk.last() {
                values.resize(size, *last);
            }
            (values, size)
        })
        .collect()
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

/// How many sealed ballots lie in the box.
pub async fn count_sealed(tx: &mut Tx, poll: &PollId) -> Result<i64> {
    let row = sqlx::query("SELECT CAST(COUNT(*) AS BIGINT) FROM ballot WHERE poll_id = $1")
        .bind(poll.to_string())
        .fetch_one(&mut **tx)
        .await?;
    Ok(row.try_get(0)?)
}

/// The sealed ballots of a poll, in the order of their random ids.
pub async fn sealed(tx: &mut Tx, poll: &PollId) -> Result<Vec<String>> {
    let rows = sqlx::query("SELECT sealed FROM ballot WHERE poll_id = $1 ORDER BY id")
        .bind(poll.to_string())
        .fetch_all(&mut **tx)
        .await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

/// Takes the sealed ballots and the pace of a poll away.
pub async fn clear(tx: &mut Tx, poll: &PollId) -> Result<()> {
    for sql in [
        "DELETE FROM ballot WHERE poll_id = $1",
        "DELETE FROM pace WHERE poll_id = $1",
    ] {
        sqlx::query(sql)
            .bind(poll.to_string())
            .execute(&mut **tx)
            .await?;
    }
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
            let (one, other) = (open(1), open(2));
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
                assert_eq!(counts, slip::recounted(&mut tx, &poll.id).await.unwrap());
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
