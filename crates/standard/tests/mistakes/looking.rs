//! Spot checks and their visits.

use crate::{check, mistakes};

const CHECK: &str = r#"[spot_check]
clause = "X9"
title = "open-room"
every_years = 2
days = 30
inspectors = 2
minimum = 1
classes = [
  { key = "high", name = { zh = "高", en = "high" }, from = 30, share = "20%" },
  { key = "low", name = { zh = "低", en = "low" }, from = 0, share = "5%" },
]
signs = [
  { sign = "jump", facts = ["books"], from = "50%", weight = 30, name = { zh = "变", en = "jump" } },
]

[[target]]
clause = "Z1""#;

#[test]
fn what_is_wrong_with_the_spot_checks_is_said() {
    let with = |from: &str, to: &str| {
        assert!(CHECK.contains(from), "{from}");
        let changed = CHECK.replacen(from, to, 1);
        let found = mistakes(&[("[[target]]\nclause = \"Z1\"", &changed)], &[]);
        let told = |mistake: &String| {
            mistake
                .splitn(4, ':')
                .nth(3)
                .map(|told| told.trim().to_owned())
        };
        found.iter().filter_map(told).collect::<Vec<String>>()
    };
    assert_eq!(with("X9", "X9"), Vec::<String>::new());
    let cases: [(&str, &str, &str); 10] = [
        (
            "open-room",
            "opn-room",
            "unknown title `opn-room`, did you mean `open-room`?",
        ),
        (
            "every_years = 2",
            "every_years = 0",
            "`every_years` is from 1 to 10",
        ),
        (
            "inspectors = 2",
            "inspectors = 6",
            "`inspectors` is from 1 to 5",
        ),
        (
            "from = 0",
            "from = 5",
            "the last class begins at 0, so that every unit is in one",
        ),
        (
            "from = 30, share",
            "from = 0, share",
            "`from` is not below that of the class before: classes stand in order, the riskiest first",
        ),
        (
            "key = \"low\"",
            "key = \"high\"",
            "class `high` is there twice",
        ),
        (
            "key = \"low\"",
            "key = \"low risk\"",
            "`low risk` has other than lower-case letters",
        ),
        (
            "share = \"5%\"",
            "share = \"105%\"",
            "`share` is at most 100%",
        ),
        (
            "\"books\"",
            "\"heated\"",
            "`heated` is no number, so it can't jump",
        ),
        (
            "\"jump\", facts",
            "\"jmup\", facts",
            "`sign`: `jmup` is not one of unanswered, jump, shared-photos, first-timer, earlier-finding, did you mean `jump`?",
        ),
    ];
    for (from, to, told) in cases {
        assert_eq!(with(from, to), [told], "{to}");
    }
}

const VISIT: &str = r#"[visit]
clause = "X9"
against = "open-room"
tolerance = "5%"
hearing_days = 10
mending_days = 60
plaque_days = 30
fewest_shown = 5
colours = [
  { when = "unmet", colour = "red" },
  { when = "unknown", colour = "amber" },
]

[[target]]
clause = "Z1""#;

#[test]
fn what_is_wrong_with_the_visits_is_said() {
    let with = |from: &str, to: &str| {
        assert!(VISIT.contains(from), "{from}");
        let changed = VISIT.replacen(from, to, 1);
        let found = mistakes(&[("[[target]]\nclause = \"Z1\"", &changed)], &[]);
        let told = |mistake: &String| {
            let told = mistake.splitn(4, ':').nth(3);
            told.map(|told| told.trim().to_owned())
        };
        found.iter().filter_map(told).collect::<Vec<String>>()
    };
    assert_eq!(with("X9", "X9"), Vec::<String>::new());
    let cases: [(&str, &str, &str); 8] = [
        (
            "open-room",
            "opn-room",
            "unknown title `opn-room`, did you mean `open-room`?",
        ),
        (
            "\"unknown\", colour = \"amber\"",
            "\"unknown\", colour = \"red\"",
            "`unknown` can't come to red: unknown is never no",
        ),
        (
            "\"unknown\", colour",
            "\"unmet\", colour",
            "`colours` has `unmet` twice",
        ),
        (
            "hearing_days = 10",
            "hearing_days = 0",
            "`hearing_days` is a number of days from 1 to 400",
        ),
        (
            "tolerance = \"5%\"",
            "tolerance = \"5\"",
            "a rate is written as a percentage such as \"85%\" or \"37.5%\"",
        ),
        (
            "fewest_shown = 5",
            "fewest_shown = 5\neffect = \"R9\"",
            "`effect` names the clause of a reward, and `R9` is none",
        ),
        (
            "fewest_shown = 5\n",
            "",
            "`fewest_shown` is missing in visit",
        ),
        (
            "\"unmet\", colour = \"red\"",
            "\"unmet\", colour = \"pink\"",
            "`colour`: `pink` is not one of green, amber, red",
        ),
    ];
    for (from, to, expected) in cases {
        assert_eq!(with(from, to), [expected], "{to}");
    }
    check(
        "number_format = \"开〔{year}〕{number}\"",
        "number_format = \"开〔{year}〕{number}\"\nlooked_at_every = 0",
        &["standard.toml:29:19: `looked_at_every` is a number of years from 1 to 20"],
    );
}
