//! What is told of a mistake in JSON: what stands there, and what to write.

use crate::excerpt::{excerpt, is_unseen};
use crate::text::Text;

/// A mistake at a byte of the text.
pub(crate) struct Wrong {
    pub(crate) at: usize,
    pub(crate) reason: Text,
}

fn wrong(at: usize, zh: impl Into<String>, en: impl Into<String>) -> Wrong {
    let (zh, en) = (zh.into(), en.into());
    Wrong {
        at,
        reason: Text { zh, en },
    }
}

pub(crate) fn empty(at: usize) -> Wrong {
    wrong(
        at,
        "这一行是空的：请写一个对象 { … }",
        "the line is empty: write one object, { … }",
    )
}

pub(crate) fn cut_off(at: usize) -> Wrong {
    wrong(
        at,
        "这一行没写完就断了：请把整个对象写在同一行，括号都要合上",
        "the line ends before its brackets are closed: write the whole object on one line",
    )
}

/// At the quotation mark with which the text begins: what follows belongs to it.
pub(crate) fn text_cut_off(at: usize) -> Wrong {
    wrong(
        at,
        "一段文字开始了，到行末也没有合上引号：请补上引号，整个对象写在同一行",
        "a text begins whose quotation mark is not closed on this line: close it, and write the whole object on one line",
    )
}

pub(crate) fn too_deep(at: usize, deepest: usize) -> Wrong {
    wrong(
        at,
        format!("括号套了 {deepest} 层以上：请删去多余的括号"),
        format!("brackets stand more than {deepest} deep: delete those that are too many"),
    )
}

pub(crate) fn no_object(at: usize, word: &str) -> Wrong {
    if word == "[" {
        return wrong(
            at,
            "这一行以 [ 开头：每行请写一个对象 { … }，不要外面的 [ ]，行末也不加逗号",
            "a list begins: write one object, { … }, a line, without [ ] around them and commas between them",
        );
    }
    odd_sign(at, word).unwrap_or_else(|| {
        let word = excerpt(word);
        wrong(
            at,
            format!("是 {word}，不是对象的开头：每行请写一个完整的对象 {{ … }}"),
            format!(
                "`{word}` stands where an object begins: write one whole object, {{ … }}, a line"
            ),
        )
    })
}

pub(crate) fn after_the_object(at: usize, word: &str) -> Wrong {
    match word {
        "{" => wrong(
            at,
            "又开始了一个对象：请一行写一个",
            "a second object begins: write each on a line of its own",
        ),
        "," => wrong(
            at,
            "对象后面有逗号：请删去，一行写一个对象",
            "a comma follows the object: delete it, and write each object on a line of its own",
        ),
        "}" | "]" => wrong(
            at,
            format!("多了一个 {word}：请核对括号"),
            format!("`{word}` is one too many: check the brackets"),
        ),
        _ => odd_sign(at, word).unwrap_or_else(|| {
            let word = excerpt(word);
            wrong(
                at,
                format!("对象后面还有 {word}：请删去"),
                format!("`{word}` follows the object: delete it"),
            )
        }),
    }
}

/// A word that is neither a number nor one of the three of JSON.
pub(crate) fn no_value(at: usize, word: &str) -> Wrong {
    if let Some(wrong) = odd_sign(at, word) {
        return wrong;
    }
    let shown = excerpt(word);
    if matches!(word, "," | ":" | "}" | "]") {
        return wrong(
            at,
            format!("{word} 前面少了值：请补上，不清楚就删去这一项"),
            format!(
                "a value is missing before `{word}`: write it, or leave the key out while it is not known"
            ),
        );
    }
    let lower = word.to_lowercase();
    match lower.trim_start_matches(['+', '-']) {
        "" | "nan" | "inf" | "infinity" | "none" | "nil" | "null" | "undefined" | "unknown"
        | "n/a" | "?" => wrong(
            at,
            format!("{shown} 不是 JSON 的值：不清楚就不要写这一项"),
            format!("`{shown}` is no value of JSON: leave the key out while it is not known"),
        ),
        "true" | "false" | "yes" | "no" | "是" | "否" | "有" | "无" => wrong(
            at,
            format!("{shown} 不是 JSON 的值：请写 true 或 false，小写，不加引号"),
            format!(
                "`{shown}` is no value of JSON: write true or false, in small letters and without quotes"
            ),
        ),
        bare if bare.starts_with(|sign: char| sign.is_ascii_digit() || sign == '.') => {
            number_like(at, word)
        }
        _ => wrong(
            at,
            format!("{shown} 没有引号：文字请写在英文双引号里，如 \"{shown}\""),
            format!(
                "`{shown}` stands without quotes: write texts in straight double quotes, \"{shown}\""
            ),
        ),
    }
}

/// A word that begins as a number does.
fn number_like(at: usize, word: &str) -> Wrong {
    let shown = excerpt(word);
    if is_written_as_number(word) {
        return wrong(
            at,
            format!("{shown} 大得不可能：请核对这个数"),
            format!("`{shown}` is impossibly large: check the number"),
        );
    }
    let parts = word.split(['-', '/', '.', '年', '月']).count();
    if parts > 2 && word.starts_with(|sign: char| sign.is_ascii_digit()) {
        return wrong(
            at,
            format!("{shown} 没有引号：日期请写成 \"2016-10-01\" 的样子"),
            format!("`{shown}` stands without quotes: write days like \"2016-10-01\""),
        );
    }
    wrong(
        at,
        format!("{shown} 不是 JSON 的数字写法：请只写数字，如 12、1200.50"),
        format!(
            "`{shown}` is not how JSON writes a number: write the digits only, such as 12 or 1200.50"
        ),
    )
}

pub(crate) fn no_key(at: usize, word: &str, before: &str) -> Wrong {
    if let Some(wrong) = odd_sign(at, word) {
        return wrong;
    }
    if word == "," || word == "}" {
        return wrong(
            at,
            format!("{word} 前面多了一个逗号：请删去"),
            format!("a comma too many stands before `{word}`: delete it"),
        );
    }
    let shown = excerpt(word);
    let is_digit = |sign: char| sign.is_ascii_digit();
    let follows_number = before
        .strip_suffix(',')
        .is_some_and(|before| before.ends_with(is_digit));
    if follows_number && word.starts_with(is_digit) {
        return wrong(
            at,
            format!("逗号后面是 {shown}，不是键：数字里请不要写逗号，如 1200"),
            format!(
                "`{shown}` follows a comma where a key belongs: write numbers without commas, such as 1200"
            ),
        );
    }
    wrong(
        at,
        format!("{shown} 处应为键：键请写在英文双引号里，如 \"id\""),
        format!(
            "`{shown}` stands where a key belongs: write keys in straight double quotes, such as \"id\""
        ),
    )
}

pub(crate) fn no_colon(at: usize, word: &str) -> Wrong {
    odd_sign(at, word).unwrap_or_else(|| {
        wrong(
            at,
            "键后面少了英文冒号：请补上",
            "a colon is missing between the key and its value: write it",
        )
    })
}

pub(crate) fn no_comma(at: usize, word: &str, closing: char) -> Wrong {
    if let Some(wrong) = odd_sign(at, word) {
        return wrong;
    }
    let shown = excerpt(word);
    if word == "}" || word == "]" {
        return wrong(
            at,
            format!("{word} 和前面的括号不成对，应为 {closing}：请核对括号"),
            format!("`{word}` stands where `{closing}` closes the bracket: check the brackets"),
        );
    }
    wrong(
        at,
        format!("值后面接着 {shown}：前面少了逗号，或者引号不成对，请核对"),
        format!(
            "`{shown}` follows a value: a comma is missing before it, or a quotation mark, check both"
        ),
    )
}

pub(crate) fn control_in_text(at: usize, sign: char) -> Wrong {
    let code = u32::from(sign);
    let escape = match sign {
        '\t' => "\\t".to_owned(),
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        _ => format!("\\u{code:04x}"),
    };
    wrong(
        at,
        format!("文字里有控制字符 U+{code:04X}：请删去，或写成 {escape}"),
        format!(
            "a text has the control character U+{code:04X}: delete it, or write it as {escape}"
        ),
    )
}

pub(crate) fn wrong_escape(at: usize, escape: &str) -> Wrong {
    let shown = excerpt(escape);
    wrong(
        at,
        format!("{shown} 不是 JSON 的转义：反斜杠本身请写成 \\\\"),
        format!("`{shown}` is no escape of JSON: write a backslash as \\\\"),
    )
}

/// What serde_json refuses for a reason that none of the others is.
pub(crate) fn unlike_json(at: usize) -> Wrong {
    wrong(
        at,
        "不是有效的 JSON：请核对这里",
        "the text is not valid JSON: check it here",
    )
}

/// Signs that look like those of JSON, or can't be seen: Chinese punctuation, other quotation marks, comments, blanks and controls.
fn odd_sign(at: usize, word: &str) -> Option<Wrong> {
    let sign = word.chars().next()?;
    let code = u32::from(sign);
    let plain = match sign {
        '，' | '、' => ',',
        '：' => ':',
        '｛' => '{',
        '｝' => '}',
        '［' | '【' => '[',
        '］' | '】' => ']',
        '；' | ';' => ',',
        _ => '\0',
    };
    Some(match sign {
        _ if plain != '\0' => wrong(
            at,
            format!("是 {sign}：请改成英文标点 {plain}"),
            format!("there is `{sign}`: write `{plain}`"),
        ),
        '\'' | '`' | '‘' | '’' | '“' | '”' | '「' | '」' | '＂' => wrong(
            at,
            format!("是 {sign}：请改成英文双引号 \""),
            format!("there is `{sign}`: write texts and keys in straight double quotes, \""),
        ),
        '/' | '#' => wrong(
            at,
            format!("是 {sign}：JSON 没有注释，请删去"),
            format!("there is `{sign}`: JSON has no comments, delete it"),
        ),
        '\u{feff}' => wrong(
            at,
            "有字节序标记（U+FEFF）：请删去，或另存为不带标记的 UTF-8",
            "there is a byte-order mark (U+FEFF): delete it, or save the file as UTF-8 without it",
        ),
        '\0' => wrong(
            at,
            "有控制字符 U+0000：请删去，文件要是 UTF-16 的，请另存为 UTF-8",
            "there is the control character U+0000: delete it, and if the file is UTF-16, save it as UTF-8",
        ),
        _ if sign.is_control() => wrong(
            at,
            format!("有控制字符 U+{code:04X}：请删去"),
            format!("there is the control character U+{code:04X}: delete it"),
        ),
        _ if sign.is_whitespace() || is_unseen(sign) => wrong(
            at,
            format!("有看不见的字符 U+{code:04X}：请删去，或改成普通空格"),
            format!(
                "there is the blank U+{code:04X}, which JSON does not know: delete it, or write a plain space"
            ),
        ),
        _ => return None,
    })
}

/// Whether a word is a number of JSON that can be held.
pub(crate) fn is_number(word: &str) -> bool {
    is_written_as_number(word) && word.parse::<f64>().is_ok_and(f64::is_finite)
}

/// `-12.50e+3`: no leading zero, digits on both sides of the point.
fn is_written_as_number(word: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let word = word.strip_prefix('-').unwrap_or(word);
    let (mantissa, exponent) = word
        .split_once(['e', 'E'])
        .map_or((word, None), |(mantissa, exponent)| {
            (mantissa, Some(exponent))
        });
    let (whole, decimals) = mantissa
        .split_once('.')
        .map_or((mantissa, None), |(whole, decimals)| {
            (whole, Some(decimals))
        });
    let exponent = exponent.map(|exponent| exponent.strip_prefix(['+', '-']).unwrap_or(exponent));
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && decimals.is_none_or(digits)
        && exponent.is_none_or(digits)
}
