//! The worker of a node: takes what is due, does it, and tells what became of it. A node that is killed prolongs no lease, so another takes its job; one
//! that is asked to end gives it back.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use anyhow::Context;
use jianjia_domain::core::{
    ids::JobId,
    job::{
        ATTEMPTS, By, Failing, JobError, JobKind, JobProgress, JobState, LEASE, Lease, PERIODIC,
        pause_after,
    },
};
use jianjia_store::core::{job, scope::Scope};
use jiff::Timestamp;
use serde_json::Value;
use tokio::{
    sync::watch,
    task::{AbortHandle, JoinHandle},
    time::sleep,
};

use crate::core::{
    app::App,
    error::{Error, Result},
    job::{
        Doing, Lane, Run, Work, blank, failed,
        running::{Live, Outcome, Running, end},
    },
};

/// How often a lease is prolonged: several times before it ends.
const BEAT: Duration = Duration::from_secs(5);

/// Between two looks for something to do, and after one that failed.
const BETWEEN: Duration = Duration::from_secs(1);
const AFTER_FAILURE: Duration = Duration::from_secs(5);

/// A node, with what it can do.
#[derive(Clone)]
pub struct Node {
    /// By which administrators tell it from others.
    pub name: String,
    pub works: &'static [Work],
}

impl Node {
    pub fn new(app: &App, works: &'static [Work]) -> Node {
        Node {
            name: format!("{:08x}", app.entropy.number() >> 32),
            works,
        }
    }

    fn work(&self, kind: JobKind) -> Option<Doing> {
        let mut works = self.works.iter();
        works.find(|work| work.kind == kind).map(|work| work.doing)
    }

    /// The kinds that it can do in a lane.
    fn kinds(&self, app: &App, lane: Lane) -> Vec<JobKind> {
        let works = self.works.iter();
        works
            .filter(|work| match work.doing {
                Doing::Once {
                    lane: of, is_here, ..
                } => of == lane && is_here(app),
                Doing::OnEachNode(_) => false,
            })
            .map(|work| work.kind)
            .collect()
    }
}

/// What this process is at.
#[derive(Default)]
pub(super) struct Local {
    held: Mutex<HashMap<JobId, (AbortHandle, Arc<Live>)>>,
    /// What was done for this node alone: when last, and why it failed.
    tended: Mutex<HashMap<JobKind, (Timestamp, Option<JobError>)>>,
    ending: watch::Sender<bool>,
}

impl Local {
    pub(super) fn progress(&self, id: &JobId) -> Option<JobProgress> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.get(id).map(|(_, live)| live.progress())
    }

    /// Breaks a job off if this node has it: what it has not committed is rolled back.
    pub(super) fn abort(&self, id: &JobId) {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((work, _)) = held.get(id) {
            work.abort();
        }
    }

    pub(super) fn tended(&self, kind: JobKind) -> Option<(Timestamp, Option<JobError>)> {
        let tended = self.tended.lock().unwrap_or_else(PoisonError::into_inner);
        tended.get(&kind).cloned()
    }

    fn is_ending(&self) -> bool {
        *self.ending.borrow()
    }

    /// Breaks everything off and begins nothing any more.
    fn end(&self) {
        self.ending.send_replace(true);
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        for (work, _) in held.values() {
            work.abort();
        }
    }

    fn hold(self: &Arc<Local>, id: JobId, work: AbortHandle, live: &Arc<Live>) -> Holding {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.insert(id, (work.clone(), Arc::clone(live)));
        drop(held);
        // The end may have come just before.
        if self.is_ending() {
            work.abort();
        }
        Holding(Arc::clone(self), id)
    }
}

/// Forgets the job when it is over.
struct Holding(Arc<Local>, JobId);

impl Drop for Holding {
    fn drop(&mut self) {
        let mut held = self.0.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.remove(&self.1);
    }
}

/// Sees to it that the periodic jobs which this node can do have a row that waits for its time.
pub async fn arm(app: &App, node: &Node) -> Result<()> {
    let now = app.now();
    let mut tx = app.db.write(Scope::Jobs).await?;
    for periodic in PERIODIC.iter().filter(|one| one.by == By::OneNode) {
        let is_here = match node.work(periodic.kind) {
            Some(Doing::Once { is_here, .. }) => is_here(app),
            Some(Doing::OnEachNode(_)) | None => false,
        };
        if !is_here {
            continue;
        }
        let mut waiting = blank(app, periodic.kind, periodic.key());
        waiting.due_at = periodic.when.next(now);
        if !job::insert(&mut tx, &waiting).await? {
            job::advance(&mut tx, &waiting.key, waiting.due_at).await?;
        }
    }
    Ok(tx.commit().await?)
}

/// Does what is due for this node alone; the kinds that it did. A failure is logged, and the next time comes as ever.
pub async fn tend_once(app: &App, node: &Node) -> Vec<JobKind> {
    let local = app.memory.of::<Local>();
    let mut did = Vec::new();
    for periodic in PERIODIC.iter().filter(|one| one.by == By::EachNode) {
        let (now, last) = (app.now(), local.tended(periodic.kind));
        let is_due = last.is_none_or(|(at, _)| at > now || periodic.when.next(at) <= now);
        let Some(Doing::OnEachNode(run)) = node.work(periodic.kind).filter(|_| is_due) else {
            continue;
        };
        let done = run(app).await;
        if let Err(error) = &done {
            log(periodic.kind, error);
        }
        let error = done.err().map(|error| failed(&error).0);
        let mut tended = local.tended.lock().unwrap_or_else(PoisonError::into_inner);
        tended.insert(periodic.kind, (now, error));
        did.push(periodic.kind);
    }
    did
}

/// Takes a job of a lane that is due, and does it to its end or as far as it gets; the job, if there was one.
///
/// # Errors
/// When the database can't be read or written. Then the job is taken again once its lease is over.
pub async fn run_due_once(app: &App, node: &Node, lane: Lane) -> Result<Option<JobId>> {
    // A database that does not answer must not keep the node from ending. A job whose taking was cut off is taken again after its lease.
    let Some(taken) = unless_ending(app, take(app, node, lane)).await else {
        return Ok(None);
    };
    let Some((running, run)) = taken? else {
        return Ok(None);
    };
    let id = running.job.id;
    if running.job.attempts > ATTEMPTS {
        let error = JobError::told(|lang| Failing::Interrupted.sentence(lang));
        give_up(app, &running, &error).await?;
        return Ok(Some(id));
    }
    let running = Arc::new(running);
    match done(app, &running, run).await {
        Some(Ok(Outcome::Committed)) => {}
        Some(Ok(Outcome::Told(result))) => {
            let mut tx = app.db.write(Scope::Jobs).await?;
            end(app, &mut tx, &running, JobState::Done, (&result, None)).await?;
            tx.commit().await?;
        }
        Some(Err(error)) => {
            if let Error::Internal(_) = &error {
                log(running.job.kind, &error);
            }
            let (told, is_worth_it) = failed(&error);
            match pause_after(running.job.attempts).filter(|_| is_worth_it) {
                Some(pause) => {
                    let mut tx = app.db.write(Scope::Jobs).await?;
                    job::postpone(&mut tx, &running.lease, app.now() + pause, &told).await?;
                    tx.commit().await?;
                }
                None => give_up(app, &running, &told).await?,
            }
        }
        // It was broken off: stopped, or another's by now, or this node ends. Given back, it goes on elsewhere at once.
        None => {
            if app.memory.of::<Local>().is_ending() {
                let mut tx = app.db.write(Scope::Jobs).await?;
                job::give_back(&mut tx, &running.lease).await?;
                tx.commit().await?;
            }
        }
    }
    Ok(Some(id))
}

async fn take(app: &App, node: &Node, lane: Lane) -> Result<Option<(Running, Run)>> {
    let (kinds, now) = (node.kinds(app, lane), app.now());
    let mut tx = app.db.read().await?;
    let is_due = job::is_due(&mut tx, &kinds, now).await?;
    tx.commit().await?;
    if !is_due {
        return Ok(None);
    }
    let word = app.entropy.id(now).simple().to_string();
    let mut tx = app.db.write(Scope::Jobs).await?;
    let by = (node.name.as_str(), word.as_str());
    let taken = job::take(&mut tx, &kinds, by, now, now + LEASE).await?;
    tx.commit().await?;
    let Some(job) = taken else {
        return Ok(None);
    };
    let Some(Doing::Once { run, .. }) = node.work(job.kind) else {
        return Ok(None);
    };
    let live = Arc::new(Live::default());
    live.set(job.progress);
    let lease = Lease { job: job.id, word };
    Ok(Some((Running { job, lease, live }, run)))
}

/// Does the work in a task of its own, which can be broken off; none when it was.
async fn done(app: &App, running: &Arc<Running>, run: Run) -> Option<Result<Outcome>> {
    let work = tokio::spawn({
        let (app, running) = (app.clone(), Arc::clone(running));
        async move { run(&app, &running).await }
    });
    let local = app.memory.of::<Local>();
    let holding = local.hold(running.job.id, work.abort_handle(), &running.live);
    let beating = tokio::spawn(keep_prolonging(
        app.clone(),
        Arc::clone(running),
        work.abort_handle(),
    ));
    let done = work.await;
    beating.abort();
    drop(holding);
    match done {
        Ok(done) => Some(done),
        Err(error) if error.is_cancelled() => None,
        Err(error) => Some(Err(anyhow::Error::from(error)
            .context("the work of a job panicked")
            .into())),
    }
}

/// Prolongs a lease until the job is over, and breaks the job off when the lease is lost.
async fn keep_prolonging(app: App, running: Arc<Running>, work: AbortHandle) {
    loop {
        sleep(BEAT).await;
        let held = prolong(&app, &running).await;
        if running.live.is_over.load(Ordering::SeqCst) {
            return;
        }
        match held {
            Ok(true) => {}
            Ok(false) => {
                work.abort();
                return;
            }
            // As long as nobody else takes the job, its commit still succeeds.
            Err(error) => tracing::warn!(
                error = format!("{:#}", anyhow::Error::from(error)),
                "a job's lease was not prolonged"
            ),
        }
    }
}

async fn prolong(app: &App, running: &Running) -> Result<bool> {
    let progress = running.live.progress();
    let mut tx = app.db.write(Scope::Jobs).await?;
    let until = app.now() + LEASE;
    let held = job::prolong(&mut tx, &running.lease, until, progress).await?;
    tx.commit().await?;
    Ok(held)
}

async fn give_up(app: &App, running: &Running, error: &JobError) -> Result<()> {
    let mut tx = app.db.write(Scope::Jobs).await?;
    let became = (&Value::Null, Some(error));
    end(app, &mut tx, running, JobState::Failed, became).await?;
    Ok(tx.commit().await?)
}

fn log(kind: JobKind, error: &Error) {
    let error = match error {
        Error::Internal(error) => format!("{error:#}"),
        other => other.to_string(),
    };
    tracing::error!(job = kind.key(), error, "a job failed");
}

/// The worker of this process, from `begin` to `end`.
pub struct Working {
    app: App,
    loops: Vec<JoinHandle<()>>,
}

impl Working {
    /// Begins to look for work.
    pub fn begin(app: &App, works: &'static [Work]) -> Working {
        let node = Node::new(app, works);
        tracing::info!(node = node.name, "this node takes jobs");
        let is_armed = Arc::new(AtomicBool::new(false));
        let mut loops = vec![tokio::spawn(keep_tending(app.clone(), node.clone()))];
        for lane in Lane::ALL {
            let working = keep_working(app.clone(), node.clone(), lane, Arc::clone(&is_armed));
            loops.push(tokio::spawn(working));
        }
        Working {
            app: app.clone(),
            loops,
        }
    }

    /// Breaks off what is under way, gives it back and returns when that is written.
    ///
    /// # Errors
    /// If a loop panicked.
    pub async fn end(self) -> anyhow::Result<()> {
        self.app.memory.of::<Local>().end();
        for one in self.loops {
            one.await.context("a loop of the worker")?;
        }
        Ok(())
    }
}

async fn keep_tending(app: App, node: Node) {
    let local = app.memory.of::<Local>();
    let mut ending = local.ending.subscribe();
    while !local.is_ending() {
        unless_ending(&app, tend_once(&app, &node)).await;
        wait(&mut ending, BETWEEN).await;
    }
}

async fn keep_working(app: App, node: Node, lane: Lane, is_armed: Arc<AtomicBool>) {
    let local = app.memory.of::<Local>();
    let mut ending = local.ending.subscribe();
    while !local.is_ending() {
        match next(&app, &node, lane, &is_armed).await {
            Ok(Some(_)) => {}
            Ok(None) => wait(&mut ending, BETWEEN).await,
            Err(error) => {
                let error = anyhow::Error::from(error);
                tracing::error!(error = format!("{error:#}"), "no job could be taken");
                wait(&mut ending, AFTER_FAILURE).await;
            }
        }
    }
}

async fn next(app: &App, node: &Node, lane: Lane, is_armed: &AtomicBool) -> Result<Option<JobId>> {
    if !is_armed.load(Ordering::Relaxed) {
        let Some(armed) = unless_ending(app, arm(app, node)).await else {
            return Ok(None);
        };
        armed?;
        is_armed.store(true, Ordering::Relaxed);
    }
    run_due_once(app, node, lane).await
}

/// Does what may be cut off; none when this node ends meanwhile.
async fn unless_ending<T>(app: &App, work: impl Future<Output = T>) -> Option<T> {
    let local = app.memory.of::<Local>();
    let mut ending = local.ending.subscribe();
    tokio::select! {
        biased;
        _ = ending.wait_for(|is_ending| *is_ending) => None,
        done = work => Some(done),
    }
}

async fn wait(ending: &mut watch::Receiver<bool>, longest: Duration) {
    tokio::select! {
        () = sleep(longest) => {}
        _ = ending.wait_for(|is_ending| *is_ending) => {}
    }
}
