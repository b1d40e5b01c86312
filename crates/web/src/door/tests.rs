use std::{
    net::SocketAddr,
    sync::atomic::{AtomicUsize, Ordering},
};

use axum::{Router, body::Body, http::StatusCode, response::IntoResponse, routing};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    sync::{Semaphore, oneshot},
    task::JoinHandle,
    time::timeout,
};

use super::*;

/// Longest time for what should happen at once, on a busy machine.
const SOON: Duration = Duration::from_secs(20);

/// Requests of `/work` that have begun, and leave for them to end.
struct Work {
    begun: AtomicUsize,
    leave: Semaphore,
}

struct Served {
    address: SocketAddr,
    work: Arc<Work>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

/// Far beyond what a test lasts, so that each sets the one that it is about.
fn limits() -> Limits {
    let long = Duration::from_secs(600);
    Limits {
        connections: 64,
        from_one_address: 64,
        head: long,
        idle: long,
        stall: long,
        bytes_per_second: 1_000,
        shutdown: long,
    }
}

async fn served(limits: Limits) -> Served {
    let work = Arc::new(Work {
        begun: AtomicUsize::new(0),
        leave: Semaphore::new(0),
    });
    let of_handler = work.clone();
    let site = Router::new()
        .route("/", routing::get(|| async { "hello" }))
        .route(
            "/work",
            routing::get(|| async move {
                of_handler.begun.fetch_add(1, Ordering::SeqCst);
                let leave = of_handler.leave.acquire().await.expect("it stays open");
                leave.forget();
                "worked"
            }),
        )
        .route(
            "/body",
            routing::post(|body: Body| async {
                match axum::body::to_bytes(body, usize::MAX).await {
                    Ok(bytes) => bytes.len().to_string().into_response(),
                    Err(_) => StatusCode::REQUEST_TIMEOUT.into_response(),
                }
            }),
        )
        .route("/big", routing::get(|| async { vec![0_u8; 64 << 20] }));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let task = tokio::spawn(async move {
        serve(listener, site, limits, async {
            let _ = stopped.await;
        })
        .await;
    });
    Served {
        address,
        work,
        stop,
        task,
    }
}

impl Served {
    async fn says(&self, words: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(words.as_bytes()).await.unwrap();
        stream
    }

    /// Begins a request that is worked on until it is given leave.
    async fn works(&self) -> TcpStream {
        let before = self.work.begun.load(Ordering::SeqCst);
        let stream = self.says("GET /work HTTP/1.1\r\nhost: x\r\n\r\n").await;
        while self.work.begun.load(Ordering::SeqCst) == before {
            tokio::task::yield_now().await;
        }
        stream
    }

    /// Asks once and gives the answer.
    async fn asks(&self) -> String {
        let stream = self
            .says("GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
            .await;
        rest(stream).await
    }
}

/// What comes until the connection ends; it must end soon.
async fn rest(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    // A reset ends it as well.
    let _ = timeout(SOON, stream.read_to_end(&mut bytes))
        .await
        .expect("the connection is ended");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What comes with the next reading.
async fn next(stream: &mut TcpStream) -> String {
    let mut bytes = vec![0; 4096];
    let count = timeout(SOON, stream.read(&mut bytes))
        .await
        .expect("an answer")
        .unwrap();
    String::from_utf8_lossy(&bytes[..count]).into_owned()
}

const HALF: &str = "GET / HTTP/1.1\r\nhost: x\r\nx-slow: ";

#[tokio::test]
async fn who_says_that_nothing_more_comes_is_answered_and_then_ended() {
    let served = served(limits()).await;
    let mut stream = served.works().await;
    stream.shutdown().await.unwrap();
    served.work.leave.add_permits(1);
    assert!(rest(stream).await.ends_with("worked"));
}

#[tokio::test]
async fn a_head_that_does_not_come_in_time_ends_the_connection() {
    let served = served(Limits {
        head: Duration::from_millis(300),
        ..limits()
    })
    .await;
    for words in ["", "G", HALF] {
        assert_eq!(rest(served.says(words).await).await, "");
    }
    // The same after an answer, and bytes now and then are no help.
    let mut stream = served
        .says(&format!("GET / HTTP/1.1\r\nhost: x\r\n\r\n{HALF}"))
        .await;
    assert!(next(&mut stream).await.ends_with("hello"));
    let trickling = async {
        while stream.write_all(b"x").await.is_ok() {
            sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(SOON, trickling).await.expect("it is ended");
    assert!(served.asks().await.ends_with("hello"));
}

#[tokio::test]
async fn a_connection_that_asks_for_nothing_more_is_ended() {
    let served = served(Limits {
        idle: Duration::from_millis(300),
        ..limits()
    })
    .await;
    let mut stream = served.says("").await;
    for _ in 0..3 {
        let asking = stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n");
        asking.await.unwrap();
        assert!(next(&mut stream).await.ends_with("hello"));
    }
    assert_eq!(rest(stream).await, "");
}

#[tokio::test]
async fn a_body_slower_than_the_least_rate_is_told_and_a_slow_enough_one_is_read() {
    let served = served(Limits {
        stall: Duration::from_millis(300),
        bytes_per_second: 100,
        ..limits()
    })
    .await;
    let head = "POST /body HTTP/1.1\r\nhost: x\r\ncontent-length: 60\r\n\r\n";
    let told = rest(served.says(&format!("{head}half")).await).await;
    assert!(told.starts_with("HTTP/1.1 408"), "{told}");

    let mut stream = served.says(head).await;
    for _ in 0..6 {
        sleep(Duration::from_millis(100)).await;
        stream.write_all(b"0123456789").await.unwrap();
    }
    let told = next(&mut stream).await;
    assert!(told.ends_with("60"), "{told}");
}

#[tokio::test]
async fn an_answer_that_nobody_takes_ends_the_connection() {
    let served = served(Limits {
        stall: Duration::from_millis(500),
        ..limits()
    })
    .await;
    let stream = served.says("GET /big HTTP/1.1\r\nhost: x\r\n\r\n").await;
    while served.asks().await.is_empty() {}
    sleep(Duration::from_millis(1_500)).await;
    // What is left is what the machine had taken of it.
    let got = rest(stream).await;
    assert!(got.starts_with("HTTP/1.1 200") && got.len() < 64 << 20);
}

#[tokio::test]
async fn those_who_wait_longest_make_room_and_those_who_are_worked_on_do_not() {
    let served = served(limits()).await;
    let mut working = Vec::new();
    for _ in 0..32 {
        working.push(served.works().await);
    }
    let mut half = Vec::new();
    for _ in 0..200 {
        half.push(served.says(HALF).await);
    }
    for _ in 0..50 {
        assert!(served.asks().await.ends_with("hello"));
    }
    served.work.leave.add_permits(32);
    for mut stream in working {
        assert!(next(&mut stream).await.ends_with("worked"));
    }
    assert_eq!(rest(half.swap_remove(0)).await, "");
}

#[tokio::test]
async fn one_address_has_its_places_and_no_more() {
    let served = served(Limits {
        from_one_address: 8,
        ..limits()
    })
    .await;
    let mut working = Vec::new();
    for _ in 0..8 {
        working.push(served.works().await);
    }
    let told = rest(served.says("").await).await;
    assert!(told.starts_with("HTTP/1.1 503"), "{told}");
    // Another address.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.77:0".parse().unwrap()).unwrap();
    let mut other = socket.connect(served.address).await.unwrap();
    let asking = other.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n");
    asking.await.unwrap();
    assert!(next(&mut other).await.ends_with("hello"));
    served.work.leave.add_permits(8);
    for stream in &mut working {
        assert!(next(stream).await.ends_with("worked"));
    }
    assert!(served.asks().await.ends_with("hello"));
}

#[tokio::test]
async fn when_it_ends_only_requests_under_way_are_waited_for() {
    let served = served(limits()).await;
    let mut idle = served.says("GET / HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert!(next(&mut idle).await.ends_with("hello"));
    let (new, half) = (served.says("").await, served.says(HALF).await);
    let working = served.works().await;
    served.stop.send(()).unwrap();
    for stream in [idle, new, half] {
        assert_eq!(rest(stream).await, "");
    }
    assert!(!served.task.is_finished());
    served.work.leave.add_permits(1);
    assert!(rest(working).await.ends_with("worked"));
    timeout(SOON, served.task).await.expect("it ends").unwrap();
}

#[tokio::test]
async fn a_request_that_does_not_end_is_not_waited_for_longer_than_the_farewell() {
    let served = served(Limits {
        shutdown: Duration::from_millis(300),
        ..limits()
    })
    .await;
    let working = served.works().await;
    let body = "POST /body HTTP/1.1\r\nhost: x\r\ncontent-length: 60\r\n\r\nhalf";
    let sending = served.says(body).await;
    served.stop.send(()).unwrap();
    timeout(SOON, served.task).await.expect("it ends").unwrap();
    for stream in [working, sending] {
        assert_eq!(rest(stream).await, "");
    }
}
