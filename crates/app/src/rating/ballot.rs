//! Voting: what a slip leads to, and the way of a ballot into the box. Ballots that arrive together are committed together, durably, and a voter
//! is thanked only after that. Nothing here writes a line of the trail or of a log: who votes when is nobody's business.

use std::{
    borrow::Cow,
    collections::HashMap,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use anyhow::{Context, anyhow};
use futures_util::FutureExt;
use jianjia_domain::{
    core::ids::PollId,
    rating::poll::{
        self, Object, Poll, PollState, ballot,
        refusal::PollRefusal,
        signal::{NETWORK_CLASSES, SPAN_SECONDS},
        slip::{self, SLIP_CODE, SlipRefusal, SlipState},
    },
};
use jianjia_standard::{Standard, programme::Grade};
use jianjia_store::{
    core::scope::Scope,
    rating::{
        ballot::{self as ballots, Cast, Known, Outcome, Slips},
        poll as polls, slip as slips,
    },
};
use jiff::Timestamp;
use tokio::{
    runtime::Handle,
    sync::{Notify, oneshot},
    time::{timeout, timeout_at},
};
use zeroize::Zeroizing;

use crate::{
    core::{
        app::App,
        error::{Error, Result},
    },
    rating::{
        lock::{Sealer, Share, wipe_stack},
        poll::standard_of,
    },
};

/// What a slip leads to.
#[derive(Clone, Debug)]
pub enum Slip {
    /// The paper to fill in.
    Paper(Paper),
    /// Its poll is counted: on to the result.
    Counted(PollId),
    Refused(SlipRefusal),
}

/// What a voter sees and chooses from.
#[derive(Clone, Debug)]
pub struct Paper {
    pub poll: PollId,
    pub unit_name: String,
    pub year: i16,
    pub objects: Vec<Object>,
    pub grades: Vec<Grade>,
    pub closes_on: String,
    /// The slip's code, as it was read.
    pub code: String,
}

/// One vote, as it comes from the form.
#[derive(Clone, Debug, Default)]
pub struct VoteInput<'a> {
    pub poll: Cow<'a, str>,
    pub code: Cow<'a, str>,
    /// A grade's key for each object in order; nothing for a blank.
    pub chosen: Vec<Cow<'a, str>>,
    pub suggestion: Cow<'a, str>,
    pub at_kiosk: bool,
    /// The network it came from; only a coarse class of it is counted.
    pub network: Cow<'a, str>,
}

/// What a typed or scanned code leads to.
pub async fn slip(app: &App, typed: &str) -> Result<Slip> {
    let Some(code) = slip::read_code(typed, SLIP_CODE) else {
        return Ok(Slip::Refused(SlipRefusal::Unknown));
    };
    let mut tx = app.db.read().await?;
    let Some(found) = slips::find(&mut tx, &app.slip_key.hash(&code)).await? else {
        return Ok(Slip::Refused(SlipRefusal::Unknown));
    };
    let poll = polls::find(&mut tx, &found.poll)
        .await?
        .context("the slip's poll")?;
    if poll.state.has_result() {
        return Ok(Slip::Counted(poll.id));
    }
    Ok(match found.state {
        SlipState::Phone | SlipState::Kiosk => Slip::Refused(SlipRefusal::Used),
        SlipState::Spoiled => Slip::Refused(SlipRefusal::Spoiled),
        SlipState::Unused if !poll.takes_ballots(app.now()) => Slip::Refused(SlipRefusal::NotOpen),
        SlipState::Unused => {
            let standard = standard_of(&mut tx, app, &poll).await?;
            Slip::Paper(paper(&standard, &poll, code)?)
        }
    })
}

fn paper(standard: &Standard, poll: &Poll, code: String) -> Result<Paper> {
    let rules = poll::rules(standard).map_err(refused)?;
    Ok(Paper {
        poll: poll.id,
        unit_name: poll.unit_name.clone(),
        year: poll.year,
        objects: poll::objects(rules, &poll.plan.leaders),
        grades: rules.grades.clone(),
        closes_on: poll
            .plan
            .closes_on
            .map_or_else(String::new, |day| day.to_string()),
        code,
    })
}

/// Casts a vote: when this returns, the ballot lies in the box for good, once.
///
/// # Errors
/// Refused when the slip is not good any more, or a choice is not on it; nothing is kept then.
pub async fn cast(app: &App, input: VoteInput<'_>) -> Result<()> {
    let sealed = seal(app, input).await?;
    keep(app, sealed).await
}

/// A vote on its way into the box: nobody can read it any more, its voter's browser apart.
pub struct SealedVote {
    cast: Cast,
    share: Arc<Share>,
    questions: Arc<Questions>,
    /// The class of the network it came from.
    class: i64,
}

/// Seals a vote the moment it arrives. What was chosen is needed no more after this, and should be let go of before `keep`.
///
/// # Errors
/// Refused when a choice is not on the slip, or its poll is not open.
pub async fn seal(app: &App, input: VoteInput<'_>) -> Result<SealedVote> {
    let unknown = || refused(PollRefusal::Slip(SlipRefusal::Unknown));
    let code = slip::read_code(&input.code, SLIP_CODE).ok_or_else(unknown)?;
    let poll: PollId = input.poll.parse().map_err(|_| unknown())?;
    let questions = app.ballots.open_poll(app, &poll).await?;
    let class = app
        .slip_key
        .network_class(&poll, &input.network, NETWORK_CLASSES);
    let ballot = ballot::read(
        poll::rules(&questions.standard).map_err(refused)?,
        &questions.objects,
        &input.chosen,
        &input.suggestion,
    )
    .map_err(refused)?;
    let plain = Zeroizing::new(ballot.to_bytes());
    let sealed = questions.sealer.seal(&app.entropy, plain);
    let slip = app.slip_key.hash_bytes(&code);
    wipe_stack();
    let sealed = sealed?;
    if sealed.has_begun {
        app.ballots.has_begun(&questions);
    }
    Ok(SealedVote {
        cast: Cast {
            slip,
            poll,
            lock_version: questions.sealer.lock_version,
            at_kiosk: input.at_kiosk,
            number: app.entropy.number(),
            sealed: sealed.ballot,
            share: None,
        },
        share: sealed.share,
        questions,
        class,
    })
}

/// Puts a sealed vote into the box.
///
/// # Errors
/// Refused when the slip is not good any more; nothing is kept then.
pub async fn keep(app: &App, vote: SealedVote) -> Result<()> {
    let poll = vote.cast.poll;
    match app.ballots.put(app, vote).await? {
        Outcome::Kept => Ok(()),
        Outcome::Refused(slip) => Err(refused(PollRefusal::Slip(slip))),
        Outcome::Relocked => {
            app.ballots.forget(&poll);
            Err(refused(PollRefusal::KeysRenewed))
        }
    }
}

fn refused(refusal: PollRefusal) -> Error {
    Error::Refused(refusal.into())
}

/// Ballots on their way: those waiting for the next group, and the open polls that ballots come for. Cheap to clone; clones share it.
#[derive(Clone)]
pub struct Ballots(Arc<Shared>);

struct Shared {
    waiting: Mutex<Waiting>,
    /// Told when a whole group waits.
    is_full: Notify,
    /// Told when one more ballot waits, while it is awaited.
    comes: Notify,
    /// The polls whose next ballots would be sealed by a chain that is begun.
    begun: Mutex<Vec<Arc<Questions>>>,
    papers: Mutex<HashMap<PollId, Arc<Questions>>>,
    /// Held while an open poll is read: a crowd at one poll reads it once.
    reading: [tokio::sync::Mutex<()>; READERS],
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
struct Waiting {
    votes: Vec<WaitingVote>,
    is_committing: bool,
    /// Whether the next ballot is waited for: those who wait are few, or nobody does.
    is_awaited: bool,
    /// `(poll, span, class of networks) → slips` not yet written down.
    pace: HashMap<(PollId, i64, i64), i64>,
    pace_since: Option<Timestamp>,
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

/// What is asked in a poll, which is fixed at its opening; how its ballots are sealed, and where its slips stand.
struct Questions {
    standard: Arc<Standard>,
    objects: Vec<Object>,
    sealer: Sealer,
    slips: Mutex<Slips>,
    /// How many ballots hide each other.
    fewest: usize,
    /// How long a ballot waits for others, at most.
    gathering: Duration,
}

/// The most ballots of one commit: while it is on its way, those whom the one before it woke send their next.
const GROUP: usize = 512;

/// So many ballots are a crowd: the next follow at once, and nobody waits for them.
const CROWD: usize = 8;

/// How long a smaller group waits for more, whether they are few or many.
const GATHERING: Duration = Duration::from_millis(3);

/// After so long without a ballot the chains of keys are ended: to begin one takes longer than all else about a ballot.
const LULL: Duration = Duration::from_millis(50);

/// Longest time for a group's commit: those who wait are told then that it failed.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long the pace may stand in memory alone, in seconds. It is written apart from the ballots, and so tells nothing of one.
const PACE_SECONDS: i64 = 60;

/// How many counts of the pace are written in one transaction.
const PACE_PORTION: usize = 150;

/// How many open polls are read at the same time, at most.
const READERS: usize = 64;

/// How many polls' questions are remembered.
const REMEMBERED: usize = 20_000;

impl Ballots {
    /// Lets go of what is remembered of a poll: it is closed, or has new keys.
    pub fn forget(&self, poll: &PollId) {
        self.0
            .papers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(poll);
    }

    async fn open_poll(&self, app: &App, poll: &PollId) -> Result<Arc<Questions>> {
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
        let Some(found) = found.filter(|found| found.state == PollState::Open) else {
            return Err(refused(PollRefusal::Slip(SlipRefusal::NotOpen)));
        };
        let standard = standard_of(&mut tx, app, &found).await?;
        let slips = Mutex::new(ballots::slips(&mut tx, poll).await?);
        tx.commit().await?;
        let rules = poll::rules(&standard).map_err(refused)?;
        let objects = poll::objects(rules, &found.plan.leaders);
        let lock = found.lock.as_ref().context("an open poll has a lock")?;
        let questions = Arc::new(Questions {
            sealer: Sealer::new(poll, lock)?,
            fewest: usize::try_from(rules.fewest_shown).unwrap_or(usize::MAX),
            gathering: Duration::from_secs(rules.gathering_seconds),
            standard,
            objects,
            slips,
        });
        let mut papers = self.0.papers.lock().unwrap_or_else(PoisonError::into_inner);
        if papers.len() >= REMEMBERED {
            papers.clear();
        }
        papers.insert(*poll, questions.clone());
        Ok(questions)
    }

    /// What is remembered of a poll.
    fn known(&self, poll: &PollId) -> Option<Arc<Questions>> {
        let papers = self.0.papers.lock().unwrap_or_else(PoisonError::into_inner);
        papers.get(poll).cloned()
    }

    /// Notes that a poll has a chain of keys, which is wiped as soon as nobody waits any more.
    fn has_begun(&self, questions: &Arc<Questions>) {
        let mut begun = self.0.begun.lock().unwrap_or_else(PoisonError::into_inner);
        begun.push(questions.clone());
        if begun.len() > REMEMBERED {
            begun.drain(..).for_each(|questions| questions.sealer.end());
        }
    }

    /// Wipes all chains: what is in memory from now on opens no ballot, neither of those that were cast nor of those to come.
    fn end_all(&self) {
        let begun = {
            let mut begun = self.0.begun.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut *begun)
        };
        begun.iter().for_each(|questions| questions.sealer.end());
    }

    /// Puts a ballot into the next group, and waits until that is committed.
    async fn put(&self, app: &App, vote: SealedVote) -> Result<Outcome> {
        let (sender, receiver) = oneshot::channel();
        let (begin, is_full, is_awaited) = {
            let mut waiting = self.waiting();
            waiting.votes.push(WaitingVote {
                vote,
                sender,
                since: Instant::now(),
            });
            (
                !std::mem::replace(&mut waiting.is_committing, true),
                waiting.votes.len() == GROUP,
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
            // Not in this request, whose voter may hang up; and on a thread of its own, so that a group waits for the disk and not behind the
            // hundreds of requests that it is for.
            let (ballots, app, runtime) = (self.clone(), app.clone(), Handle::current());
            tokio::task::spawn_blocking(move || runtime.block_on(ballots.commit_waiting(app)));
        }
        let outcome = receiver.await;
        Ok(outcome.context("the group of ballots was not committed")?)
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Waiting> {
        self.0
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Commits group after group until nothing waits.
    async fn commit_waiting(self, app: App) {
        while self.anybody_waits().await {
            // Those a moment behind come along: a commit costs about the same for one ballot as for a hundred.
            if self.waiting().votes.len() < GROUP {
                let _ = timeout(GATHERING, self.0.is_full.notified()).await;
            }
            if app.clock.runs() {
                self.gather().await;
            }
            let group: Vec<_> = {
                let mut waiting = self.waiting();
                let count = waiting.votes.len().min(GROUP);
                waiting.votes.drain(..count).collect()
            };
            let mut casts = Vec::with_capacity(group.len());
            let mut rest = Vec::with_capacity(group.len());
            for WaitingVote { vote, sender, .. } in group {
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
                        if outcome == Outcome::Kept {
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

    /// Counts the slips of a committed group by their spans and classes of networks.
    fn count_pace<'a>(
        &self,
        now: Timestamp,
        group: impl Iterator<Item = ((&'a Cast, i64), &'a Outcome)>,
    ) {
        let span = now.as_second().div_euclid(SPAN_SECONDS);
        let mut waiting = self.waiting();
        for ((cast, class), outcome) in group {
            if *outcome == Outcome::Kept {
                let count = waiting.pace.entry((cast.poll, span, class));
                *count.or_default() += 1;
            }
        }
        waiting.pace_since.get_or_insert(now);
    }

    /// As `commit`; whatever happens to a group, the next one follows.
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

    /// Commits a group: by what is remembered of its slips, or, where that does not hold any more, by what stands in the database.
    async fn commit(
        &self,
        app: &App,
        casts: &[Cast],
        questions: &[&Questions],
    ) -> anyhow::Result<Vec<Outcome>> {
        // Whole seconds: instants of one form compare as text.
        let now = Timestamp::from_second(app.now().as_second())?.to_string();
        let slips = questions.iter().map(|questions| &questions.slips);
        let known = Known::of(casts, slips, &now);
        let mut tx = app.db.write_again(Scope::Ballots).await?;
        if let Some(outcomes) = ballots::cast_many(&mut tx, casts, &known, &now).await? {
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
        let outcomes = ballots::cast_many(&mut tx, casts, &Known::default(), &now).await?;
        tx.commit().await?;
        outcomes.context("nothing was known beforehand")
    }

    /// Writes the pace down when it stands in memory for longer than `seconds`.
    pub async fn write_pace(&self, app: &App, seconds: i64) -> Result<()> {
        let counted = {
            let mut waiting = self.waiting();
            let now = app.now();
            let is_due = waiting
                .pace_since
                .is_some_and(|since| now.as_second() - since.as_second() >= seconds);
            if !is_due {
                return Ok(());
            }
            waiting.pace_since = None;
            std::mem::take(&mut waiting.pace)
        };
        // In small portions, so that ballots get in between.
        let counted: Vec<_> = counted.into_iter().collect();
        for portion in counted.chunks(PACE_PORTION) {
            let mut tx = app.db.write(Scope::Ballots).await?;
            ballots::add_pace(&mut tx, portion).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}
