//! What is no JSON, and input that is deep or long.

use crate::{check, facts, lines, parts};

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
