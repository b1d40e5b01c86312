//! The door: takes connections in, gives each a limited time for what is its turn to do, and lets them go when the program ends.
//!
//! Whoever only opens connections and says little costs a place each. So a request's head has to come in time, bodies and answers have to move at a
//! least rate, and when all places are taken those that have waited longest for their client make room. A connection whose request the program works
//! on is never ended by it.

mod connection;
mod held;
mod stream;

use std::{convert::Infallible, io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{
    body::Body,
    extract::{ConnectInfo, Request},
    response::Response,
};
use futures_util::FutureExt;
use hyper::{body::Body as _, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    time::{Instant, MissedTickBehavior, interval, sleep},
};
use tower::Service;

use connection::{Answer, Asked, Connection};
use held::{Entered, Held};
use stream::Watched;

/// What connections may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections in all.
    pub connections: usize,
    /// Connections from one address (of IPv6: from one /64). Behind a proxy all come from its address: no limit then.
    pub from_one_address: usize,
    /// Longest time for the head of a request, from its first byte or from the connection's beginning.
    pub head: Duration,
    /// Longest time between an answer and the next request.
    pub idle: Duration,
    /// How long a body or an answer may stand still, or move slower than the least rate.
    pub patience: Duration,
    /// The least rate of a body and of an answer, in bytes a second.
    pub bytes_per_second: u64,
    /// Longest time for the requests under way when the program is told to end.
    pub farewell: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connections: MOST_CONNECTIONS,
            from_one_address: MOST_CONNECTIONS / 4,
            head: Duration::from_secs(10),
            idle: Duration::from_secs(60),
            patience: Duration::from_secs(15),
            bytes_per_second: 1_000,
            farewell: Duration::from_secs(10),
        }
    }
}

const MOST_CONNECTIONS: usize = 8_192;

impl Limits {
    /// As many connections as descriptors allow; database, files and the log need some as well.
    pub fn for_descriptors(descriptors: usize, behind_proxy: bool) -> Limits {
        let spare = (descriptors / 4).min(1_024);
        let connections = (descriptors - spare).clamp(16, MOST_CONNECTIONS);
        Limits {
            connections,
            from_one_address: if behind_proxy {
                usize::MAX
            } else {
                connections / 4
            },
            ..Limits::default()
        }
    }
}

/// How often the limits are looked at; times are counted in steps of it.
const TICK: Duration = Duration::from_millis(100);

/// The most of a request's head, and of a body at a time, that is kept of a connection: thousands may be open.
const BUFFER: usize = 32 * 1024;

/// After an error of accepting that the next try would meet as well.
const BACKOFF: Duration = Duration::from_millis(50);

/// Told to whom there is no place for, if it can be told.
const NO_PLACE: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 5\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

/// Serves until `stop`; then lets requests under way be finished, within a time, and everything else go at once.
pub async fn serve<S>(
    listener: TcpListener,
    site: S,
    limits: Limits,
    stop: impl Future<Output = ()>,
) where
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + Sync + 'static,
    S::Future: Send,
{
    let held = Arc::new(Held::new(limits));
    let (ending, _) = watch::channel(());
    let mut stop = pin!(stop);
    let mut tick = interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        tokio::select! {
            () = &mut stop => break,
            _ = tick.tick() => held.look(),
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => enter(&held, &ending, &site, stream, peer),
                Err(error) if is_of_one_connection(&error) => {}
                // No descriptor is left, mostly: some are let go, and the next try is better.
                Err(error) => {
                    let ended = held.make_room();
                    tracing::warn!(%error, ended, "no connection could be accepted");
                    sleep(BACKOFF).await;
                }
            },
        }
    }
    drop(listener);
    // Each goes with its answer.
    ending.send_replace(());
    let until = Instant::now() + limits.farewell;
    while held.end_waiting() > 0 {
        if Instant::now() >= until {
            let ended = held.end_all();
            tracing::warn!(ended, "requests were not finished in time and were ended");
            break;
        }
        tick.tick().await;
        held.look();
    }
}

fn enter<S>(
    held: &Arc<Held>,
    ending: &watch::Sender<()>,
    site: &S,
    stream: TcpStream,
    peer: SocketAddr,
) where
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + Sync + 'static,
    S::Future: Send,
{
    let Some((connection, entered)) = held.enter(peer.ip()) else {
        let _ = stream.try_write(NO_PLACE);
        return;
    };
    // Answers are written whole; waiting for more would only delay them.
    let _ = stream.set_nodelay(true);
    let task = tokio::spawn(converse(
        connection.clone(),
        entered,
        ending.subscribe(),
        site.clone(),
        stream,
        peer,
    ));
    connection.runs_in(task.abort_handle());
}

async fn converse<S>(
    connection: Arc<Connection>,
    entered: Entered,
    mut ending: watch::Receiver<()>,
    site: S,
    stream: TcpStream,
    peer: SocketAddr,
) where
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + Sync + 'static,
    S::Future: Send,
{
    let io = TokioIo::new(Watched::new(stream, connection.clone()));
    let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
        connection.begins();
        let mut request = request.map(|body| {
            if body.is_end_stream() {
                Body::empty()
            } else {
                Body::new(Asked::new(body, connection.clone()))
            }
        });
        request.extensions_mut().insert(ConnectInfo(peer));
        let connection = connection.clone();
        // A site is always ready.
        site.clone().call(request).map(move |answer| {
            connection.answers();
            answer.map(|answer| answer.map(|body| Answer::new(body, connection)))
        })
    });
    let conversation = http1::Builder::new()
        .max_buf_size(BUFFER)
        // Else it looks for the client's end while a request is worked on, into a new buffer each time, for the old one holds the request: to overwrite
        // all of these when they are freed takes as long as the rest of a vote. Whoever has gone is noticed when the answer is written.
        .half_close(true)
        .serve_connection(io, service);
    let mut conversation = pin!(conversation);
    let told = tokio::select! {
        // How it ends is the client's affair.
        _ = conversation.as_mut() => false,
        _ = ending.changed() => true,
    };
    if told {
        conversation.as_mut().graceful_shutdown();
        let _ = conversation.await;
    }
    drop(entered);
}

/// Whether an error of accepting says nothing of the next connection.
fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::Interrupted
    )
}

#[cfg(test)]
mod tests;
