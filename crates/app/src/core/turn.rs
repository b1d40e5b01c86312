//! Limited concurrency for work on untrusted input that needs much memory or CPU.

use std::{
    panic::resume_unwind,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::Duration,
};

use anyhow::Context;
use tokio::sync::Semaphore;

use crate::core::error::Result;

/// The longest wait for a turn: about as long as somebody watches a page load.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// The longest wait of a job, which nobody watches: longer than another job's longest paper takes.
const LONGEST_WAIT_OF_A_JOB: Duration = Duration::from_secs(10 * 60);

/// The longest queue: each waiting request holds its input in memory.
const LONGEST_QUEUE: usize = 32;

/// The turns at one kind of work: a semaphore with a bounded queue.
pub(crate) struct Turns {
    running: Semaphore,
    waiting: Semaphore,
    longest_wait: Duration,
}

/// No turn within the bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Busy;

impl Turns {
    pub(crate) const fn new(at_a_time: usize) -> Turns {
        Turns {
            running: Semaphore::const_new(at_a_time),
            waiting: Semaphore::const_new(LONGEST_QUEUE),
            longest_wait: LONGEST_WAIT,
        }
    }

    /// Turns at what jobs do, which wait longer.
    pub(crate) const fn of_jobs(at_a_time: usize) -> Turns {
        Turns {
            running: Semaphore::const_new(at_a_time),
            waiting: Semaphore::const_new(LONGEST_QUEUE),
            longest_wait: LONGEST_WAIT_OF_A_JOB,
        }
    }

    /// Runs the work on a blocking thread when its turn comes. The turn ends with the work and not with the request, which may have been abandoned:
    /// abandoned work still uses its memory.
    pub(crate) async fn take<T: Send + 'static>(
        &'static self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<std::result::Result<T, Busy>> {
        let Ok(place) = self.waiting.try_acquire() else {
            return Ok(Err(Busy));
        };
        let turn = tokio::time::timeout(self.longest_wait, self.running.acquire()).await;
        drop(place);
        let Ok(turn) = turn else {
            return Ok(Err(Busy));
        };
        let turn = turn.context("the turns never end")?;
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(turn);
            done
        });
        Ok(Ok(done.await.context("what was sent could not be read")?))
    }
}

/// Makes something of each of many in their order, so many at a time, each on one thread from beginning to end. Not on the pool: a thread of the pool that waits for
/// a part of one begins another, so that more are in memory than are set.
///
/// # Errors
/// The first of them, in their order.
pub(crate) fn each_of<T: Sync, R: Send, E: Send>(
    many: &[T],
    at_a_time: usize,
    make: impl Fn(&T) -> std::result::Result<R, E> + Sync,
) -> std::result::Result<Vec<R>, E> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut made = Vec::new();
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(one) = many.get(place) else {
                return made;
            };
            made.push((place, make(one)));
        }
    };
    let mut made = thread::scope(|scope| {
        let others: Vec<_> = (1..at_a_time.min(many.len()))
            .map(|_| scope.spawn(work))
            .collect();
        let mut made = work();
        for other in others {
            made.extend(other.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        made
    });
    made.sort_by_key(|(place, _)| *place);
    made.into_iter().map(|(_, made)| made).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    fn turns(at_a_time: usize, queue: usize, longest_wait: Duration) -> &'static Turns {
        Box::leak(Box::new(Turns {
            running: Semaphore::new(at_a_time),
            waiting: Semaphore::new(queue),
            longest_wait,
        }))
    }

    /// Takes the only turn until something is sent; returns when the work has begun.
    async fn hold(turns: &'static Turns) -> mpsc::Sender<()> {
        let (release, released) = mpsc::channel();
        let (begin, begun) = tokio::sync::oneshot::channel();
        tokio::spawn(turns.take(move || {
            begin.send(()).unwrap();
            released.recv().unwrap();
        }));
        begun.await.unwrap();
        release
    }

    #[tokio::test]
    async fn who_comes_while_another_is_at_it_waits_and_then_is_served() {
        let turns = turns(1, 1, LONGEST_WAIT);
        let release = hold(turns).await;
        let next = tokio::spawn(turns.take(|| 7));
        while turns.waiting.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert!(!next.is_finished());
        // The queue is full: the third is refused at once.
        assert_eq!(turns.take(|| 8).await.unwrap(), Err(Busy));
        release.send(()).unwrap();
        assert_eq!(next.await.unwrap().unwrap(), Ok(7));
    }

    #[tokio::test]
    async fn who_waited_as_long_as_one_waits_is_told() {
        let turns = turns(1, 1, Duration::ZERO);
        let release = hold(turns).await;
        assert_eq!(turns.take(|| 7).await.unwrap(), Err(Busy));
        release.send(()).unwrap();
    }

    #[tokio::test]
    async fn a_turn_lasts_as_long_as_its_work_even_when_nobody_waits_for_it() {
        let turns = turns(1, 1, Duration::ZERO);
        let (release, released) = mpsc::channel::<()>();
        let (begin, begun) = tokio::sync::oneshot::channel();
        let gone = tokio::spawn(turns.take(move || {
            begin.send(()).unwrap();
            released.recv().ok();
        }));
        begun.await.unwrap();
        gone.abort();
        assert!(gone.await.unwrap_err().is_cancelled());
        assert_eq!(turns.take(|| 7).await.unwrap(), Err(Busy));
        drop(release);
    }

    #[test]
    fn what_is_made_of_many_comes_in_their_order_and_so_does_what_is_wrong() {
        let many: Vec<usize> = (0..100).collect();
        for at_a_time in [0, 1, 4, 200] {
            let made = each_of(&many, at_a_time, |one| Ok::<_, String>(one * 2));
            assert_eq!(
                made.unwrap(),
                (0..100).map(|one| one * 2).collect::<Vec<_>>()
            );
            let wrong = each_of(&many, at_a_time, |one| match one % 40 {
                39 => Err(format!("{one}")),
                _ => Ok(()),
            });
            assert_eq!(wrong, Err("39".to_owned()));
        }
        assert_eq!(each_of(&[], 4, |_: &usize| Ok::<_, String>(())), Ok(vec![]));
    }

    #[test]
    fn no_more_are_made_at_a_time_than_may_be() {
        let (running, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let made = each_of(&[(); 64], 3, |()| {
            let now = running.fetch_add(1, Ordering::SeqCst) + 1;
            most.fetch_max(now, Ordering::SeqCst);
            thread::yield_now();
            running.fetch_sub(1, Ordering::SeqCst);
            Ok::<_, String>(())
        });
        assert_eq!(made.unwrap().len(), 64);
        assert!(most.load(Ordering::SeqCst) <= 3);
    }

    #[tokio::test]
    async fn work_that_panics_gives_its_turn_back() {
        let turns = turns(1, 1, LONGEST_WAIT);
        let broken = turns
            .take(|| -> () { panic!("as over a broken file") })
            .await;
        assert!(broken.is_err());
        assert_eq!(turns.take(|| 7).await.unwrap(), Ok(7));
    }
}
