//! What stands in a line where something else belongs, in words: what was found, and what to write instead.

use jiff::civil::Date;
use serde_json::{Number, Value};

use crate::excerpt::excerpt;
use crate::fact::reading::{is_day, parsed_day, parsed_yuan};
use crate::fact::{LARGEST_MONEY_FEN, LARGEST_NUMBER};
use crate::text::Text;

/// What belongs in a place of a line.
#[derive(Clone, Copy)]
pub(crate) enum Wanted<'a> {
    Text,
    Truth,
    /// A whole number, within bounds if it has them.
    Whole(Option<(u64, u64)>),
    Money,
    Day,
    Year,
    /// A number that is one of these.
    OneOfNumbers(&'a [String]),
    /// A text that is one of these.
    OneOf(&'a [String]),
    List,
    Object,
}

/// What was found in the place of what is wanted, and what to write.
pub(crate) fn mistyped(found: &Value, wanted: Wanted<'_>) -> Text {
    let instead = instead(wanted);
    let is_blank = found.as_str().is_some_and(|text| text.trim().is_empty());
    // What is not known is left out: no null, empty text or zero stands for it.
    if found.is_null() || is_blank {
        let (zh, en) = if is_blank {
            ("\"\" 是空的", "\"\" is empty")
        } else {
            ("null 不是答案", "null is no answer")
        };
        return Text {
            zh: format!("{zh}：不清楚就不要写这一项，清楚了请写{}", instead.zh),
            en: format!(
                "{en}: leave it out while it is not known, otherwise write {}",
                instead.en
            ),
        };
    }
    if let Some(meant) = meant(found, wanted) {
        return meant;
    }
    let found = described(found);
    Text {
        zh: format!("{}：请写{}", found.zh, instead.zh),
        en: format!("{}: write {}", found.en, instead.en),
    }
}

/// A value with its type.
fn described(found: &Value) -> Text {
    let (zh, en) = match found {
        Value::String(text) => {
            let text = excerpt(text);
            (
                format!("\"{text}\" 是文字"),
                format!("\"{text}\" is a text"),
            )
        }
        Value::Number(number) => (format!("{number} 是数字"), format!("{number} is a number")),
        Value::Bool(truth) => (
            format!("{truth} 是真假值"),
            format!("{truth} is a truth value"),
        ),
        Value::Array(_) => ("这里是列表".to_owned(), "a list stands here".to_owned()),
        Value::Object(_) => ("这里是对象".to_owned(), "an object stands here".to_owned()),
        Value::Null => ("null 不是答案".to_owned(), "null is no answer".to_owned()),
    };
    Text { zh, en }
}

/// What was found in the place of a line's object.
pub(crate) fn root(found: &Value) -> Text {
    let found = described(found);
    Text {
        zh: format!("{}：每行请写一个对象 {{ … }}", found.zh),
        en: format!("{}: write one object, {{ … }}, a line", found.en),
    }
}

/// What to write in a place.
fn instead(wanted: Wanted<'_>) -> Text {
    let text = |zh: &str, en: &str| Text {
        zh: zh.to_owned(),
        en: en.to_owned(),
    };
    match wanted {
        Wanted::Text => text("带引号的文字", "a text in quotes"),
        Wanted::Truth => text(" true 或 false，不加引号", "true or false, without quotes"),
        Wanted::Whole(None) => text("整数，如 12", "a whole number such as 12"),
        Wanted::Whole(Some((least, most))) => Text {
            zh: format!(" {least} 到 {most} 的整数"),
            en: format!("a whole number from {least} to {most}"),
        },
        Wanted::Money => text(
            "金额（元，至多两位小数），如 1200.50",
            "an amount in yuan with at most two decimals, such as 1200.50",
        ),
        Wanted::Day => text(
            "带引号的日期，如 \"2016-10-01\"",
            "a day in quotes, such as \"2016-10-01\"",
        ),
        Wanted::Year => text("年份，如 2016", "a year such as 2016"),
        Wanted::OneOfNumbers(choices) => Text {
            zh: format!("数字 {} 之一", choices.join("、")),
            en: format!("a number, one of {}", choices.join(", ")),
        },
        Wanted::OneOf(choices) => Text {
            zh: format!(" {} 之一，带引号", choices.join("、")),
            en: format!("one of {}, in quotes", choices.join(", ")),
        },
        Wanted::List => text("列表 [ … ]", "a list, [ … ]"),
        Wanted::Object => text("对象 { … }", "an object, { … }"),
    }
}

/// Where what was found is only written in the wrong way: how it is to be written.
fn meant(found: &Value, wanted: Wanted<'_>) -> Option<Text> {
    match (found, wanted) {
        (Value::String(text), Wanted::Truth) => {
            let truth = match text.trim().to_lowercase().as_str() {
                "true" | "yes" | "是" | "有" => true,
                "false" | "no" | "否" | "无" | "没有" => false,
                _ => return None,
            };
            let text = excerpt(text);
            Some(Text {
                zh: format!("\"{text}\" 是文字：请写 {truth}，不加引号"),
                en: format!("\"{text}\" is a text: write {truth}, without quotes"),
            })
        }
        (Value::String(text), Wanted::Day) => Some(wrong_day(text)),
        (Value::String(text), _) => {
            let number = text.trim();
            is_number(number, wanted).then(|| Text {
                zh: format!("\"{number}\" 带引号：数字不加引号，请写 {number}"),
                en: format!("\"{number}\" is in quotes: write the number without them, {number}"),
            })
        }
        (Value::Number(number), Wanted::Text) => Some(Text {
            zh: format!("{number} 没有引号：请写 \"{number}\""),
            en: format!("{number} is a number: write it in quotes, \"{number}\""),
        }),
        (Value::Number(number), Wanted::Day) => {
            let day = compact_day(number.as_u64()?)?;
            Some(Text {
                zh: format!("{number} 是数字：日期请写成 \"{day}\""),
                en: format!("{number} is a number: write the day in quotes, \"{day}\""),
            })
        }
        (Value::Number(number), Wanted::Whole(_)) => Some(not_whole(number)),
        (Value::Number(number), Wanted::Money) => Some(no_amount(number)),
        (Value::Number(number), Wanted::Year) => Some(Text {
            zh: format!("{number} 不是 1900 到 9999 的年份：请写年份，如 2016"),
            en: format!("{number} is no year from 1900 to 9999: write one such as 2016"),
        }),
        _ => None,
    }
}

/// A number that is no count.
fn not_whole(number: &Number) -> Text {
    let value = number.as_f64().unwrap_or_default();
    if let Some(text) = negative_or_too_large(number, LARGEST_NUMBER as f64) {
        return text;
    }
    if value.fract() == 0.0 {
        let plain = format!("{:.0}", value.abs());
        return Text {
            zh: format!("{number} 带小数点或指数：请写 {plain}"),
            en: format!("{number} has a decimal point or an exponent: write {plain}"),
        };
    }
    Text {
        zh: format!("{number} 不是整数：请写整数，如 12"),
        en: format!("{number} is not a whole number: write one such as 12"),
    }
}

/// A number that is no sum of money.
fn no_amount(number: &Number) -> Text {
    negative_or_too_large(number, (LARGEST_MONEY_FEN / 100) as f64).unwrap_or_else(|| Text {
        zh: format!("{number} 不是至多两位小数的金额（元）：请写成 1200.50 的样子"),
        en: format!(
            "{number} is no amount in yuan with at most two decimals: write it like 1200.50"
        ),
    })
}

fn negative_or_too_large(number: &Number, largest: f64) -> Option<Text> {
    let value = number.as_f64().unwrap_or_default();
    if value < 0.0 {
        return Some(Text {
            zh: format!("{number} 是负数：请写不小于 0 的数，不清楚就不要写这一项"),
            en: format!(
                "{number} is negative: write a number from 0 on, or leave it out while it is not known"
            ),
        });
    }
    (value > largest).then(|| Text {
        zh: format!("{number} 大得不可能：请核对这个数"),
        en: format!("{number} is impossibly large: check the number"),
    })
}

/// A text that is no day.
fn wrong_day(text: &str) -> Text {
    if is_day(text) {
        let (month, first) = (&text[..7], format!("{}-01", &text[..7]));
        return match parsed_day(&first) {
            Some(first) => {
                let days = first.days_in_month();
                Text {
                    zh: format!("没有 \"{text}\" 这一天，{month} 只有 {days} 天：请核对日期"),
                    en: format!(
                        "there is no day \"{text}\", {month} has {days} days: check the day"
                    ),
                }
            }
            None => Text {
                zh: format!("没有 \"{text}\" 这一天，一年只有 12 个月：请核对日期"),
                en: format!("there is no day \"{text}\", a year has 12 months: check the day"),
            },
        };
    }
    let text = excerpt(text);
    Text {
        zh: format!("\"{text}\" 不是日期的写法：请写成 \"2016-10-01\" 的样子"),
        en: format!("\"{text}\" is not written as a day: write it like \"2016-10-01\""),
    }
}

/// Whether a text is the number that is wanted, but for its quotes.
fn is_number(text: &str, wanted: Wanted<'_>) -> bool {
    let is_plain = !text.is_empty()
        && text.len() <= 16
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && (text == "0" || !text.starts_with('0'));
    match wanted {
        Wanted::Whole(_) => is_plain,
        Wanted::Year => is_plain && text.len() == 4,
        Wanted::Money => is_plain || (text.len() <= 16 && parsed_yuan(text).is_some()),
        Wanted::OneOfNumbers(choices) => choices.iter().any(|choice| choice == text),
        _ => false,
    }
}

/// The day of 20161001.
fn compact_day(number: u64) -> Option<Date> {
    let digits = number.to_string();
    let (year, rest) = digits.split_at_checked(4)?;
    let (month, day) = rest.split_at_checked(2)?;
    parsed_day(&format!("{year}-{month}-{day}"))
}
