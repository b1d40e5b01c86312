//! The cache of open polls: whoever votes in a poll that is cached reads nothing from the database.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::Context;
use jianjia_domain::{
    core::ids::PollId,
    rating::poll::{self, Object, PollState, refusal::PollRefusal, slip::SlipRefusal},
};
use jianjia_standard::Standard;
use jianjia_store::rating::{
    ballot::{self as ballots, Slips},
    poll as polls,
};

use super::{Ballots, refused};
use crate::{
    core::{app::App, error::Result},
    rating::{lock::Sealer, poll::standard_of},
};

/// What is cached of an open poll: what it asks, which is fixed at its opening, how its ballots are sealed, and the states of its slips.
pub(super) struct Questions {
    pub(super) standard: Arc<Standard>,
    pub(super) objects: Vec<Object>,
    pub(super) sealer: Sealer,
    pub(super) slips: Mutex<Slips>,
    /// How many ballots hide each other.
    pub(super) fewest: usize,
    /// How long a ballot waits for others, at most.
    pub(super) gathering: Duration,
}

/// How many open polls are read at the same time, at most.
pub(super) const READERS: usize = 64;

/// How many polls are cached.
const CACHED: usize = 20_000;

impl Ballots {
    /// Drops a poll from the cache: it is closed, or has new keys.
    pub fn forget(&self, poll: &PollId) {
        self.0
            .papers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(poll);
    }

    pub(super) async fn open_poll(&self, app: &App, poll: &PollId) -> Result<Arc<Questions>> {
        if let Some(known) = self.known(poll) {
            return Ok(known);
        }
        // Apart, so that the many votes in polls that are known carry none of it while they wait.
        Box::pin(self.read_poll(app, poll)).await
    }

    async fn read_poll(&self, app: &App, poll: &PollId) -> Result<Arc<Questions>> {
        let turn = usize::from(poll.0.as_bytes()[15]) % READERS;
        let _turn = self.0.reading[turn].lock().await;
        if let Some(known) = self.known(poll) {
            return Ok(known);
        }
        let mut tx = app.db.read().await?;
        let found = polls::find(&mut tx, poll).await?;
        let Some(found) = found.filter(|found| found.state() == PollState::Open) else {
            return Err(refused(PollRefusal::Slip(SlipRefusal::NotOpen)));
        };
        let standard = standard_of(&mut tx, app, &found).await?;
        let slips = Mutex::new(ballots::slips(&mut tx, poll).await?);
        tx.commit().await?;
        let rules = poll::rules(&standard).map_err(refused)?;
        let objects = poll::objects(rules, &found.plan.leaders);
        let lock = found.lock().context("an open poll has a lock")?;
        let questions = Arc::new(Questions {
            sealer: Sealer::new(poll, lock)?,
            fewest: usize::try_from(rules.fewest_shown).unwrap_or(usize::MAX),
            gathering: Duration::from_secs(rules.gathering_seconds),
            standard,
            objects,
            slips,
        });
        let mut papers = self.0.papers.lock().unwrap_or_else(PoisonError::into_inner);
        if papers.len() >= CACHED {
            papers.clear();
        }
        papers.insert(*poll, questions.clone());
        Ok(questions)
    }

    /// A poll that is cached.
    fn known(&self, poll: &PollId) -> Option<Arc<Questions>> {
        let papers = self.0.papers.lock().unwrap_or_else(PoisonError::into_inner);
        papers.get(poll).cloned()
    }

    /// Notes that a poll has a key chain, which is wiped as soon as nobody waits any more.
    pub(super) fn has_begun(&self, questions: &Arc<Questions>) {
        let mut begun = self.0.begun.lock().unwrap_or_else(PoisonError::into_inner);
        begun.push(questions.clone());
        if begun.len() > CACHED {
            begun.drain(..).for_each(|questions| questions.sealer.end());
        }
    }

    /// Wipes all key chains: what is in memory from now on opens no ballot, neither of those that were cast nor of those to come.
    pub(super) fn end_all(&self) {
        let begun = {
            let mut begun = self.0.begun.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut *begun)
        };
        begun.iter().for_each(|questions| questions.sealer.end());
    }
}
