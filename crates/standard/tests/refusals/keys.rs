//! Keys, and the parts of a line beside its answers.

use crate::{facts, lines, parts};

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
