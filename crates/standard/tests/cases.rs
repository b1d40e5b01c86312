//! The worked cases beside each standard: `standards/*/cases/*.jsonl` and `tests/standards/*/cases/*.jsonl`.

use std::path::{Path, PathBuf};

use jianjia_standard::load::{self, LoadError};
use jianjia_standard::{Standard, cases};

#[test]
fn every_worked_case_comes_out_as_written() {
    let mut count = 0;
    for folder in standards() {
        match cases::check(&folder) {
            Ok(checked) => count += checked.cases,
            Err(error) => panic!("{}:\n{error}", folder.display()),
        }
    }
    assert!(count > 100, "only {count} cases were found");
}

fn rooms() -> Standard {
    load::folder(&root().join("tests/standards/reading-rooms")).unwrap()
}

/// A file of cases, and what is found wrong with it.
fn check(text: &str, expected: &[&str]) {
    let (_, mistakes) = cases::examine(Some(&rooms()), "cases/a.jsonl", text.as_bytes());
    let mistakes: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
    assert_eq!(mistakes, expected, "{text}");
}

const SOUND: &str = r#"{"name": "书", "as_of": "2021-06-01", "subject": {"id": "1", "kind": "grassroots", "facts": {"readers": 8, "borrowers": 2}}, "expect": {"titles": {"open-room": "unmet"}, "clauses": {"open-room/B1": "unmet"}, "short_by": {"open-room/B1/borrowers/readers": 1}, "may_apply": {"lively-room": ["needs:open-room", "criteria:A", "criteria:B1", "criteria:C", "criteria:B2", "criteria:E"]}}}"#;

/// One change of a sound case, and what is found.
fn check_change(from: &str, to: &str, expected: &[&str]) {
    assert!(SOUND.contains(from), "{from} is not there");
    check(&SOUND.replacen(from, to, 1), expected);
}

#[test]
fn the_case_that_the_mistakes_are_made_in_is_sound() {
    check(SOUND, &[]);
    check(&format!("\n{SOUND}\n\n"), &[]);
}

#[test]
fn a_case_that_comes_out_otherwise_is_told_with_expected_and_actual() {
    check_change(
        r#""open-room": "unmet""#,
        r#""open-room": "met""#,
        &["cases/a.jsonl:1:147: 书: open-room should be met, is unmet"],
    );
    check_change(
        r#""open-room/B1": "unmet""#,
        r#""open-room/B1": "n/a""#,
        &["cases/a.jsonl:1:182: 书: open-room/B1 should be n/a, is unmet"],
    );
    check_change(
        r#"readers": 1}"#,
        r#"readers": 2}"#,
        &["cases/a.jsonl:1:221: 书: open-room/B1/borrowers/readers should be 2, is 1"],
    );
    check_change(
        r#""borrowers": 2"#,
        r#""borrowers": 3"#,
        &[
            "cases/a.jsonl:1:147: 书: open-room should be unmet, is unknown",
            "cases/a.jsonl:1:182: 书: open-room/B1 should be unmet, is met",
            "cases/a.jsonl:1:221: 书: open-room/B1/borrowers/readers should be 1, is none",
            "cases/a.jsonl:1:273: 书: lively-room should be barred by needs:open-room, criteria:A, criteria:B1, criteria:C, criteria:B2, criteria:E, is barred by needs:open-room, criteria:A, criteria:C, criteria:B2, criteria:E",
        ],
    );
    check_change(
        r#""open-room": "unmet""#,
        r#""reader": "unmet""#,
        &["cases/a.jsonl:1:147: 书: reader should be unmet, is not judged"],
    );
}

#[test]
fn a_case_that_cannot_be_read_is_told_with_its_place() {
    check(
        &format!("{SOUND}\ngarbage\n"),
        &[
            "cases/a.jsonl:2:1: not valid JSON: `garbage` stands where an object begins: write one whole object, { … }, a line",
        ],
    );
    check_change(
        r#""expect": {"#,
        r#""expct": {"#,
        &[
            "cases/a.jsonl:1:131: no worked case: unknown field `expct`, expected one of `name`, `as_of`, `subject`, `expect`",
        ],
    );
    check_change(
        r#""2021-06-01""#,
        r#""2021-06-31""#,
        &[
            "cases/a.jsonl:1:35: no worked case: parsed date is not valid: parameter 'day' for `2021-06` is invalid, must be in range `1..=30`",
        ],
    );
    check_change(
        r#""borrowers": 2"#,
        r#""borrowers": 9, "borowers": "2""#,
        &[
            "cases/a.jsonl:1:123: 书: the subject's facts.borowers: unknown key, did you mean `borrowers`?",
            "cases/a.jsonl:1:107: 书: the subject's facts.borrowers: 9 is more than readers (8), which is impossible: check both",
        ],
    );
    check_change(
        r#""readers": 8"#,
        r#""readers": 8, "readers": 8"#,
        &["cases/a.jsonl:1:93: 书: subject.facts.readers is there twice"],
    );
    let (cases, mistakes) = cases::examine(None, "cases/a.jsonl", b"{\"name\": \"\xff\"}");
    let mistakes: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
    assert_eq!(
        (cases, mistakes),
        (1, vec!["cases/a.jsonl:1:11: not valid UTF-8".to_owned()])
    );
}

#[test]
fn cases_are_read_beside_a_standard_that_has_mistakes() {
    let rooms = root().join("tests/standards/reading-rooms");
    let folder = std::env::temp_dir().join(format!("jianjia-cases-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("cases")).unwrap();
    let standard = std::fs::read_to_string(rooms.join("standard.toml")).unwrap();
    let standard = standard.replacen("cycle", "cycel", 1);
    std::fs::write(folder.join("standard.toml"), standard).unwrap();
    std::fs::copy(rooms.join("facts.toml"), folder.join("facts.toml")).unwrap();
    std::fs::write(folder.join("cases/b.jsonl"), "{}\n").unwrap();
    let found = cases::check(&folder);
    std::fs::remove_dir_all(&folder).unwrap();
    let Err(LoadError::Mistakes(mistakes)) = found else {
        panic!("{found:?}");
    };
    let mistakes: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
    assert_eq!(
        mistakes,
        [
            "cases/b.jsonl:1:2: no worked case: missing field `name`",
            "standard.toml:13:1: unknown key `cycel` in programme, did you mean `cycle`?",
        ]
    );
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn standards() -> Vec<PathBuf> {
    let mut folders = files(&root().join("../../standards"));
    folders.extend(files(&root().join("tests/standards")));
    folders.retain(|folder| folder.join("standard.toml").exists());
    folders
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}
