//! The queue of ballots and its group commit: whoever comes while a batch is committed is in the next one.

use std::{
    collections::HashMap,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use anyhow::{Context, anyhow};
use futures_util::FutureExt;
use jianjia_domain::core::ids::PollId;
use jianjia_store::{
    core::scope::Scope,
    rating::ballot::{self as ballots, Cast, Known, Outcome},
};
use jiff::Timestamp;
use tokio::{
    runtime::Handle,
    sync::{Notify, oneshot},
    time::{timeout, timeout_at},
};

use super::{
    SealedVote,
    cache::{Questions, READERS},
    pace::PACE_SECONDS,
};
use crate::core::{app::App, error::Result};

/// The queue of ballots for the next batch, and the cache of the open polls that ballots come for. Cheap to clone; clones share it.
#[derive(Clone)]
pub struct Ballots(pub(super) Arc<Shared>);

pub(super) struct Shared {
    waiting: Mutex<Waiting>,
    /// Notified when a whole batch waits.
    is_full: Notify,
    /// Notified when one more ballot waits, while it is awaited.
    comes: Notify,
    /// The polls whose next ballots would be sealed by a key chain that is begun.
    pub(super) begun: Mutex<Vec<Arc<Questions>>>,
    pub(super) papers: Mutex<HashMap<PollId, Arc<Questions>>>,
    /// Held while an open poll is read: a crowd at one poll reads it once.
    pub(super) reading: [tokio::sync::Mutex<()>; READERS],
}

impl Ballots {
    /// Those of this program.
    pub fn of(app: &App) -> Ballots {
        Ballots::clone(&app.memory.of())
    }
}

impl Default for Ballots {
    fn default() -> Ballots {
        Ballots(Arc::new(Shared {
            waiting: Mutex::default(),
            is_full: Notify::new(),
            comes: Notify::new(),
            begun: Mutex::default(),
            papers: Mutex::default(),
            reading: std::array::from_fn(|_| tokio::sync::Mutex::default()),
        }))
    }
}

#[derive(Default)]
pub(super) struct Waiting {
    votes: Vec<WaitingVote>,
    is_committing: bool,
    /// Whether the next ballot is waited for: those who wait are few, or nobody does.
    is_awaited: bool,
    /// `(poll, span, class of networks) → slips` not yet written down.
    pub(super) pace: HashMap<(PollId, i64, i64), i64>,
    pub(super) pace_since: Option<Timestamp>,
}

struct WaitingVote {
    vote: SealedVote,
    sender: oneshot::Sender<Outcome>,
    since: Instant,
}

impl Waiting {
    /// How long those who wait should go on waiting for more; none where they are enough, or one of them has waited as long as the standard allows.
    fn time_left(&self) -> Option<Duration> {
        if self.votes.len() >= CROWD {
            return None;
        }
        let of = |poll: &PollId| {
            let votes = self.votes.iter();
            votes.filter(|known| known.vote.cast.poll == *poll).count()
        };
        let are_few = |waiting: &WaitingVote| {
            let questions = &waiting.vote.questions;
            of(&waiting.vote.cast.poll) < questions.fewest
        };
        if !self.votes.iter().any(are_few) {
            return None;
        }
        let left = self.votes.iter().map(|waiting| {
            let gathering = waiting.vote.questions.gathering;
            gathering.saturating_sub(waiting.since.elapsed())
        });
        left.min().filter(|left| !left.is_zero())
    }
}

/// The most ballots of one commit: while it is on its way, those whom the one before it woke send their next.
const BATCH: usize = 512;

/// So many ballots are a crowd: the next follow at once, and nobody waits for them.
const CROWD: usize = 8;

/// How long a smaller batch waits for more, whether they are few or many.
const GATHERING: Duration = Duration::from_millis(3);

/// After so long without a ballot the key chains are ended: to begin one takes longer than all else about a ballot.
const LULL: Duration = Duration::from_millis(50);

/// Timeout of a batch's commit: those who wait are told then that it failed.
const PATIENCE: Duration = Duration::from_secs(60);

impl Ballots {
    /// Puts ballots into the next batch, and waits until that is committed; one outcome for each, in order. No other batch has a part of them, unless they are
    /// more than it has room for.
    pub(super) async fn put(&self, app: &App, votes: Vec<SealedVote>) -> Result<Vec<Outcome>> {
        let since = Instant::now();
        let mut receivers = Vec::with_capacity(votes.len());
        let (begin, is_full, is_awaited) = {
            let mut waiting = self.waiting();
            let before = waiting.votes.len();
            for vote in votes {
                let (sender, receiver) = oneshot::channel();
                receivers.push(receiver);
                waiting.votes.push(WaitingVote {
                    vote,
                    sender,
                    since,
                });
            }
            (
                !std::mem::replace(&mut waiting.is_committing, true),
                before < BATCH && waiting.votes.len() >= BATCH,
                waiting.is_awaited,
            )
        };
        if is_awaited {
            self.0.comes.notify_one();
        }
        if is_full {
            self.0.is_full.notify_one();
        }
        if begin {
            // Not in this request, whose voter may hang up; and on a thread of its own, so that a batch waits for the disk and not behind the
            // hundreds of requests that it is for.
            let (ballots, app, runtime) = (self.clone(), app.clone(), Handle::current());
            tokio::task::spawn_blocking(move || runtime.block_on(ballots.commit_waiting(app)));
        }
        let mut outcomes = Vec::with_capacity(receivers.len());
        for receiver in receivers {
            let outcome = receiver.await;
            outcomes.push(outcome.context("the group of ballots was not committed")?);
        }
        Ok(outcomes)
    }

    pub(super) fn waiting(&self) -> std::sync::MutexGuard<'_, Waiting> {
        self.0
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Commits batch after batch until nothing waits.
    async fn commit_waiting(self, app: App) {
        while self.anybody_waits().await {
            // Those a moment behind come along: a commit costs about the same for one ballot as for a hundred.
            if self.waiting().votes.len() < BATCH {
                let _ = timeout(GATHERING, self.0.is_full.notified()).await;
            }
            if app.clock.runs() {
                self.gather().await;
            }
            let batch: Vec<_> = {
                let mut waiting = self.waiting();
                let count = waiting.votes.len().min(BATCH);
                waiting.votes.drain(..count).collect()
            };
            let mut casts = Vec::with_capacity(batch.len());
            let mut rest = Vec::with_capacity(batch.len());
            for WaitingVote { vote, sender, .. } in batch {
                casts.push(Cast {
                    share: vote.share.unkept(),
                    ..vote.cast
                });
                rest.push((vote.questions, vote.share, vote.class, sender));
            }
            let questions = rest.iter().map(|(questions, ..)| &**questions);
            let questions: Vec<&Questions> = questions.collect();
            match self.commit_in_time(&app, &casts, &questions).await {
                Ok(outcomes) => {
                    let classes = rest.iter().map(|(_, _, class, _)| *class);
                    self.count_pace(app.now(), casts.iter().zip(classes).zip(&outcomes));
                    for ((_, share, _, sender), outcome) in rest.into_iter().zip(outcomes) {
                        if outcome.is_ok() {
                            share.keep();
                        }
                        // Whoever hung up does not hear it; the ballot counts all the same.
                        let _ = sender.send(outcome);
                    }
                }
                // The senders go unanswered, and their voters are told that it failed.
                Err(error) => {
                    tracing::error!(
                        error = format!("{error:#}"),
                        "a group of ballots was not kept"
                    );
                }
            }
        }
        // Where the clock stands, what is made is to be the same every time, whenever a lull happens to come.
        if app.clock.runs() {
            self.end_all();
        }
        if let Err(error) = self.write_pace(&app, PACE_SECONDS).await {
            tracing::error!(
                error = format!("{error:#}"),
                "the pace of voting was not kept"
            );
        }
    }

    /// Whether there is a ballot to commit, or one comes within a while; whoever comes after that begins anew.
    async fn anybody_waits(&self) -> bool {
        let until = tokio::time::Instant::now() + LULL;
        loop {
            {
                let mut waiting = self.waiting();
                let is_empty = waiting.votes.is_empty();
                waiting.is_awaited = is_empty && tokio::time::Instant::now() < until;
                if !waiting.is_awaited {
                    waiting.is_committing = !is_empty;
                    return waiting.is_committing;
                }
            }
            let _ = timeout_at(until, self.0.comes.notified()).await;
        }
    }

    /// Lets few ballots wait for others, so that a copy of the database before their commit and one after it differ by more than one where
    /// that can be had.
    async fn gather(&self) {
        loop {
            let left = {
                let mut waiting = self.waiting();
                let left = waiting.time_left();
                waiting.is_awaited = left.is_some();
                left
            };
            let Some(left) = left else { return };
            let _ = timeout(left, self.0.comes.notified()).await;
        }
    }

    /// As `commit`; whatever happens to a batch, the next one follows.
    async fn commit_in_time(
        &self,
        app: &App,
        casts: &[Cast],
        questions: &[&Questions],
    ) -> anyhow::Result<Vec<Outcome>> {
        let commit = AssertUnwindSafe(self.commit(app, casts, questions)).catch_unwind();
        timeout(PATIENCE, commit)
            .await
            .context("it took too long")?
            .unwrap_or_else(|_| Err(anyhow!("it panicked")))
    }

    /// Commits a batch: by the cache of its slips, or, where that is stale, by what stands in the database.
    async fn commit(
        &self,
        app: &App,
        casts: &[Cast],
        questions: &[&Questions],
    ) -> anyhow::Result<Vec<Outcome>> {
        // In SQL instants compare as text, for which they have one form: whole seconds.
        let now = Timestamp::from_second(app.now().as_second())?;
        let slips = questions.iter().map(|questions| &questions.slips);
        let known = Known::of(casts, slips, now);
        let mut tx = app.db.write_again(Scope::Ballots).await?;
        if let Some(outcomes) = ballots::cast_many(&mut tx, casts, &known, now).await? {
            tx.commit().await?;
            for cast in known.remember(casts, &outcomes) {
                self.forget(&cast.poll);
            }
            return Ok(outcomes);
        }
        drop(tx);
        for cast in casts {
            self.forget(&cast.poll);
        }
        let mut tx = app.db.write_again(Scope::Ballots).await?;
        let outcomes = ballots::cast_many(&mut tx, casts, &Known::default(), now).await?;
        tx.commit().await?;
        outcomes.context("nothing was known beforehand")
    }
}
