//! The brake on guesses: each is counted before the password is looked into and taken back when it was right, so that many at once get no
//! further than as many in a row. What was typed is kept as a keyed hash only.

use jianjia_domain::{
    core::guess::{self, Guessed},
    office::account::AccountRefusal,
};
use jianjia_store::core::{
    db::Tx,
    guess::{self as failures, Failures},
    scope::Scope,
};
use jiff::Timestamp;

use crate::core::{
    app::App,
    error::{Error, Result},
};

/// What a guess is counted by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub guessed: Guessed,
    key: String,
}

/// `what` was guessed at: a login, a network, the hash of a browser's cookie, an account's id.
pub fn target(app: &App, guessed: Guessed, what: &str) -> Target {
    let hash = app.slip_key.digest(b"guess", &[guessed.key(), what]);
    Target {
        guessed,
        key: format!("{}:{}", guessed.key(), hex::encode(&hash[..16])),
    }
}

impl Target {
    /// The scope under which what belongs to it is written.
    pub fn scope(&self) -> Scope {
        Scope::Guesses(self.key.clone())
    }
}

/// Refuses where one has to wait. It writes nothing, so that a flood of tries costs no more than reading.
///
/// # Errors
/// When too many wrong guesses came before.
pub async fn check(tx: &mut Tx, targets: &[Target], now: Timestamp) -> Result<()> {
    let mut longest = None;
    for target in targets {
        let Some(counted) = failures::of(tx, &target.key).await? else {
            continue;
        };
        // An instant to come is cut where it is written: see `count`.
        if counted.last_at <= now {
            longest = longest.max(minutes(target, counted, now));
        }
    }
    slowed(longest)
}

/// Counts a guess; or, where one has to wait, gives the minutes and counts nothing. Commit either way.
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
    failures::sweep(tx, now - guess::KEPT).await?;
    Ok(None)
}

/// Takes back a guess that was right.
pub async fn take_back(tx: &mut Tx, targets: &[Target]) -> Result<()> {
    for target in targets {
        failures::take_back(tx, &target.key).await?;
    }
    Ok(())
}

/// How often a target was guessed at in vain.
pub async fn failed(tx: &mut Tx, target: &Target) -> Result<i64> {
    let counted = failures::of(tx, &target.key).await?;
    Ok(counted.map_or(0, |counted| counted.count))
}

pub async fn forget(tx: &mut Tx, target: &Target) -> Result<()> {
    Ok(failures::forget(tx, &target.key).await?)
}

/// # Errors
/// Where there are minutes to wait.
pub fn slowed(minutes: Option<i64>) -> Result<()> {
    match minutes {
        Some(minutes) => Err(Error::Refused(AccountRefusal::Slowed { minutes }.into())),
        None => Ok(()),
    }
}

fn minutes(target: &Target, counted: Failures, now: Timestamp) -> Option<i64> {
    guess::minutes_to_wait(target.guessed, counted.count, counted.last_at, now)
}
