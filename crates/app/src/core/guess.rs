//! Counting what may be guessed at: each attempt is counted before it is looked at and uncounted if it was right, so that concurrent guesses get no
//! further than successive ones. What was typed is stored as a keyed hash only.

use jianjia_domain::core::guess::{self, Guessed};
use jianjia_store::core::{
    db::Tx,
    guess::{self as failures, Failures},
    scope::Scope,
};
use jiff::Timestamp;

use crate::core::{app::App, error::Result};

/// What attempts are counted by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub guessed: Guessed,
    key: String,
}

/// The counter's target for `what`: a login, a network, the hash of a browser's cookie, an account's id.
pub fn target(app: &App, guessed: Guessed, what: &str) -> Target {
    let hash = app.slip_key.digest(b"guess", &[guessed.key(), what]);
    Target {
        guessed,
        key: format!("{}:{}", guessed.key(), hex::encode(&hash[..16])),
    }
}

impl Target {
    /// The scope in which the counter is written.
    pub fn scope(&self) -> Scope {
        Scope::Guesses(self.key.clone())
    }
}

/// How long an attempt has to wait; none if it has not. It only reads, so that a flood of attempts costs no writes.
pub async fn to_wait(tx: &mut Tx, targets: &[Target], now: Timestamp) -> Result<Option<i64>> {
    let mut longest = None;
    for target in targets {
        let Some(counted) = failures::of(tx, &target.key).await? else {
            continue;
        };
        // An instant in the future is corrected when it is written: see `count`.
        if counted.last_at <= now {
            longest = longest.max(minutes(target, counted, now));
        }
    }
    Ok(longest)
}

/// Counts an attempt; or, if it has to wait, counts nothing and returns the minutes. Commit in either case.
pub async fn count(tx: &mut Tx, targets: &[Target], now: Timestamp) -> Result<Option<i64>> {
    let mut counted = Vec::new();
    let mut longest = None;
    for target in targets {
        let found = failures::held(tx, &target.key, guess::KEPT, now).await?;
        longest = longest.max(minutes(target, found, now));
        counted.push(found);
    }
    if longest.is_some() {
        return Ok(longest);
    }
    for (target, found) in targets.iter().zip(counted) {
        let more = Failures {
            count: found.count + 1,
            last_at: now,
        };
        failures::set(tx, &target.key, more).await?;
    }
    Ok(None)
}

/// Counts one more, and gives how many there were before: for what is not made to wait.
pub async fn count_on(tx: &mut Tx, target: &Target, now: Timestamp) -> Result<i64> {
    let found = failures::held(tx, &target.key, guess::KEPT, now).await?;
    let more = Failures {
        count: found.count + 1,
        last_at: now,
    };
    failures::set(tx, &target.key, more).await?;
    Ok(found.count)
}

/// Uncounts an attempt that was right.
pub async fn take_back(tx: &mut Tx, targets: &[Target]) -> Result<()> {
    for target in targets {
        failures::take_back(tx, &target.key).await?;
    }
    Ok(())
}

/// The number of failed attempts at a target.
pub async fn failed(tx: &mut Tx, target: &Target) -> Result<i64> {
    let counted = failures::of(tx, &target.key).await?;
    Ok(counted.map_or(0, |counted| counted.count))
}

pub async fn forget(tx: &mut Tx, target: &Target) -> Result<()> {
    Ok(failures::forget(tx, &target.key).await?)
}

fn minutes(target: &Target, counted: Failures, now: Timestamp) -> Option<i64> {
    guess::minutes_to_wait(target.guessed, counted.count, counted.last_at, now)
}
