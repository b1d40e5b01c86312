//! What is said of a line that is hostile or clumsy: what was found, where, and what to write, in both languages.

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

#[test]
fn a_key_is_known_and_there_once() {
    facts(&[
        (
            r#""members": 1, "members": 2"#,
            "facts.members：这个键出现了不止一次：请只留一个",
            "facts.members: the key is there more than once: keep one",
        ),
        (
            r#""members": 1, "members": 1, "members": 1"#,
            "facts.members：这个键出现了不止一次：请只留一个",
            "facts.members: the key is there more than once: keep one",
        ),
        (
            r#""membrs": 1"#,
            "facts.membrs：未知的键，是不是“members”？",
            "facts.membrs: unknown key, did you mean `members`?",
        ),
        (
            r#""会员人数": 1"#,
            "facts.会员人数：未知的键，是不是“members”？",
            "facts.会员人数: unknown key, did you mean `members`?",
        ),
        (
            r#""sections": 1"#,
            "facts.sections：未知的键：请删去，或改成标准里的名称",
            "facts.sections: unknown key: delete it, or write it as the standard does",
        ),
        (
            r#""": 1"#,
            "facts.\"\"：未知的键：请删去，或改成标准里的名称",
            "facts.\"\": unknown key: delete it, or write it as the standard does",
        ),
    ]);
    parts(&[
        (
            r#""members": 1"#,
            "members：未知的键，是不是“facts.members”？",
            "members: unknown key, did you mean `facts.members`?",
        ),
        (
            r#""titles": [{"title": "model-home", "year": 2014, "title": "model-home"}]"#,
            "titles[0].title：这个键出现了不止一次：请只留一个",
            "titles[0].title: the key is there more than once: keep one",
        ),
        (
            r#""titles": [{"title": "model-home", "yeer": 2014, "year": 2014}]"#,
            "titles[0].yeer：未知的键，是不是“year”？",
            "titles[0].yeer: unknown key, did you mean `year`?",
        ),
        (
            r#""titles": [{"title": "model-home"}]"#,
            "titles[0].year：缺少：请补上",
            "titles[0].year: is missing: add it",
        ),
    ]);
}

#[test]
fn parts_of_a_line_are_of_their_types() {
    parts(&[
        (
            r#""employer": "shop""#,
            "employer：没有“shop”：请写 enterprise、institution-as-enterprise、institution、organ、social 之一",
            "employer: `shop` is unknown: write one of enterprise, institution-as-enterprise, institution, organ, social",
        ),
        (
            r#""employer": "enterprize""#,
            "employer：没有“enterprize”，是不是“enterprise”？",
            "employer: `enterprize` is unknown, did you mean `enterprise`?",
        ),
        (
            r#""employer": null"#,
            "employer：null 不是答案：不清楚就不要写这一项，清楚了请写带引号的文字",
            "employer: null is no answer: leave it out while it is not known, otherwise write a text in quotes",
        ),
        (
            r#""facts": []"#,
            "facts：这里是列表：请写对象 { … }",
            "facts: a list stands here: write an object, { … }",
        ),
        (
            r#""activities": {}"#,
            "activities：这里是对象：请写列表 [ … ]",
            "activities: an object stands here: write a list, [ … ]",
        ),
        (
            r#""activities": null"#,
            "activities：null 不是答案：不清楚就不要写这一项，清楚了请写列表 [ … ]",
            "activities: null is no answer: leave it out while it is not known, otherwise write a list, [ … ]",
        ),
        (
            r#""activities": ["2016-01-01"]"#,
            "activities[0]：\"2016-01-01\" 是文字：请写对象 { … }",
            "activities[0]: \"2016-01-01\" is a text: write an object, { … }",
        ),
        (
            r#""titles": [{"title": "model-home", "year": "2014"}]"#,
            "titles[0].year：\"2014\" 带引号：数字不加引号，请写 2014",
            "titles[0].year: \"2014\" is in quotes: write the number without them, 2014",
        ),
        (
            r#""titles": [{"title": "model-home", "year": 201}]"#,
            "titles[0].year：201 不是 1900 到 9999 的年份：请写年份，如 2016",
            "titles[0].year: 201 is no year from 1900 to 9999: write one such as 2016",
        ),
        (
            r#""titles": [{"title": "model-home", "year": 2014, "reconfirmed": "是"}]"#,
            "titles[0].reconfirmed：\"是\" 是文字：请写 true，不加引号",
            "titles[0].reconfirmed: \"是\" is a text: write true, without quotes",
        ),
        (
            r#""rating": {"roll": "190"}"#,
            "rating.roll：\"190\" 带引号：数字不加引号，请写 190",
            "rating.roll: \"190\" is in quotes: write the number without them, 190",
        ),
        (
            r#""vetoes": [{"clause": "拖欠工资", "year": 2016}]"#,
            "vetoes[0].clause：没有“拖欠工资”：请写 V1、V2、V3、V4、V5、V6、V7、V8、V9、V10、V11 之一",
            "vetoes[0].clause: `拖欠工资` is unknown: write one of V1, V2, V3, V4, V5, V6, V7, V8, V9, V10, V11",
        ),
    ]);
    lines(&[
        (
            r#"{"id": 7, "kind": "township"}"#,
            "id：7 没有引号：请写 \"7\"",
            "id: 7 is a number: write it in quotes, \"7\"",
        ),
        (
            r#"{"kind": "township"}"#,
            "id：缺少：请补上",
            "id: is missing: add it",
        ),
        (
            r#"[{"id": "u", "kind": "township"}]"#,
            "这里是列表：每行请写一个对象 { … }",
            "a list stands here: write one object, { … }, a line",
        ),
        (
            "12",
            "12 是数字：每行请写一个对象 { … }",
            "12 is a number: write one object, { … }, a line",
        ),
        (
            "null",
            "null 不是答案：每行请写一个对象 { … }",
            "null is no answer: write one object, { … }, a line",
        ),
    ]);
}

#[test]
fn a_line_is_one_whole_object() {
    const WHOLE: &str = "write one whole object, { … }, a line";
    lines(&[
        (
            "",
            "第 1 个字符处，这一行是空的：请写一个对象 { … }",
            "at character 1, the line is empty: write one object, { … }",
        ),
        (
            " \t\r\n",
            "第 5 个字符处，这一行是空的：请写一个对象 { … }",
            "at character 5, the line is empty: write one object, { … }",
        ),
        (
            r#"{"id": "u", "facts": {"members": 12"#,
            "facts.members：第 36 个字符处，这一行没写完就断了：请把整个对象写在同一行，括号都要合上",
            "facts.members: at character 36, the line ends before its brackets are closed: write the whole object on one line",
        ),
        (
            "{\"id\": \"u\", \"kind\": \"town\r\n",
            "kind：第 21 个字符处，一段文字开始了，到行末也没有合上引号：请补上引号，整个对象写在同一行",
            "kind: at character 21, a text begins whose quotation mark is not closed on this line: close it, and write the whole object on one line",
        ),
        (
            "{\r\n",
            "第 2 个字符处，这一行没写完就断了：请把整个对象写在同一行，括号都要合上",
            "at character 2, the line ends before its brackets are closed: write the whole object on one line",
        ),
        (
            "  \"id\": \"u\",",
            "第 3 个字符处，是 \"，不是对象的开头：每行请写一个完整的对象 { … }",
            &format!("at character 3, `\"` stands where an object begins: {WHOLE}"),
        ),
        (
            "},",
            "第 1 个字符处，是 }，不是对象的开头：每行请写一个完整的对象 { … }",
            &format!("at character 1, `}}` stands where an object begins: {WHOLE}"),
        ),
        (
            "id,kind,members",
            "第 1 个字符处，是 id，不是对象的开头：每行请写一个完整的对象 { … }",
            &format!("at character 1, `id` stands where an object begins: {WHOLE}"),
        ),
        (
            "[",
            "第 1 个字符处，这一行以 [ 开头：每行请写一个对象 { … }，不要外面的 [ ]，行末也不加逗号",
            "at character 1, a list begins: write one object, { … }, a line, without [ ] around them and commas between them",
        ),
        (
            r#"{"id": "u", "kind": "township"} {"id": "v"}"#,
            "第 33 个字符处，又开始了一个对象：请一行写一个",
            "at character 33, a second object begins: write each on a line of its own",
        ),
        (
            r#"{"id": "u", "kind": "township"},"#,
            "第 32 个字符处，对象后面有逗号：请删去，一行写一个对象",
            "at character 32, a comma follows the object: delete it, and write each object on a line of its own",
        ),
        (
            r#"{"id": "u", "kind": "township"}}"#,
            "第 32 个字符处，多了一个 }：请核对括号",
            "at character 32, `}` is one too many: check the brackets",
        ),
        (
            r#"{"id": "u", "kind": "township"} # 待核"#,
            "第 33 个字符处，是 #：JSON 没有注释，请删去",
            "at character 33, there is `#`: JSON has no comments, delete it",
        ),
        (
            "\u{feff}{\"id\": \"u\", \"kind\": \"township\"}",
            "第 1 个字符处，有字节序标记（U+FEFF）：请删去，或另存为不带标记的 UTF-8",
            "at character 1, there is a byte-order mark (U+FEFF): delete it, or save the file as UTF-8 without it",
        ),
        (
            "\0{\0\"\0i\0d",
            "第 1 个字符处，有控制字符 U+0000：请删去，文件要是 UTF-16 的，请另存为 UTF-8",
            "at character 1, there is the control character U+0000: delete it, and if the file is UTF-16, save it as UTF-8",
        ),
    ]);
}

#[test]
fn json_is_written_with_its_own_signs() {
    lines(&[
        (
            r#"{"id": "u"，"kind": "township"}"#,
            "id：第 11 个字符处，是 ，：请改成英文标点 ,",
            "id: at character 11, there is `，`: write `,`",
        ),
        (
            r#"{"id"："u"}"#,
            "id：第 6 个字符处，是 ：：请改成英文标点 :",
            "id: at character 6, there is `：`: write `:`",
        ),
        (
            "{“id”: \"u\"}",
            "第 2 个字符处，是 “：请改成英文双引号 \"",
            "at character 2, there is `“`: write texts and keys in straight double quotes, \"",
        ),
        (
            "{\"id\": 'u'}",
            "id：第 8 个字符处，是 '：请改成英文双引号 \"",
            "id: at character 8, there is `'`: write texts and keys in straight double quotes, \"",
        ),
        (
            "{id: \"u\"}",
            "第 2 个字符处，id 处应为键：键请写在英文双引号里，如 \"id\"",
            "at character 2, `id` stands where a key belongs: write keys in straight double quotes, such as \"id\"",
        ),
        (
            "{\"id\": u1}",
            "id：第 8 个字符处，u1 没有引号：文字请写在英文双引号里，如 \"u1\"",
            "id: at character 8, `u1` stands without quotes: write texts in straight double quotes, \"u1\"",
        ),
        (
            "{\"id\" \"u\"}",
            "id：第 7 个字符处，键后面少了英文冒号：请补上",
            "id: at character 7, a colon is missing between the key and its value: write it",
        ),
        (
            "{\"id\": \"u\" \"kind\": \"township\"}",
            "id：第 12 个字符处，值后面接着 \"：前面少了逗号，或者引号不成对，请核对",
            "id: at character 12, `\"` follows a value: a comma is missing before it, or a quotation mark, check both",
        ),
        (
            "{\"id\": \"u\",}",
            "第 12 个字符处，} 前面多了一个逗号：请删去",
            "at character 12, a comma too many stands before `}`: delete it",
        ),
        (
            "{\"titles\": [{}, ]}",
            "titles[1]：第 17 个字符处，] 前面少了值：请补上，不清楚就删去这一项",
            "titles[1]: at character 17, a value is missing before `]`: write it, or leave the key out while it is not known",
        ),
        (
            "{\"titles\": [{]}",
            "titles[0]：第 14 个字符处，] 处应为键：键请写在英文双引号里，如 \"id\"",
            "titles[0]: at character 14, `]` stands where a key belongs: write keys in straight double quotes, such as \"id\"",
        ),
        (
            "{\"titles\": [{}}",
            "titles[0]：第 15 个字符处，} 和前面的括号不成对，应为 ]：请核对括号",
            "titles[0]: at character 15, `}` stands where `]` closes the bracket: check the brackets",
        ),
        (
            "{\"id\": \"a\tb\"}",
            "id：第 10 个字符处，文字里有控制字符 U+0009：请删去，或写成 \\t",
            "id: at character 10, a text has the control character U+0009: delete it, or write it as \\t",
        ),
        (
            r#"{"id": "D:\工会"}"#,
            "id：第 11 个字符处，\\工 不是 JSON 的转义：反斜杠本身请写成 \\\\",
            "id: at character 11, `\\工` is no escape of JSON: write a backslash as \\\\",
        ),
        (
            r#"{"id": "\ud800"}"#,
            "id：第 9 个字符处，\\ud800 不是 JSON 的转义：反斜杠本身请写成 \\\\",
            "id: at character 9, `\\ud800` is no escape of JSON: write a backslash as \\\\",
        ),
        (
            "{\u{3000}\"id\": \"u\"}",
            "第 2 个字符处，有看不见的字符 U+3000：请删去，或改成普通空格",
            "at character 2, there is the blank U+3000, which JSON does not know: delete it, or write a plain space",
        ),
    ]);
    check(
        |_| b"{\"id\": \"u\", \"kind\": \"\xd5\xf2".to_vec(),
        &[(
            "GBK",
            "kind：第 22 个字符处，不是 UTF-8 编码，可能是 GBK：请把文件另存为 UTF-8",
            "kind: at character 22, a byte is not UTF-8, as in a file of GBK: save it as UTF-8",
        )],
    );
}

#[test]
fn deep_and_long_input_is_told_with_a_short_piece_of_it() {
    let deep = "[".repeat(200);
    let (long, shown) = ("长".repeat(50_000), "长".repeat(40));
    facts(&[
        (
            &format!("\"members\": {deep}"),
            "facts.members[0][0][0][0][0][0]…：第 179 个字符处，括号套了 127 层以上：请删去多余的括号",
            "facts.members[0][0][0][0][0][0]…: at character 179, brackets stand more than 127 deep: delete those that are too many",
        ),
        (
            &format!("\"members\": \"{long}\""),
            &format!("facts.members：\"{shown}…\" 是文字：请写整数，如 12"),
            &format!("facts.members: \"{shown}…\" is a text: write a whole number such as 12"),
        ),
        (
            &format!("\"members\": {long}"),
            &format!(
                "facts.members：第 54 个字符处，{shown}… 没有引号：文字请写在英文双引号里，如 \"{shown}…\""
            ),
            &format!(
                "facts.members: at character 54, `{shown}…` stands without quotes: write texts in straight double quotes, \"{shown}…\""
            ),
        ),
        (
            &format!("\"{long}\": 1"),
            &format!("facts.{shown}…：未知的键：请删去，或改成标准里的名称"),
            &format!("facts.{shown}…: unknown key: delete it, or write it as the standard does"),
        ),
        (
            r#""members": 99999999999999999999"#,
            "facts.members：1e+20 大得不可能：请核对这个数",
            "facts.members: 1e+20 is impossibly large: check the number",
        ),
        (
            r#""term_years": "\u001b[31m三\u202e年\u0007""#,
            r"facts.term_years：“\u001b[31m三\u202e年\u0007”不是可选的答案（3、5）：请写其中之一",
            r"facts.term_years: `\u001b[31m三\u202e年\u0007` is not one of 3, 5: write one of these",
        ),
        (
            r#""\u001b[2J": 1"#,
            r"facts.\u001b[2J：未知的键：请删去，或改成标准里的名称",
            r"facts.\u001b[2J: unknown key: delete it, or write it as the standard does",
        ),
    ]);
    parts(&[(
        &format!("\"employer\": \"{long}\""),
        &format!(
            "employer：没有“{shown}…”：请写 enterprise、institution-as-enterprise、institution、organ、social 之一"
        ),
        &format!(
            "employer: `{shown}…` is unknown: write one of enterprise, institution-as-enterprise, institution, organ, social"
        ),
    )]);
}
