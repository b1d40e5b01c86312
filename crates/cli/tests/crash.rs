//! The server is killed (`kill -9`) in the middle of voting, saying facts and signing in, again and again: nothing that was acknowledged is lost,
//! nothing counts twice, and what is left verifies.
//!
//! `bin/test` kills it a few times. The campaign: `JIANJIA_KILLS=1000 bin/postgres cargo nextest run --profile campaign -p jianjia --test crash sqlite`,
//! and with 200 `… postgres`.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use jianjia_app::{
    core::{
        app::App, clock::Clock, entropy::Entropy, memory::Memory, secret::SlipKey,
        standard::Standards,
    },
    exchange::verification,
    office::session as sessions,
};
use jianjia_demo::testing::{
    TestCity, changzhou,
    polling::{self, Booth},
};
use jianjia_domain::{
    core::{
        place::{UnitKind, UnitPlace},
        policy::{Actor, Role},
    },
    rating::poll::slip::SlipState,
};
use jianjia_store::{
    core::{
        file::{Files, content_hash},
        guess as sign_in_failure,
    },
    office::session,
    rating::{ballot, slip},
    testing::{self, TestDatabase},
    year::statement,
};
use jiff::Timestamp;
use reqwest::{Client, Response, StatusCode, header, redirect::Policy};
use serde_json::json;
use tokio::{
    sync::mpsc::{UnboundedSender, unbounded_channel},
    task::JoinSet,
};

const KEY: [u8; 32] = [11; 32];
const VOTERS_AT_ONCE: usize = 16;
const CHAIRS: usize = 2;
const PASSWORD: &str = "the-crash-test-s-own-1";

/// Slips of a round's poll: more than are voted before the kill.
const SLIPS: usize = 400;

/// Rounds after which everything is verified, and the last in any case. It takes longer from round to round.
const VERIFIED_EVERY: usize = 10;

fn app(database: &TestDatabase) -> App {
    App {
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

/// What somebody heard from the server.
enum Heard {
    Vote(usize),
    /// A union's answer to how many workers it has.
    Fact(usize, i64),
    /// A session's token.
    SignIn(String),
}

fn client() -> Client {
    Client::builder().redirect(Policy::none()).build().unwrap()
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

/// The value of a hidden field of a page.
fn hidden(page: &str, name: &str) -> String {
    let begin = format!("name=\"{name}\" value=\"");
    let at = page.find(&begin).expect("the page has the field") + begin.len();
    page[at..].split('"').next().unwrap_or_default().to_owned()
}

/// The value of a cookie that an answer sets.
fn cookie(answer: &Response, name: &str) -> Option<String> {
    answer
        .headers()
        .get_all(header::SET_COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .find_map(|value| value.strip_prefix(name)?.strip_prefix('='))
        .map(|value| value.split(';').next().unwrap_or_default().to_owned())
}

/// Signs in by the page's own form, and gives the session's token. None where the server was not there to answer.
async fn sign_in(client: &Client, address: &str, login: &str) -> Option<String> {
    let page = client.get(format!("{address}/sign-in")).send().await.ok()?;
    let visit = cookie(&page, "visit").expect("a visit's cookie");
    let csrf = hidden(&page.text().await.ok()?, "csrf");
    let form = [
        ("csrf", csrf.as_str()),
        ("login", login),
        ("password", PASSWORD),
        ("next", ""),
    ];
    let answer = client
        .post(format!("{address}/sign-in"))
        .header(header::COOKIE, format!("visit={visit}"))
        .header(header::ORIGIN, address)
        .form(&form)
        .send()
        .await
        .ok()?;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER, "signing in");
    cookie(&answer, "session")
}

/// Says how many workers the union has, by the year sheet's own form. None where the server was not there to answer.
async fn say(client: &Client, address: &str, chair: &Chair, workers: i64) -> Option<()> {
    let at = format!(
        "{address}/units/{}/sheet/{}/basics",
        chair.union.id, chair.year
    );
    let session = format!("session={}", chair.token);
    let page = client
        .get(&at)
        .header(header::COOKIE, &session)
        .send()
        .await
        .ok()?;
    let page = page.text().await.ok()?;
    let form = [
        ("csrf", hidden(&page, "csrf")),
        ("request_key", hidden(&page, "request_key")),
        ("seen", hidden(&page, "seen")),
        ("workers", workers.to_string()),
    ];
    let answer = client
        .post(&at)
        .header(header::COOKIE, &session)
        .header(header::ORIGIN, address)
        .form(&form)
        .send()
        .await
        .ok()?;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER, "saying a fact");
    Some(())
}

/// A chair who says more workers every time, in a session that outlives the server.
struct Chair {
    union: UnitPlace,
    actor: Actor,
    login: String,
    token: String,
    year: i16,
    workers: AtomicUsize,
}

async fn chairs(city: &TestCity) -> Vec<Arc<Chair>> {
    let top = city.unit(None, UnitKind::City, "常州市总工会").await;
    let mut chairs = Vec::new();
    for number in 0..CHAIRS {
        let name = format!("第{number}工会");
        let union = city.unit(Some(&top), UnitKind::Grassroots, &name).await;
        let login = format!("chair{number}");
        let roles = [(Role::Chair, &union)];
        let actor = city.account(&login, PASSWORD, &name, None, &roles).await;
        let token = sessions::open_for(&city.app, &actor.account).await.unwrap();
        chairs.push(Arc::new(Chair {
            year: city.app.clock.today().year(),
            workers: AtomicUsize::new(0),
            union,
            actor,
            login,
            token,
        }));
    }
    chairs
}

/// Lets everybody go on until the server is gone.
fn everybody(
    address: &str,
    booth: &Arc<Booth>,
    chairs: &[Arc<Chair>],
    heard: &UnboundedSender<Heard>,
) -> JoinSet<()> {
    let mut people = JoinSet::new();
    let next = Arc::new(AtomicUsize::new(0));
    for _ in 0..VOTERS_AT_ONCE {
        let (address, booth, next) = (address.to_owned(), booth.clone(), next.clone());
        let heard = heard.clone();
        people.spawn(async move {
            let client = client();
            loop {
                let place = next.fetch_add(1, Ordering::SeqCst);
                assert!(place < SLIPS, "the server lived through all of it");
                match cast(&client, &address, &booth, place).await {
                    Some(StatusCode::SEE_OTHER) => heard.send(Heard::Vote(place)).unwrap(),
                    Some(other) => panic!("the server answered {other}"),
                    None => return,
                }
            }
        });
    }
    for (place, chair) in chairs.iter().enumerate() {
        let (address, chair, heard) = (address.to_owned(), chair.clone(), heard.clone());
        let signing = (address.clone(), chair.clone(), heard.clone());
        people.spawn(async move {
            let client = client();
            loop {
                let workers = chair.workers.fetch_add(1, Ordering::SeqCst) as i64 + 1;
                if say(&client, &address, &chair, workers).await.is_none() {
                    return;
                }
                heard.send(Heard::Fact(place, workers)).unwrap();
            }
        });
        people.spawn(async move {
            let (address, chair, heard) = signing;
            let client = client();
            while let Some(token) = sign_in(&client, &address, &chair.login).await {
                heard.send(Heard::SignIn(token)).unwrap();
            }
        });
    }
    people
}

/// What everybody heard so far.
#[derive(Default)]
struct Acknowledged {
    facts: BTreeMap<usize, BTreeSet<i64>>,
    sessions: usize,
}

async fn killed_again_and_again(database: TestDatabase) {
    let rounds: usize =
        std::env::var("JIANJIA_KILLS").map_or(3, |rounds| rounds.parse().expect("a number"));
    let city = TestCity {
        app: app(&database),
        database,
    };
    let app = &city.app;
    let chairs = chairs(&city).await;
    let mut before = Acknowledged::default();
    for round in 1..=rounds {
        // A sign-in that the kill cut off stays counted as a guess; a machine that is killed a hundred times an hour would make them wait.
        let mut tx = app.db.write_alone().await.unwrap();
        sign_in_failure::sweep(&mut tx, Timestamp::MAX)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let booth = Arc::new(polling::booths(app, 1, SLIPS).await.unwrap().remove(0));
        let mut server = serve(&city.database);
        let (tell, mut heard) = unbounded_channel();
        let mut people = everybody(&server.address, &booth, &chairs, &tell);
        drop(tell);
        // Earlier or later in a group's commit, and in what the chairs do.
        let kill_after = 20 + round * 17 % 120;
        let (mut votes, mut tokens) = (BTreeSet::new(), Vec::new());
        let mut take = |heard: Heard, votes: &mut BTreeSet<usize>| match heard {
            Heard::Vote(place) => assert!(votes.insert(place)),
            Heard::Fact(chair, workers) => {
                before.facts.entry(chair).or_default().insert(workers);
            }
            Heard::SignIn(token) => tokens.push(token),
        };
        while votes.len() < kill_after {
            take(heard.recv().await.expect("the server lives"), &mut votes);
        }
        // SIGKILL: nothing is flushed, nobody says good-bye.
        server.child.kill().unwrap();
        server.child.wait().unwrap();
        while let Some(gone) = people.join_next().await {
            gone.unwrap();
        }
        while let Some(late) = heard.recv().await {
            take(late, &mut votes);
        }
        before.sessions += tokens.len();
        look(app, round, &booth, &votes, &chairs, &before.facts, &tokens).await;
        if round % VERIFIED_EVERY == 0 || round == rounds {
            let verified = verification::verify(app).await.unwrap();
            assert_eq!(verified.faults, [""; 0], "round {round}");
        }
    }
    println!(
        "{:?}: killed {rounds} times; {} facts and {} sign-ins were acknowledged and kept",
        app.db.engine,
        before.facts.values().map(BTreeSet::len).sum::<usize>(),
        before.sessions
    );
}

/// What was acknowledged is there, and no more than was on its way besides.
async fn look(
    app: &App,
    round: usize,
    booth: &Booth,
    votes: &BTreeSet<usize>,
    chairs: &[Arc<Chair>],
    facts: &BTreeMap<usize, BTreeSet<i64>>,
    tokens: &[String],
) {
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
    for place in votes {
        let hash = app.slip_key.hash(&booth.codes[*place]);
        let found = slip::find(&mut tx, &hash).await.unwrap().unwrap();
        assert_eq!(
            found.state,
            SlipState::Phone,
            "an acknowledged ballot was lost"
        );
    }
    let unheard = counts.used() - votes.len() as i64;
    assert!(
        (0..=VOTERS_AT_ONCE as i64).contains(&unheard),
        "round {round}: {unheard} ballots unheard"
    );
    for (place, chair) in chairs.iter().enumerate() {
        let said = statement::of_year(&mut tx, &chair.union.id, None, chair.year)
            .await
            .unwrap();
        let kept: Vec<i64> = said
            .iter()
            .filter_map(|statement| statement.facts.get("workers")?.as_i64())
            .collect();
        let unique: BTreeSet<i64> = kept.iter().copied().collect();
        assert_eq!(unique.len(), kept.len(), "an answer was kept twice");
        let none = BTreeSet::new();
        let lost: Vec<&i64> = facts
            .get(&place)
            .unwrap_or(&none)
            .difference(&unique)
            .collect();
        assert!(
            lost.is_empty(),
            "round {round}: answers were lost: {lost:?}"
        );
        // One may have been on its way in every round.
        let most = facts.get(&place).map_or(0, BTreeSet::len) + round;
        assert!(kept.len() <= most, "round {round}: {} answers", kept.len());
        if let Some(last) = kept.last() {
            assert_eq!(json!(last), json!(unique.last()), "answers out of order");
        }
    }
    for token in tokens {
        let hash = content_hash(token.as_bytes());
        let found = session::find(&mut tx, &hash, app.now()).await.unwrap();
        let account = found.map(|session| session.actor.account);
        assert!(
            chairs
                .iter()
                .any(|chair| Some(chair.actor.account) == account),
            "an acknowledged sign-in was lost"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_loses_nothing_acknowledged_and_counts_nothing_twice_on_sqlite() {
    killed_again_and_again(testing::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_loses_nothing_acknowledged_and_counts_nothing_twice_on_postgres() {
    killed_again_and_again(testing::postgres().await).await;
}
