//! Ballots: cast in groups, sealed; opened once, taken apart. No statement here ever holds a slip and a ballot together.

mod casting;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anyhow::Result;
use jianjia_domain::{ids::PollId, poll::signal::Pace};
use sqlx::{AssertSqlSafe, Row};

use self::casting::rows;
pub use self::casting::{Cast, Known, Outcome, Slips, cast_many, slips};
use crate::{
    bulk::{self, Value},
    db::Tx,
};

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
        rows(1, trays.len(), 3)
    );
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for (of, (id, ballots)) in trays {
        query = query.bind(of).bind(id).bind(ballots);
    }
    query.execute(&mut **tx).await?;
    Ok(())
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
mod tests;
