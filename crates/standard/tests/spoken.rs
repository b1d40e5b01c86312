//! Whoever changes a figure is told of the text that still says the old one.

use std::path::Path;

use jianjia_standard::cases;
use jianjia_standard::load::LoadError;

/// What the check of a standard says once texts in it are replaced.
fn told(changes: &[(&str, &str)]) -> Vec<String> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../standards/changzhou-2016");
    let standard = std::fs::read_to_string(source.join("standard.toml")).unwrap();
    let standard = changes.iter().fold(standard, |text, (from, to)| {
        assert!(text.contains(from), "{from} is not there");
        text.replacen(from, to, 1)
    });
    let place = std::thread::current().id();
    let name = format!("jianjia-spoken-{}-{place:?}", std::process::id());
    let folder = std::env::temp_dir().join(name);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("standard.toml"), standard).unwrap();
    std::fs::copy(source.join("facts.toml"), folder.join("facts.toml")).unwrap();
    let found = cases::check(&folder);
    std::fs::remove_dir_all(&folder).unwrap();
    match found {
        Ok(_) => Vec::new(),
        Err(LoadError::Mistakes(mistakes)) => {
            let messages = mistakes.into_iter().map(|mistake| mistake.message);
            messages.collect()
        }
        Err(unreadable) => panic!("{unreadable}"),
    }
}

/// One changed figure: its clause, what its text says, and the new figure.
fn check(from: &str, to: &str, clause: &str, said: &str, figure: &str) {
    let expected = format!(
        "the text of {clause} says {said}, but its figure is {figure}: change the text with the figure, in both languages"
    );
    assert_eq!(told(&[(from, to)]), [expected], "{to}");
}

#[test]
fn a_changed_figure_is_told_of_every_sort_of_clause() {
    assert_eq!(told(&[]), [""; 0]);
    check(
        r#"clause = "M1b"
values = [{ from = 2016-01-01, value = "90%" }]"#,
        r#"clause = "M1b"
values = [{ from = 2016-01-01, value = "85%" }]"#,
        "M1b",
        "90%",
        "85%",
    );
    check(
        r#"clause = "Q3"
values = [{ from = 2016-01-01, value = 1 }]"#,
        r#"clause = "Q3"
values = [{ from = 2016-01-01, value = 2 }]"#,
        "Q3",
        "1",
        "2",
    );
    // A level, in the words of its unit; the one of a title too.
    let stars = |key: &str, stars: u8| {
        format!(
            "key = \"{key}-station-stars\"\nname = {{ zh = \"{}：帮扶站星级\", en = \"{}: stars of the help station\" }}\nclause = \"F2\"\nvalues = [{{ from = 2016-01-01, value = {stars} }}]",
            if key == "model" { "模范" } else { "信赖" },
            if key == "model" { "Model" } else { "Trusted" }
        )
    };
    check(&stars("model", 4), &stars("model", 3), "F2", "4, 5", "3");
    check(
        &stars("trusted", 5),
        &stars("trusted", 2),
        "F2",
        "4, 5",
        "2",
    );
    check(
        "by = 2020-12-31\nshare = \"90%\"",
        "by = 2020-12-31\nshare = \"95%\"",
        "G1",
        "90%",
        "95%",
    );
    check("count = 1000", "count = 1200", "G2", "1000", "1200");
    // The scheme of the subsidies says the same as the reward.
    let with_its_scheme = |from: &str, to: &str, clause: &str, said: &str, figure: &str| {
        let reward = (
            format!("subsidy_change = \"{from}\""),
            format!("subsidy_change = \"{to}\""),
        );
        let effect = (
            format!(" change = \"{from}\""),
            format!(" change = \"{to}\""),
        );
        let changes = [&reward, &effect].map(|(from, to)| (from.as_str(), to.as_str()));
        let expected = format!(
            "the text of {clause} says {said}, but its figure is {figure}: change the text with the figure, in both languages"
        );
        assert_eq!(told(&changes), [expected], "{to}");
    };
    with_its_scheme("+40%", "+30%", "R3", "40%", "30%");
    with_its_scheme("-20%", "-12.5%", "R4", "20%", "12.50%");
    check(
        "given_until = 2015",
        "given_until = 2014",
        "P5",
        "2015",
        "2014",
    );
}

#[test]
fn a_figure_is_compared_with_numbers_of_its_own_unit() {
    // 20 members are no 20 times: the text of Q3 says how often, and nothing of members.
    let check = r#"check = { activities = { kinds = ["quality", "skills", "hardship", "culture"], every = "quarter", periods = 4, at_least = { parameter = "activities-a-quarter" } } }"#;
    let with_members = check
        .replacen("check = {", "check = { all = [{", 1)
        .replacen(
            "} } }",
            "} } }, { count = \"members\", at_least = 20 }] }",
            1,
        );
    assert_eq!(told(&[(check, &with_members)]), [""; 0]);
    // Once it does, it says the same number.
    let text = "每季度至少开展一次素质提升";
    let with_text = "会员 25 人以上，每季度至少开展一次素质提升";
    assert_eq!(
        told(&[(check, &with_members), (text, with_text)]),
        [
            "the text of Q3 says 25, but its figure is 20: change the text with the figure, in both languages"
        ]
    );
}
