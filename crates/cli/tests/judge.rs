//! `jianjia judge` and `jianjia standard` as scripts call them.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

fn standards() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../standards/changzhou-2016")
}

fn jianjia(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_jianjia"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    let writer = std::thread::spawn(move || {
        // A command that refuses its arguments does not read.
        let _ = stdin.write_all(input.as_bytes());
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

fn judge(input: &str) -> (Vec<serde_json::Value>, String, Option<i32>) {
    let standards = standards();
    let arguments = [
        "judge",
        "--standard",
        standards.to_str().unwrap(),
        "--as-of",
        "2016-10-15",
        "-",
    ];
    let output = jianjia(&arguments, input);
    let lines = String::from_utf8(output.stdout).unwrap();
    let lines = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    (
        lines,
        String::from_utf8(output.stderr).unwrap(),
        output.status.code(),
    )
}

#[test]
fn lines_are_judged_in_input_order() {
    let people = 0..9_000;
    let input: String = people
        .clone()
        .map(|number| format!("{{\"id\": \"p{number}\", \"kind\": \"person\"}}\n"))
        .collect();
    let (lines, talk, code) = judge(&input);
    let ids: Vec<&str> = lines
        .iter()
        .map(|line| line["id"].as_str().unwrap())
        .collect();
    let expected: Vec<String> = people.map(|number| format!("p{number}")).collect();
    assert_eq!(ids, expected);
    assert_eq!((talk.as_str(), code), ("", Some(0)));
}

#[test]
fn a_line_has_the_shape_of_the_contract() {
    let (lines, _, _) = judge(
        r#"{"id": "u1", "kind": "branch", "facts": {"line_and_law": false}, "vetoes": [{"clause": "V1", "year": 2016}]}"#,
    );
    let check =
        |what: &str| serde_json::json!({"what": what, "status": "unknown", "required": "true"});
    let mut checks = vec![
        serde_json::json!({"what": "line_and_law", "status": "unmet", "actual": "false", "required": "true"}),
    ];
    let others = [
        "sound_team",
        "rights_defended",
        "work_in_order",
        "real_part",
        "trusted_by_all",
    ];
    checks.extend(others.map(check));
    assert_eq!(lines[0]["id"], "u1");
    assert_eq!(
        lines[0]["verdicts"][0],
        serde_json::json!({"title": "model-small-home", "status": "unmet", "criteria": [
            {"clause": "S1", "status": "unmet", "missing": others, "checks": checks},
        ]})
    );
    assert_eq!(lines[0]["highest_met"], serde_json::Value::Null);
    assert_eq!(
        lines[0]["may_apply"],
        serde_json::json!({
            "model-small-home": {"allowed": false, "because": ["criteria:S1"]},
            "trusted-small-home": {"allowed": false, "because": [
                "veto:V1", "needs:model-small-home", "criteria:S1",
                "criteria:T1", "criteria:T2", "criteria:T3a", "criteria:T3b", "criteria:T3c", "criteria:T4",
            ]},
        })
    );
}

#[test]
fn a_bad_line_is_told_with_number_and_key_and_the_others_are_judged() {
    let input = concat!(
        "{\"id\": \"a\", \"kind\": \"person\"}\n",
        "\n",
        "{\"id\": \"b\", \"kind\": \"grassroots\", \"facts\": {\"members\": 9, \"workers\": 8, \"membrs\": 1}}\n",
        "not json\n",
        "{\"id\": \"c\", \"kind\": \"person\"}",
    );
    let (lines, talk, code) = judge(input);
    let ids: Vec<&str> = lines
        .iter()
        .map(|line| line["id"].as_str().unwrap())
        .collect();
    assert_eq!((ids, code), (vec!["a", "c"], Some(1)));
    assert_eq!(
        talk,
        "line 3: facts.membrs: unknown key, did you mean `members`?\n\
         line 3: facts.members: 9 is more than workers (8), which is impossible: check both\n\
         line 4: at character 1, `not` stands where an object begins: write one whole object, { … }, a line\n\
         jianjia: 2 lines could not be judged; mend them and judge again\n"
    );
}

#[test]
fn answers_come_before_the_next_question() {
    use std::io::{BufRead, BufReader};
    let mut child = Command::new(env!("CARGO_BIN_EXE_jianjia"))
        .args(["judge", "--as-of", "2016-10-15", "--standard"])
        .arg(standards())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut answers = BufReader::new(child.stdout.take().unwrap()).lines();
    for id in ["first", "second"] {
        writeln!(stdin, "{{\"id\": \"{id}\", \"kind\": \"person\"}}").unwrap();
        let answer: serde_json::Value =
            serde_json::from_str(&answers.next().unwrap().unwrap()).unwrap();
        assert_eq!(answer["id"], id);
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

#[test]
fn wrong_usage_is_two_and_a_missing_standard_is_one() {
    let code = |arguments: &[&str]| jianjia(arguments, "").status.code();
    assert_eq!(code(&["judge", "--as-of", "2016-10-15"]), Some(2));
    assert_eq!(
        code(&["judge", "--standard", "x", "--as-of", "yesterday"]),
        Some(2)
    );
    assert_eq!(
        code(&["judge", "--standard", "/nowhere", "--as-of", "2016-10-15"]),
        Some(1)
    );
    assert_eq!(code(&["standard", "check", "/nowhere"]), Some(1));
    assert_eq!(code(&["judge", "--help"]), Some(0));
}

#[test]
fn a_sound_standard_is_told_and_shown_in_both_languages() {
    let folder = standards();
    let folder = folder.to_str().unwrap();
    let checked = jianjia(&["standard", "check", folder], "");
    let words = String::from_utf8(checked.stdout).unwrap();
    assert!(
        words.starts_with("changzhou-2016: sound; 7 titles, 36 criteria, 11 vetoes, "),
        "{words}"
    );
    assert_eq!(checked.status.code(), Some(0));
    for (arguments, title, clause) in [
        (
            vec!["standard", "show", folder],
            "■ 信赖职工之家 “四强”  [trusted-home]",
            "→ 会员人数 ÷ 职工人数 ≥ 90%",
        ),
        (
            vec!["standard", "show", folder, "--lang", "en"],
            "[trusted-home]",
            "→ Members ÷ Workers ≥ 90%",
        ),
    ] {
        let shown = jianjia(&arguments, "");
        let words = String::from_utf8(shown.stdout).unwrap();
        assert!(words.contains(title) && words.contains(clause), "{words}");
        for number in 1..=11 {
            assert!(
                words.contains(&format!("  V{number} ")),
                "V{number} is not shown"
            );
        }
        assert_eq!(shown.status.code(), Some(0));
    }
}

#[test]
fn a_bad_standard_is_told_mistake_by_mistake() {
    let folder = tempfile::tempdir().unwrap();
    let read = |name: &str| std::fs::read_to_string(standards().join(name)).unwrap();
    let standard = read("standard.toml")
        .replacen("key = \"changzhou-2016\"", "kei = \"changzhou-2016\"", 1)
        .replacen("value = \"85%\"", "value = \"185%\"", 1)
        .replacen("below = \"qualified-home\"", "below = \"quality-home\"", 1);
    let facts = read("facts.toml").replacen("kind = \"truth\"", "kind = \"bool\"", 1);
    std::fs::write(folder.path().join("standard.toml"), standard).unwrap();
    std::fs::write(folder.path().join("facts.toml"), facts + "\n[[grup]]\n").unwrap();
    let checked = jianjia(&["standard", "check", folder.path().to_str().unwrap()], "");
    let words = String::from_utf8(checked.stdout).unwrap();
    let lines: Vec<&str> = words.lines().collect();
    assert_eq!(checked.status.code(), Some(1));
    assert_eq!(lines.len(), 5, "{words}");
    let places = lines.iter().filter(|line| {
        let mut parts = line.rsplit_once(".toml:").unwrap().1.split(':');
        let mut number = || parts.next().unwrap().parse::<usize>().unwrap();
        number() > 0 && number() > 0
    });
    assert_eq!(places.count(), 5);
}

#[test]
fn a_standard_that_can_t_be_used_is_told_in_one_line_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().to_str().unwrap();
    let judge = ["judge", "--standard", dir, "--as-of", "2016-10-15"];
    let bench = ["bench", "judge", "--standard", dir];
    let show = ["standard", "show", dir];
    let check = ["standard", "check", dir];
    let told = |arguments: &[&str]| {
        let output = jianjia(arguments, "");
        assert_eq!(output.status.code(), Some(1));
        let words = String::from_utf8(output.stderr).unwrap();
        words.replace(dir, "DIR")
    };
    for arguments in [&judge[..], &bench, &show, &check] {
        assert_eq!(
            told(arguments),
            "jianjia: DIR/standard.toml can't be read: No such file or directory (os error 2); name the folder of a standard, which holds \
             standard.toml and facts.toml\n"
        );
    }
    let standard = std::fs::read_to_string(standards().join("standard.toml")).unwrap();
    let bad = standard
        .replacen("value = \"85%\"", "value = \"185%\"", 1)
        .replacen("below = \"qualified-home\"", "below = \"quality-home\"", 1);
    std::fs::write(folder.path().join("standard.toml"), bad).unwrap();
    std::fs::copy(
        standards().join("facts.toml"),
        folder.path().join("facts.toml"),
    )
    .unwrap();
    for arguments in [&judge[..], &bench, &show] {
        assert_eq!(
            told(arguments),
            "jianjia: the standard in DIR has 2 mistakes; `jianjia standard check DIR` shows them\n"
        );
    }
    assert_eq!(
        told(&check),
        "jianjia: 2 mistakes in DIR; mend them and check again\n"
    );
}

#[test]
fn a_worked_case_that_comes_out_otherwise_is_told_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("cases")).unwrap();
    for name in ["standard.toml", "facts.toml", "cases/term.jsonl"] {
        std::fs::copy(standards().join(name), folder.path().join(name)).unwrap();
    }
    let cases = folder.path().join("cases/cards.jsonl");
    let case = r#"{"name": "n", "as_of": "2016-10-15", "subject": {"id": "1", "kind": "grassroots"}, "expect": {"clauses": {"model-home/M1b": "met"}}}"#;
    std::fs::write(&cases, format!("{case}\ngarbage\n")).unwrap();
    let checked = jianjia(&["standard", "check", folder.path().to_str().unwrap()], "");
    let expected = format!(
        "{0}:1:107: n: model-home/M1b should be met, is unknown\n{0}:2:1: not valid JSON: `garbage` stands where an object begins: write one whole object, {{ … }}, a line\n",
        cases.display()
    );
    assert_eq!(String::from_utf8(checked.stdout).unwrap(), expected);
    assert_eq!(checked.status.code(), Some(1));
}

/// A file of the tests, judged: its ids with the mistakes that are told, and the exit status.
fn judged(name: &str, as_of: &str) -> (Vec<String>, String, Option<i32>) {
    let (standards, cases) = (
        standards(),
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/cases"),
    );
    let file = cases.join(name);
    let [standard, file] = [&standards, &file].map(|path| path.to_str().unwrap());
    let output = jianjia(
        &["judge", "--standard", standard, "--as-of", as_of, file],
        "",
    );
    let lines = String::from_utf8(output.stdout).unwrap();
    let id = |line: &str| {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        line["id"].as_str().unwrap().to_owned()
    };
    (
        lines.lines().map(id).collect(),
        String::from_utf8(output.stderr).unwrap(),
        output.status.code(),
    )
}

#[test]
fn what_editors_save_is_read_or_answered_with_one_clear_error() {
    let (lines, talk, code) = judged("utf16.jsonl", "2016-10-15");
    assert_eq!((lines, code), (Vec::new(), Some(1)));
    assert_eq!(
        talk,
        "jianjia: the input is UTF-16; save it as UTF-8 and judge it again\n"
    );
    let (lines, talk, code) = judged("bom.jsonl", "2016-10-15");
    assert!(!lines.is_empty());
    assert_eq!((talk.as_str(), code), ("", Some(0)));
    let (lines, talk, code) = judged("gbk.jsonl", "2016-10-15");
    assert_eq!((lines.len(), code), (0, Some(1)));
    assert!(
        talk.starts_with("line 1: id: at character 8, a byte is not UTF-8"),
        "{talk}"
    );
    let (lines, talk, code) = judged("odd.jsonl", "2016-10-15");
    assert_eq!(lines, ["money to the fen", "no members at all"], "{talk}");
    let told = |number: usize| talk.contains(&format!("line {number}: "));
    assert_eq!([2, 3, 4, 5].map(told), [true; 4], "{talk}");
    assert_eq!(code, Some(1));
    let (lines, talk, code) = judged("roll.jsonl", "2016-10-15");
    assert_eq!(
        lines,
        ["80 officials vote for 1000 members", "nobody to vote"]
    );
    assert!(
        talk.contains("line 2: rating.roll: the roll (5000) is more than the members (1000"),
        "{talk}"
    );
    assert_eq!(code, Some(1));
}

#[test]
fn clumsy_lines_are_told_by_their_number_and_the_others_are_judged() {
    let input = concat!(
        "\u{feff}\r\n",
        "{\"id\": \"a\", \"kind\": \"person\"}\r\n",
        "   \r\n",
        "{\"id\": \"b\", \"kind\": \"person\"} {\"id\": \"c\"}\r\n",
        "\u{feff}{\"id\": \"d\", \"kind\": \"person\"}\r\n",
        "{\"id\": \"e\", \"kind\": \"grassroots\", \"facts\": {\"members\": NaN}}\r\n",
        "{\"id\": \"f\", \"kind\": \"grassroots\", \"facts\": {\"members\"\r\n",
    );
    let (lines, talk, code) = judge(input);
    assert_eq!((lines.len(), code), (1, Some(1)));
    assert_eq!(lines[0]["id"], "a");
    assert_eq!(
        talk,
        "line 4: at character 31, a second object begins: write each on a line of its own\n\
         line 5: at character 1, there is a byte-order mark (U+FEFF): delete it, or save the file as UTF-8 without it\n\
         line 6: facts.members: at character 56, `NaN` is no value of JSON: leave the key out while it is not known\n\
         line 7: facts.members: at character 54, the line ends before its brackets are closed: write the whole object on one line\n\
         jianjia: 4 lines could not be judged; mend them and judge again\n"
    );
    let (_, talk, _) = judge("[]\n");
    assert_eq!(
        talk,
        "line 1: a list stands here: write one object, { … }, a line\n\
         jianjia: 1 line could not be judged; mend it and judge again\n"
    );
    // UTF-16 without a mark, whatever it begins with.
    for input in ["[\0{\0", "\0{\0\"", "\n\0{\0"] {
        let (lines, talk, code) = judge(input);
        assert_eq!((lines, code), (Vec::new(), Some(1)));
        assert_eq!(
            talk,
            "jianjia: the input is UTF-16; save it as UTF-8 and judge it again\n"
        );
    }
}

#[test]
fn a_day_outside_the_programme_is_told() {
    let (_, talk, code) = judged("bom.jsonl", "2026-10-15");
    assert_eq!(code, Some(0));
    assert!(
        talk.starts_with("jianjia: 2026-10-15 is outside the programme's years, 2016 to 2020;"),
        "{talk}"
    );
}

#[test]
fn a_changed_figure_is_told_of_the_text_that_says_the_old_one() {
    let folder = tempfile::tempdir().unwrap();
    let [standard, facts] = ["standard.toml", "facts.toml"]
        .map(|name| std::fs::read_to_string(standards().join(name)).unwrap());
    let check = |standard: &str, facts: &str| {
        std::fs::write(folder.path().join("standard.toml"), standard).unwrap();
        std::fs::write(folder.path().join("facts.toml"), facts).unwrap();
        let checked = jianjia(&["standard", "check", folder.path().to_str().unwrap()], "");
        String::from_utf8(checked.stdout).unwrap()
    };
    let sound = check(&standard, &facts);
    assert!(sound.contains("sound"), "{sound}");
    // An editor of Windows changes nothing of the standard.
    let windows = |text: &str| text.replace('\n', "\r\n");
    assert_eq!(check(&windows(&standard), &windows(&facts)), sound);
    let old = "clause = \"M1b\"\nvalues = [{ from = 2016-01-01, value = \"90%\" }]";
    assert!(standard.contains(old));
    let changed = standard.replace(old, &old.replace("90%", "85%"));
    let told = check(&changed, &facts);
    assert!(
        told.contains("the text of M1b says 90%, but its figure is 85%"),
        "{told}"
    );
    assert_eq!(told.lines().count(), 1, "{told}");
    let line = changed.lines().position(|line| line == "clause = \"M1b\"");
    assert!(line.is_some() && told.contains("standard.toml:"), "{told}");
}

#[test]
fn the_benchmark_ends_with_its_result_as_json() {
    let output = jianjia(&["bench", "judge", "--unions", "1000", "--runs", "1"], "");
    let words = String::from_utf8(output.stdout).unwrap();
    let result: serde_json::Value = serde_json::from_str(words.lines().last().unwrap()).unwrap();
    assert_eq!(result["unions"], 1000);
    for figure in [
        "seconds",
        "unions_per_second",
        "bytes_per_union",
        "explained_us",
    ] {
        assert!(result[figure].as_f64().unwrap() > 0.0, "{figure}");
    }
    for (clause, counts) in result["clauses"].as_object().unwrap() {
        let sum: u64 = ["met", "unmet", "unknown", "na"]
            .map(|status| counts[status].as_u64().unwrap())
            .iter()
            .sum();
        assert_eq!(sum, 1000, "{clause}");
    }
    assert!(result["clauses"]["Q1"]["met"].as_u64().unwrap() > 800);
}
