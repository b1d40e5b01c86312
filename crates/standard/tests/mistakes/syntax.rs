//! What is no TOML, and that it hides nothing else.

use jianjia_standard::load;

use crate::{FACTS, STANDARD, check, check_facts, mistakes};

#[test]
fn a_syntax_error_is_placed_and_brings_no_others_along() {
    check(
        "cycle = \"yearly\"",
        "cycle = yearly",
        &[
            "standard.toml:13:9: not valid TOML: string values must be quoted, expected literal string",
        ],
    );
    check_facts(
        "key = \"books\"",
        "key \"books\"",
        &["facts.toml:13:5: not valid TOML: key with no value, expected `=`"],
    );
}

#[test]
fn a_syntax_error_hides_no_other_mistake() {
    let found = mistakes(
        &[
            ("clause = \"Z1\"", "clause \"Z1\""),
            (
                "{ fact = \"keeper\" }, { count",
                "{ fact = \"keepr\" }, { count",
            ),
        ],
        &[],
    );
    assert_eq!(
        found,
        [
            "standard.toml:79:27: unknown fact `keepr`, did you mean `keeper`?",
            "standard.toml:193:8: not valid TOML: key with no value, expected `=`",
        ]
    );
    // In both files, in several tables, and beside another mistake of the same table.
    let found = mistakes(
        &[
            ("cycle = \"yearly\"", "cycle = yearly\nfoo = 1"),
            ("key = \"lively-room\"", "key = \"lively-room"),
            (
                "level = \"stars\", at_least = 3",
                "level = \"stars\", at_least = 6",
            ),
        ],
        &[
            ("key = \"books\"", "key \"books\""),
            ("kind = \"level\"", "kind = 3"),
        ],
    );
    assert_eq!(
        found,
        [
            "facts.toml:13:5: not valid TOML: key with no value, expected `=`",
            "facts.toml:37:8: `kind` must be a text in quotes, not a whole number",
            "standard.toml:13:9: not valid TOML: string values must be quoted, expected literal string",
            "standard.toml:14:1: unknown key `foo` in programme",
            "standard.toml:33:19: not valid TOML: invalid basic string, expected `\"`",
            "standard.toml:120:39: can never be met: `stars` is at most 5, the check asks for 6",
        ]
    );
}

#[test]
fn what_a_syntax_error_takes_along_is_no_mistake() {
    // A header, and with it everything that its table defines.
    check(
        "[rating]",
        "[rating",
        &["standard.toml:153:8: not valid TOML: unclosed table, expected `]`"],
    );
    check(
        "[programme]",
        "programme]",
        &["standard.toml:5:10: not valid TOML: key with no value, expected `=`"],
    );
    check_facts(
        "[[fact]]\nkey = \"borrowers\"",
        "[[fact]\nkey = \"borrowers\"",
        &["facts.toml:51:8: not valid TOML: unclosed array table, expected `]`"],
    );
    // Lists: a line of it, or all of it.
    check(
        "optional = true },",
        "optional = true }",
        &[
            "standard.toml:189:3: not valid TOML: missing comma between array elements, expected `,`",
        ],
    );
    assert_eq!(
        mistakes(
            &[
                ("{ clause = \"B2\" },", "{ clause = \"B2 },"),
                ("{ clause = \"D\", kinds", "{ clause = \"DD\", kinds"),
            ],
            &[]
        ),
        [
            "standard.toml:42:20: not valid TOML: invalid basic string, expected `\"`",
            "standard.toml:44:14: unknown criterion `DD`, did you mean `D`?",
        ]
    );
    check(
        "kinds = [\"person\"]",
        "kinds = [\"person\"",
        &["standard.toml:65:18: not valid TOML: unclosed array, expected `]`"],
    );
    check(
        "value = \"37.5%\" }, ",
        "value = \"37.5%\" },, ",
        &["standard.toml:20:50: not valid TOML: extra comma in array, expected value"],
    );
    // What only the whole shows.
    check(
        "cycle = \"yearly\"",
        "cycle = \"yearly\"\ncycle = \"yearly\"",
        &["standard.toml:14:1: not valid TOML: duplicate key"],
    );
    check(
        "[equivalence]",
        "[rating]\nclause = \"Y\"\n[equivalence]",
        &["standard.toml:171:2: not valid TOML: duplicate key"],
    );
}

/// Each line in turn (of every so many) loses an equals sign, a quote or a bracket: that is told, beside the one mistake
/// that is there, and nothing else.
fn check_broken_lines(standard: &str, facts: &str, mistake: &str, every: usize) {
    let place: usize = mistake.split(':').nth(1).unwrap().parse().unwrap();
    let is_header = |(_, line): &(usize, &str)| line.starts_with('[');
    let header = standard
        .lines()
        .enumerate()
        .take(place)
        .filter(is_header)
        .last()
        .unwrap();
    // A broken header takes its table along.
    let its_own = [place - 1, header.0];
    for (number, line) in standard.lines().enumerate().step_by(every) {
        // A number's format has brackets of its own, which are no TOML.
        if line.is_empty() || line.starts_with('#') || line.starts_with("number_format") {
            continue;
        }
        let without = |sign: char| {
            let at = line.rfind(sign)?;
            Some(format!("{}{}", &line[..at], &line[at + 1..]))
        };
        let key = line.replacen('=', " ", 1);
        let broken = ['"', ']', '}', '['].into_iter().filter_map(without);
        for broken in broken.chain([key].into_iter().filter(|key| key != line)) {
            let mut lines: Vec<&str> = standard.lines().collect();
            lines[number] = &broken;
            let found = load::texts(&lines.join("\n"), facts).expect_err(&broken);
            let found: Vec<String> = found.iter().map(ToString::to_string).collect();
            let (syntax, others): (Vec<&String>, Vec<&String>) = found
                .iter()
                .partition(|found| found.contains("not valid TOML"));
            let at = format!("line {}: {broken}: {found:#?}", number + 1);
            assert!(!syntax.is_empty(), "{at}");
            if !its_own.contains(&number) {
                assert_eq!(others, [mistake], "{at}");
            }
        }
    }
}

#[test]
fn a_broken_line_anywhere_is_told_beside_what_else_is_wrong() {
    check_broken_lines(
        &STANDARD.replacen("\"review_written\"", "\"review_writen\"", 1),
        FACTS,
        "standard.toml:151:97: unknown fact `review_writen`, did you mean `review_written`?",
        1,
    );
    let changzhou = include_str!("../../../../standards/changzhou-2016/standard.toml");
    let facts = include_str!("../../../../standards/changzhou-2016/facts.toml");
    check_broken_lines(
        &changzhou.replacen("cycle", "cycel", 1),
        facts,
        "standard.toml:15:1: unknown key `cycel` in programme, did you mean `cycle`?",
        31,
    );
}
