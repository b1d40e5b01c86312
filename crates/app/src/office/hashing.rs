//! Password hashing with a bounded queue. A hash takes 31 ms of CPU and 19 MB, so a thousand concurrent sign-ins would keep everybody else waiting.
//! The queue is short, known browsers go first, and a request that finds no place is refused at once.

use std::{
    collections::VecDeque,
    sync::{LazyLock, Mutex, MutexGuard, PoisonError},
};

use anyhow::{Context, anyhow};
use argon2::{Argon2, PasswordHasher, PasswordVerifier, password_hash::phc::PasswordHash};
use jianjia_domain::office::account::AccountRefusal;
use tokio::sync::oneshot;

use crate::core::{
    app::App,
    error::{Error, Result},
};

/// The priority in the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Priority {
    /// Somebody signed in, or a browser in which the account signed in before.
    Known,
    /// Anybody.
    Unknown,
}

/// Hashes computed concurrently.
const RUNNING: usize = 2;

/// Waiting requests of known browsers: about three seconds of work.
const WAITING_KNOWN: usize = 192;

/// All other waiting requests: half a second of work, so that the last one is still answered soon.
const WAITING_UNKNOWN: usize = 32;

static QUEUE: Queue = Queue::new();

/// Takes a place in the queue, to be passed to `fits` or `hash`.
///
/// # Errors
/// Refused if the queue is full.
pub fn place(priority: Priority) -> Result<Place> {
    QUEUE.place(priority)
}

/// Whether a password matches a stored hash.
///
/// # Errors
/// If the hashing task fails.
pub async fn fits(place: Place, password: String, hash: String) -> Result<bool> {
    work(place, move || {
        Argon2::default()
            .verify_password(password.as_bytes(), hash.as_str())
            .is_ok()
    })
    .await
}

/// The hash of a password as stored (Argon2id, PHC string).
///
/// # Errors
/// If the memory can't be allocated.
pub async fn hash(app: &App, place: Place, password: &str) -> Result<String> {
    let mut salt = [0; 16];
    app.entropy.fill(&mut salt);
    let password = password.to_owned();
    let hashed = work(place, move || {
        Argon2::default()
            .hash_password_with_salt(password.as_bytes(), &salt)
            .map(|hash: PasswordHash| hash.to_string())
    });
    let hashed = hashed.await?;
    Ok(hashed.map_err(|error| anyhow!("the password could not be hashed: {error}"))?)
}

async fn work<T: Send + 'static>(
    place: Place,
    hashing: impl FnOnce() -> T + Send + 'static,
) -> Result<T> {
    let turn = place.turn().await;
    // The turn belongs to the work, which goes on if the request is abandoned.
    let done = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        hashing()
    });
    Ok(done.await.context("the hashing task")?)
}

/// The hash that is verified for an unknown login, so that both answers take equally long.
pub static NOBODY: LazyLock<String> = LazyLock::new(|| {
    Argon2::default()
        .hash_password_with_salt(b"nobody signs in with this", b"jianjia nobody")
        .map_or_else(|_| String::new(), |hash: PasswordHash| hash.to_string())
});

/// The requests that wait for their turn.
#[derive(Debug)]
struct Queue(Mutex<Lanes>);

#[derive(Debug)]
struct Lanes {
    running: usize,
    known: VecDeque<oneshot::Sender<()>>,
    unknown: VecDeque<oneshot::Sender<()>>,
}

/// A place in the queue; dropping it gives it up.
#[derive(Debug)]
pub struct Place {
    queue: &'static Queue,
    /// `None` when the turn has come, and after the place was given up.
    waits: Option<oneshot::Receiver<()>>,
    has_turn: bool,
}

impl Queue {
    const fn new() -> Queue {
        Queue(Mutex::new(Lanes {
            running: 0,
            known: VecDeque::new(),
            unknown: VecDeque::new(),
        }))
    }

    fn lanes(&self) -> MutexGuard<'_, Lanes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn place(&'static self, priority: Priority) -> Result<Place> {
        let mut lanes = self.lanes();
        if lanes.running < RUNNING {
            lanes.running += 1;
            return Ok(Place {
                queue: self,
                waits: None,
                has_turn: true,
            });
        }
        let (lane, most) = match priority {
            Priority::Known => (&mut lanes.known, WAITING_KNOWN),
            Priority::Unknown => (&mut lanes.unknown, WAITING_UNKNOWN),
        };
        if lane.len() >= most {
            // Abandoned requests free their places.
            lane.retain(|waiting| !waiting.is_closed());
        }
        if lane.len() >= most {
            return Err(Error::Refused(AccountRefusal::Crowded.into()));
        }
        let (turn, waits) = oneshot::channel();
        lane.push_back(turn);
        Ok(Place {
            queue: self,
            waits: Some(waits),
            has_turn: false,
        })
    }

    /// Passes a turn to the first in the queue.
    fn hand_on(&self) {
        let mut lanes = self.lanes();
        while let Some(next) = lanes
            .known
            .pop_front()
            .or_else(|| lanes.unknown.pop_front())
        {
            if next.send(()).is_ok() {
                return;
            }
        }
        lanes.running -= 1;
    }
}

impl Place {
    /// Waits for the turn, which lasts until the result is dropped.
    async fn turn(mut self) -> Place {
        if let Some(waits) = &mut self.waits {
            self.has_turn = waits.await.is_ok();
            self.waits = None;
        }
        self
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(mut waits) = self.waits.take() {
            waits.close();
            // The turn may have come in this moment.
            self.has_turn |= waits.try_recv().is_ok();
        }
        if self.has_turn {
            self.queue.hand_on();
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn queue() -> &'static Queue {
        Box::leak(Box::new(Queue::new()))
    }

    fn is_refused(place: &Result<Place>) -> bool {
        matches!(
            place,
            Err(Error::Refused(refusal)) if refusal.of() == Some(&AccountRefusal::Crowded)
        )
    }

    #[tokio::test]
    async fn a_flood_is_told_at_once_and_those_we_know_pass_it() {
        let queue = queue();
        let place = |priority| queue.place(priority).unwrap();
        let first = place(Priority::Unknown).turn().await;
        let second = place(Priority::Unknown).turn().await;
        let mut flood: Vec<Place> = (0..WAITING_UNKNOWN)
            .map(|_| place(Priority::Unknown))
            .collect();
        assert!(is_refused(&queue.place(Priority::Unknown)));
        let known = place(Priority::Known);
        let mut waiting = Box::pin(known.turn());
        assert!((&mut waiting).now_or_never().is_none());
        drop(first);
        // The known browser came last and is served next.
        let known = waiting.now_or_never().expect("its turn");
        assert!(flood[0].waits.as_mut().unwrap().try_recv().is_err());
        drop(known);
        drop(second);
        // Two more are running, so there are two free places, and an abandoned one makes another.
        for _ in 0..2 {
            flood.push(place(Priority::Unknown));
        }
        assert!(is_refused(&queue.place(Priority::Unknown)));
        flood.pop();
        flood.push(place(Priority::Unknown));
        assert!(is_refused(&queue.place(Priority::Unknown)));
        // All are served in order, and nothing is left.
        for place in flood {
            let turn = place.turn().now_or_never().expect("its turn");
            drop(turn);
        }
        assert_eq!(queue.lanes().running, 0);
    }

    #[tokio::test]
    async fn a_turn_that_came_to_somebody_who_has_gone_goes_on() {
        let queue = queue();
        let running: Vec<Place> = (0..RUNNING)
            .map(|_| queue.place(Priority::Unknown).unwrap())
            .collect();
        let gone = queue.place(Priority::Known).unwrap();
        let next = queue.place(Priority::Unknown).unwrap();
        drop(running);
        drop(gone);
        assert!(next.turn().now_or_never().is_some());
        assert_eq!(queue.lanes().running, 0);
    }

    #[tokio::test]
    async fn those_we_know_have_a_bound_as_well() {
        let queue = queue();
        let all: Vec<Place> = (0..RUNNING + WAITING_KNOWN)
            .map(|_| queue.place(Priority::Known).unwrap())
            .collect();
        assert!(is_refused(&queue.place(Priority::Known)));
        drop(all);
        assert_eq!(queue.lanes().running, 0);
        assert!(queue.place(Priority::Unknown).is_ok());
    }
}
