//! The program that the story runs: its commands, its nodes, its mail server, and the time that its steps take.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use jianjia_app::core::clock::Clock;
use jianjia_store::testing::{self, TestDatabase};
use tempfile::TempDir;

use crate::{outside::MailServer, town::Town};

/// Longest time for a page, a takeover or a letter at the whole size, in a debug build on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// Between two looks at what tells nobody when it happens.
pub const BETWEEN: Duration = Duration::from_millis(50);

/// How people reach the program, as letters say it.
pub const ADDRESS: &str = "https://jianjia.example";

/// Long before now, as columns have an instant.
const LONG_AGO: &str = "2000-01-01T00:00:00.000000Z";

/// A node; killed with `kill -9` when dropped.
struct Node(Child);

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub struct Instance {
    database: TestDatabase,
    pub mail: MailServer,
    /// Tables of the office, and the standard.
    desk: TempDir,
    node: Option<Node>,
    /// `http://127.0.0.1:<port>`
    pub address: String,
    /// The one-time passwords of the two administrators.
    pub once: [String; 2],
}

impl Instance {
    /// An empty instance with the accounts of two administrators, serving.
    pub fn found(database: TestDatabase, town: &Town) -> Instance {
        let desk = tempfile::tempdir().expect("a folder");
        write_standard(desk.path());
        let mut instance = Instance {
            database,
            mail: MailServer::start(),
            desk,
            node: None,
            address: String::new(),
            once: Default::default(),
        };
        instance.once = ["admin", "second"].map(|login| {
            let told = instance.command(&["account", login]);
            assert!(told.status.success(), "{told:?}");
            let once = String::from_utf8(told.stdout).expect("words");
            once.trim().to_owned()
        });
        let today = Clock::Real.today();
        let founded_on = today.saturating_sub(jiff::Span::new().days(20));
        for (name, table) in [
            ("divisions.csv", crate::town::DIVISIONS.to_owned()),
            ("unions.csv", town.table_of_unions(founded_on)),
            ("people.csv", town.table_of_people()),
        ] {
            instance.table(name, &table);
        }
        instance.serve();
        instance
    }

    /// A table on the desk of the office.
    pub fn table(&self, name: &str, table: &str) -> PathBuf {
        let file = self.desk.path().join(name);
        fs::write(&file, table).expect("the table is written");
        file
    }

    pub fn table_there(&self, name: &str) -> PathBuf {
        self.desk.path().join(name)
    }

    fn program(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_jianjia"));
        command
            .args(words)
            .arg("--dir")
            .arg(self.database.folder.path())
            .args(["--database", &self.database.url, "--standard"])
            .arg(self.desk.path().join("standard"));
        command
    }

    fn command(&self, words: &[&str]) -> Output {
        self.program(words).output().expect("the program runs")
    }

    /// Starts a node, on a port of its own.
    pub fn serve(&mut self) {
        let server = format!("smtp://127.0.0.1:{}", self.mail.settings().port);
        let mut child = self
            .program(&["serve", "--listen", "127.0.0.1:0"])
            .args(["--second-factor", "approver", "--address", ADDRESS])
            .args(["--mail-server", &server])
            .args(["--mail-from", "常州市总工会 <jianjia@example.org>"])
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut talk = BufReader::new(child.stderr.take().expect("its words"));
        let mut told = String::new();
        self.address = loop {
            let mut line = String::new();
            let read = talk.read_line(&mut line).expect("words are UTF-8");
            told.push_str(&line);
            assert!(read > 0, "the program did not start: {told}");
            if line.starts_with("http://") {
                break line.trim().trim_end_matches('/').to_owned();
            }
        };
        // What it says later is read on, so that it never waits for a reader.
        std::thread::spawn(move || std::io::copy(&mut talk, &mut std::io::stderr()));
        self.node = Some(Node(child));
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        self.node = None;
    }

    /// The first column of what the database answers.
    pub async fn asked(&self, sql: &str) -> Vec<String> {
        let mut tx = self.database.db.read().await.expect("the database");
        testing::texts(&mut tx, sql).await
    }

    pub async fn id_of(&self, unit: &str) -> String {
        let sql = format!("SELECT id FROM unit WHERE name = '{unit}'");
        let found = self.asked(&sql).await;
        let [id]: [String; 1] = found.try_into().expect("one unit of this name");
        id
    }

    /// Has it be a quarter of an hour later, as far as it matters: codes of the second factor were given long ago, letters have waited, and the job
    /// that sends them is due. Ends when the job has run.
    pub async fn a_while_passes(&self) {
        let mut tx = self.database.db.write("story").await.expect("the database");
        for sql in [
            "UPDATE session SET factor_at = '{}' WHERE factor_at <> '' RETURNING id_hash",
            "UPDATE outgoing SET due_at = '{}' WHERE state = 'waiting' RETURNING told_key",
            "UPDATE job SET due_at = '{}' WHERE kind = 'post' AND state = 'waiting' RETURNING id",
        ] {
            testing::texts(&mut tx, &sql.replace("{}", LONG_AGO)).await;
        }
        tx.commit().await.expect("committed");
        let sent = format!(
            "SELECT id FROM job WHERE kind = 'post' AND state = 'waiting' AND due_at > '{LONG_AGO}'"
        );
        self.until(&sent, |found| found.len() == 1).await;
    }

    /// Asks the database again and again until the answer is so.
    pub async fn until(&self, sql: &str, is_so: impl Fn(&[String]) -> bool) -> Vec<String> {
        let begun = Instant::now();
        loop {
            let found = self.asked(sql).await;
            if is_so(&found) {
                return found;
            }
            assert!(begun.elapsed() < PATIENCE, "{sql}: {found:?}");
            tokio::time::sleep(BETWEEN).await;
        }
    }

    /// Stops serving, and has the program look at every record, digest and head.
    pub fn is_verified(&mut self) {
        self.kill();
        let told = self.command(&["verify"]);
        assert!(told.status.success(), "{told:?}");
    }
}

/// The standard to begin with, for a city whose round is open on whatever day the story is told.
fn write_standard(desk: &Path) {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../standards/starter-2026");
    let to = desk.join("standard");
    fs::create_dir(&to).expect("a folder");
    fs::copy(from.join("facts.toml"), to.join("facts.toml")).expect("the facts");
    let mut text = fs::read_to_string(from.join("standard.toml")).expect("the standard");
    for (before, after) in [
        ("某市总工会（虚构）", "常州市总工会"),
        ("last_year = 2030", "last_year = 2099"),
        (
            "{ from = \"01-15\", to = \"11-30\" }",
            "{ from = \"01-01\", to = \"12-31\" }",
        ),
        (
            "{ from = \"12-01\", to = \"12-31\" }",
            "{ from = \"01-02\", to = \"12-31\" }",
        ),
        // The story is told in a day.
        ("asked = true", "asked = false"),
    ] {
        assert!(text.contains(before), "the standard says {before}");
        text = text.replace(before, after);
    }
    fs::write(to.join("standard.toml"), text).expect("the standard is written");
}

/// How long the steps take that the machine works on.
#[derive(Default)]
pub struct Times(Vec<(&'static str, Duration)>);

impl Times {
    pub fn took(&mut self, step: &'static str, since: Instant) {
        self.0.push((step, since.elapsed()));
    }

    /// Prints them; shown with `--no-capture`.
    pub fn tell(&self, unions: usize) {
        println!("with {unions} unions:");
        for (step, time) in &self.0 {
            println!("{:8.2} s  {step}", time.as_secs_f64());
        }
    }
}
