//! The server is killed (`kill -9`) in the middle of voting, again and again: no acknowledged ballot is lost, none counts twice.

use std::{
    collections::BTreeSet,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use jianjia_app::{
    app::App,
    ballots::Ballots,
    clock::Clock,
    entropy::Entropy,
    locks::SlipKey,
    testing::{
        changzhou,
        polling::{self, Booth},
    },
    verification,
};
use jianjia_domain::poll::slip::SlipState;
use jianjia_store::{
    ballot,
    files::Files,
    slip,
    testing::{self, TestDatabase},
};
use reqwest::{Client, StatusCode, redirect::Policy};
use tokio::task::JoinSet;

const KEY: [u8; 32] = [11; 32];
const SLIPS: usize = 600;
const VOTERS_AT_ONCE: usize = 24;

fn app(database: &TestDatabase) -> App {
    App {
        db: database.db.clone(),
        files: Files::in_folder(&database.folder.path().join("files")).unwrap(),
        standard: Arc::new(changzhou()),
        clock: Clock::Real,
        entropy: Entropy::of_the_machine().unwrap(),
        slip_key: SlipKey(KEY),
        heads: None,
        ballots: Ballots::default(),
        is_demo: false,
    }
}

struct Server {
    child: Child,
    address: String,
}

/// Starts the program itself and reads its address.
fn serve(database: &TestDatabase) -> Server {
    let key: String = KEY.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut child = Command::new(env!("CARGO_BIN_EXE_jianjia"))
        .args(["serve", "--listen", "127.0.0.1:0", "--dir"])
        .arg(database.folder.path())
        .args(["--database", &database.url])
        .env("JIANJIA_SLIP_KEY", key)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut talk = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.starts_with("http://") {
        line.clear();
        assert!(
            talk.read_line(&mut line).unwrap() > 0,
            "the server did not start"
        );
    }
    // What it says later is read on, so that it never waits for a reader.
    std::thread::spawn(move || std::io::copy(&mut talk, &mut std::io::sink()));
    Server {
        child,
        address: line.trim().trim_end_matches('/').to_owned(),
    }
}

/// Casts a ballot. None where the server was not there to answer.
async fn cast(client: &Client, address: &str, booth: &Booth, place: usize) -> Option<StatusCode> {
    let grade = ["satisfied", "dissatisfied"][place % 2];
    let form = [
        ("kiosk", ""),
        ("poll", &booth.poll.to_string()),
        ("code", &booth.codes[place]),
        ("object0", grade),
        ("object1", grade),
        ("object2", grade),
        ("object3", grade),
        ("suggestion", ""),
    ];
    let answer = client
        .post(format!("{address}/v/cast"))
        .form(&form)
        .send()
        .await
        .ok()?;
    Some(answer.status())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_loses_no_acknowledged_ballot_and_counts_none_twice() {
    for database in testing::both().await {
        let app = app(&database);
        let booth = polling::booths(&app, 1, SLIPS).await.unwrap().remove(0);
        let booth = Arc::new(booth);
        let mut acknowledged: BTreeSet<usize> = BTreeSet::new();
        for round in 1..=4 {
            let mut server = serve(&database);
            let open: Vec<usize> = (0..SLIPS)
                .filter(|place| !acknowledged.contains(place))
                .collect();
            let kill_after = 60 + round * 17;
            let (next, done) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
            let open = Arc::new(open);
            let mut voters = JoinSet::new();
            for _ in 0..VOTERS_AT_ONCE {
                let (booth, open, next, done) =
                    (booth.clone(), open.clone(), next.clone(), done.clone());
                let address = server.address.clone();
                let client = Client::builder().redirect(Policy::none()).build().unwrap();
                voters.spawn(async move {
                    let mut heard = Vec::new();
                    while let Some(place) = open.get(next.fetch_add(1, Ordering::SeqCst)) {
                        match cast(&client, &address, &booth, *place).await {
                            // Told "used": a ballot of an earlier round whose thanks were lost.
                            Some(StatusCode::SEE_OTHER | StatusCode::UNPROCESSABLE_ENTITY) => {
                                heard.push(*place);
                                done.fetch_add(1, Ordering::SeqCst);
                            }
                            Some(other) => panic!("the server answered {other}"),
                            None => return heard,
                        }
                    }
                    heard
                });
            }
            while done.load(Ordering::SeqCst) < kill_after {
                tokio::task::yield_now().await;
            }
            // SIGKILL: nothing is flushed, nobody says good-bye.
            server.child.kill().unwrap();
            server.child.wait().unwrap();
            while let Some(heard) = voters.join_next().await {
                acknowledged.extend(heard.unwrap());
            }
            assert!(
                acknowledged.len() < SLIPS,
                "the server lived through all of it"
            );

            let mut tx = app.db.read().await.unwrap();
            let (sealed, counts) = (
                ballot::count_sealed(&mut tx, &booth.poll).await.unwrap(),
                slip::counted(&mut tx, &booth.poll).await.unwrap(),
            );
            assert_eq!(
                (sealed, counts.issued()),
                (counts.used(), SLIPS as i64),
                "round {round}"
            );
            for place in &acknowledged {
                let hash = app.slip_key.hash(&booth.codes[*place]);
                let found = slip::find(&mut tx, &hash).await.unwrap().unwrap();
                assert_eq!(
                    found.state,
                    SlipState::Phone,
                    "an acknowledged ballot was lost"
                );
            }
            // At most what was on its way is kept without having been acknowledged.
            let unheard = counts.used() - acknowledged.len() as i64;
            assert!(
                (0..=VOTERS_AT_ONCE as i64).contains(&unheard),
                "{unheard} unheard"
            );
        }
        assert_eq!(verification::verify(&app).await.unwrap().faults, [""; 0]);
    }
}
