//! Throttling of password guesses (`core::guess` counts them).

use jianjia_domain::office::account::AccountRefusal;
use jianjia_store::core::db::Tx;
use jiff::Timestamp;

use crate::core::{
    error::{Error, Result},
    guess::{self, Target},
};

/// Refuses an attempt that has to wait. It only reads, so that a flood of attempts costs no writes.
///
/// # Errors
/// After too many failed attempts.
pub async fn check(tx: &mut Tx, targets: &[Target], now: Timestamp) -> Result<()> {
    slowed(guess::to_wait(tx, targets, now).await?)
}

/// # Errors
/// If there are minutes to wait.
pub fn slowed(minutes: Option<i64>) -> Result<()> {
    match minutes {
        Some(minutes) => Err(Error::Refused(AccountRefusal::Slowed { minutes }.into())),
        None => Ok(()),
    }
}
