//! Two versions side by side: every word and figure that differs is told with what was and what is, and nothing else.

use jianjia_standard::{
    Lang,
    amendment::{Change, from_changes},
    compare::{Difference, How, Texts, compare},
};

const FACTS: &str = include_str!("standards/reading-rooms/facts.toml");
const STANDARD: &str = include_str!("standards/reading-rooms/standard.toml");

/// What is told once a text is replaced: part, key and how; then where, what was and what is.
fn told(standard: &[(&str, &str)], facts: &[(&str, &str)]) -> Vec<String> {
    let change = |text: &str, changes: &[(&str, &str)]| {
        changes.iter().fold(text.to_owned(), |text, (from, to)| {
            assert!(text.contains(from), "{from} is not there");
            text.replacen(from, to, 1)
        })
    };
    let (new_standard, new_facts) = (change(STANDARD, standard), change(FACTS, facts));
    let old = Texts {
        standard_toml: STANDARD,
        facts_toml: FACTS,
    };
    let new = Texts {
        standard_toml: &new_standard,
        facts_toml: &new_facts,
    };
    lines(&compare(old, new))
}

fn lines(differences: &[Difference]) -> Vec<String> {
    let mut told = Vec::new();
    for of in differences {
        told.push(format!("{} {} {}", of.how, of.part, of.key));
        for line in &of.lines {
            let said = |said: &Option<jianjia_standard::compare::Said>| {
                let said = said.as_ref();
                said.map_or("-", |said| said.get(Lang::En)).to_owned()
            };
            told.push(format!(
                "  {}: {} > {}",
                line.path,
                said(&line.was),
                said(&line.is)
            ));
        }
    }
    told
}

#[test]
fn the_same_text_and_one_with_other_comments_says_nothing_new() {
    assert_eq!(told(&[], &[]), [""; 0]);
    let comment = ("[[parameter]]", "# moved\n\n[[parameter]]");
    assert_eq!(told(&[comment], &[]), [""; 0]);
}

#[test]
fn words_and_figures_are_told_side_by_side() {
    assert_eq!(
        told(
            &[
                (r#"value = "37.5%""#, r#"value = "40%""#),
                (
                    "en = \"A third borrows.\"",
                    "en = \"A third of all borrow.\""
                ),
                ("barred_by_vetoes = true", "barred_by_vetoes = false"),
            ],
            &[]
        ),
        [
            "changed parameter lively-share",
            "  values.2021-01-01.value: 37.5% > 40%",
            "changed title lively-room",
            "  barred_by_vetoes: true > false",
            "changed criterion B1",
            "  text: A third borrows. > A third of all borrow.",
        ]
    );
}

#[test]
fn a_clause_that_a_title_asks_for_or_no_longer_asks_for_is_told() {
    assert_eq!(
        told(
            &[(
                r#"{ clause = "B1" }, { clause = "C" }]"#,
                r#"{ clause = "C" }, { clause = "D" }]"#
            )],
            &[]
        ),
        ["changed title open-room", "  criteria: B1 > D",]
    );
}

#[test]
fn what_is_new_what_is_gone_and_another_order_are_told() {
    let tier =
        "\n[[tier]]\nkey = \"open\"\nname = { zh = \"开放\", en = \"open\" }\n\n[[parameter]]";
    assert_eq!(
        told(&[("\n[[parameter]]", tier)], &[]),
        ["added tier open", "  key: - > open", "  name: - > open",]
    );
    let order = |of: &[&str]| {
        let titles = of.iter().map(|key| {
            format!("[[title]]\nkey = \"{key}\"\nname = {{ zh = \"{key}\", en = \"{key}\" }}\n")
        });
        titles.collect::<String>()
    };
    let differences = |old: &[&str], new: &[&str]| {
        let (old, new) = (order(old), order(new));
        let of = |text| Texts {
            standard_toml: text,
            facts_toml: "",
        };
        compare(of(&old), of(&new))
    };
    let moved = differences(&["a", "b", "c"], &["b", "a", "c"]);
    assert_eq!(
        lines(&moved),
        ["reordered title ", "  : a · b · c > b · a · c"]
    );
    assert_eq!(moved[0].how, How::Reordered);
    let gone = differences(&["a", "b"], &["b"]);
    assert_eq!(
        lines(&gone),
        ["removed title a", "  key: a > -", "  name: a > -"]
    );
}

#[test]
fn questions_of_the_year_sheet_are_compared_too() {
    let told = told(&[], &[("min = 0", "min = 1")]);
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].starts_with("changed facts.fact "), "{told:?}");
    assert_eq!(told[1], "  min: 0 > 1");
}

#[test]
fn the_next_plan_is_told_from_the_one_before_with_its_titles_and_figures() {
    let folder = |name: &str, file: &str| {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../standards");
        std::fs::read_to_string(root.join(name).join(file)).unwrap()
    };
    let [old, new] = ["changzhou-2016", "changzhou-2021"]
        .map(|name| (folder(name, "standard.toml"), folder(name, "facts.toml")));
    let of = |(standard, facts): &(String, String)| {
        let (standard, facts) = (standard.clone(), facts.clone());
        (standard, facts)
    };
    let (old, new) = (of(&old), of(&new));
    let differences = compare(
        Texts {
            standard_toml: &old.0,
            facts_toml: &old.1,
        },
        Texts {
            standard_toml: &new.0,
            facts_toml: &new.1,
        },
    );
    let told = lines(&differences);
    for expected in [
        "added title happy-home",
        "removed title trusted-home",
        "changed parameter model-satisfaction",
        "  values.2021-01-01.value: - > 88%",
        "  declaration.from: 10-01 > 09-01",
        "  count: 500 > 800",
    ] {
        assert!(told.iter().any(|line| line == expected), "{expected}");
    }
}

#[test]
fn the_comparison_of_a_proposal_shows_its_changes_and_nothing_else() {
    let standard = include_str!("../../../standards/changzhou-2016/standard.toml");
    let change = Change {
        title: "model-home".to_owned(),
        clause: "M5d".to_owned(),
        path: "check.at_least".to_owned(),
        value: "88%".to_owned(),
    };
    let changed = from_changes(standard, &[change]).unwrap();
    let of = |text| Texts {
        standard_toml: text,
        facts_toml: "",
    };
    let told = lines(&compare(of(standard), of(&changed)));
    assert_eq!(
        told,
        [
            "changed parameter model-satisfaction",
            "  values.2016-01-01.value: 85% > 88%",
            "changed criterion M5d",
            "  name: Satisfaction 85 % > Satisfaction 88 %",
            "  text: In the members' rating of home building at least 85 % are satisfied. > In the members' rating of home building at least 88 % are satisfied.",
        ]
    );
}
