//! PostgreSQL goes away and comes back, under the real program.

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    process::Command,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use jianjia_store::testing;
use reqwest::{Client, StatusCode, redirect::Policy};

use crate::serving::{BETWEEN, SOON, Server};

/// Stands between the program and its database, and can cut the line.
struct Line {
    port: u16,
    is_cut: Arc<AtomicBool>,
    open: Arc<Mutex<Vec<TcpStream>>>,
}

impl Line {
    fn to(address: String) -> Line {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let (is_cut, open) = (Arc::new(AtomicBool::new(false)), Arc::default());
        let line = Line { port, is_cut, open };
        let (is_cut, open) = (line.is_cut.clone(), line.open.clone());
        thread::spawn(move || {
            for here in listener.incoming() {
                let here = here.expect("a connection");
                if is_cut.load(Ordering::SeqCst) {
                    continue;
                }
                let there = TcpStream::connect(&address).expect("the database");
                let ends = [&here, &there].map(|end| end.try_clone().expect("its other end"));
                open.lock().expect("no panic").extend(ends);
                for (from, to) in [(&here, &there), (&there, &here)] {
                    let (from, to) = (from.try_clone(), to.try_clone());
                    let (from, to) = (from.expect("an end"), to.expect("an end"));
                    thread::spawn(move || carry(from, to));
                }
            }
        });
        line
    }

    fn cut(&self) {
        self.is_cut.store(true, Ordering::SeqCst);
        for end in self.open.lock().expect("no panic").drain(..) {
            let _ = end.shutdown(Shutdown::Both);
        }
    }

    fn mend(&self) {
        self.is_cut.store(false, Ordering::SeqCst);
    }
}

fn carry(mut from: TcpStream, mut to: TcpStream) {
    let mut bytes = [0; 8192];
    while let Ok(count @ 1..) = from.read(&mut bytes) {
        if to.write_all(&bytes[..count]).is_err() {
            return;
        }
    }
}

async fn get(client: &Client, url: String) -> (StatusCode, String) {
    let answer = client.get(url).send().await.expect("an answer");
    (answer.status(), answer.text().await.expect("text"))
}

fn csrf(page: &str) -> &str {
    let (_, rest) = page.split_once("name=\"csrf\" value=\"").expect("a form");
    rest.split_once('"').expect("a form").0
}

#[tokio::test]
async fn whoever_is_signed_in_stays_so_while_the_database_is_away() {
    let database = testing::postgres().await;
    let (before, rest) = database.url.rsplit_once('@').expect("an address");
    let (server, name) = rest.split_once('/').expect("an address");
    let line = Line::to(server.to_owned());
    let url = format!("{before}@127.0.0.1:{}/{name}", line.port);
    let jianjia = |words: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_jianjia"));
        command.args(words).args(["--database", &url, "--dir"]);
        command.arg(database.folder.path());
        command
    };
    let made = jianjia(&["account", "wangfang"]).output().expect("it runs");
    let told = String::from_utf8([made.stdout, made.stderr].concat()).expect("words");
    assert!(made.status.success(), "{told}");
    let server = Server::start(&mut jianjia(&["serve", "--listen", "127.0.0.1:0"]));
    let client = Client::builder()
        .cookie_store(true)
        .redirect(Policy::none())
        .build()
        .expect("a client");
    let (_, page) = get(&client, server.url("/sign-in")).await;
    let mut signed_in = false;
    for password in told.split_whitespace() {
        let form = [
            ("csrf", csrf(&page)),
            ("login", "wangfang"),
            ("password", password),
        ];
        let answer = client.post(server.url("/sign-in")).form(&form).send().await;
        if answer.expect("an answer").status() == StatusCode::SEE_OTHER {
            signed_in = true;
            break;
        }
    }
    assert!(signed_in, "the password stands in what was told: {told}");
    let (status, page) = get(&client, server.url("/settings")).await;
    assert_eq!(status, StatusCode::OK);

    line.cut();
    let begun = Instant::now();
    let (status, away) = get(&client, server.url("/settings")).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{away}");
    assert!(away.contains("数据库暂时没有回应"), "{away}");
    let form = [("csrf", csrf(&page)), ("something", "typed words")];
    let answer = client
        .post(server.url("/units/7/activities"))
        .form(&form)
        .send()
        .await;
    let answer = answer.expect("an answer");
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.text().await.expect("text").contains("typed words"));
    let ready = reqwest::get(server.url("/readyz"))
        .await
        .expect("an answer");
    assert_eq!(ready.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(begun.elapsed() < Duration::from_secs(20), "all of it soon");

    line.mend();
    let begun = Instant::now();
    while get(&client, server.url("/settings")).await.0 != StatusCode::OK {
        assert!(begun.elapsed() < SOON, "it comes back by itself");
        tokio::time::sleep(BETWEEN).await;
    }
    let (_, page) = get(&client, server.url("/settings")).await;
    assert!(
        page.contains("wangfang") || page.contains("/sign-out"),
        "still signed in"
    );
}
