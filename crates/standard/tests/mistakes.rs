//! A bad standard is told what is wrong with it: every mistake at once, each with its line and column.

#[path = "mistakes/days.rs"]
mod days;
#[path = "mistakes/lists.rs"]
mod lists;
#[path = "mistakes/looking.rs"]
mod looking;
#[path = "mistakes/money.rs"]
mod money;
#[path = "mistakes/syntax.rs"]
mod syntax;
#[path = "mistakes/xray.rs"]
mod xray;

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
        "kinds = [\"person\"]",
        "kinds = [\"person\", \"village\"]",
        &[
            "standard.toml:60:1: `kinds` has people and units: a title is of people or of units, which are recommended, counted and listed apart",
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
