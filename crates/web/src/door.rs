//! The door: accepts TCP connections, serves HTTP/1.1 on them, limits what each may take, and closes them when the program ends.
//!
//! A slow or silent connection costs a place in the table as a busy one does. So a request's head must arrive within a time, bodies and responses
//! must move at a least rate, and when the table is full the connections that have waited longest for their client are closed. A connection whose
//! request is being handled is never closed by these limits.

mod connection;
mod stream;
mod table;

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

use connection::{Connection, RequestBody, ResponseBody};
use stream::Watched;
use table::{Slot, Table};

/// The limits of connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections in all.
    pub connections: usize,
    /// Connections from one address (of IPv6: from one /64). Behind a proxy, from whose address all connections come, there is no limit.
    pub from_one_address: usize,
    /// Longest time for the head of a request: of the first one from the connection's beginning, of later ones from their first byte.
    pub head: Duration,
    /// Longest time between an answer and the next request.
    pub idle: Duration,
    /// How long a body or a response may stall, or move slower than the least rate.
    pub stall: Duration,
    /// The least rate of a body and of a response, in bytes a second.
    pub bytes_per_second: u64,
    /// Longest time for the requests in flight when the program is told to end.
    pub shutdown: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connections: MOST_CONNECTIONS,
            from_one_address: MOST_CONNECTIONS / 4,
            head: Duration::from_secs(10),
            idle: Duration::from_secs(60),
            stall: Duration::from_secs(15),
            bytes_per_second: 1_000,
            shutdown: Duration::from_secs(10),
        }
    }
}

const MOST_CONNECTIONS: usize = 8_192;

impl Limits {
    /// As many connections as there are file descriptors, but for those that database, files and the log need.
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

/// The time between two sweeps, and so the resolution of all limits.
const TICK: Duration = Duration::from_millis(100);

/// The size of a connection's read buffer, which bounds a request's head: thousands of connections may be open.
const BUFFER: usize = 32 * 1024;

/// The wait after an error of `accept` that the next try would meet as well.
const BACKOFF: Duration = Duration::from_millis(50);

/// Written to a connection that finds the table full, if it can be written without waiting.
const NO_PLACE: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 5\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

/// Serves until `stop`; then closes idle connections at once and the others when their request is answered, or after `Limits::shutdown`.
pub async fn serve<S>(
    listener: TcpListener,
    site: S,
    limits: Limits,
    stop: impl Future<Output = ()>,
) where
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + Sync + 'static,
    S::Future: Send,
{
    let table = Arc::new(Table::new(limits));
    let (ending, _) = watch::channel(());
    let mut stop = pin!(stop);
    let mut tick = interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        tokio::select! {
            () = &mut stop => break,
            _ = tick.tick() => table.sweep(),
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => accept(&table, &ending, &site, stream, peer),
                Err(error) if is_of_one_connection(&error) => {}
                // Mostly no descriptor is left: closing some connections frees theirs for the next try.
                Err(error) => {
                    let ended = table.evict();
                    tracing::warn!(%error, ended, "no connection could be accepted");
                    sleep(BACKOFF).await;
                }
            },
        }
    }
    drop(listener);
    // Each connection is closed behind the response it is working on.
    ending.send_replace(());
    let until = Instant::now() + limits.shutdown;
    while table.close_idle() > 0 {
        if Instant::now() >= until {
            let ended = table.close_all();
            tracing::warn!(ended, "requests were not finished in time and were ended");
            break;
        }
        tick.tick().await;
        table.sweep();
    }
}

/// Gives a connection a place in the table and a task of its own.
fn accept<S>(
    table: &Arc<Table>,
    ending: &watch::Sender<()>,
    site: &S,
    stream: TcpStream,
    peer: SocketAddr,
) where
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + Sync + 'static,
    S::Future: Send,
{
    let Some((connection, slot)) = table.insert(peer.ip()) else {
        let _ = stream.try_write(NO_PLACE);
        return;
    };
    // Responses are written whole: Nagle's algorithm would only delay them.
    let _ = stream.set_nodelay(true);
    let task = tokio::spawn(serve_connection(
        connection.clone(),
        slot,
        ending.subscribe(),
        site.clone(),
        stream,
        peer,
    ));
    connection.runs_in(task.abort_handle());
}

/// Serves the requests of one connection until it is closed by either side.
async fn serve_connection<S>(
    connection: Arc<Connection>,
    slot: Slot,
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
        connection.on_request();
        let mut request = request.map(|body| {
            if body.is_end_stream() {
                Body::empty()
            } else {
                Body::new(RequestBody::new(body, connection.clone()))
            }
        });
        request.extensions_mut().insert(ConnectInfo(peer));
        let connection = connection.clone();
        // `Site` is always ready, so that `poll_ready` need not be awaited.
        site.clone().call(request).map(move |response| {
            connection.on_response();
            response.map(|response| response.map(|body| ResponseBody::new(body, connection)))
        })
    });
    let serving = http1::Builder::new()
        .max_buf_size(BUFFER)
        // Without it hyper reads ahead while a request is handled, to notice a client that hangs up, each time into a new buffer, since the old one
        // holds the request. Overwriting all of these when they are freed takes as long as the rest of a vote. With it, a client that has hung up is
        // noticed when the response is written.
        .half_close(true)
        .serve_connection(io, service);
    let mut serving = pin!(serving);
    let is_shutdown = tokio::select! {
        // An error here is the client's: a reset, or no HTTP.
        _ = serving.as_mut() => false,
        _ = ending.changed() => true,
    };
    if is_shutdown {
        serving.as_mut().graceful_shutdown();
        let _ = serving.await;
    }
    drop(slot);
}

/// Whether an error of `accept` concerns one connection, so that the next one may be accepted at once.
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
