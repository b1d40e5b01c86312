//! Ballots: cast in batches, sealed; opened once, taken apart. No statement here ever holds a slip and a ballot together.

mod casting;
pub mod digest;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    ops::RangeInclusive,
};

use anyhow::Result;
use jianjia_domain::{core::ids::PollId, rating::poll::signal::Pace};
use sqlx::{AssertSqlSafe, Row};
use uuid::Uuid;

use self::casting::rows;
pub use self::casting::{Cast, Known, Outcome, Slips, cast_many, slips};
use crate::core::{
    bulk::{self, Value},
    cover::DIGEST,
    db::Tx,
};

/// The box of a poll: all polls whose ids end alike share it.
fn box_of(poll: &PollId) -> i64 {
    i64::from(poll.0.as_bytes()[15]) % BOXES
}

const BOXES: i64 = 16;

/// A tray's id: its box, then what of a random number has room.
fn id_in(of: i64, number: u64) -> i64 {
    (of << RANDOM_BITS) + (number >> (u64::BITS - RANDOM_BITS)) as i64
}

/// The ids of a box's trays.
fn ids_in(of: i64) -> RangeInclusive<i64> {
    let first = of << RANDOM_BITS;
    first..=first + ((1 << RANDOM_BITS) - 1)
}

/// What boxes leave of a number that is not negative.
const RANDOM_BITS: u32 = 59;

/// Puts sealed ballots into trays: one for each box, under the random number of its first ballot. Shares go before the ballots.
async fn fill_trays(tx: &mut Tx, mut kept: Vec<&Cast>) -> Result<()> {
    // In the order of random numbers: a batch is mixed, whoever came first.
    kept.sort_unstable_by_key(|cast| cast.number);
    let mut trays: BTreeMap<i64, (i64, BTreeSet<String>, String)> = BTreeMap::new();
    for cast in kept {
        let of = box_of(&cast.poll);
        let (_, shares, ballots) = trays
            .entry(of)
            .or_insert_with(|| (id_in(of, cast.number), BTreeSet::new(), String::new()));
        if let Some(share) = &cast.share {
            shares.insert(format!("{} {SHARE}{share}\n", cast.poll));
        }
        if !ballots.is_empty() {
            ballots.push('\n');
        }
        ballots.push_str(
            cast.poll
                .0
                .simple()
                .encode_lower(&mut Uuid::encode_buffer()),
        );
        ballots.push(' ');
        ballots.push_str(&cast.sealed);
    }
    if trays.is_empty() {
        return Ok(());
    }
    // Digest and ballots are bound as one text: see `casting::marking::SIZES`.
    let sql = format!(
        "INSERT INTO tray (id, ballots, digest)
         SELECT column1, substr(column2, {}), substr(column2, 1, {DIGEST})
         FROM (VALUES {}) AS packed",
        DIGEST + 1,
        rows(1, trays.len(), 2)
    );
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for (id, shares, mut ballots) in trays.into_values() {
        if !shares.is_empty() {
            ballots.insert_str(0, &shares.into_iter().collect::<String>());
        }
        let digest = digest::of_tray(id, &ballots);
        ballots.insert_str(0, &digest);
        query = query.bind(id).bind(ballots);
    }
    query.execute(&mut **tx).await?;
    Ok(())
}

/// What a share begins with, and no ballot does.
const SHARE: char = '=';

/// The poll's id and the sealed ballot of a line in a tray.
fn of_line(line: &str) -> (&str, &str) {
    line.split_once(' ').unwrap_or((line, ""))
}

/// The trays of a box, id and ballots, in the order of their random ids.
async fn trays(tx: &mut Tx, of: i64) -> Result<Vec<(i64, String)>> {
    let rows = sqlx::query("SELECT id, ballots FROM tray WHERE id BETWEEN $1 AND $2 ORDER BY id")
        .bind(*ids_in(of).start())
        .bind(*ids_in(of).end())
        .fetch_all(&mut **tx)
        .await?;
    rows.iter()
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
        .collect()
}

/// How many sealed ballots of a poll there are.
pub async fn count_sealed(tx: &mut Tx, poll: &PollId) -> Result<i64> {
    Ok(i64::try_from(in_box(tx, poll).await?.ballots.len())?)
}

/// How many sealed ballots there are of each poll that has any.
pub async fn count_all_sealed(tx: &mut Tx) -> Result<HashMap<PollId, i64>> {
    let mut counts: HashMap<String, i64> = HashMap::new();
    for of in 0..BOXES {
        for (_, ballots) in trays(tx, of).await? {
            for line in ballots.lines() {
                let (poll, sealed) = of_line(line);
                if sealed.starts_with(SHARE) {
                    continue;
                }
                match counts.get_mut(poll) {
                    Some(count) => *count += 1,
                    None => {
                        counts.insert(poll.to_owned(), 1);
                    }
                }
            }
        }
    }
    // What is no poll's id was written by hand: its tray's digest tells it.
    Ok(counts
        .into_iter()
        .filter_map(|(poll, count)| Some((poll.parse().ok()?, count)))
        .collect())
}

/// What lies in the box of one poll.
#[derive(Clone, Debug, Default)]
pub struct InBox {
    /// In an order that tells nothing.
    pub ballots: Vec<String>,
    /// Without which none of them is opened; some perhaps twice.
    pub shares: Vec<String>,
}

/// The sealed ballots of a poll and their shares.
pub async fn in_box(tx: &mut Tx, poll: &PollId) -> Result<InBox> {
    let id = poll.to_string();
    let mut found = InBox::default();
    for (_, ballots) in trays(tx, box_of(poll)).await? {
        for (_, sealed) in ballots.lines().map(of_line).filter(|(poll, _)| *poll == id) {
            match sealed.strip_prefix(SHARE) {
                Some(share) => found.shares.push(share.to_owned()),
                None => found.ballots.push(sealed.to_owned()),
            }
        }
    }
    Ok(found)
}

/// Takes the sealed ballots of a poll out of their trays.
async fn clear_trays(tx: &mut Tx, poll: &PollId) -> Result<()> {
    let id = poll.to_string();
    for (tray, ballots) in trays(tx, box_of(poll)).await? {
        let left: Vec<&str> = ballots
            .lines()
            .filter(|line| of_line(line).0 != id)
            .collect();
        let query = if left.is_empty() {
            sqlx::query("DELETE FROM tray WHERE id = $1").bind(tray)
        } else if left.len() < ballots.lines().count() {
            let left = left.join("\n");
            let digest = digest::of_tray(tray, &left);
            sqlx::query("UPDATE tray SET ballots = $2, digest = $3 WHERE id = $1")
                .bind(tray)
                .bind(left)
                .bind(digest)
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
mod tests;
