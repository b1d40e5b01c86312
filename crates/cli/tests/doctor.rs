//! `jianjia doctor`: a healthy instance, and each fault with what to do.

use std::{
    fs::{self, Permissions},
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Child, Command, Stdio},
};

use jianjia_store::{core::db::Db, testing};

/// What it prints of each part, and whether it finds no fault.
struct Told {
    is_well: bool,
    lines: Vec<String>,
    whole: String,
}

impl Told {
    /// The one line of a part, by its grade.
    fn of(&self, part: &str) -> (&str, &str) {
        let found: Vec<(&str, &str)> = self
            .lines
            .iter()
            .filter_map(|line| line.split_once(' '))
            .filter_map(|(grade, rest)| {
                let rest = rest.trim_start();
                Some((grade, rest.strip_prefix(part)?))
            })
            .filter(|(_, rest)| rest.starts_with(' '))
            .map(|(grade, rest)| (grade, rest.trim()))
            .collect();
        assert_eq!(found.len(), 1, "{part}: {}", self.whole);
        found[0]
    }

    fn check(&self, part: &str, grade: &str, expect: &str) {
        let (found, says) = self.of(part);
        assert!(
            found == grade && says.contains(expect),
            "{part}: {grade} {expect}: {}",
            self.whole
        );
    }
}

fn command(dir: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jianjia"));
    command.args(words).arg("--dir").arg(dir);
    for name in ["JIANJIA_DATABASE", "JIANJIA_FILES", "JIANJIA_STANDARD"] {
        command.env_remove(name);
    }
    command
}

fn doctor(dir: &Path, words: &[&str]) -> Told {
    let words = [&["doctor"], words].concat();
    let output = command(dir, &words).output().expect("it runs");
    let talk = String::from_utf8(output.stderr).expect("words");
    let told = String::from_utf8(output.stdout).expect("words");
    let code = output.status.code();
    assert!(matches!(code, Some(0 | 1)), "{code:?}: {told}{talk}");
    let is_well = code == Some(0);
    assert_eq!(is_well, talk.starts_with("0 faults"), "{talk}");
    let has_faults = told.lines().any(|line| line.starts_with("fault"));
    assert_eq!(is_well, !has_faults, "{told}");
    Told {
        is_well,
        lines: told.lines().map(str::to_owned).collect(),
        whole: format!("{told}{talk}"),
    }
}

fn done(dir: &Path, words: &[&str]) {
    let made = command(dir, words).output().expect("it runs");
    assert!(made.status.success(), "{made:?}");
}

fn begin(dir: &Path, words: &[&str]) {
    done(dir, &[&["account", "wangfang"], words].concat());
}

fn configure(dir: &Path, text: &str) {
    let path = dir.join("jianjia.toml");
    fs::write(&path, text).expect("a file");
    fs::set_permissions(&path, Permissions::from_mode(0o600)).expect("its owner's");
}

const DECIDING: &str = "second_factor = [\"approver\", \"auditor\", \"administrator\"]\n";

#[tokio::test]
async fn a_healthy_instance_has_no_fault_on_both_engines() {
    for database in testing::both().await {
        let dir = database.folder.path();
        let backups = dir.join("backups");
        configure(dir, &format!("{DECIDING}backup_dir = {backups:?}\n"));
        let over = ["--database", &database.url];
        begin(dir, &over);
        let told = doctor(dir, &over);
        assert!(told.is_well, "{}", told.whole);
        for (part, grade, expect) in [
            ("configuration", "ok", "jianjia.toml is good"),
            ("folder", "warning", "can look into"),
            ("database", "ok", "answers"),
            ("tables", "ok", "of this version"),
            ("clock", "ok", "Z"),
            ("damage", "ok", ""),
            ("commit", "ok", "a row was kept"),
            ("files", "ok", "a file was kept"),
            ("trail", "ok", "its newest line is of"),
            ("jobs", "ok", "none fails"),
            ("proxy", "ok", "for this machine alone"),
            ("mail", "ok", "not set up"),
            ("telephone", "ok", "no gateway"),
            ("backups", "warning", "there is none in"),
            ("second factor", "ok", "approver, auditor, administrator"),
            (
                "papers",
                "ok",
                "the built-in templates and the fonts are good",
            ),
        ] {
            // Whether others may look into a temporary folder is the system's choice, and so is how quick its disk is.
            if !["folder", "commit"].contains(&part) {
                told.check(part, grade, expect);
            }
        }
    }
}

#[test]
fn without_an_instance_it_says_how_to_begin_and_makes_none() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("nowhere");
    let told = doctor(&nowhere, &[]);
    told.check("folder", "warning", "is not there");
    told.check(
        "database",
        "fault",
        "begin an instance with `jianjia account NAME`",
    );
    told.check(
        "second factor",
        "warning",
        "not asked of approver, auditor, administrator",
    );
    assert!(!nowhere.exists());
}

#[test]
fn missing_fonts_and_a_faulty_template_are_told_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    let empty = dir.join("fonts");
    fs::create_dir(&empty).unwrap();
    configure(dir, &format!("fonts = {empty:?}\n"));
    let told = doctor(dir, &[]);
    told.check("papers", "warning", "fonts-noto-cjk");
    let own = dir.join("papers");
    fs::create_dir(&own).unwrap();
    fs::write(own.join("story.xml"), "<paper>\n{{ nobody").unwrap();
    configure(dir, &format!("papers = {own:?}\n"));
    let told = doctor(dir, &[]);
    told.check("papers", "fault", "story.xml:2:");
}

#[test]
fn a_mistake_in_the_settings_is_named_and_a_password_that_others_read() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    configure(dir, "listn = \"127.0.0.1:8016\"\n");
    let told = doctor(dir, &[]);
    told.check("configuration", "fault", "has a mistake");
    let mistake = "unknown field `listn`";
    assert!(told.whole.contains(mistake), "{}", told.whole);
    configure(dir, "second_factor = [\"boss\"]\n");
    doctor(dir, &[]).check("configuration", "fault", "a role that is not there: boss");
    configure(dir, "files = \"s3://city\"\n");
    doctor(dir, &[]).check("files", "fault", "files_endpoint");
    configure(dir, "metrics_token = \"0123456789abcdef\"\n");
    let path = dir.join("jianjia.toml");
    fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
    doctor(dir, &[]).check("configuration", "fault", "chmod 600");
}

#[tokio::test]
async fn a_database_that_is_away_damaged_or_another_version_s_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    let away = "postgres://nobody@127.0.0.1:1/nothing";
    let told = doctor(dir, &["--database", away]);
    told.check("database", "fault", "check that its server runs");
    begin(dir, &[]);
    // In the middle of the file, where rows are once they are no longer in the WAL.
    let file = dir.join("jianjia.db");
    let db = Db::open(&format!("sqlite://{}", file.display())).await;
    let db = db.unwrap();
    db.forget_deleted(&[]).await.unwrap();
    db.close().await;
    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 8192].fill(0x5a);
    fs::write(&file, bytes).unwrap();
    let told = doctor(dir, &[]);
    assert!(!told.is_well, "{}", told.whole);
}

#[tokio::test]
async fn tables_of_an_earlier_version_are_told_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.write("test").await.unwrap();
        let earlier = "DELETE FROM _sqlx_migrations WHERE version = 12 RETURNING description";
        testing::text(&mut tx, earlier).await;
        tx.commit().await.unwrap();
        let told = doctor(database.folder.path(), &["--database", &database.url]);
        told.check("tables", "fault", "an earlier version's");
    }
}

#[tokio::test]
async fn a_line_of_the_future_says_that_a_clock_is_wrong_on_both_engines() {
    for database in testing::both().await {
        let (dir, over) = (database.folder.path(), ["--database", &database.url]);
        begin(dir, &over);
        let mut tx = database.db.write("test").await.unwrap();
        let later = "UPDATE audit SET at = '2999-01-01T00:00:00Z' RETURNING at";
        testing::texts(&mut tx, later).await;
        tx.commit().await.unwrap();
        let told = doctor(dir, &over);
        told.check(
            "trail",
            "fault",
            "2999-01-01T00:00:00Z, which is in the future",
        );
    }
}

#[test]
fn settings_of_the_proxy_have_to_fit_together() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    for (text, grade, expect) in [
        ("", "ok", "for this machine alone"),
        ("listen = \"0.0.0.0:8016\"", "warning", "without encryption"),
        ("https = true", "fault", "behind_proxy is not"),
        ("behind_proxy = true", "warning", "https is not"),
        (
            "address = \"https://127.0.0.1:1\"",
            "fault",
            "set https = true",
        ),
        (
            "https = true\nbehind_proxy = true",
            "warning",
            "address is not set",
        ),
        (
            "https = true\nbehind_proxy = true\nlisten = \"0.0.0.0:8016\"",
            "warning",
            "can forge addresses",
        ),
        (
            "https = true\nbehind_proxy = true\naddress = \"https://127.0.0.1:1\"",
            "ok",
            "X-Forwarded-For is believed",
        ),
    ] {
        configure(dir, text);
        doctor(dir, &[]).check("proxy", grade, expect);
    }
    // Nobody listens there.
    doctor(dir, &[]).check("address", "warning", "is not reached from here");
}

struct MailServer(Child);

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn mail_and_gateway_are_reached_and_no_letter_goes_out() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    let letters = dir.join("letters");
    fs::create_dir(&letters).unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../post/tests/smtp.py");
    let mut child = Command::new("/usr/bin/python3")
        .args([script, "127.0.0.1", "0"])
        .arg(&letters)
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3: bin/setup installs it");
    let talk = child.stdout.take().expect("its words");
    let server = MailServer(child);
    let mut port = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(talk), &mut port).unwrap();
    let gateway = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = gateway.local_addr().unwrap().port();
    let configuration = |mail: &str, gateway: u16| {
        format!(
            "address = \"http://127.0.0.1:1\"\n[mail]\nserver = \"smtp://127.0.0.1:{mail}\"\nfrom = \"j@example.org\"\n[telephone]\nurl = \"http://127.0.0.1:{gateway}/send\"\nbody = \"{{telephone}}{{text}}\"\n"
        )
    };
    configure(dir, &configuration(port.trim(), at));
    let told = doctor(dir, &[]);
    told.check("mail", "ok", "takes us");
    told.check("telephone", "ok", "can be reached");
    assert_eq!(fs::read_dir(&letters).unwrap().count(), 0);
    drop((server, gateway));
    let told = doctor(dir, &[]);
    told.check("mail", "fault", "jianjia post --try");
    told.check("telephone", "fault", "127.0.0.1");
}

#[test]
fn a_backup_is_looked_for_and_an_old_one_is_a_fault() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    begin(dir, &[]);
    doctor(dir, &[]).check("backups", "warning", "this node writes none");
    let backups = dir.join("backups");
    fs::create_dir(&backups).unwrap();
    configure(dir, &format!("backup_dir = {backups:?}\n"));
    let old = backups.join("jianjia-2016-10-20.zip");
    done(dir, &["backup", &old.display().to_string()]);
    doctor(dir, &[]).check("backups", "fault", "days old");
    let today = jianjia_app::core::clock::Clock::Real.today();
    fs::rename(&old, backups.join(format!("jianjia-{today}.zip"))).unwrap();
    doctor(dir, &[]).check("backups", "warning", "not encrypted");
    let key = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
    configure(
        dir,
        &format!("backup_dir = {backups:?}\nbackup_seal_for = \"{key}\"\n"),
    );
    doctor(dir, &[]).check("backups", "ok", "encrypted");
}
