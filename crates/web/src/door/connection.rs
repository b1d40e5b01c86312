//! Whose turn it is on a connection, and since when: what the door needs to know of it, told by the stream, the bodies and the service.

use std::{
    net::IpAddr,
    pin::Pin,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering::Relaxed},
    },
    task::{Context, Poll, ready},
};

use axum::{
    BoxError,
    body::{Body, Bytes},
};
use futures_util::task::AtomicWaker;
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use tokio::task::AbortHandle;

use crate::door::Limits;

/// Whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// The client's, to say something at all.
    New,
    /// The client's, to end the head of its request.
    Head,
    /// Ours.
    Working,
    /// The client's, to send more of the body.
    Body,
    /// Ours, and the client's to take what is written.
    Answering,
    /// The answer's last piece is being written.
    Answered,
    /// The client's, to ask for something else.
    Idle,
}

const TURNS: [Turn; 7] = [
    Turn::New,
    Turn::Head,
    Turn::Working,
    Turn::Body,
    Turn::Answering,
    Turn::Answered,
    Turn::Idle,
];

/// The door's clock, in milliseconds from one on, moved by the door at every look: asking costs nothing.
#[derive(Debug)]
pub struct Clock(AtomicU64);

impl Clock {
    pub fn new() -> Clock {
        Clock(AtomicU64::new(1))
    }

    pub fn set(&self, milliseconds: u64) {
        self.0.store(milliseconds.max(1), Relaxed);
    }

    pub fn now(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

/// What is known of a connection. All of it is written by the connection's own task, and read now and then by the door.
#[derive(Debug)]
pub struct Connection {
    pub address: IpAddr,
    clock: Arc<Clock>,
    turn: AtomicU8,
    /// When the connection, the head, the request or the pause began.
    since: AtomicU64,
    /// When the client first let us wait for more of the body, and how much of it came; nought before.
    body_since: AtomicU64,
    body_bytes: AtomicU64,
    /// When the client first took nothing more of the answer, and how much it took from then on; nought before.
    stuck_since: AtomicU64,
    stuck_bytes: AtomicU64,
    /// Set when the body takes too long: whoever reads it is told.
    is_too_slow: AtomicBool,
    reader: AtomicWaker,
    task: OnceLock<AbortHandle>,
}

impl Connection {
    pub fn new(address: IpAddr, clock: Arc<Clock>) -> Connection {
        Connection {
            address,
            turn: AtomicU8::new(Turn::New as u8),
            since: AtomicU64::new(clock.now()),
            clock,
            body_since: AtomicU64::new(0),
            body_bytes: AtomicU64::new(0),
            stuck_since: AtomicU64::new(0),
            stuck_bytes: AtomicU64::new(0),
            is_too_slow: AtomicBool::new(false),
            reader: AtomicWaker::new(),
            task: OnceLock::new(),
        }
    }

    pub fn runs_in(&self, task: AbortHandle) {
        // It is set once.
        let _ = self.task.set(task);
    }

    /// Ends it as it is.
    pub fn end(&self) {
        if let Some(task) = self.task.get() {
            task.abort();
        }
    }

    pub fn turn(&self) -> Turn {
        let turn = usize::from(self.turn.load(Relaxed));
        TURNS.get(turn).copied().unwrap_or(Turn::Working)
    }

    fn is_now(&self, turn: Turn) {
        self.turn.store(turn as u8, Relaxed);
    }

    /// Bytes came.
    pub fn reads(&self) {
        match self.turn() {
            Turn::New => self.is_now(Turn::Head),
            Turn::Idle => {
                self.since.store(self.clock.now(), Relaxed);
                self.is_now(Turn::Head);
            }
            _ => {}
        }
    }

    /// The head of a request is complete.
    pub fn begins(&self) {
        self.since.store(self.clock.now(), Relaxed);
        self.body_since.store(0, Relaxed);
        self.stuck_since.store(0, Relaxed);
        self.is_now(Turn::Working);
    }

    /// The head of the answer is there.
    pub fn answers(&self) {
        self.is_now(Turn::Answering);
    }

    /// The client took so much of what was written.
    pub fn takes(&self, bytes: usize) {
        if self.stuck_since.load(Relaxed) != 0 {
            self.stuck_bytes.fetch_add(bytes as u64, Relaxed);
        }
    }

    /// The client takes nothing more at the moment.
    pub fn is_stuck(&self) {
        if self.stuck_since.load(Relaxed) == 0 {
            self.stuck_bytes.store(0, Relaxed);
            self.stuck_since.store(self.clock.now(), Relaxed);
        }
    }

    /// Everything that was to be written is written.
    pub fn flushes(&self) {
        if self.turn() == Turn::Answered {
            self.stuck_since.store(0, Relaxed);
            self.since.store(self.clock.now(), Relaxed);
            self.is_now(Turn::Idle);
        }
    }

    /// Since when the client is waited for; none when it is our turn.
    pub fn waits_since(&self) -> Option<u64> {
        let stuck = self.stuck_since.load(Relaxed);
        match self.turn() {
            Turn::New | Turn::Head | Turn::Idle | Turn::Body => Some(self.since.load(Relaxed)),
            Turn::Working | Turn::Answering | Turn::Answered => (stuck != 0).then_some(stuck),
        }
    }

    /// Whether it stands for no request: nothing is lost with it.
    pub fn is_between(&self) -> bool {
        matches!(self.turn(), Turn::New | Turn::Head | Turn::Idle)
    }

    /// Ends it when it takes longer than it may.
    pub fn look(&self, limits: &Limits, now: u64) {
        let milliseconds = |time: std::time::Duration| time.as_millis() as u64;
        let since = |at: &AtomicU64| now.saturating_sub(at.load(Relaxed));
        let is_slow = |begun: &AtomicU64, bytes: &AtomicU64| {
            let earned = bytes.load(Relaxed).saturating_mul(1_000) / limits.bytes_per_second.max(1);
            begun.load(Relaxed) != 0 && since(begun) > milliseconds(limits.patience) + earned
        };
        let is_over = match self.turn() {
            Turn::New | Turn::Head => since(&self.since) > milliseconds(limits.head),
            Turn::Idle => since(&self.since) > milliseconds(limits.idle),
            Turn::Body => {
                if is_slow(&self.body_since, &self.body_bytes)
                    && !self.is_too_slow.swap(true, Relaxed)
                {
                    self.reader.wake();
                }
                false
            }
            Turn::Working | Turn::Answering | Turn::Answered => false,
        };
        if is_over || is_slow(&self.stuck_since, &self.stuck_bytes) {
            self.end();
        }
    }
}

/// The body of a request, which tells when the client is waited for.
pub struct Asked {
    body: Incoming,
    connection: Arc<Connection>,
}

impl Asked {
    pub fn new(body: Incoming, connection: Arc<Connection>) -> Asked {
        Asked { body, connection }
    }
}

impl HttpBody for Asked {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let Asked { body, connection } = &mut *self;
        if connection.is_too_slow.load(Relaxed) {
            return Poll::Ready(Some(Err("the body comes too slowly".into())));
        }
        let polled = Pin::new(body).poll_frame(context);
        if polled.is_pending() {
            if connection.body_since.load(Relaxed) == 0 {
                connection.body_bytes.store(0, Relaxed);
                connection.body_since.store(connection.clock.now(), Relaxed);
            }
            if connection.turn() == Turn::Working {
                connection.is_now(Turn::Body);
            }
            connection.reader.register(context.waker());
        } else if connection.turn() == Turn::Body {
            connection.is_now(Turn::Working);
        }
        let frame = ready!(polled);
        if let Some(Ok(frame)) = &frame
            && let Some(bytes) = frame.data_ref()
        {
            let bytes = bytes.len() as u64;
            connection.body_bytes.fetch_add(bytes, Relaxed);
        }
        Poll::Ready(frame.map(|frame| frame.map_err(BoxError::from)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        // Whoever reads no more waits for nobody.
        if self.connection.turn() == Turn::Body {
            self.connection.is_now(Turn::Working);
        }
    }
}

/// The body of an answer, which tells when it has been handed on.
pub struct Answer {
    body: Body,
    connection: Arc<Connection>,
}

impl Answer {
    pub fn new(body: Body, connection: Arc<Connection>) -> Answer {
        Answer { body, connection }
    }
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        self.connection.is_now(Turn::Answered);
    }
}
