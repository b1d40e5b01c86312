//! What is shown in public and shared, rules on lists and places, departments.

use jianjia_standard::load;

use crate::appended;

#[test]
fn what_is_shown_in_public_is_told_what_is_wrong_with_it() {
    let standard = include_str!("../../../../standards/changzhou-2016/standard.toml");
    let facts = include_str!("../../../../standards/changzhou-2016/facts.toml");
    let (before, rest) = standard.split_once("[publication]\n").unwrap();
    let (_, after) = rest.split_once("[[route]]").unwrap();
    let told = |section: &str| -> Vec<String> {
        let text = format!("{before}[publication]\n{section}\n[[route]]{after}");
        match load::texts(&text, facts) {
            Ok(_) => Vec::new(),
            Err(mistakes) => mistakes
                .iter()
                .map(|mistake| {
                    let mistake = mistake.to_string();
                    mistake.splitn(4, ':').last().unwrap().trim().to_owned()
                })
                .collect(),
        }
    };
    let city = |rule: &str| told(&format!("clause = \"P4\"\ncity = {{ {rule} }}\n"));
    assert_eq!(
        city("titles = [\"trusted-home\"], working_days = 60"),
        [""; 0]
    );
    assert_eq!(
        city("titles = [\"trusted-home\"], working_days = 0"),
        ["`working_days` is at least 1 and at most 60"]
    );
    assert_eq!(
        city("titles = [\"trusted-hom\"], working_days = 5"),
        ["unknown title `trusted-hom`, did you mean `trusted-home`?"]
    );
    assert_eq!(
        told("clause = \"P4\""),
        ["`publication` says neither what a unit shows (`unit`) nor what the city shows (`city`)"]
    );
    assert_eq!(
        told(
            "clause = \"P4\"\nunconfirmed_working_days = 0\ncity = { titles = [\"trusted-home\"], working_days = 5 }\n"
        ),
        ["`unconfirmed_working_days` is at least 1 and at most 10"]
    );
    let read = load::texts(standard, facts).unwrap().publication;
    assert_eq!(read.unconfirmed_working_days, 1);
    let rule = read.of_candidates("trusted-kin").unwrap();
    assert_eq!((rule.working_days, rule.is_asked), (5, false));
    assert!(read.in_unit("model-home").is_some());
    assert!(read.of_candidates("model-home").is_none());
}

#[test]
fn classes_of_size_go_up_and_reminders_come_in_time() {
    assert_eq!(appended("[sharing]\nclause = \"O4\""), [""; 0]);
    assert_eq!(
        appended("[sharing]\nclause = \"O4\"\nsizes = [30, 100]\nremind_days = 30"),
        [""; 0]
    );
    for (text, expected) in [
        (
            "sizes = [30, 30]",
            "3:14: `sizes` are whole numbers from 1, each greater than the one before",
        ),
        (
            "sizes = [0]",
            "3:10: `sizes` are whole numbers from 1, each greater than the one before",
        ),
        (
            "remind_days = 31",
            "3:15: `remind_days` is at least 1 and at most 30",
        ),
    ] {
        let told = appended(&format!("[sharing]\nclause = \"O4\"\n{text}"));
        assert_eq!(told, [expected], "{text}");
    }
}

const STRUCTURE: &str = r#"
[[property]]
key = "ownership"
name = { zh = "单位类型", en = "Employer" }
titles = ["open-room"]
from = "economic-type"
choices = [
  { key = "private", name = { zh = "民营", en = "Private" }, known_by = ["private"] },
  { key = "other", name = { zh = "其他", en = "Other" } },
]
[[structure]]
key = "private-firms"
clause = "P3"
name = { zh = "民营", en = "Private" }
text = { zh = "不少于", en = "At least" }
titles = ["open-room"]
property = "ownership"
choices = ["private"]
at_least = "30%"
holds = "warn"
[[apportionment]]
clause = "P3"
titles = ["open-room"]
by = "members"
least = 1
"#;

#[test]
fn rules_on_lists_and_places_are_read_and_their_mistakes_are_told() {
    assert_eq!(appended(STRUCTURE), Vec::<String>::new());
    let check = |from: &str, to: &str, expected: &[&str]| {
        assert!(STRUCTURE.contains(from), "{from}");
        assert_eq!(appended(&STRUCTURE.replacen(from, to, 1)), expected, "{to}");
    };
    check(
        "known_by = [\"private\"]",
        "known_by = [\"privat\"]",
        &[
            "8:72: `known_by`: the register's economic-type is never `privat`, did you mean `private`?",
        ],
    );
    check(
        "property = \"ownership\"",
        "property = \"ownrship\"",
        &["17:12: unknown property `ownrship`, did you mean `ownership`?"],
    );
    check(
        "choices = [\"private\"]",
        "choices = [\"privte\"]",
        &["18:12: unknown choice of `ownership` `privte`, did you mean `private`?"],
    );
    check(
        "at_least = \"30%\"",
        "at_least = \"130%\"",
        &["19:12: `at_least` is over 100% of the candidates"],
    );
    check(
        "at_least = \"30%\"",
        "",
        &["11:1: a rule has either `at_least` or `at_most`"],
    );
    check(
        "from = \"economic-type\"",
        "",
        &[
            "2:1: a property has a `question`, or a field of the register that says it (`from`), or both",
            "8:72: `known_by` needs `from`, the field of the register",
        ],
    );
    check(
        "by = \"members\"",
        "by = \"member\"",
        &["24:6: `by`: `member` is not one of units, members, workers, did you mean `members`?"],
    );
}

#[test]
fn departments_are_checked_against_the_vetoes() {
    let standard = include_str!("../../../../standards/changzhou-2016/standard.toml");
    let facts = include_str!("../../../../standards/changzhou-2016/facts.toml");
    let told = |department: &str| -> Vec<String> {
        let more = format!(
            "{standard}\n[[department]]\nname = {{ zh = \"局\", en = \"Office\" }}\ndays_to_reply = 5\n{department}\n"
        );
        match load::texts(&more, facts) {
            Ok(_) => Vec::new(),
            Err(mistakes) => mistakes
                .iter()
                .map(|mistake| {
                    let mistake = mistake.to_string();
                    mistake.splitn(4, ':').last().unwrap().trim().to_owned()
                })
                .collect(),
        }
    };
    let days = "days_to_answer = 10";
    assert_eq!(
        told(&format!(
            "key = \"a\"\nclauses = [\"V1\"]\n{days}\nremind = [9, 0]"
        )),
        [""; 0]
    );
    assert_eq!(
        told(&format!("key = \"tax\"\nclauses = [\"V1\"]\n{days}")),
        ["department `tax` is there twice"]
    );
    assert_eq!(
        told(&format!(
            "key = \"a\"\nclauses = [\"V1\", \"Q1\", \"V1\"]\n{days}"
        )),
        [
            "`Q1` is no veto clause of this standard",
            "`clauses` has `V1` twice",
        ]
    );
    assert_eq!(
        told(&format!("key = \"a\"\nclauses = []\n{days}")),
        ["`clauses` is empty: there is nothing to ask the department for"]
    );
    assert_eq!(
        told("key = \"a\"\nclauses = [\"V1\"]\ndays_to_answer = 0"),
        ["`days_to_answer` is 1 to 120 working days"]
    );
    assert_eq!(
        told(&format!(
            "key = \"a\"\nclauses = [\"V1\"]\n{days}\nremind = [10]"
        )),
        [
            "`remind` holds working days before the last one, each once and fewer than `days_to_answer`"
        ]
    );
}
