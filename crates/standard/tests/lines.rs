//! Reading a line of `judge`'s input: whatever is wrong is told with its key, everything at once.

use std::path::Path;

use jianjia_standard::{Lang, Standard, load, subject_line};
use jiff::civil::{Date, date};

const AS_OF: Date = date(2016, 10, 15);

fn changzhou() -> Standard {
    load::folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../standards/changzhou-2016"))
        .unwrap()
}

/// A line, and what is said about it.
fn check(line: &str, expected: &[&str]) {
    let found: Vec<String> = match subject_line::read(&changzhou(), AS_OF, line) {
        Ok(_) => Vec::new(),
        Err(errors) => errors
            .iter()
            .map(|error| error.sentence(Lang::En))
            .collect(),
    };
    assert_eq!(found, expected, "{line}");
}

/// A grassroots union with these facts, and what is said about them.
fn check_facts(facts: &str, expected: &[&str]) {
    check(
        &format!(r#"{{"id": "u", "kind": "grassroots", "facts": {{{facts}}}}}"#),
        expected,
    );
}

#[test]
fn a_roll_above_the_members_is_a_mistake_and_one_below_is_not() {
    let line = |members: &str, roll: u64| {
        format!(
            r#"{{"id": "u", "kind": "grassroots", "facts": {{"workers": 1200{members}}}, "rating": {{"roll": {roll}, "satisfied": 1, "basically_satisfied": 1, "dissatisfied": 0, "void": 0}}}}"#
        )
    };
    let members = r#", "members": 1000"#;
    check(
        &line(members, 5000),
        &[
            "rating.roll: the roll (5000) is more than the members (1000 in `facts.members`), which is impossible: check both numbers",
        ],
    );
    check(
        &line(members, 1001),
        &[
            "rating.roll: the roll (1001) is more than the members (1000 in `facts.members`), which is impossible: check both numbers",
        ],
    );
    check(&line(members, 1000), &[]);
    check(&line(members, 80), &[]);
    check(&line("", 5000), &[]);
}

const CONTRACT: &str = r#"{"id": "u1", "kind": "grassroots", "employer": "enterprise", "founded_on": "2009-06-01",
 "facts": {"chair_elected": true, "workers": 200, "members": 190, "last_election_on": "2014-05-20", "term_years": 3},
 "activities": [{"on": "2016-02-18", "kind": "quality"}],
 "rating": {"roll": 190, "satisfied": 120, "basically_satisfied": 30, "dissatisfied": 10, "void": 2},
 "titles": [{"title": "model-home", "year": 2014, "level": "city", "reconfirmed": true}],
 "vetoes": [{"clause": "V1", "year": 2016}],
 "subordinates": {"unions": 40, "model": 12}}"#;

#[test]
fn the_line_of_the_contract_is_read_and_written_back_the_same() {
    let standard = changzhou();
    let subject = subject_line::read(&standard, AS_OF, CONTRACT).unwrap();
    let written = serde_json::to_value(&subject).unwrap();
    let expected: serde_json::Value = serde_json::from_str(CONTRACT).unwrap();
    assert_eq!(written, expected);
    assert_eq!(
        subject_line::read_value(&standard, AS_OF, &written).unwrap(),
        subject
    );
}

#[test]
fn a_person_with_a_post_and_a_union_is_read() {
    check(
        r#"{"id": "p", "kind": "person", "post": "chair", "union": {"titles": [{"title": "trusted-home", "year": 2016}], "vetoes": [{"clause": "V2", "year": 2016}]}}"#,
        &[],
    );
}

#[test]
fn unknown_keys_are_told() {
    check(
        r#"{"id": "u", "kind": "grassroots", "fact": {}}"#,
        &["fact: unknown key, did you mean `facts`?"],
    );
    check_facts(
        r#""cards_isued": 3"#,
        &["facts.cards_isued: unknown key, did you mean `cards_issued`?"],
    );
    check(
        r#"{"id": "u", "kind": "grassroots", "rating": {"roll": 1, "happy": 1}, "union": {"chair": 1}, "subordinates": {"homes": 1}}"#,
        &[
            "rating.happy: unknown key: delete it, known here are roll, satisfied, basically_satisfied, dissatisfied, void",
            "subordinates.homes: unknown key: delete it, known here are unions, model, qualified, trusted",
            "union.chair: unknown key: delete it, known here are titles, vetoes",
        ],
    );
    check(
        r#"{"id": "u", "kind": "grassroots", "activities": [{"on": "2016-01-01", "kind": "quality"}, {"on": "2016-01-01", "kind": "party", "who": 3}]}"#,
        &[
            "activities[1].who: unknown key: delete it, known here are on, kind",
            "activities[1].kind: `party` is unknown: write one of quality, skills, hardship, culture",
        ],
    );
    check(
        r#"{"id": "u", "kind": "grassroots", "vetoes": [{"clause": "V12", "year": 2016}], "titles": [{"title": "best-home", "year": 2016}]}"#,
        &[
            "titles[0].title: `best-home` is unknown: write one of qualified-home, model-home, trusted-home, model-small-home, trusted-small-home, outstanding-worker, trusted-kin",
            "vetoes[0].clause: `V12` is unknown: write one of V1, V2, V3, V4, V5, V6, V7, V8, V9, V10, V11",
        ],
    );
}

#[test]
fn impossible_numbers_are_told() {
    check_facts(
        r#""workers": 200, "members": 201"#,
        &["facts.members: 201 is more than workers (200), which is impossible: check both"],
    );
    check_facts(r#""workers": 200, "members": 200"#, &[]);
    check_facts(
        r#""members": 10, "cards_issued": 11"#,
        &["facts.cards_issued: 11 is more than members (10), which is impossible: check both"],
    );
    check_facts(
        r#""cards_issued": 10, "cards_used": 11"#,
        &["facts.cards_used: 11 is more than cards_issued (10), which is impossible: check both"],
    );
    check(
        r#"{"id": "u", "kind": "grassroots", "rating": {"roll": 10, "satisfied": 8, "basically_satisfied": 2, "dissatisfied": 0, "void": 1}}"#,
        &[
            "rating.roll: 11 ballots are more than the roll (10), which is impossible: check both numbers",
        ],
    );
    check(
        r#"{"id": "u", "kind": "township", "subordinates": {"unions": 10, "model": 11}}"#,
        &[
            "subordinates.model: 11 is more than the unions below (10), which is impossible: check both numbers",
        ],
    );
}

#[test]
fn a_bound_holds_through_bounds_that_are_not_known() {
    check_facts(
        r#""members": 5, "cards_used": 10"#,
        &["facts.cards_used: 10 is more than members (5), which is impossible: check both"],
    );
    check_facts(
        r#""workers": 5, "cards_issued": 10"#,
        &["facts.cards_issued: 10 is more than workers (5), which is impossible: check both"],
    );
    check_facts(
        r#""workers": 5, "cards_used": 6"#,
        &["facts.cards_used: 6 is more than workers (5), which is impossible: check both"],
    );
    check_facts(r#""workers": 5, "cards_used": 5"#, &[]);
    // What lies beyond a known bound is that one's to exceed.
    check_facts(
        r#""workers": 5, "cards_issued": 10, "cards_used": 9"#,
        &["facts.cards_issued: 10 is more than workers (5), which is impossible: check both"],
    );
}

#[test]
fn what_happens_after_the_as_of_day_is_a_mistake_of_its_key() {
    let line = |day: &str| {
        format!(
            r#"{{"id": "u", "kind": "grassroots", "founded_on": "{day}", "facts": {{"last_election_on": "{day}"}},
                "activities": [{{"on": "2016-10-01", "kind": "quality"}}, {{"on": "{day}", "kind": "quality"}}]}}"#
        )
    };
    let told = |key: &str| {
        format!(
            "{key}: 2016-10-16 is after the as-of day, 2016-10-15, when it can't have happened: check the day, or judge as of a later one"
        )
    };
    check(&line("2016-10-15"), &[]);
    let expected: Vec<String> = ["founded_on", "facts.last_election_on", "activities[1].on"]
        .map(told)
        .into();
    let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
    check(&line("2016-10-16"), &expected);
    let many: Vec<&str> =
        std::iter::repeat_n(r#"{"on": "2017-01-01", "kind": "quality"}"#, 300).collect();
    let many = format!(
        r#"{{"id": "u", "kind": "grassroots", "activities": [{}]}}"#,
        many.join(",")
    );
    let told = subject_line::read(&changzhou(), AS_OF, &many).unwrap_err();
    assert_eq!(told.len(), 100);
}

#[test]
fn a_subject_kept_with_a_choice_as_text_is_still_read() {
    let kept = serde_json::json!({"id": "u", "kind": "grassroots", "facts": {"term_years": "5"}});
    let subject = subject_line::read_kept(&changzhou(), &kept).unwrap();
    let written = serde_json::to_value(&subject).unwrap();
    assert_eq!(written["facts"]["term_years"], 5);
    assert!(subject_line::read_value(&changzhou(), AS_OF, &kept).is_err());
    assert_eq!(
        subject_line::read_value(&changzhou(), AS_OF, &written).unwrap(),
        subject
    );
}
