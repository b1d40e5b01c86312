//! The state of a connection, and since when: reported by the stream, the bodies and the service, read by the table to enforce the limits.

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

/// What a connection is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Open; no byte has come.
    New,
    /// A request's head is being read.
    Head,
    /// The handler runs.
    Handling,
    /// The handler waits for more of the request's body.
    Body,
    /// The response is being written.
    Responding,
    /// The response's last bytes are being flushed.
    Flushing,
    /// Kept alive between two requests.
    Idle,
}

const STATES: [State; 7] = [
    State::New,
    State::Head,
    State::Handling,
    State::Body,
    State::Responding,
    State::Flushing,
    State::Idle,
];

/// The time in milliseconds, from one on, set by the table at every sweep: reading it makes no system call.
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

/// What is known of a connection. The connection's own task writes it; the table reads it at every sweep.
#[derive(Debug)]
pub struct Connection {
    pub address: IpAddr,
    clock: Arc<Clock>,
    state: AtomicU8,
    /// When the connection was opened, or its request's head, its handling or its idle time began.
    since: AtomicU64,
    /// When the handler first had to wait for more of the body, and how many bytes of it have come since; zero before.
    body_since: AtomicU64,
    body_bytes: AtomicU64,
    /// When writing the response first blocked, and how many bytes were written since; zero before.
    blocked_since: AtomicU64,
    blocked_bytes: AtomicU64,
    /// Set when the body comes too slowly: reading it gives an error from then on.
    is_too_slow: AtomicBool,
    /// The task that waits for the body.
    reader: AtomicWaker,
    task: OnceLock<AbortHandle>,
}

impl Connection {
    pub fn new(address: IpAddr, clock: Arc<Clock>) -> Connection {
        Connection {
            address,
            state: AtomicU8::new(State::New as u8),
            since: AtomicU64::new(clock.now()),
            clock,
            body_since: AtomicU64::new(0),
            body_bytes: AtomicU64::new(0),
            blocked_since: AtomicU64::new(0),
            blocked_bytes: AtomicU64::new(0),
            is_too_slow: AtomicBool::new(false),
            reader: AtomicWaker::new(),
            task: OnceLock::new(),
        }
    }

    pub fn runs_in(&self, task: AbortHandle) {
        // It is set once.
        let _ = self.task.set(task);
    }

    /// Closes it at once, whatever it is doing.
    pub fn close(&self) {
        if let Some(task) = self.task.get() {
            task.abort();
        }
    }

    fn state(&self) -> State {
        let state = usize::from(self.state.load(Relaxed));
        STATES.get(state).copied().unwrap_or(State::Handling)
    }

    fn set_state(&self, state: State) {
        self.state.store(state as u8, Relaxed);
    }

    /// Bytes were read.
    pub fn on_read(&self) {
        match self.state() {
            State::New => self.set_state(State::Head),
            State::Idle => {
                self.since.store(self.clock.now(), Relaxed);
                self.set_state(State::Head);
            }
            _ => {}
        }
    }

    /// The head of a request is complete.
    pub fn on_request(&self) {
        self.since.store(self.clock.now(), Relaxed);
        self.body_since.store(0, Relaxed);
        self.blocked_since.store(0, Relaxed);
        self.set_state(State::Handling);
    }

    /// The handler has given its response.
    pub fn on_response(&self) {
        self.set_state(State::Responding);
    }

    /// The socket took so many bytes of the response.
    pub fn on_written(&self, bytes: usize) {
        if self.blocked_since.load(Relaxed) != 0 {
            self.blocked_bytes.fetch_add(bytes as u64, Relaxed);
        }
    }

    /// The socket's buffer is full: the client reads too slowly.
    pub fn on_blocked(&self) {
        if self.blocked_since.load(Relaxed) == 0 {
            self.blocked_bytes.store(0, Relaxed);
            self.blocked_since.store(self.clock.now(), Relaxed);
        }
    }

    /// Everything that was written has been handed to the socket.
    pub fn on_flushed(&self) {
        if self.state() == State::Flushing {
            self.blocked_since.store(0, Relaxed);
            self.since.store(self.clock.now(), Relaxed);
            self.set_state(State::Idle);
        }
    }

    /// Since when the client is waited for; none while a request is handled.
    pub fn waiting_since(&self) -> Option<u64> {
        let blocked = self.blocked_since.load(Relaxed);
        match self.state() {
            State::New | State::Head | State::Idle | State::Body => Some(self.since.load(Relaxed)),
            State::Handling | State::Responding | State::Flushing => {
                (blocked != 0).then_some(blocked)
            }
        }
    }

    /// Whether no whole request has come: nothing is lost when it is closed.
    pub fn has_no_request(&self) -> bool {
        matches!(self.state(), State::New | State::Head | State::Idle)
    }

    /// Closes it when it has taken longer than its state allows.
    pub fn enforce(&self, limits: &Limits, now: u64) {
        let milliseconds = |time: std::time::Duration| time.as_millis() as u64;
        let since = |at: &AtomicU64| now.saturating_sub(at.load(Relaxed));
        let is_slow = |begun: &AtomicU64, bytes: &AtomicU64| {
            let earned = bytes.load(Relaxed).saturating_mul(1_000) / limits.bytes_per_second.max(1);
            begun.load(Relaxed) != 0 && since(begun) > milliseconds(limits.stall) + earned
        };
        let is_over = match self.state() {
            State::New | State::Head => since(&self.since) > milliseconds(limits.head),
            State::Idle => since(&self.since) > milliseconds(limits.idle),
            State::Body => {
                if is_slow(&self.body_since, &self.body_bytes)
                    && !self.is_too_slow.swap(true, Relaxed)
                {
                    self.reader.wake();
                }
                false
            }
            State::Handling | State::Responding | State::Flushing => false,
        };
        if is_over || is_slow(&self.blocked_since, &self.blocked_bytes) {
            self.close();
        }
    }
}

/// The body of a request, which reports when the handler waits for the client.
pub struct RequestBody {
    body: Incoming,
    connection: Arc<Connection>,
}

impl RequestBody {
    pub fn new(body: Incoming, connection: Arc<Connection>) -> RequestBody {
        RequestBody { body, connection }
    }
}

impl HttpBody for RequestBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let RequestBody { body, connection } = &mut *self;
        if connection.is_too_slow.load(Relaxed) {
            return Poll::Ready(Some(Err("the body comes too slowly".into())));
        }
        let polled = Pin::new(body).poll_frame(context);
        if polled.is_pending() {
            if connection.body_since.load(Relaxed) == 0 {
                connection.body_bytes.store(0, Relaxed);
                connection.body_since.store(connection.clock.now(), Relaxed);
            }
            if connection.state() == State::Handling {
                connection.set_state(State::Body);
            }
            connection.reader.register(context.waker());
        } else if connection.state() == State::Body {
            connection.set_state(State::Handling);
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

impl Drop for RequestBody {
    fn drop(&mut self) {
        // The handler reads no further, so it waits for nothing.
        if self.connection.state() == State::Body {
            self.connection.set_state(State::Handling);
        }
    }
}

/// The body of a response, which reports when its last byte has been handed to the connection.
pub struct ResponseBody {
    body: Body,
    connection: Arc<Connection>,
}

impl ResponseBody {
    pub fn new(body: Body, connection: Arc<Connection>) -> ResponseBody {
        ResponseBody { body, connection }
    }
}

impl HttpBody for ResponseBody {
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

impl Drop for ResponseBody {
    fn drop(&mut self) {
        self.connection.set_state(State::Flushing);
    }
}
