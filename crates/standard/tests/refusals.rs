//! What is said of a line that is hostile or clumsy: what was found, where, and what to write, in both languages.

#[path = "refusals/json.rs"]
mod json;
#[path = "refusals/keys.rs"]
mod keys;

use std::path::Path;

use jianjia_standard::{Lang, Standard, load, subject_line};
use jiff::civil::{Date, date};

const AS_OF: Date = date(2016, 10, 15);

fn changzhou() -> Standard {
    load::folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../standards/changzhou-2016"))
        .unwrap()
}

/// Inputs, each with all that is said about it in Chinese and in English.
fn check(made: impl Fn(&str) -> Vec<u8>, table: &[(&str, &str, &str)]) {
    let standard = changzhou();
    for (input, zh, en) in table {
        let errors = subject_line::read_bytes(&standard, AS_OF, &made(input)).unwrap_err();
        let told = |lang: Lang| -> Vec<String> {
            errors.iter().map(|error| error.sentence(lang)).collect()
        };
        assert_eq!(told(Lang::Zh), [*zh], "{input}");
        assert_eq!(told(Lang::En), [*en], "{input}");
    }
}

/// A whole line.
fn lines(table: &[(&str, &str, &str)]) {
    check(|input| input.as_bytes().to_owned(), table);
}

/// An answer of a township federation.
fn facts(table: &[(&str, &str, &str)]) {
    let line = |answer: &str| {
        format!(r#"{{"id": "u", "kind": "township", "facts": {{{answer}}}}}"#).into_bytes()
    };
    check(line, table);
}

/// What a line has besides its id and kind.
fn parts(table: &[(&str, &str, &str)]) {
    let line = |part: &str| format!(r#"{{"id": "u", "kind": "township", {part}}}"#).into_bytes();
    check(line, table);
}

#[test]
fn a_figure_is_a_whole_number_and_nothing_stands_for_an_unknown_one() {
    facts(&[
        (
            r#""members": null"#,
            "facts.members：null 不是答案：不清楚就不要写这一项，清楚了请写整数，如 12",
            "facts.members: null is no answer: leave it out while it is not known, otherwise write a whole number such as 12",
        ),
        (
            r#""members": "" "#,
            "facts.members：\"\" 是空的：不清楚就不要写这一项，清楚了请写整数，如 12",
            "facts.members: \"\" is empty: leave it out while it is not known, otherwise write a whole number such as 12",
        ),
        (
            r#""members": NaN"#,
            "facts.members：第 54 个字符处，NaN 不是 JSON 的值：不清楚就不要写这一项",
            "facts.members: at character 54, `NaN` is no value of JSON: leave the key out while it is not known",
        ),
        (
            r#""members": -Infinity"#,
            "facts.members：第 54 个字符处，-Infinity 不是 JSON 的值：不清楚就不要写这一项",
            "facts.members: at character 54, `-Infinity` is no value of JSON: leave the key out while it is not known",
        ),
        (
            r#""members": None"#,
            "facts.members：第 54 个字符处，None 不是 JSON 的值：不清楚就不要写这一项",
            "facts.members: at character 54, `None` is no value of JSON: leave the key out while it is not known",
        ),
        (
            r#""members": , "workers": 3"#,
            "facts.members：第 54 个字符处，, 前面少了值：请补上，不清楚就删去这一项",
            "facts.members: at character 54, a value is missing before `,`: write it, or leave the key out while it is not known",
        ),
        (
            r#""members": 1e18"#,
            "facts.members：1e+18 大得不可能：请核对这个数",
            "facts.members: 1e+18 is impossibly large: check the number",
        ),
        (
            r#""members": 5000000000"#,
            "facts.members：5000000000 大得不可能：请核对这个数",
            "facts.members: 5000000000 is impossibly large: check the number",
        ),
        (
            r#""members": 1e999"#,
            "facts.members：第 54 个字符处，1e999 大得不可能：请核对这个数",
            "facts.members: at character 54, `1e999` is impossibly large: check the number",
        ),
        (
            r#""members": 1.0"#,
            "facts.members：1.0 带小数点或指数：请写 1",
            "facts.members: 1.0 has a decimal point or an exponent: write 1",
        ),
        (
            r#""members": 12e1"#,
            "facts.members：120.0 带小数点或指数：请写 120",
            "facts.members: 120.0 has a decimal point or an exponent: write 120",
        ),
        (
            r#""members": -0"#,
            "facts.members：-0.0 带小数点或指数：请写 0",
            "facts.members: -0.0 has a decimal point or an exponent: write 0",
        ),
        (
            r#""members": 1.5"#,
            "facts.members：1.5 不是整数：请写整数，如 12",
            "facts.members: 1.5 is not a whole number: write one such as 12",
        ),
        (
            r#""members": -3"#,
            "facts.members：-3 是负数：请写不小于 0 的数，不清楚就不要写这一项",
            "facts.members: -3 is negative: write a number from 0 on, or leave it out while it is not known",
        ),
        (
            r#""members": "12""#,
            "facts.members：\"12\" 带引号：数字不加引号，请写 12",
            "facts.members: \"12\" is in quotes: write the number without them, 12",
        ),
        (
            r#""members": "约十二人""#,
            "facts.members：\"约十二人\" 是文字：请写整数，如 12",
            "facts.members: \"约十二人\" is a text: write a whole number such as 12",
        ),
        (
            r#""members": true"#,
            "facts.members：true 是真假值：请写整数，如 12",
            "facts.members: true is a truth value: write a whole number such as 12",
        ),
        (
            r#""members": [12]"#,
            "facts.members：这里是列表：请写整数，如 12",
            "facts.members: a list stands here: write a whole number such as 12",
        ),
        (
            r#""members": {"total": 12}"#,
            "facts.members：这里是对象：请写整数，如 12",
            "facts.members: an object stands here: write a whole number such as 12",
        ),
        (
            r#""members": 012"#,
            "facts.members：第 54 个字符处，012 不是 JSON 的数字写法：请只写数字，如 12、1200.50",
            "facts.members: at character 54, `012` is not how JSON writes a number: write the digits only, such as 12 or 1200.50",
        ),
        (
            r#""members": 12人"#,
            "facts.members：第 54 个字符处，12人 不是 JSON 的数字写法：请只写数字，如 12、1200.50",
            "facts.members: at character 54, `12人` is not how JSON writes a number: write the digits only, such as 12 or 1200.50",
        ),
        (
            r#""members": 1,200"#,
            "facts：第 56 个字符处，逗号后面是 200，不是键：数字里请不要写逗号，如 1200",
            "facts: at character 56, `200` follows a comma where a key belongs: write numbers without commas, such as 1200",
        ),
        (
            r#""station_stars": 6"#,
            "facts.station_stars：6 大于最大值 5：请核对这个数",
            "facts.station_stars: 6 is more than 5: check the number",
        ),
        (
            r#""station_stars": "四星""#,
            "facts.station_stars：\"四星\" 是文字：请写 0 到 5 的整数",
            "facts.station_stars: \"四星\" is a text: write a whole number from 0 to 5",
        ),
        (
            r#""members": 10, "cards_issued": 11"#,
            "facts.cards_issued：已办工会卡 11 多于会员人数 10，不可能：请核对这两项",
            "facts.cards_issued: 11 is more than members (10), which is impossible: check both",
        ),
    ]);
}

#[test]
fn an_answer_is_of_the_type_of_its_question() {
    facts(&[
        (
            r#""chair_elected": "是""#,
            "facts.chair_elected：\"是\" 是文字：请写 true，不加引号",
            "facts.chair_elected: \"是\" is a text: write true, without quotes",
        ),
        (
            r#""chair_elected": "No""#,
            "facts.chair_elected：\"No\" 是文字：请写 false，不加引号",
            "facts.chair_elected: \"No\" is a text: write false, without quotes",
        ),
        (
            r#""chair_elected": "不清楚""#,
            "facts.chair_elected：\"不清楚\" 是文字：请写 true 或 false，不加引号",
            "facts.chair_elected: \"不清楚\" is a text: write true or false, without quotes",
        ),
        (
            r#""chair_elected": null"#,
            "facts.chair_elected：null 不是答案：不清楚就不要写这一项，清楚了请写 true 或 false，不加引号",
            "facts.chair_elected: null is no answer: leave it out while it is not known, otherwise write true or false, without quotes",
        ),
        (
            r#""chair_elected": 1"#,
            "facts.chair_elected：1 是数字：请写 true 或 false，不加引号",
            "facts.chair_elected: 1 is a number: write true or false, without quotes",
        ),
        (
            r#""chair_elected": True"#,
            "facts.chair_elected：第 60 个字符处，True 不是 JSON 的值：请写 true 或 false，小写，不加引号",
            "facts.chair_elected: at character 60, `True` is no value of JSON: write true or false, in small letters and without quotes",
        ),
        (
            r#""chair_elected": 是"#,
            "facts.chair_elected：第 60 个字符处，是 不是 JSON 的值：请写 true 或 false，小写，不加引号",
            "facts.chair_elected: at character 60, `是` is no value of JSON: write true or false, in small letters and without quotes",
        ),
        (
            r#""term_years": 4"#,
            "facts.term_years：“4”不是可选的答案（3、5）：请写其中之一",
            "facts.term_years: `4` is not one of 3, 5: write one of these",
        ),
        (
            r#""term_years": "5""#,
            "facts.term_years：\"5\" 带引号：数字不加引号，请写 5",
            "facts.term_years: \"5\" is in quotes: write the number without them, 5",
        ),
        (
            r#""dues_paid": 0.001"#,
            "facts.dues_paid：0.001 不是至多两位小数的金额（元）：请写成 1200.50 的样子",
            "facts.dues_paid: 0.001 is no amount in yuan with at most two decimals: write it like 1200.50",
        ),
        (
            r#""dues_paid": "1200.50""#,
            "facts.dues_paid：\"1200.50\" 带引号：数字不加引号，请写 1200.50",
            "facts.dues_paid: \"1200.50\" is in quotes: write the number without them, 1200.50",
        ),
        (
            r#""dues_paid": "1.2万""#,
            "facts.dues_paid：\"1.2万\" 是文字：请写金额（元，至多两位小数），如 1200.50",
            "facts.dues_paid: \"1.2万\" is a text: write an amount in yuan with at most two decimals, such as 1200.50",
        ),
        (
            r#""dues_paid": -1"#,
            "facts.dues_paid：-1 是负数：请写不小于 0 的数，不清楚就不要写这一项",
            "facts.dues_paid: -1 is negative: write a number from 0 on, or leave it out while it is not known",
        ),
        (
            r#""dues_paid": 1e18"#,
            "facts.dues_paid：1e+18 大得不可能：请核对这个数",
            "facts.dues_paid: 1e+18 is impossibly large: check the number",
        ),
    ]);
}

#[test]
fn a_day_is_one_that_there_is_and_stands_in_quotes() {
    facts(&[
        (
            r#""last_election_on": 20160501"#,
            "facts.last_election_on：20160501 是数字：日期请写成 \"2016-05-01\"",
            "facts.last_election_on: 20160501 is a number: write the day in quotes, \"2016-05-01\"",
        ),
        (
            r#""last_election_on": 42644"#,
            "facts.last_election_on：42644 是数字：请写带引号的日期，如 \"2016-10-01\"",
            "facts.last_election_on: 42644 is a number: write a day in quotes, such as \"2016-10-01\"",
        ),
        (
            r#""last_election_on": 2016-05-01"#,
            "facts.last_election_on：第 63 个字符处，2016-05-01 没有引号：日期请写成 \"2016-10-01\" 的样子",
            "facts.last_election_on: at character 63, `2016-05-01` stands without quotes: write days like \"2016-10-01\"",
        ),
        (
            r#""last_election_on": "2015-02-29""#,
            "facts.last_election_on：没有 \"2015-02-29\" 这一天，2015-02 只有 28 天：请核对日期",
            "facts.last_election_on: there is no day \"2015-02-29\", 2015-02 has 28 days: check the day",
        ),
        (
            r#""last_election_on": "2015-13-01""#,
            "facts.last_election_on：没有 \"2015-13-01\" 这一天，一年只有 12 个月：请核对日期",
            "facts.last_election_on: there is no day \"2015-13-01\", a year has 12 months: check the day",
        ),
        (
            r#""last_election_on": "2016年5月1日""#,
            "facts.last_election_on：\"2016年5月1日\" 不是日期的写法：请写成 \"2016-10-01\" 的样子",
            "facts.last_election_on: \"2016年5月1日\" is not written as a day: write it like \"2016-10-01\"",
        ),
        (
            r#""last_election_on": """#,
            "facts.last_election_on：\"\" 是空的：不清楚就不要写这一项，清楚了请写带引号的日期，如 \"2016-10-01\"",
            "facts.last_election_on: \"\" is empty: leave it out while it is not known, otherwise write a day in quotes, such as \"2016-10-01\"",
        ),
        (
            r#""last_election_on": "1899-12-31""#,
            "facts.last_election_on：1899-12-31 太早，早于 1900-01-01：请核对日期",
            "facts.last_election_on: 1899-12-31 is before 1900-01-01: check the day",
        ),
    ]);
    // The first day of all is one.
    let first = r#"{"id": "u", "kind": "township", "founded_on": "1900-01-01", "facts": {"last_election_on": "1900-01-01"}, "activities": [{"on": "1900-01-01", "kind": "quality"}]}"#;
    subject_line::read(&changzhou(), AS_OF, first).unwrap();
    parts(&[
        (
            r#""founded_on": "1899-12-31""#,
            "founded_on：1899-12-31 太早，早于 1900-01-01：请核对日期",
            "founded_on: 1899-12-31 is before 1900-01-01: check the day",
        ),
        (
            r#""activities": [{"on": "0216-05-01", "kind": "quality"}]"#,
            "activities[0].on：0216-05-01 太早，早于 1900-01-01：请核对日期",
            "activities[0].on: 0216-05-01 is before 1900-01-01: check the day",
        ),
        (
            r#""activities": [{"on": 1, "kind": "quality"}]"#,
            "activities[0].on：1 是数字：请写带引号的日期，如 \"2016-10-01\"",
            "activities[0].on: 1 is a number: write a day in quotes, such as \"2016-10-01\"",
        ),
    ]);
}
