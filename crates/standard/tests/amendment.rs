//! Changes are made in the text of a standard where it says what is changed; everything else stays as it was written, comments too.

use jianjia_standard::{
    Lang,
    amendment::{ADD, Change, DROP, Reason, from_changes, with_questions},
    cases,
    load::texts,
};

const CHANGZHOU: &str = include_str!("../../../standards/changzhou-2016/standard.toml");
const FACTS: &str = include_str!("../../../standards/changzhou-2016/facts.toml");

fn change(title: &str, clause: &str, path: &str, value: &str) -> Change {
    let [title, clause, path, value] = [title, clause, path, value].map(str::to_owned);
    Change {
        title,
        clause,
        path,
        value,
    }
}

/// The lines of the text that changes make otherwise: what was, what is.
fn changed_lines(changes: &[Change]) -> Vec<(String, String)> {
    let changed = from_changes(CHANGZHOU, changes).unwrap();
    assert_eq!(
        CHANGZHOU.matches("\n#").count(),
        changed.matches("\n#").count(),
        "a comment was lost"
    );
    let (old, new): (Vec<&str>, Vec<&str>) =
        (CHANGZHOU.lines().collect(), changed.lines().collect());
    assert_eq!(old.len(), new.len());
    old.into_iter()
        .zip(new)
        .filter(|(old, new)| old != new)
        .map(|(old, new)| (old.to_owned(), new.to_owned()))
        .collect()
}

#[test]
fn a_threshold_is_moved_in_its_parameter_and_in_the_words_of_its_clause() {
    let lines = changed_lines(&[change("model-home", "M5d", "check.at_least", "88%")]);
    assert_eq!(
        lines,
        [
            (
                r#"values = [{ from = 2016-01-01, value = "85%" }]"#.to_owned(),
                r#"values = [{ from = 2016-01-01, value = "88%" }]"#.to_owned(),
            ),
            (
                r#"name = { zh = "满意度85%", en = "Satisfaction 85 %" }"#.to_owned(),
                r#"name = { zh = "满意度88%", en = "Satisfaction 88 %" }"#.to_owned(),
            ),
            (
                r#"text = { zh = "会员对建家的民主测评满意度达到85%。", en = "In the members' rating of home building at least 85 % are satisfied." }"#.to_owned(),
                r#"text = { zh = "会员对建家的民主测评满意度达到88%。", en = "In the members' rating of home building at least 88 % are satisfied." }"#.to_owned(),
            ),
        ]
    );
}

#[test]
fn what_was_changed_is_sound_and_judges_by_the_new_figure() {
    let changes = [change("model-home", "M5d", "check.at_least", "88")];
    let changed = from_changes(CHANGZHOU, &changes).unwrap();
    let examined = cases::examine_texts(&changed, FACTS, &Default::default());
    assert!(examined.mistakes.is_empty(), "{:?}", examined.mistakes);
    let before = texts(CHANGZHOU, FACTS).unwrap();
    assert_ne!(examined.standard.unwrap().version, before.version);
}

#[test]
fn a_criterion_that_several_titles_ask_for_is_changed_for_one_of_them() {
    // T2 is asked of the trusted home and of the trusted small home.
    let changes = [change(
        "trusted-small-home",
        "T2",
        "check.all.0.at_least",
        "80%",
    )];
    let changed = from_changes(CHANGZHOU, &changes).unwrap();
    let standard = texts(&changed, FACTS).unwrap();
    let check = |standard: &jianjia_standard::Standard, title: &str| {
        let title = standard.title(title).unwrap();
        let mut asked = title.criteria.iter();
        asked
            .find(|asked| asked.clause == "T2")
            .unwrap()
            .check
            .clone()
    };
    let before = texts(CHANGZHOU, FACTS).unwrap();
    assert_eq!(
        check(&standard, "trusted-home"),
        check(&before, "trusted-home")
    );
    assert_ne!(
        check(&standard, "trusted-small-home"),
        check(&before, "trusted-small-home")
    );
    // The parameter that both name stays.
    assert!(changed.contains(r#"values = [{ from = 2016-01-01, value = "95%" }]"#));
}

#[test]
fn a_clause_is_added_to_a_title_and_dropped_from_it() {
    let dropped = from_changes(CHANGZHOU, &[change("qualified-home", "Q3", DROP, "yes")]).unwrap();
    let titles = |text: &str, title: &str| -> Vec<String> {
        let standard = texts(text, FACTS);
        let standard = standard.unwrap_or_else(|mistakes| panic!("{mistakes:?}"));
        let title = standard.title(title).unwrap();
        title
            .criteria
            .iter()
            .map(|asked| asked.clause.clone())
            .collect()
    };
    // Q3 alone used its parameter, which the loader tells.
    assert!(!dropped.contains("  { clause = \"Q3\" },\n"));
    assert_eq!(CHANGZHOU.lines().count(), dropped.lines().count() + 1);
    let moved = [
        change("qualified-home", "Q4", DROP, "yes"),
        change("model-home", "Q4", ADD, "yes"),
    ];
    let moved = from_changes(CHANGZHOU, &moved).unwrap();
    assert_eq!(
        titles(&moved, "qualified-home"),
        ["Q1", "Q2", "Q3", "Q5", "Q6"]
    );
    assert_eq!(titles(&moved, "model-home").last().unwrap(), "Q4");
}

#[test]
fn a_figure_of_a_clause_that_is_added_is_moved_whatever_comes_first() {
    let changes = [
        change("qualified-home", "M5d", "0.at_least", "70%"),
        change("qualified-home", "M5d", ADD, "yes"),
    ];
    let changed = from_changes(CHANGZHOU, &changes).unwrap();
    let standard = texts(&changed, FACTS).unwrap();
    let title = standard.title("qualified-home").unwrap();
    let added = title.criteria.last().unwrap();
    assert_eq!(added.clause, "M5d");
    assert!(
        changed.contains(
            r#"{ clause = "M5d", check = { rating = "satisfaction", at_least = "70%" } }"#
        ),
        "{changed}"
    );
}

#[test]
fn a_question_of_the_year_sheet_becomes_a_clause_of_its_own() {
    let before = texts(CHANGZHOU, FACTS).unwrap();
    let changes = [
        change("model-home", "fact:distinctive_work", ADD, "yes"),
        change("qualified-home", "fact:distinctive_work", ADD, "yes"),
        change("model-home", "fact:reading_room", ADD, "yes"),
    ];
    let (text, named) = with_questions(CHANGZHOU, &before, &changes);
    let clauses: Vec<&str> = named.iter().map(|change| change.clause.as_str()).collect();
    assert_eq!(clauses, ["N1", "N1", "fact:reading_room"]);
    let changed = from_changes(&text, &named[..2]).unwrap();
    let examined = cases::examine_texts(&changed, FACTS, &Default::default());
    assert!(examined.mistakes.is_empty(), "{:?}", examined.mistakes);
    let standard = examined.standard.unwrap();
    for title in ["model-home", "qualified-home"] {
        let title = standard.title(title).unwrap();
        assert_eq!(title.criteria.last().unwrap().clause, "N1");
    }
    let fact = before.fact("distinctive_work").unwrap();
    assert_eq!(standard.criterion("N1").unwrap().name, fact.name);
    // There is no such question, and of a new one nothing is known to write.
    let others = [named[2].clone(), change("model-home", "new", ADD, "yes")];
    let errors = from_changes(&text, &others).unwrap_err();
    assert_eq!(errors[0].reason, Reason::NoCriterion);
    assert_eq!(errors[1].reason, Reason::NewQuestion);
    assert!(errors[1].sentence(Lang::Zh).contains("还没有问过的新问题"));
}

#[test]
fn figures_of_the_standard_itself_are_changed_too() {
    let changes = [
        change("", "", "rating.quorum", "more than 2/3"),
        change("", "", "parameter.model-membership", "92%"),
        change("model-home", "", "looked_at_every", "3"),
        change("", "M5c", "check.activities.periods", "6"),
        change("", "M5c", "check.activities.kinds", "quality、skills"),
    ];
    let lines = changed_lines(&changes);
    let new: Vec<&str> = lines.iter().map(|(_, new)| new.as_str()).collect();
    assert!(new.contains(&r#"quorum = "more than 2/3""#), "{new:?}");
    assert!(new.contains(&"looked_at_every = 3"), "{new:?}");
    let activities = r#"check = { activities = { kinds = ["quality", "skills"], every = "month", periods = 6, at_least = { parameter = "activities-a-month" } } }"#;
    assert!(new.contains(&activities), "{new:?}");
}

#[test]
fn what_if_names_checks_by_their_place_and_says_the_same() {
    let by_place = [
        change("model-home", "M5d", "0.at_least", "88%"),
        change("model-home", "M1e", "2.none", "unknown"),
        change("model-home", "M4b", "0.of", "any"),
        change("model-home", "M5c", "0.periods", "6"),
        change("rating", "", "counts", "satisfied"),
        change("rating", "", "of", "cast"),
    ];
    let by_key = [
        change("model-home", "M5d", "check.at_least", "88%"),
        change("", "M1e", "check.all.1.none_is_met", "false"),
        change("", "M5c", "check.activities.periods", "6"),
        change("", "", "rating.formula.counts", "satisfied"),
        change(
            "",
            "",
            "rating.formula.of",
            "satisfied,basically_satisfied,dissatisfied,void",
        ),
    ];
    let changed = from_changes(CHANGZHOU, &by_place).unwrap();
    let one_of = r#"check = { any = [{ fact = "reading" }"#;
    assert!(changed.contains(one_of));
    let all_of = r#"check = { all = [{ fact = "reading" }"#;
    let changed = changed.replace(one_of, all_of);
    assert_eq!(changed, from_changes(CHANGZHOU, &by_key).unwrap());
    assert_ne!(changed, CHANGZHOU);
}

#[test]
fn every_change_that_cannot_be_made_is_told_and_none_is_made() {
    let changes = [
        change("no-home", "M5d", "check.at_least", "88%"),
        change("model-home", "X9", "check.at_least", "88%"),
        change("model-home", "T1", "check.at_least", "88%"),
        change("model-home", "M5d", "check.nothing", "88%"),
        change("model-home", "M5d", "check.at_least", "many"),
        change("model-home", "M5d", ADD, "yes"),
        change("model-home", "M5c", "check.activities.periods", "0.5"),
    ];
    let errors = from_changes(CHANGZHOU, &changes).unwrap_err();
    let reasons: Vec<&Reason> = errors.iter().map(|error| &error.reason).collect();
    assert_eq!(reasons.len(), changes.len());
    assert_eq!(
        reasons[..4],
        [
            &Reason::NoTitle,
            &Reason::NoCriterion,
            &Reason::NotAsked,
            &Reason::NoValue
        ]
    );
    assert_eq!(reasons[5], &Reason::AskedAlready);
    assert_eq!(
        errors[4].sentence(Lang::Zh),
        "第 5 项改动：“many”不能写在“check.at_least”处，那里写的是“\"85%\"”这样的内容。请在方案里改正这一项。"
    );
    assert!(
        errors[6]
            .sentence(Lang::En)
            .starts_with("Change 7: “0.5” can't stand at")
    );
    let not_toml = from_changes("a = = 1", &changes[3..4]).unwrap_err();
    assert_eq!(not_toml[0].reason, Reason::NotToml);
}
