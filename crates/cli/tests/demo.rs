//! The demo city's day, as its commands meet it.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Output, Stdio},
};

use jianjia_demo::{self as demo, testing::making::demo_city};

fn jianjia(dir: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jianjia"));
    command
        .args(words)
        .arg("--dir")
        .arg(dir)
        .env_remove("JIANJIA_DATABASE")
        .env_remove("JIANJIA_STANDARD");
    command
}

/// Starts the demo and gives the day that it says it is.
fn day_of_the_demo(dir: &Path, words: &[&str]) -> String {
    let mut child = jianjia(dir, &["demo", "--listen", "127.0.0.1:0"])
        .args(words)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the demo starts");
    let told = BufReader::new(child.stdout.take().expect("its words"));
    let day = told.lines().find_map(|line| {
        let line = line.expect("a line of words");
        let (_, day) = line.split_once("it is ")?;
        Some(day.to_owned())
    });
    child.kill().expect("it runs until it is ended");
    child.wait().expect("it ends");
    day.expect("the demo says what day it is")
}

/// What the demo says when it doesn't start.
fn refused(dir: &Path, today: &str) -> (Option<i32>, String) {
    let words = ["demo", "--listen", "127.0.0.1:0", "--today", today];
    let Output { status, stderr, .. } = jianjia(dir, &words).output().expect("the demo answers");
    let told = String::from_utf8(stderr).expect("words are UTF-8");
    (
        status.code(),
        told.replace(&dir.display().to_string(), "DIR"),
    )
}

#[tokio::test]
async fn a_demo_city_keeps_its_day_for_every_command() {
    let made = demo_city(demo::AS_OF).await;
    made.app.db.close().await;
    let dir = made.database.folder.path();

    assert_eq!(day_of_the_demo(dir, &[]), "2016-10-20");
    assert_eq!(
        day_of_the_demo(dir, &["--today", "2016-12-05"]),
        "2016-12-05"
    );
    // Nothing happened then, so it can be earlier again.
    assert_eq!(
        day_of_the_demo(dir, &["--today", "2016-11-05"]),
        "2016-11-05"
    );
    assert_eq!(day_of_the_demo(dir, &[]), "2016-11-05");

    // The sheets of the running year are those of the demo's, and what happens happens on its day.
    let table = dir.join("sheets.csv");
    let words = ["export", "sheets", table.to_str().unwrap()];
    assert!(jianjia(dir, &words).status().unwrap().success());
    let table = std::fs::read_to_string(&table).unwrap();
    let years: Vec<&str> = table
        .lines()
        .skip(1)
        .filter(|line| line.contains("2016"))
        .collect();
    assert_eq!(years.len(), table.lines().count() - 1);
    assert!(years.len() > 100, "{} sheets", years.len());
    assert!(
        jianjia(dir, &["account", "wang"])
            .status()
            .unwrap()
            .success()
    );

    assert_eq!(
        refused(dir, "2016-11-04"),
        (
            Some(1),
            "jianjia: the demo city in DIR has reached 2016-11-05 and can't go back to 2016-11-04; choose 2016-11-05 or a later day with \
             --today, or another folder with --dir\n"
                .to_owned()
        )
    );
    let (code, told) = refused(dir, "9999-12-31");
    assert_eq!(code, Some(1));
    assert!(told.contains("no clock shows 9999-12-31"), "{told}");
    assert_eq!(
        day_of_the_demo(dir, &["--today", "2016-11-06"]),
        "2016-11-06"
    );
}

#[test]
fn a_demo_city_is_not_made_for_a_day_before_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("demo");
    let (code, told) = refused(&dir, "2016-10-19");
    assert_eq!(code, Some(1));
    assert!(
        told.contains("the demo city begins on 2016-10-20"),
        "{told}"
    );
    assert!(!dir.exists());
}
