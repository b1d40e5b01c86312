//! The memory of a program that serves, right after members have voted: nothing in it tells what anybody chose, and nothing opens a ballot.
//! On Linux, where a process's memory can be looked into; whoever may not look is kept out by the program itself.
#![cfg(target_os = "linux")]

use std::{
    fs,
    io::{BufRead, BufReader, ErrorKind, Read, Seek, SeekFrom},
    process::{Child, Command, Stdio},
    sync::Arc,
};

use futures_util::future::join_all;
use jianjia_app::{
    core::{
        app::App, clock::Clock, entropy::Entropy, memory::Memory, secret::SlipKey,
        standard::Standards,
    },
    rating::lock::intruder::Intruder,
};
use jianjia_demo::testing::{changzhou, polling};
use jianjia_store::{core::file::Files, rating::ballot, testing};
use reqwest::{Client, StatusCode, redirect::Policy};

const KEY: [u8; 32] = [11; 32];
const VOTERS: usize = 40;

struct Server {
    child: Child,
    address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn serve(database: &testing::TestDatabase) -> Server {
    let mut child = Command::new(env!("CARGO_BIN_EXE_jianjia"))
        .args(["serve", "--listen", "127.0.0.1:0", "--dir"])
        .arg(database.folder.path())
        .args(["--database", &database.url])
        .env("JIANJIA_SLIP_KEY", "0b".repeat(32))
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut talk = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.starts_with("http://") {
        line.clear();
        assert!(talk.read_line(&mut line).unwrap() > 0, "no start");
    }
    std::thread::spawn(move || std::io::copy(&mut talk, &mut std::io::sink()));
    Server {
        child,
        address: line.trim().trim_end_matches('/').to_owned(),
    }
}

/// All that a process may write to, piece by piece; none where it may not be looked into.
fn memory(process: u32) -> Option<Vec<Vec<u8>>> {
    let mut memory = match fs::File::open(format!("/proc/{process}/mem")) {
        Ok(memory) => memory,
        Err(error) if error.kind() == ErrorKind::PermissionDenied => return None,
        Err(error) => panic!("{error}"),
    };
    let maps = fs::read_to_string(format!("/proc/{process}/maps")).unwrap();
    let mut pieces = Vec::new();
    for line in maps.lines() {
        let mut words = line.split_whitespace();
        let (range, rights) = (words.next().unwrap(), words.next().unwrap());
        if !rights.starts_with("rw") {
            continue;
        }
        let (from, to) = range.split_once('-').unwrap();
        let [from, to] = [from, to].map(|at| u64::from_str_radix(at, 16).unwrap());
        // By the page: some of a range may not be there, and most are empty.
        let mut piece = Vec::new();
        for page in (from..to).step_by(PAGE) {
            let mut bytes = [0; PAGE];
            let read = memory.seek(SeekFrom::Start(page));
            let read = read.and_then(|_| memory.read_exact(&mut bytes));
            if read.is_ok() && bytes != [0; PAGE] {
                piece.extend_from_slice(&bytes);
            } else if !piece.is_empty() {
                pieces.push(std::mem::take(&mut piece));
            }
        }
        pieces.push(piece);
    }
    Some(pieces)
}

const PAGE: usize = 4096;

/// Which of the texts stand in memory.
fn found<'a>(memory: &[Vec<u8>], texts: &'a [Vec<u8>]) -> Vec<&'a [u8]> {
    let mut begins = vec![false; 1 << 16];
    let beginning = |text: &[u8]| usize::from(text[0]) << 8 | usize::from(text[1]);
    for text in texts {
        begins[beginning(text)] = true;
    }
    let mut found = Vec::new();
    for piece in memory {
        for (at, pair) in piece.windows(2).enumerate() {
            if begins[beginning(pair)] {
                let here = texts.iter().filter(|text| piece[at..].starts_with(text));
                found.extend(here.map(Vec::as_slice));
            }
        }
    }
    found
}

/// What each voter writes: nobody else has it.
fn words(voter: usize) -> String {
    format!("wunsch{:05}", 10_007 * voter % 90_000)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn memory_tells_no_choice_and_opens_no_ballot_once_a_vote_is_thanked() {
    for database in testing::both().await {
        let app = App {
            db: database.db.clone(),
            files: Files::in_folder(&database.folder.path().join("files")).unwrap(),
            standards: Standards::of_one(changzhou()),
            clock: Clock::Real,
            entropy: Entropy::of_the_machine().unwrap(),
            slip_key: SlipKey(KEY),
            heads: None,
            memory: Memory::default(),
            followers: jianjia_app::FOLLOWERS,
            backups: None,
            second_factor: Arc::default(),
            post: Default::default(),
            provider: None,
            is_demo: false,
        };
        let booth = polling::booths(&app, 1, VOTERS).await.unwrap().remove(0);
        let server = serve(&database);
        // Each has a connection, which stays open.
        let clients: Vec<Client> = (0..VOTERS)
            .map(|_| Client::builder().redirect(Policy::none()).build().unwrap())
            .collect();
        let poll = booth.poll.to_string();
        let votes = clients
            .iter()
            .zip(&booth.codes)
            .enumerate()
            .map(|(voter, (client, code))| {
                let (poll, server) = (&poll, &server);
                async move {
                    let words = words(voter);
                    let marks =
                        [0, 1, 2, 3].map(|object| ["0", "1", "2", "-"][(voter >> object) & 3]);
                    let form = [
                        ("kiosk", ""),
                        ("poll", poll),
                        ("code", code),
                        ("object0", marks[0]),
                        ("object1", marks[1]),
                        ("object2", marks[2]),
                        ("object3", marks[3]),
                        ("suggestion", &words),
                        ("filler", "000"),
                    ];
                    for (path, wanted) in [("/v", 200), ("/v/confirm", 200), ("/v/cast", 303)] {
                        let request = client.post(format!("{}{path}", server.address)).form(&form);
                        let answer = request.send().await.unwrap();
                        assert_eq!(answer.status().as_u16(), wanted);
                        answer.bytes().await.unwrap();
                    }
                }
            });
        join_all(votes).await;
        let healthy = Client::new()
            .get(format!("{}/healthz", server.address))
            .send();
        assert_eq!(healthy.await.unwrap().status(), StatusCode::OK);
        let limits = fs::read_to_string(format!("/proc/{}/limits", server.child.id())).unwrap();
        let core = limits
            .lines()
            .find(|line| line.starts_with("Max core file size"));
        let core: Vec<&str> = core.unwrap().split_whitespace().skip(4).take(2).collect();
        assert_eq!(core, ["0", "0"], "the program may be dumped");

        let Some(memory) = memory(server.child.id()) else {
            continue;
        };
        let known = [poll.clone().into_bytes(), booth.poll.0.as_bytes().to_vec()];
        assert!(!found(&memory, &known).is_empty(), "the wrong memory");
        let words = (0..VOTERS).map(words).chain(booth.codes.iter().cloned());
        let secrets: Vec<Vec<u8>> = words.map(String::into_bytes).collect();
        let told: Vec<_> = found(&memory, &secrets)
            .into_iter()
            .map(String::from_utf8_lossy)
            .collect();
        assert!(told.is_empty(), "in memory after the vote: {told:?}");
        let mut tx = app.db.read().await.unwrap();
        let in_box = ballot::in_box(&mut tx, &booth.poll).await.unwrap();
        assert_eq!(in_box.ballots.len(), VOTERS);
        let intruder = Intruder::new(booth.poll, &in_box);
        let candidates = memory.iter().flat_map(|piece| piece.windows(32).step_by(8));
        for candidate in candidates.filter(|bytes| looks_random(bytes)) {
            let bytes = candidate.try_into().unwrap();
            assert!(
                !intruder.opens(bytes),
                "a key that opens a ballot is in memory"
            );
        }
    }
}

/// Of 32 random bytes hardly any come twice.
fn looks_random(bytes: &[u8]) -> bool {
    let mut seen = [false; 256];
    let distinct = bytes
        .iter()
        .filter(|byte| !std::mem::replace(&mut seen[usize::from(**byte)], true));
    // Text has no byte above 127.
    distinct.count() >= 26 && bytes.iter().any(|byte| *byte > 127)
}
