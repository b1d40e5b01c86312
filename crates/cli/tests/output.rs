//! Readers that have read enough: `jianjia … | head -1`, and a standard error that leads nowhere.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

fn standards() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../standards/changzhou-2016")
}

/// A pipe whose reader has gone.
fn closed() -> Stdio {
    let (reader, writer) = io::pipe().expect("a pipe");
    drop(reader);
    writer.into()
}

/// The program's exit status, and what it said where it was heard.
fn run(
    words: &[&str],
    input: &str,
    output: impl Into<Stdio>,
    talk: impl Into<Stdio>,
) -> (Option<i32>, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_jianjia"))
        .args(words)
        .env_remove("JIANJIA_DATABASE")
        .stdin(Stdio::piped())
        .stdout(output)
        .stderr(talk)
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("its input");
    let input = input.to_owned();
    // A command that has ended does not read on.
    let writer = std::thread::spawn(move || drop(stdin.write_all(input.as_bytes())));
    let output = child.wait_with_output().expect("it ends");
    writer.join().expect("its input is written");
    let told = [output.stdout, output.stderr].concat();
    (
        output.status.code(),
        String::from_utf8(told).expect("words are UTF-8"),
    )
}

/// Checks the exit status with both outputs open, without a reader of standard output, and without one of standard error.
fn check(words: &[&str], input: &str, expect: [i32; 3]) {
    let open = run(words, input, Stdio::piped(), Stdio::piped());
    let unread = run(words, input, closed(), Stdio::piped());
    let unheard = run(words, input, Stdio::piped(), closed());
    assert_eq!(
        [&open, &unread, &unheard].map(|(code, _)| *code),
        expect.map(Some),
        "{words:?}: {open:?} {unread:?} {unheard:?}"
    );
    assert!(!unread.1.contains("pipe"), "{words:?}: {}", unread.1);
}

#[test]
fn a_reader_who_has_gone_is_no_failure() {
    let folder = tempfile::tempdir().unwrap();
    let standards = standards();
    let standards = standards.to_str().unwrap();
    let bad = folder.path().join("bad");
    std::fs::create_dir(&bad).unwrap();
    for name in ["standard.toml", "facts.toml"] {
        std::fs::write(bad.join(name), "nonsense = 1\n").unwrap();
    }
    let bad = bad.to_str().unwrap();
    let judge = ["judge", "--standard", standards, "--as-of", "2016-10-15"];
    let lines: String = (0..5_000)
        .map(|number| format!("{{\"id\": \"p{number}\", \"kind\": \"person\"}}\n"))
        .collect();
    check(&judge, &lines, [0, 0, 0]);
    // Whoever stops reading is not told of lines that could not be judged.
    check(&judge, &format!("wrong\n{lines}"), [1, 0, 1]);
    check(&["standard", "check", standards], "", [0, 0, 0]);
    check(&["standard", "show", standards], "", [0, 0, 0]);
    // What was found stays found, whoever listens.
    check(&["standard", "check", bad], "", [1, 1, 1]);
    check(&["--help"], "", [0, 0, 0]);
    check(&["nonsense"], "", [2, 2, 2]);
    check(
        &["bench", "judge", "--unions", "100", "--runs", "1"],
        "",
        [0, 0, 0],
    );

    let dir = folder.path().join("instance");
    let dir = dir.to_str().unwrap();
    let begun = run(&["account", "wang", "--dir", dir], "", closed(), closed());
    assert_eq!(begun.0, Some(0));
    let table = folder.path().join("unions.csv");
    std::fs::write(&table, "工会名称,工会类型\n天宁区总工会,辖市、区总工会\n").unwrap();
    let table = table.to_str().unwrap();
    check(&["import", "unions", table, "--dir", dir], "", [0, 0, 0]);
    check(&["verify", "--dir", dir], "", [0, 0, 0]);
    check(&["verify", "--dir", bad], "", [1, 1, 1]);
}
