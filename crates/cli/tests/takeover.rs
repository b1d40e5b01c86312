//! A node is killed (`kill -9`) in the middle of a job: after its lease another takes the job over, and it is done once.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use jianjia_app::{
    core::{
        app::App, clock::Clock, entropy::Entropy, job as jobs, memory::Memory, secret::SlipKey,
        standard::Standards,
    },
    exchange::{
        import::{
            self as imports, Wanted,
            job::{self as import_jobs, Confirmed},
        },
        verification,
    },
};
use jianjia_demo::testing::{TestCity, changzhou};
use jianjia_domain::{
    core::{
        ids::JobId,
        job::{Job, JobState},
        place::UnitKind,
        policy::{Actor, Role},
    },
    exchange::import::ImportKind,
};
use jianjia_store::{
    core::file::Files,
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

async fn killed_in_the_middle_of_an_import(database: TestDatabase) {
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
    let city = TestCity { app, database };
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
