//! The life of a real instance from the command line: begun, filled by tables, backed up and restored.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Output, Stdio},
};

use jianjia_store::testing;

/// Runs the program on an instance and gives what it tells; a failure is told too.
fn jianjia(folder: &Path, words: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_jianjia"))
        .args(words)
        .arg("--dir")
        .arg(folder)
        .env_remove("JIANJIA_DATABASE")
        .env_remove("JIANJIA_STANDARD")
        .output()
        .expect("the program starts");
    let told = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8(told).expect("what it tells is UTF-8"),
    )
}

#[test]
fn an_instance_is_begun_filled_backed_up_and_restored() {
    let folder = tempfile::tempdir().unwrap();
    let (here, there) = (folder.path().join("here"), folder.path().join("there"));
    let file = |name: &str| folder.path().join(name).display().to_string();
    let tell = |words: &[&str]| {
        let (is_done, told) = jianjia(&here, words);
        assert!(is_done, "{words:?}: {told}");
        told
    };
    tell(&["account", "wangfang"]);
    let divisions = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../demo/changzhou-divisions.csv"
    );
    let told = tell(&["import", "divisions", divisions]);
    assert!(told.ends_with("1122 new, 0 changed, 0 unchanged, 0 duplicate, 0 refused\n"));
    let unions = file("unions.csv");
    std::fs::write(
        &unions,
        "工会名称,工会类型,所在区划\n天宁区总工会,辖市、区总工会,天宁区\n",
    )
    .unwrap();
    let told = tell(&["import", "unions", &unions]);
    assert!(
        told.starts_with(
            "2\tnew\t天宁区总工会\t\t工会名称: 天宁区总工会; 工会类型: 辖市、区总工会; 所在区划: 天宁区（320402）; 上级工会: "
        ) && told.ends_with("\n1 new, 0 changed, 0 unchanged, 0 duplicate, 0 refused\n"),
        "{told}"
    );
    let (backup, before, after) = (file("city.zip"), file("before.csv"), file("after.csv"));
    tell(&["backup", &backup]);
    tell(&["export", "unions", &before]);

    let (is_done, told) = jianjia(&there, &["restore", &backup]);
    assert!(is_done, "{told}");
    let (is_done, told) = jianjia(&there, &["verify"]);
    assert!(is_done && told.ends_with("all is well\n"), "{told}");
    jianjia(&there, &["export", "unions", &after]);
    assert_eq!(
        std::fs::read_to_string(&before).unwrap(),
        std::fs::read_to_string(&after).unwrap()
    );
    // Over what is there nothing is restored.
    let (is_done, told) = jianjia(&there, &["restore", &backup]);
    assert!(!is_done && told.contains("not empty"), "{told}");
}

/// What a command that fails says, in its one line.
fn reason(words: &[&str]) -> String {
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new(env!("CARGO_BIN_EXE_jianjia"))
        .args(words)
        .env_remove("JIANJIA_DATABASE")
        .env_remove("JIANJIA_STANDARD")
        .output()
        .expect("the program starts");
    let told = String::from_utf8(stderr).expect("words are UTF-8");
    assert_eq!(
        (status.code(), stdout.len()),
        (Some(1), 0),
        "{words:?}: {told}"
    );
    assert_eq!(told.lines().count(), 1, "{words:?}: {told}");
    told
}

/// Every file below a folder with what is in it.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(contents(&path));
        } else {
            found.insert(path.display().to_string(), fs::read(&path).expect("a file"));
        }
    }
    found
}

#[test]
fn commands_that_only_look_make_no_instance() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).display().to_string();
    let (table, empty) = (file("unions.csv"), file("empty"));
    fs::write(&table, "工会名称,工会类型\n天宁区总工会,辖市、区总工会\n").unwrap();
    fs::create_dir(&empty).unwrap();
    for dir in [file("nowhere"), empty] {
        for words in [
            &["verify"][..],
            &["backup", &file("city.zip")],
            &["export", "unions", &file("out.csv")],
            &["import", "unions", &table, "--dry-run"],
        ] {
            let told = reason(&[words, &["--dir", &dir]].concat());
            assert!(
                told.starts_with("jianjia: there is no instance") && told.contains("--dir"),
                "{words:?}: {told}"
            );
        }
    }
    assert_eq!(
        contents(folder.path()).into_keys().collect::<Vec<_>>(),
        [table]
    );
    assert!(!folder.path().join("nowhere").exists());
}

#[tokio::test]
async fn commands_that_only_look_bring_no_tables_up_to_date() {
    for database in testing::both().await {
        let mut tx = database.db.write("test").await.unwrap();
        let earlier = "DELETE FROM _sqlx_migrations WHERE version = 12 RETURNING description";
        testing::text(&mut tx, earlier).await;
        tx.commit().await.unwrap();
        let dir = database.folder.path().display().to_string();
        for _ in 0..2 {
            let told = reason(&["verify", "--dir", &dir, "--database", &database.url]);
            assert!(told.contains("an earlier version's"), "{told}");
        }
    }
}

#[test]
fn verifying_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    jianjia(folder.path(), &["account", "wangfang"]);
    let verify = || {
        let (is_done, told) = jianjia(folder.path(), &["verify"]);
        assert!(is_done, "{told}");
    };
    // The first reader carries over what the writer left in the log.
    verify();
    fs::remove_file(folder.path().join("slip.key")).unwrap();
    fs::remove_dir_all(folder.path().join("files")).unwrap();
    let before = contents(folder.path());
    verify();
    assert_eq!(contents(folder.path()), before);
    assert!(!folder.path().join("files").exists());
}

#[test]
fn every_setting_stands_in_the_help_of_serve() {
    let (_, told) = jianjia(Path::new("."), &["serve", "--help"]);
    for setting in [
        "dir",
        "database",
        "files",
        "files-endpoint",
        "files-region",
        "files-key-id",
        "files-secret",
        "standard",
        "slip-key",
        "papers",
        "fonts",
        "listen",
        "https",
        "behind-proxy",
        "metrics-listen",
        "metrics-token",
        "second-factor",
        "address",
        "mail-server",
        "mail-user",
        "mail-password",
        "mail-from",
        "mail-reply-to",
        "telephone-url",
        "telephone-method",
        "telephone-header",
        "telephone-body",
        "telephone-signature",
        "telephone-success",
        "provider-issuer",
        "provider-client-id",
        "provider-secret-file",
        "provider-claim",
        "provider-match",
        "provider-scopes",
        "provider-label",
        "provider-label-en",
        "provider-passwords",
        "provider-trust-factor",
    ] {
        let variable = format!("JIANJIA_{}", setting.replace('-', "_").to_uppercase());
        assert!(
            told.contains(&format!("--{setting}")) && told.contains(&variable),
            "{setting}: {told}"
        );
    }
    for key in [
        "listen",
        "database",
        "files",
        "standard",
        "papers",
        "fonts",
        "https",
        "behind_proxy",
        "metrics_listen",
        "metrics_token",
        "second_factor",
        "address",
        "server",
        "password",
        "reply_to",
        "url",
        "body",
        "success",
        "endpoint",
        "key_id",
        "secret",
        "issuer",
        "client_id",
        "secret_file",
        "claim",
        "match",
        "passwords",
        "trust_factor",
    ] {
        assert!(told.contains(&format!("  {key} = ")), "{key}: {told}");
    }
}

/// Whether a served instance tells browsers to keep to https.
async fn keeps_to_https(dir: &Path, words: &[&str], variable: Option<&str>) -> bool {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jianjia"));
    command
        .args(["serve", "--listen", "127.0.0.1:0", "--dir"])
        .arg(dir)
        .args(words)
        .env_remove("JIANJIA_DATABASE")
        .stderr(Stdio::piped());
    if let Some(value) = variable {
        command.env("JIANJIA_HTTPS", value);
    }
    let mut child = command.spawn().expect("the server starts");
    // It may say something of its folder first.
    let address = BufReader::new(child.stderr.take().expect("its words"))
        .lines()
        .map_while(Result::ok)
        .find(|line| line.starts_with("http"))
        .expect("it says its address");
    let answer = reqwest::get(format!("{}healthz", address.trim())).await;
    child.kill().expect("it runs until it is ended");
    child.wait().expect("it ends");
    let headers = answer.expect("it answers").headers().clone();
    headers.contains_key("strict-transport-security")
}

#[tokio::test]
async fn a_flag_goes_before_the_environment_and_that_before_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    assert!(!keeps_to_https(dir, &[], None).await);
    assert!(keeps_to_https(dir, &["--https"], None).await);
    assert!(keeps_to_https(dir, &[], Some("1")).await);
    fs::write(dir.join("jianjia.toml"), "https = true\n").unwrap();
    assert!(keeps_to_https(dir, &[], None).await);
    assert!(!keeps_to_https(dir, &[], Some("false")).await);
    assert!(!keeps_to_https(dir, &["--https=false"], Some("true")).await);
}

/// Starts a node and gives whether it serves, and what it says at first.
fn starts(dir: &Path, words: &[&str]) -> (bool, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_jianjia"))
        .args(["serve", "--listen", "127.0.0.1:0", "--dir"])
        .arg(dir)
        .args(words)
        .env_remove("JIANJIA_DATABASE")
        .env_remove("JIANJIA_FILES")
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut said = String::new();
    BufReader::new(child.stderr.take().expect("its words"))
        .read_line(&mut said)
        .expect("it says something");
    let serves = said.starts_with("http://");
    if serves {
        child.kill().expect("it runs until it is ended");
    }
    child.wait().expect("it ends");
    (serves, said)
}

#[tokio::test]
async fn two_nodes_over_one_database_share_a_folder_or_the_second_does_not_start() {
    let database = testing::postgres().await;
    let (here, there) = (
        database.folder.path().join("here"),
        database.folder.path().join("there"),
    );
    let shared = database.folder.path().join("shared").display().to_string();
    let over = ["--database", &database.url];
    let named = [&over[..], &["--files", &shared]].concat();
    assert!(starts(&here, &named).0);
    let (serves, said) = starts(&there, &over);
    assert!(
        !serves && said.contains("--files") && said.contains("JIANJIA_FILES"),
        "{said}"
    );
    assert!(
        !there.join("files").exists(),
        "a refused start leaves nothing"
    );
    assert!(starts(&there, &named).0);
    // The file says it as well.
    fs::write(there.join("jianjia.toml"), format!("files = {shared:?}\n")).unwrap();
    assert!(starts(&there, &over).0);
    let told = reason(&[
        "export",
        "unions",
        &there.join("unions.csv").display().to_string(),
        "--dir",
        &here.display().to_string(),
        "--files",
        &here.display().to_string(),
        "--database",
        &database.url,
    ]);
    assert!(told.contains("not the one of this database"), "{told}");
}
