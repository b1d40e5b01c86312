//! Reading answers: of a judge line, of the store, of what a person typed.

use jiff::civil::Date;
use serde_json::{Number, Value};

use crate::fact::bounds::within_bounds;
use crate::fact::{Fact, FactKind, FactValue, LARGEST_MONEY_FEN, LARGEST_NUMBER, is_whole};
use crate::mistyped::{Wanted, mistyped};
use crate::text::Text;

impl FactValue {
    /// Parses a value of a judge line as the answer to a fact; wrong types and numbers outside the bounds are refused, with what to write.
    pub fn from_line(fact: &Fact, value: &Value) -> Result<FactValue, Text> {
        // Numeric choices are answered with a JSON number: `5`, not `"5"`.
        let is_quoted = fact.kind == FactKind::Choice && value.as_str().is_some_and(is_whole);
        let read = typed(fact, value).filter(|_| !is_quoted);
        let read = read.ok_or_else(|| mistyped(value, wanted(fact)))?;
        within_bounds(fact, &read).map_err(|reason| match read {
            FactValue::Choice(_) => Text {
                zh: format!("{}：请写其中之一", reason.zh),
                en: format!("{}: write one of these", reason.en),
            },
            _ => Text {
                zh: format!("{}：请核对这个数", reason.zh),
                en: format!("{}: check the number", reason.en),
            },
        })?;
        Ok(read)
    }

    /// Parses a stored answer, as written by [`FactValue::to_json`] or in a judge line.
    pub fn from_json(fact: &Fact, value: &Value) -> Result<FactValue, Text> {
        let read = typed(fact, value).ok_or_else(|| wrong_type(fact))?;
        within_bounds(fact, &read)?;
        Ok(read)
    }

    /// Parses what a person typed (`yes`/`no`, `是`/`否`, `12`, `1200.50`, `2016-10-01`) as the answer to a fact.
    pub fn from_words(fact: &Fact, words: &str) -> Result<FactValue, Text> {
        let words = words.trim();
        let read = match fact.kind {
            FactKind::Truth => match words {
                "true" | "yes" | "是" | "有" | "1" => FactValue::Truth(true),
                "false" | "no" | "否" | "无" | "没有" | "0" => FactValue::Truth(false),
                _ => return Err(wrong_type(fact)),
            },
            FactKind::Count | FactKind::Level => {
                FactValue::Number(words.parse().map_err(|_| wrong_type(fact))?)
            }
            FactKind::Money => {
                FactValue::Money(parsed_yuan(words).ok_or_else(|| wrong_type(fact))?)
            }
            FactKind::Date => FactValue::Date(day(words)?),
            FactKind::Choice => FactValue::Choice(words.to_owned()),
        };
        within_bounds(fact, &read)?;
        Ok(read)
    }
}

/// A JSON value of the fact's own type.
fn typed(fact: &Fact, value: &Value) -> Option<FactValue> {
    Some(match (fact.kind, value) {
        (FactKind::Truth, Value::Bool(truth)) => FactValue::Truth(*truth),
        (FactKind::Count | FactKind::Level, Value::Number(number)) => {
            FactValue::Number(whole(number)?)
        }
        (FactKind::Money, Value::Number(number)) => FactValue::Money(fen(number)?),
        (FactKind::Date, Value::String(words)) => FactValue::Date(parsed_day(words)?),
        (FactKind::Choice, Value::String(words)) => FactValue::Choice(words.clone()),
        (FactKind::Choice, Value::Number(number)) => FactValue::Choice(number.to_string()),
        _ => return None,
    })
}

/// What belongs in the place of the fact's answer in a judge line.
fn wanted(fact: &Fact) -> Wanted<'_> {
    match fact.kind {
        FactKind::Truth => Wanted::Truth,
        FactKind::Count | FactKind::Level => {
            Wanted::Whole(fact.max.map(|max| (fact.min.unwrap_or(0), max)))
        }
        FactKind::Money => Wanted::Money,
        FactKind::Date => Wanted::Day,
        FactKind::Choice if fact.choices.iter().all(|choice| is_whole(choice)) => {
            Wanted::OneOfNumbers(&fact.choices)
        }
        FactKind::Choice => Wanted::OneOf(&fact.choices),
    }
}

fn wrong_type(fact: &Fact) -> Text {
    if fact.kind == FactKind::Choice && fact.choices.iter().all(|choice| is_whole(choice)) {
        return Text {
            zh: format!("应为数字，{}之一", fact.choices.join("、")),
            en: format!("must be a number, one of {}", fact.choices.join(", ")),
        };
    }
    let (zh, en) = match fact.kind {
        FactKind::Truth => ("应为是或否", "must be true or false"),
        FactKind::Count | FactKind::Level => {
            ("应为不小于零的整数", "must be a whole number, not negative")
        }
        FactKind::Money => (
            "应为金额（元，至多两位小数）",
            "must be an amount in yuan, at most two decimals",
        ),
        FactKind::Date => (
            "应为日期，如 2016-10-01",
            "must be a day such as \"2016-10-01\"",
        ),
        FactKind::Choice => ("应为列出的答案之一", "must be one of the listed answers"),
    };
    Text {
        zh: zh.to_owned(),
        en: en.to_owned(),
    }
}

/// A JSON number as a count.
pub(crate) fn whole(number: &Number) -> Option<u64> {
    number.as_u64().filter(|count| *count <= LARGEST_NUMBER)
}

/// A JSON number of yuan.
fn fen(number: &Number) -> Option<u64> {
    match number.as_u64() {
        Some(yuan) => yuan
            .checked_mul(100)
            .filter(|fen| *fen <= LARGEST_MONEY_FEN),
        // The shortest decimal that parses to the same float is what was written, for any sum within the bounds.
        None => parsed_yuan(&number.to_string()),
    }
}

/// An amount in yuan, as fen.
pub(crate) fn parsed_yuan(words: &str) -> Option<u64> {
    let (yuan, decimals) = words.split_once('.').unwrap_or((words, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let decimals = decimals.trim_end_matches('0');
    if yuan.is_empty() || !digits(yuan) || !digits(decimals) || decimals.len() > 2 {
        return None;
    }
    let yuan: u64 = yuan.parse().ok()?;
    let cents: u64 = format!("{decimals:0<2}").parse().ok()?;
    yuan.checked_mul(100)?
        .checked_add(cents)
        .filter(|fen| *fen <= LARGEST_MONEY_FEN)
}

/// A day that a person typed.
fn day(words: &str) -> Result<Date, Text> {
    parsed_day(words).ok_or_else(|| Text {
        zh: format!("应为日期，如 2016-10-01，而不是“{words}”"),
        en: format!("must be a day such as \"2016-10-01\", not \"{words}\""),
    })
}

/// A day written as `2016-10-01`.
pub(crate) fn parsed_day(words: &str) -> Option<Date> {
    is_day(words).then(|| words.parse().ok())?
}

/// Whether a text is written as a day, one that there is or not.
pub(crate) fn is_day(words: &str) -> bool {
    let is_right = |(place, byte): (usize, u8)| match place {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    };
    words.len() == 10 && words.bytes().enumerate().all(is_right)
}
