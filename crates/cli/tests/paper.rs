//! `jianjia paper`: what it says of a kind or an id that there is not.

use std::{path::Path, process::Command};

fn run(dir: &Path, words: &[&str]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jianjia"));
    command.args(words).arg("--dir").arg(dir);
    for name in ["JIANJIA_DATABASE", "JIANJIA_FILES", "JIANJIA_STANDARD"] {
        command.env_remove(name);
    }
    let output = command.output().expect("it runs");
    let talk = String::from_utf8(output.stderr).expect("words");
    (output.status.success(), talk)
}

#[test]
fn a_paper_that_there_is_not_is_told_in_a_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = folder.path();
    let (is_begun, talk) = run(dir, &["account", "wangfang"]);
    assert!(is_begun, "{talk}");
    let file = dir.join("paper.pdf");
    let file = file.to_string_lossy();
    let nothing = "00000000000000000000000000000000";
    for (kind, expect) in [
        (
            "letters",
            "there is no paper letters; there are application, story",
        ),
        ("application", "there is nothing of this id"),
        ("package", "there is nothing of this id"),
        ("rating", "there is nothing of this id"),
    ] {
        let (is_made, talk) = run(dir, &["paper", kind, nothing, &file]);
        assert!(!is_made && talk.contains(expect), "{kind}: {talk}");
    }
    assert!(!Path::new(&*file).exists());
}

#[test]
fn proofs_show_a_kind_in_its_worst_cases_and_say_that_there_is_no_such_kind() {
    let folder = tempfile::tempdir().expect("a folder");
    let made = |kind: &str| {
        let out = folder.path().join(kind);
        let mut command = Command::new(env!("CARGO_BIN_EXE_jianjia"));
        command.arg("proofs").arg(&out).args(["--kind", kind]);
        let is_made = command.output().expect("it runs").status.success();
        let names = std::fs::read_dir(out).expect("the folder");
        let mut names: Vec<String> = names
            .map(|entry| entry.expect("an entry").file_name())
            .filter_map(|name| name.into_string().ok())
            .collect();
        names.sort();
        (is_made, names)
    };
    let (is_made, names) = made("reply");
    assert!(is_made);
    let cases = ["empty", "names", "pages", "sample"];
    let expected = cases.map(|case| ["docx", "pdf"].map(|ending| format!("reply-{case}.{ending}")));
    assert_eq!(names, expected.concat());
    assert_eq!(made("letters"), (false, Vec::new()));
}
