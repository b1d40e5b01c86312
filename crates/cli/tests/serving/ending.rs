//! The program is told to end while people are connected: it does, soon and cleanly.

use std::{
    io::{Read, Write},
    net::TcpStream,
    process::Command,
    time::Duration,
};

use jianjia_store::{core::audit, testing};
use rustix::process::Signal;

use crate::serving::{self, Server};

fn serve(database: &testing::TestDatabase) -> Server {
    Server::start(
        Command::new(env!("CARGO_BIN_EXE_jianjia"))
            .args(["serve", "--listen", "127.0.0.1:0", "--dir"])
            .arg(database.folder.path())
            .args(["--database", &database.url]),
    )
}

const HALF_A_HEAD: &str = "GET / HTTP/1.1\r\nhost: x\r\nx-slow: ";
const WAITS_TO_SEND: &str = "POST /sign-in HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 100\r\n\
    expect: 100-continue\r\n\r\n";

/// A request of whose body the server has begun to read six of a hundred bytes: it asked for them.
fn half_a_body(server: &Server) -> TcpStream {
    let mut sending = server.says(WAITS_TO_SEND);
    let asked = "HTTP/1.1 100 Continue\r\n\r\n";
    let mut answer = vec![0; asked.len()];
    sending.read_exact(&mut answer).unwrap();
    assert_eq!(answer, asked.as_bytes());
    sending.write_all(b"login=").unwrap();
    sending
}

#[tokio::test]
async fn half_sent_heads_and_idle_connections_keep_nobody_from_ending() {
    for database in testing::both().await {
        for signal in [Signal::TERM, Signal::INT] {
            let mut server = serve(&database);
            let mut open = vec![server.says(""), server.says("G"), server.says(HALF_A_HEAD)];
            let mut idle = server.says("GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n");
            let mut answer = [0; 12];
            idle.read_exact(&mut answer).unwrap();
            assert_eq!(&answer, b"HTTP/1.1 200");
            open.push(idle);
            server.signal(signal);
            let (status, _) = server.ended(Duration::from_secs(8));
            assert_eq!(status.code(), Some(0), "{signal:?}");
        }
    }
}

#[tokio::test]
async fn a_half_sent_body_is_waited_for_within_a_bound_and_what_was_written_is_sealed() {
    for database in testing::both().await {
        let begun = Command::new(env!("CARGO_BIN_EXE_jianjia"))
            .args(["account", "wangfang", "--dir"])
            .arg(database.folder.path())
            .args(["--database", &database.url])
            .output()
            .unwrap();
        assert!(begun.status.success());
        let mut server = serve(&database);
        let mut sending = half_a_body(&server);
        server.signal(Signal::TERM);
        server.refuses();
        assert!(server.child.try_wait().unwrap().is_none(), "it still waits");
        // Within the bound the rest is heard.
        sending.write_all("x".repeat(94).as_bytes()).unwrap();
        let answer = serving::rest(sending);
        assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
        let (status, _) = server.ended(Duration::from_secs(8));
        assert_eq!(status.code(), Some(0));

        let mut server = serve(&database);
        let _sending = half_a_body(&server);
        server.signal(Signal::TERM);
        let (status, _) = server.ended(Duration::from_secs(20));
        assert_eq!(status.code(), Some(0));
        let mut tx = database.db.read().await.unwrap();
        assert_eq!(audit::count_unsealed(&mut tx).await.unwrap(), 0);
        assert!(audit::last_seal(&mut tx).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn whoever_asks_twice_does_not_wait() {
    let database = testing::sqlite().await;
    let mut server = serve(&database);
    let _sending = half_a_body(&server);
    server.signal(Signal::TERM);
    server.refuses();
    server.signal(Signal::TERM);
    let (status, took) = server.ended(Duration::from_secs(8));
    assert_eq!(status.code(), Some(1));
    assert!(took < Duration::from_secs(5), "{took:?}");
}
