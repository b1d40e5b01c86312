//! A node is killed (`kill -9`) in the middle of a job: after its lease another takes the job over, and it is done once; of mail that was on its way
//! nothing is lost.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use jianjia_app::{
    core::{
        app::App,
        clock::Clock,
        entropy::Entropy,
        error::Error,
        export as exports,
        job::{
            self as jobs,
            worker::{Node, arm},
        },
        memory::Memory,
        post::{MailServer as Settings, Post, Security},
        secret::SlipKey,
        standard::Standards,
    },
    exchange::{
        import::{
            self as imports, Wanted,
            job::{self as import_jobs, Confirmed},
        },
        verification,
    },
    office::{
        letter as letters,
        post::{self as posts, OwnForm},
    },
};
use jianjia_demo::testing::{TestCity, changzhou};
use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        export::{Export, ExportKind},
        ids::JobId,
        job::{Job, JobState},
        place::UnitKind,
        policy::{Actor, Role},
    },
    exchange::import::ImportKind,
    office::{letter::LetterForm, post as addresses},
};
use jianjia_store::{
    core::{file::Files, post, scope::Scope},
    testing::{self, TestDatabase},
};

/// Enough that a node is killed before it is through.
const ROWS: usize = 4_000;

/// Longest time for a takeover and the whole job, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(240);

/// Between two looks at what tells nobody when it happens.
const BETWEEN: Duration = Duration::from_millis(20);

struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn serve(database: &TestDatabase) -> Server {
    let mut child = Command::new(env!("CARGO_BIN_EXE_jianjia"))
        .args(["serve", "--listen", "127.0.0.1:0", "--dir"])
        .arg(database.folder.path())
        .args(["--database", &database.url])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut talk = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.starts_with("http://") {
        line.clear();
        let read = talk.read_line(&mut line).unwrap();
        assert!(read > 0, "the server did not start");
    }
    // What it says later is read on, so that it never waits for a reader.
    std::thread::spawn(move || std::io::copy(&mut talk, &mut std::io::sink()));
    Server(child)
}

async fn until(app: &App, office: &Actor, id: &JobId, is_so: impl Fn(&Job) -> bool) -> Job {
    let begun = Instant::now();
    loop {
        let job = jobs::find(app, office, id).await.unwrap();
        if is_so(&job) {
            return job;
        }
        assert!(begun.elapsed() < PATIENCE, "{job:?}");
        tokio::time::sleep(BETWEEN).await;
    }
}

/// The city whose database and files the nodes serve.
fn city_of(database: TestDatabase) -> TestCity {
    let app = App {
        db: database.db.clone(),
        files: Files::in_folder(&database.folder.path().join("files")).unwrap(),
        standards: Standards::of_one(changzhou()),
        clock: Clock::Real,
        entropy: Entropy::of_the_machine().unwrap(),
        slip_key: SlipKey([11; 32]),
        heads: None,
        memory: Memory::default(),
        followers: jianjia_app::FOLLOWERS,
        backups: None,
        second_factor: std::sync::Arc::default(),
        post: Default::default(),
        provider: None,
        is_demo: false,
    };
    TestCity { app, database }
}

async fn killed_in_the_middle_of_an_import(database: TestDatabase) {
    let city = city_of(database);
    let app = &city.app;
    let root = city.unit(None, UnitKind::City, "常州市总工会").await;
    let office = city.actor("市总", &[(Role::Reviewer, &root)]).await;
    let rows = (1..=ROWS).map(|number| format!("常州第{number}机械厂工会,常州市总工会\n"));
    let table = format!("工会名称,上级工会\n{}", rows.collect::<String>());
    let kind = ImportKind::Unions;
    let import = imports::check(app, &office, kind, &root.id, "名单.csv", table.into())
        .await
        .unwrap();
    let confirmed = import_jobs::confirm(app, &office, &import, Wanted::All).await;
    let Confirmed::Begun(id) = confirmed.unwrap() else {
        panic!("it is a long table");
    };

    let mut first = serve(&city.database);
    let taken = until(app, &office, &id, |job| job.state == JobState::Running).await;
    first.0.kill().unwrap();
    first.0.wait().unwrap();
    let left = jobs::find(app, &office, &id).await.unwrap();
    assert_eq!(
        (left.state, left.attempts, &left.node),
        (JobState::Running, 1, &taken.node),
        "it was killed in the middle"
    );
    let second = serve(&city.database);
    let done = until(app, &office, &id, |job| !job.state.is_open()).await;
    assert_eq!((done.state, done.attempts), (JobState::Done, 2), "{done:?}");
    assert_ne!(done.node, taken.node);
    assert_eq!(done.result["written"], ROWS);
    drop(second);

    let mut tx = app.db.read().await.unwrap();
    let units = testing::texts(&mut tx, "SELECT name FROM unit").await;
    assert_eq!(units.len(), ROWS + 1);
    let lines = "SELECT account_name FROM audit WHERE act = 'confirm-import'";
    assert_eq!(testing::texts(&mut tx, lines).await, ["市总"]);
    tx.commit().await.unwrap();
    let verified = verification::verify(app).await.unwrap();
    assert_eq!(verified.faults, [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_of_a_killed_node_is_taken_over_and_done_once_on_sqlite() {
    killed_in_the_middle_of_an_import(testing::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_of_a_killed_node_is_taken_over_and_done_once_on_postgres() {
    killed_in_the_middle_of_an_import(testing::postgres().await).await;
}

/// Lines of the trail that are exported: enough that a node is killed before it is through.
const LINES: usize = 12_000;

async fn killed_in_the_middle_of_an_export(database: TestDatabase) {
    let city = city_of(database);
    let app = &city.app;
    let root = city.unit(None, UnitKind::City, "常州市总工会").await;
    let auditor = city.actor("审计", &[(Role::Auditor, &root)]).await;
    let mut tx = app.db.write(Scope::Register).await.unwrap();
    for number in 0..LINES {
        let object = Object::Unit(root.id);
        let detail = serde_json::json!({ "number": number });
        app.trail(
            &mut tx,
            &auditor,
            Deed::SayFacts,
            object,
            Some(&root),
            detail,
        )
        .await
        .unwrap();
    }
    tx.commit().await.unwrap();
    let export = Export {
        kind: ExportKind::Trail,
        asked: [("act".to_owned(), "say-facts".to_owned())].into(),
        lang: jianjia_standard::Lang::Zh,
    };
    let begun = exports::begin(app, &auditor, &export, &root.id, "审计记录".to_owned()).await;
    let id = begun.unwrap();

    let mut first = serve(&city.database);
    let taken = until(app, &auditor, &id, |job| job.state == JobState::Running).await;
    first.0.kill().unwrap();
    first.0.wait().unwrap();
    let left = jobs::find(app, &auditor, &id).await.unwrap();
    assert_eq!((left.state, left.attempts), (JobState::Running, 1));
    assert!(matches!(
        exports::open(app, &auditor, &id).await,
        Err(Error::NotFound)
    ));
    let second = serve(&city.database);
    let done = until(app, &auditor, &id, |job| !job.state.is_open()).await;
    assert_eq!((done.state, done.attempts), (JobState::Done, 2), "{done:?}");
    assert_ne!(done.node, taken.node);
    drop(second);
    let (file, content) = exports::open(app, &auditor, &id).await.unwrap();
    let body = axum::body::Body::from_stream(content);
    let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    assert_eq!((file.rows, text.lines().count()), (LINES as i64, LINES + 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_export_of_a_killed_node_is_made_by_another_on_sqlite() {
    killed_in_the_middle_of_an_export(testing::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_export_of_a_killed_node_is_made_by_another_on_postgres() {
    killed_in_the_middle_of_an_export(testing::postgres().await).await;
}

/// Debian's mail server, which outlives the nodes.
struct MailServer {
    process: Child,
    port: u16,
    letters: PathBuf,
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl MailServer {
    fn start(folder: &Path) -> MailServer {
        let letters = folder.join("letters");
        fs::create_dir(&letters).unwrap();
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../post/tests/smtp.py");
        let mut process = Command::new("/usr/bin/python3")
            .args([script, "127.0.0.1", "0"])
            .arg(&letters)
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3: bin/setup installs it");
        let mut line = String::new();
        let talk = process.stdout.take().unwrap();
        BufReader::new(talk).read_line(&mut line).unwrap();
        let port = line.trim().parse();
        MailServer {
            port: port.expect("aiosmtpd: bin/setup installs it"),
            process,
            letters,
        }
    }

    /// To whom each letter went, with its Message-ID, in the order in which they came.
    fn letters(&self) -> Vec<(String, String)> {
        let names = fs::read_dir(&self.letters).unwrap();
        let names = names.map(|entry| entry.unwrap().path());
        let mut names: Vec<PathBuf> = names
            .filter(|path| path.extension().is_some_and(|ending| ending == "eml"))
            .collect();
        names.sort();
        let read = names.iter().map(|path| {
            let text = fs::read_to_string(path).unwrap();
            let line = |name: &str| {
                let mut lines = text.lines().filter_map(|line| line.strip_prefix(name));
                lines.next().unwrap_or_default().trim().to_owned()
            };
            (line("X-To:"), line("Message-ID:"))
        });
        read.collect()
    }
}

async fn by_hand(app: &App, sql: &str) {
    let mut tx = app.db.write_again("by-hand").await.unwrap();
    testing::texts(&mut tx, sql).await;
    tx.commit().await.unwrap();
}

/// Four people are told; the server keeps its answer about the second one's letter to itself, and there the node is killed.
async fn killed_while_sending(database: TestDatabase) {
    let mut city = city_of(database);
    let folder = city.database.folder.path().to_owned();
    let server = MailServer::start(&folder);
    let configuration = format!(
        "address = \"https://jianjia.example\"\n[mail]\nserver = \"smtp://127.0.0.1:{}\"\nfrom = \"常州市总工会 <jianjia@example.org>\"\n",
        server.port
    );
    fs::write(folder.join("jianjia.toml"), configuration).unwrap();
    city.app.post = std::sync::Arc::new(Post {
        address: "https://jianjia.example".to_owned(),
        mail: Some(Settings {
            host: "127.0.0.1".to_owned(),
            port: server.port,
            security: Security::Plain,
            user: String::new(),
            password: String::new(),
            from: "jianjia@example.org".to_owned(),
            from_name: "常州市总工会".to_owned(),
            reply_to: String::new(),
        }),
        telephone: None,
    });
    let app = &city.app;
    let root = city.unit(None, UnitKind::City, "常州市总工会").await;
    let mut people = Vec::new();
    for name in ["first", "slow", "third", "fourth"] {
        let actor = city.actor(name, &[(Role::Approver, &root)]).await;
        let form = OwnForm {
            mail: format!("{name}@example.com"),
            mail_wish: "all".to_owned(),
            telephone_wish: "nothing".to_owned(),
            ..OwnForm::default()
        };
        // Whoever says an address is asked for the password, which the pages test.
        let said = addresses::read(&form.mail, &form.telephone).unwrap();
        let mut tx = app.db.write("account").await.unwrap();
        post::say_addresses(&mut tx, &actor.account, &said)
            .await
            .unwrap();
        jianjia_demo::testing::keep(app, tx).await;
        posts::choose(app, &actor, "", &form, jianjia_standard::Lang::Zh)
            .await
            .unwrap();
        people.push(form.mail);
    }
    let form = LetterForm {
        kind: "complaint".to_owned(),
        text: "食堂".to_owned(),
        ..LetterForm::default()
    };
    letters::receive(app, "network", &form).await.unwrap();
    // Nobody waits five minutes for others to be gathered with, nor a minute for the job.
    let node = Node::new(app, jianjia_post::works());
    arm(app, &node).await.unwrap();
    let past = "2016-01-01T00:00:00.000000Z";
    by_hand(
        app,
        &format!("UPDATE outgoing SET due_at = '{past}' RETURNING told_key"),
    )
    .await;
    let post = "key = 'periodic:post'";
    by_hand(
        app,
        &format!("UPDATE job SET due_at = '{past}' WHERE {post} RETURNING id"),
    )
    .await;

    let hold = server.letters.join("hold-answer");
    fs::write(&hold, "").unwrap();
    let mut first = serve(&city.database);
    let begun = Instant::now();
    while server.letters().len() < 2 {
        assert!(begun.elapsed() < PATIENCE, "{:?}", server.letters());
        tokio::time::sleep(BETWEEN).await;
    }
    first.0.kill().unwrap();
    first.0.wait().unwrap();
    let before = server.letters();
    let to: Vec<&str> = before.iter().map(|(to, _)| to.as_str()).collect();
    assert_eq!(to, ["first@example.com", "slow@example.com"]);
    fs::remove_file(&hold).unwrap();

    let second = serve(&city.database);
    let begun = Instant::now();
    let waiting = async || {
        let mut tx = app.db.read().await.unwrap();
        let waiting = "SELECT told_key FROM outgoing WHERE state <> 'sent'";
        testing::texts(&mut tx, waiting).await.len()
    };
    while waiting().await > 0 {
        assert!(begun.elapsed() < PATIENCE, "{:?}", server.letters());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    drop(second);
    // Nothing is lost; the letter whose answer was not seen came once more, as the same one, and no other did.
    let mut to: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (address, id) in server.letters() {
        to.entry(address).or_default().push(id);
    }
    let mut expected = people.clone();
    expected.sort();
    assert_eq!(to.keys().cloned().collect::<Vec<_>>(), expected);
    for (address, ids) in &to {
        let times = if address == "slow@example.com" { 2 } else { 1 };
        assert_eq!(ids.len(), times, "{address}: {ids:?}");
        assert!(
            ids.iter().all(|id| !id.is_empty() && *id == ids[0]),
            "{ids:?}"
        );
    }
    let all: BTreeSet<&String> = to.values().map(|ids| &ids[0]).collect();
    assert_eq!(all.len(), people.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mail_of_a_killed_node_is_sent_by_another_and_none_is_lost_on_sqlite() {
    killed_while_sending(testing::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mail_of_a_killed_node_is_sent_by_another_and_none_is_lost_on_postgres() {
    killed_while_sending(testing::postgres().await).await;
}
