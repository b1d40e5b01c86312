//! A bad standard is told what is wrong with it: every mistake at once, each with its line and column.

use jianjia_standard::load;

const FACTS: &str = include_str!("standards/reading-rooms/facts.toml");
const STANDARD: &str = include_str!("standards/reading-rooms/standard.toml");

/// Replaces texts in the sound standard and says what the loader then finds.
fn mistakes(standard: &[(&str, &str)], facts: &[(&str, &str)]) -> Vec<String> {
    let change = |text: &str, changes: &[(&str, &str)]| {
        changes.iter().fold(text.to_owned(), |text, (from, to)| {
            assert!(text.contains(from), "{from} is not there");
            text.replacen(from, to, 1)
        })
    };
    match load::texts(&change(STANDARD, standard), &change(FACTS, facts)) {
        Ok(_) => Vec::new(),
        Err(mistakes) => mistakes.iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn the_standard_that_the_mistakes_are_made_in_is_sound() {
    assert_eq!(mistakes(&[], &[]), Vec::<String>::new());
}

#[test]
fn five_mistakes_give_five_messages_with_line_and_column() {
    let found = mistakes(
        &[
            ("cycle = \"yearly\"", "cycel = \"yearly\""),
            ("below = \"open-room\"", "below = \"opn-room\""),
            (
                "{ fact = \"keeper\" }, { count",
                "{ fact = \"keepr\" }, { count",
            ),
            ("at_least = \"33.333333%\"", "at_least = \"133%\""),
        ],
        &[("kind = \"level\"", "kind = 3")],
    );
    assert_eq!(
        found,
        [
            "facts.toml:37:8: `kind` must be a text in quotes, not a whole number",
            "standard.toml:13:1: unknown key `cycel` in programme, did you mean `cycle`?",
            "standard.toml:36:9: unknown title `opn-room`, did you mean `open-room`?",
            "standard.toml:79:27: unknown fact `keepr`, did you mean `keeper`?",
            "standard.toml:87:56: can never be met: the rate can't exceed 100%, the check asks for 133%",
        ]
    );
}

/// One change of `standard.toml`, the messages.
fn check(from: &str, to: &str, expected: &[&str]) {
    assert_eq!(mistakes(&[(from, to)], &[]), expected, "{to}");
}

/// One change of `facts.toml`, the messages.
fn check_facts(from: &str, to: &str, expected: &[&str]) {
    assert_eq!(mistakes(&[], &[(from, to)]), expected, "{to}");
}

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
    let changzhou = include_str!("../../../standards/changzhou-2016/standard.toml");
    let facts = include_str!("../../../standards/changzhou-2016/facts.toml");
    check_broken_lines(
        &changzhou.replacen("cycle", "cycel", 1),
        facts,
        "standard.toml:15:1: unknown key `cycel` in programme, did you mean `cycle`?",
        31,
    );
}

#[test]
fn what_does_not_fit_the_programme_is_told() {
    check(
        "titles = [\"open-room\", \"reader\"]",
        "titles = [\"open-room\"]",
        &["standard.toml:61:7: `reader` has no route: nobody could apply for it"],
    );
    check(
        "titles = [\"lively-room\", \"star-room\"]",
        "titles = [\"lively-room\", \"star-room\", \"reader\"]",
        &[
            "standard.toml:61:7: `reader` has two routes, of R1 and of R2: only the first would be taken",
        ],
    );
    for by in ["2024-01-01", "2020-12-31"] {
        check(
            "by = 2023-12-31",
            &format!("by = {by}"),
            &[&format!(
                "standard.toml:196:6: `by` {by} is outside the programme's years, 2021 to 2023"
            )],
        );
    }
    for year in [2021, 2022] {
        check(
            "given_until = 2019",
            &format!("given_until = {year}"),
            &[&format!(
                "standard.toml:173:15: `given_until` {year} is not before the programme's first year 2021: it is about earlier titles"
            )],
        );
    }
    check("given_until = 2019", "given_until = 2020", &[]);
    check(
        "from = 2021-01-01",
        "from = 2021-01-02",
        &[
            "standard.toml:20:20: the first value holds from 2021-01-02 only, the programme begins on 2021-01-01",
        ],
    );
    check(
        "活〔{year}〕{number}",
        "活〔{year}〕{nubmer}",
        &[
            "standard.toml:40:17: `number_format` lacks `{number}`: all titles of a year would carry the same one",
        ],
    );
    for wrong in ["32048X", "32048", ""] {
        check(
            "divisions = [\"320481\"",
            &format!("divisions = [\"{wrong}\""),
            &[&format!(
                "standard.toml:204:14: `{wrong}` is no division code: these have 2, 4, 6, 9 or 12 digits"
            )],
        );
    }
    check(
        "needs_union_title_clause = \"Z\"\n",
        "",
        &[
            "standard.toml:60:1: `needs_union_title` without `needs_union_title_clause`: no refusal could name its clause",
        ],
    );
    check(
        "needs_union_title = \"open-room\"\n",
        "",
        &[
            "standard.toml:60:1: `needs_union_title_clause` without `needs_union_title`: there is no title to need",
        ],
    );
}

#[test]
fn what_refers_to_nothing_is_told() {
    check(
        "clause = \"B2\" },",
        "clause = \"B9\" },",
        &[
            "standard.toml:42:14: unknown criterion `B9`, did you mean `B1`?",
            "standard.toml:90:10: criterion `B2` belongs to no title",
        ],
    );
    check(
        "level = \"stars\", at_least = 3",
        "level = \"books\", at_least = 3",
        &["standard.toml:119:19: `books` is a count, the check wants a level"],
    );
    check(
        "parameter = \"lively-share\"",
        "parameter = \"lively\"",
        &[
            "standard.toml:17:7: parameter `lively-share` is never used",
            "standard.toml:95:65: unknown parameter `lively`",
        ],
    );
    check(
        "kinds = [\"talk\", \"fair\"]",
        "kinds = [\"talk\", \"fare\"]",
        &["standard.toml:103:43: unknown activity kind `fare`, did you mean `fair`?"],
    );
    check(
        "subordinates = \"open\"",
        "subordinates = \"opened\"",
        &["standard.toml:111:26: unknown tier `opened`, did you mean `open`?"],
    );
    check(
        "[[activity_kind]]\nkey = \"talk\"",
        "[[tier]]\nkey = \"opened\"\nname = { zh = \"开\", en = \"open\" }\n\n[[activity_kind]]\nkey = \"talk\"",
        &["standard.toml:159:7: unknown tier `opened`, did you mean `open`?"],
    );
    check(
        "held = \"lively-room\"",
        "held = \"room\"",
        &["standard.toml:143:27: unknown title `room`"],
    );
    check_facts(
        "at_most = \"readers\"",
        "at_most = \"writers\"",
        &["facts.toml:58:11: unknown fact `writers`"],
    );
    check_facts(
        "key = \"spent\"\ngroup = \"room\"",
        "key = \"spent\"\ngroup = \"rooms\"",
        &["facts.toml:71:9: unknown group `rooms`, did you mean `room`?"],
    );
}

#[test]
fn what_can_never_be_met_is_told() {
    check(
        "level = \"stars\", at_least = 3",
        "level = \"stars\", at_least = 6",
        &["standard.toml:119:39: can never be met: `stars` is at most 5, the check asks for 6"],
    );
    check(
        "rating = \"opinion\", at_least = \"66.7%\"",
        "rating = \"opinion\", at_least = \"166.7%\"",
        &[
            "standard.toml:127:42: can never be met: the rate can't exceed 100%, the check asks for 166.7%",
        ],
    );
    check(
        "\"50%\" }\n\n[[criterion]]\nclause = \"E\"",
        "\"101%\" }\n\n[[criterion]]\nclause = \"E\"",
        &[
            "standard.toml:111:45: can never be met: the rate can't exceed 100%, the check asks for 101%",
        ],
    );
    check(
        "{ clause = \"D\", kinds = [\"township\"] }",
        "{ clause = \"D\", kinds = [\"zone\"] }",
        &["standard.toml:44:14: `D` applies to nobody who can hold this title"],
    );
    check(
        "below = \"lively-room\"",
        "below = \"star-room\"",
        &[
            "standard.toml:49:7: titles in a circle: star-room → star-room; none of them can ever be reached",
        ],
    );
    check(
        "tier = \"open\"\nkinds = [\"grass",
        "tier = \"open\"\nbelow = \"star-room\"\nkinds = [\"grass",
        &[
            "standard.toml:23:7: `open-room` stands before `star-room`, which it builds on",
            "standard.toml:23:7: titles in a circle: open-room → star-room → lively-room → open-room; none of them can ever be reached",
        ],
    );
    check(
        "{ any = [{ held = \"lively-room\" }, { rating = \"opinion\", at_least = \"95%\" }] }",
        "{ held = \"star-room\" }",
        &[
            "standard.toml:49:7: titles in a circle: star-room → star-room; none of them can ever be reached",
        ],
    );
}

#[test]
fn what_is_there_twice_or_never_used_is_told() {
    check(
        "clause = \"B2\"\nsource",
        "clause = \"B1\"\nsource",
        &[
            "standard.toml:42:14: unknown criterion `B2`, did you mean `B1`?",
            "standard.toml:90:10: criterion `B1` is there twice",
        ],
    );
    check(
        "clause = \"X1\"",
        "clause = \"H\"",
        &["standard.toml:167:10: clause `H` is there twice, as criterion and as veto"],
    );
    check(
        "text = { zh = \"故意毁书。\"",
        "words = [\"撕书\", \"撕 书\", \"毁书\", \" \"]\ntext = { zh = \"故意毁书。\"",
        &[
            "standard.toml:169:16: `words` has \"撕 书\" twice, or it is the veto's name",
            "standard.toml:169:23: `words` has \"毁书\" twice, or it is the veto's name",
            "standard.toml:169:29: `words` has a word that is blank",
        ],
    );
    check(
        "[equivalence]",
        "[[veto]]\nclause = \"X2\"\nname = { zh = \"禁书\", en = \"Banned\" }\ntext = { zh = \"禁书。\", en = \"Banned.\" }\nwords = [\"毁书\"]\n\n[equivalence]",
        &["standard.toml:175:10: `words` has \"毁书\", which means veto `X1` already"],
    );
    check(
        "{ clause = \"H\" }",
        "{ clause = \"F\" }",
        &[
            "standard.toml:58:93: `F` is mentioned twice in this title",
            "standard.toml:138:10: criterion `H` belongs to no title",
        ],
    );
    check(
        "{ parameter = \"lively-share\" }",
        "\"40%\"",
        &["standard.toml:17:7: parameter `lively-share` is never used"],
    );
    check_facts(
        "key = \"heated\"",
        "key = \"keeper\"",
        &[
            "facts.toml:21:7: fact `keeper` is there twice",
            "standard.toml:79:94: unknown fact `heated`",
            "standard.toml:151:36: unknown fact `heated`",
        ],
    );
    check(
        "{ ratio = [\"spent\", \"given\"], at_least = \"99.5%\", none_is_met = true }",
        "{ fact = \"keeper\" }",
        &[
            "facts.toml:62:7: fact `given` is never used by a check",
            "facts.toml:70:7: fact `spent` is never used by a check",
        ],
    );
}

#[test]
fn what_is_written_wrongly_is_told() {
    check(
        "at_least = \"66.7%\"",
        "at_least = 0.667",
        &[
            "standard.toml:127:42: a figure is a percentage such as \"85%\", a whole number, or { parameter = \"key\" }",
        ],
    );
    check(
        "at_least = \"66.7%\"",
        "at_least = \"66.7\"",
        &[
            "standard.toml:127:42: a rate is written as a percentage such as \"85%\" or \"37.5%\", not \"66.7\"",
        ],
    );
    check(
        "at_least = 300",
        "at_least = -300",
        &["standard.toml:79:69: a number can't be negative"],
    );
    check(
        "at_least = 300",
        "at_least = \"30%\"",
        &["standard.toml:79:69: `at_least` must be a whole number"],
    );
    check(
        "issued_on = 2021-01-05",
        "issued_on = 2021-01-05T00:00:00",
        &["standard.toml:10:13: `issued_on` must be a day such as 2016-01-01, not a day or time"],
    );
    check(
        "quorum = \"at least 2/3\"",
        "quorum = \"two thirds\"",
        &["standard.toml:156:10: a quorum is written as \"more than 1/2\" or \"at least 2/3\""],
    );
    check(
        "{ fact = \"heated\" }, { all",
        "{ fact = \"heated\", count = \"books\" }, { all",
        &["standard.toml:79:87: a check is one thing, not both `count` and `fact`"],
    );
    check(
        "kinds = [\"person\"]",
        "kinds = [\"persons\"]",
        &[
            "standard.toml:65:10: `kinds`: `persons` is not one of grassroots, township, zone, village, sector, industry, direct, branch, person, did you mean `person`?",
        ],
    );
    check(
        "from = 2023-01-01",
        "from = 2020-01-01",
        &["standard.toml:20:51: the values of a parameter stand in the order of their days"],
    );
    check(
        "\"37.5%\" }, {",
        "3 }, {",
        &[
            "standard.toml:20:74: the values of a parameter are all percentages or all whole numbers",
            "standard.toml:95:65: `at_least` must be a percentage such as \"85%\"",
        ],
    );
    check_facts(
        "choices = [\"1\", \"2\", \"4\"]",
        "choices = [\"1\", \"two\"]",
        &["standard.toml:151:143: `keeper_term` has the choice `two`, not a number of years"],
    );
}

#[test]
fn a_window_names_the_phases_in_which_it_begins_and_ends() {
    let standard = include_str!("../../../standards/changzhou-2016/standard.toml");
    let facts = include_str!("../../../standards/changzhou-2016/facts.toml");
    let told = |decide: &str| -> Vec<String> {
        let usual = "decide = [\"examination\", \"examination\"]";
        assert!(standard.contains(usual));
        match load::texts(&standard.replace(usual, decide), facts) {
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
    assert_eq!(told("decide = [\"declaration\", \"examination\"]"), [""; 0]);
    let wanted = "`decide` names the phase in which its window begins and the one in which it ends: [\"declaration\", \"examination\"]";
    assert_eq!(
        told("decide = [\"examination\", \"declaration\"]"),
        [wanted]
    );
    assert_eq!(told("decide = [\"examination\"]"), [wanted]);
}

#[test]
fn a_reminder_and_a_year_of_working_days_are_told_what_is_wrong_with_them() {
    let standard = include_str!("../../../standards/changzhou-2016/standard.toml");
    let facts = include_str!("../../../standards/changzhou-2016/facts.toml");
    let told = |added: &str| -> Vec<String> {
        match load::texts(&format!("{standard}\n{added}"), facts) {
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
    let reminder = |phase: &str, before: i64, to: &str| {
        told(&format!(
            "[[reminder]]\nphase = \"{phase}\"\nbefore = {before}\nto = \"{to}\"\n"
        ))
    };
    assert_eq!(reminder("commendation", 60, "unions"), [""; 0]);
    assert_eq!(
        reminder("commendation", 61, "unions"),
        ["`before` is at most 60 working days"]
    );
    assert_eq!(
        reminder("declaration", 10, "unions"),
        ["this reminder stands twice"]
    );
    assert!(reminder("declaration", 1, "union")[0].contains("did you mean `unions`?"));
    let year = |off: &str| {
        told(&format!(
            "[[working_days]]\nyear = 2028\nnotice = \"x\"\noff = [{off}]\nworked = [2028-01-08]\n"
        ))
    };
    assert_eq!(year("2028-01-03"), [""; 0]);
    assert_eq!(
        year("2028-01-01"),
        ["2028-01-01 is a Saturday or Sunday: `off` holds weekdays"]
    );
    assert_eq!(year("2029-01-01"), ["2029-01-01 in `off` is not of 2028"]);
}

#[test]
fn a_standard_s_own_year_of_working_days_replaces_the_national_one() {
    let standard = include_str!("../../../standards/changzhou-2016/standard.toml");
    let facts = include_str!("../../../standards/changzhou-2016/facts.toml");
    let day = |text: &str| text.parse().unwrap();
    let national = load::texts(standard, facts).unwrap().working_days;
    assert!(!national.is_working_day(day("2016-10-03")));
    let own = "\n[[working_days]]\nyear = 2016\nnotice = \"own\"\noff = []\nworked = []\n";
    let own = load::texts(&format!("{standard}{own}"), facts)
        .unwrap()
        .working_days;
    assert!(own.is_working_day(day("2016-10-03")));
    assert!(!own.is_working_day(day("2017-10-03")));
}

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

#[test]
fn what_is_shown_in_public_is_told_what_is_wrong_with_it() {
    let standard = include_str!("../../../standards/changzhou-2016/standard.toml");
    let facts = include_str!("../../../standards/changzhou-2016/facts.toml");
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

/// What `text` at the end of the standard is told.
fn appended(text: &str) -> Vec<String> {
    match load::texts(&format!("{STANDARD}\n{text}"), FACTS) {
        Ok(_) => Vec::new(),
        Err(mistakes) => {
            let first = STANDARD.matches('\n').count() + 1;
            let line = |mistake: &load::Mistake| {
                format!(
                    "{}:{}: {}",
                    mistake.line - first,
                    mistake.column,
                    mistake.message
                )
            };
            mistakes.iter().map(line).collect()
        }
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
    let standard = include_str!("../../../standards/changzhou-2016/standard.toml");
    let facts = include_str!("../../../standards/changzhou-2016/facts.toml");
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

const XRAY: &str = r#"
[[xray]]
key = "more-books"
kind = "over"
count = "books"
of = "readers"
name = { zh = "多", en = "More" }
text = { zh = "多", en = "More" }
[[xray]]
key = "far"
kind = "last-year"
of = ["books", "rating.roll"]
factor = "200%"
least = 10
name = { zh = "远", en = "Far" }
text = { zh = "远", en = "Far" }
[[xray]]
key = "unlike"
kind = "like-unions"
of = "rating.satisfaction"
sizes = [10, 100]
spreads = 6
least = 500
fewest = 20
name = { zh = "不同", en = "Unlike" }
text = { zh = "不同", en = "Unlike" }
[[xray]]
key = "bare"
kind = "no-evidence"
titles = ["open-room"]
from = 3
name = { zh = "空", en = "Bare" }
text = { zh = "空", en = "Bare" }
[[xray]]
key = "photo"
kind = "same-photo"
distance = 3
name = { zh = "同", en = "Same" }
text = { zh = "同", en = "Same" }
[[higher_honour]]
key = "award"
clause = "R2"
name = { zh = "奖状", en = "Award" }
of = "units"
requires = ["open-room"]
order = ["held-longest", "members"]
barred_by = ["veto"]
"#;

#[test]
fn rules_of_the_x_ray_and_higher_honours_are_read_and_their_mistakes_are_told() {
    assert_eq!(appended(XRAY), Vec::<String>::new());
    let check = |from: &str, to: &str, expected: &[&str]| {
        assert!(XRAY.contains(from), "{from}");
        assert_eq!(appended(&XRAY.replacen(from, to, 1)), expected, "{to}");
    };
    check(
        "kind = \"over\"",
        "kind = \"ovr\"",
        &[
            "4:8: `kind`: `ovr` is not one of over, last-year, like-unions, no-evidence, same-photo, did you mean `over`?",
        ],
    );
    check(
        "\"rating.roll\"]",
        "\"rating.rol\"]",
        &[
            "12:16: `rating.rol` is none of register.workers, register.members, rating.roll, rating.cast, rating.satisfaction, rating.turnout, did you mean `rating.roll`?",
        ],
    );
    check(
        "factor = \"200%\"",
        "factor = \"100%\"",
        &["13:10: `factor` is over 100%: how many times as much is far"],
    );
    check(
        "least = 10\n",
        "least = 0\n",
        &["14:9: `least` is at least 1"],
    );
    check(
        "sizes = [10, 100]",
        "sizes = [10, 10]",
        &["21:14: `sizes` go up, and begin above 0: each is where a size begins"],
    );
    check(
        "fewest = 20",
        "fewest = 2",
        &["24:10: `fewest` is at least 5: of fewer unions nothing is usual"],
    );
    check(
        "distance = 3",
        "distance = 9",
        &["37:12: `distance` is from 0 to 7 bits of 64"],
    );
    check(
        "key = \"far\"",
        "key = \"more-books\"",
        &["10:7: x-ray rule `more-books` is there twice"],
    );
    check(
        "order = [\"held-longest\", \"members\"]",
        "order = [\"members\", \"members\"]",
        &["40:1: `order` names a rule twice"],
    );
    check(
        "of = \"units\"",
        "of = \"people\"",
        &["45:13: `open-room` is no title of people"],
    );
    check(
        "key = \"award\"",
        "key = \"Award\"",
        &["41:7: `Award`: a key has lower-case letters, digits and `-`, not `A`"],
    );
}

const MONEY: &str = r#"[money]
clause = "Z9"
over = "flag"
left = "carry"

[[purpose]]
key = "books"
clause = "Z9"
name = { zh = "购置图书", en = "Books" }
words = ["买书"]

[[purpose]]
key = "room"
clause = "Z9"
name = { zh = "阅览室", en = "The room" }

[[reward]]
clause = "Z9"
name = { zh = "补助", en = "Grant" }
text = { zh = "补助", en = "Grant" }

[[target]]
clause = "Z1""#;

#[test]
fn what_is_wrong_with_money_and_its_purposes_is_said() {
    let with = |from: &str, to: &str| {
        assert!(MONEY.contains(from), "{from}");
        let changed = MONEY.replacen(from, to, 1);
        let found = mistakes(&[("[[target]]\nclause = \"Z1\"", &changed)], &[]);
        let told = |mistake: &String| {
            let told = mistake.splitn(4, ':').nth(3);
            told.map(|told| told.trim().to_owned())
        };
        found.iter().filter_map(told).collect::<Vec<String>>()
    };
    assert_eq!(with("Z9", "Z9"), Vec::<String>::new());
    let cases: [(&str, &str, &str); 6] = [
        (
            "clause = \"Z9\"\nover",
            "clause = \"Y7\"\nover",
            "`clause` names the clause of a reward, and `Y7` is none",
        ),
        (
            "over = \"flag\"",
            "over = \"hide\"",
            "`over`: `hide` is not one of flag, refuse",
        ),
        ("left = \"carry\"\n", "", "`left` is missing in money"),
        (
            "key = \"room\"",
            "key = \"books\"",
            "purpose `books` is there twice",
        ),
        (
            "words = [\"买书\"]",
            "words = [\"买书\", \" \"]",
            "`words` has a word that is blank",
        ),
        (
            "zh = \"阅览室\"",
            "zh = \"买 书\"",
            "\"买 书\" means purpose `books` already",
        ),
    ];
    for (from, to, told) in cases {
        assert_eq!(with(from, to), [told], "{to}");
    }
    let none = mistakes(
        &[(
            "[[target]]\nclause = \"Z1\"",
            "[money]\nclause = \"Z9\"\nover = \"flag\"\nleft = \"carry\"\n\n[[reward]]\nclause = \"Z9\"\nname = { zh = \"补助\", en = \"Grant\" }\ntext = { zh = \"补助\", en = \"Grant\" }\n\n[[target]]\nclause = \"Z1\"",
        )],
        &[],
    );
    assert_eq!(none.len(), 1, "{none:?}");
    assert!(none[0].contains("there is no `[[purpose]]`"), "{none:?}");
}
