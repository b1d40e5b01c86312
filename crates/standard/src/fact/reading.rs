//! Reading answers: of a judge line, of the store, of what a person typed.

use jiff::civil::Date;

use crate::fact::bounds::within_bounds;
use crate::fact::{Fact, FactKind, FactValue, LARGEST_MONEY_FEN, LARGEST_NUMBER, is_whole};
use crate::text::Text;

impl FactValue {
    /// Parses a value of a judge line as the answer to a fact; wrong types and numbers outside the bounds are refused.
    pub fn from_line(fact: &Fact, value: &serde_json::Value) -> Result<FactValue, Text> {
        // Numeric choices are answered with a JSON number: `5`, not `"5"`.
        match value.as_str() {
            Some(words) if fact.kind == FactKind::Choice && is_whole(words) => {
                Err(wrong_type(fact))
            }
            _ => FactValue::from_json(fact, value),
        }
    }

    /// Parses a stored answer, as written by [`FactValue::to_json`] or in a judge line.
    pub fn from_json(fact: &Fact, value: &serde_json::Value) -> Result<FactValue, Text> {
        use serde_json::Value;
        let read = match (fact.kind, value) {
            (FactKind::Truth, Value::Bool(truth)) => FactValue::Truth(*truth),
            (FactKind::Count | FactKind::Level, Value::Number(number)) => {
                FactValue::Number(whole(number)?)
            }
            (FactKind::Money, Value::Number(number)) => FactValue::Money(fen(number)?),
            (FactKind::Date, Value::String(words)) => FactValue::Date(day(words)?),
            (FactKind::Choice, Value::String(words)) => FactValue::Choice(words.clone()),
            (FactKind::Choice, Value::Number(number)) => FactValue::Choice(number.to_string()),
            _ => return Err(wrong_type(fact)),
        };
        within_bounds(fact, &read)?;
        Ok(read)
    }

    /// Parses what a person typed (`yes`/`no`, `是`/`否`, `12`, `1200.50`, `2016-10-01`) as the answer to a fact.
    pub fn from_words(fact: &Fact, words: &str) -> Result<FactValue, Text> {
        let words = words.trim();
        let read = match fact.kind {
            FactKind::Truth => match words {
                "true" | "yes" | "是" | "有" | "1" => FactValue::Truth(true),
                "false" | "no" | "否" | "无" | "0" => FactValue::Truth(false),
                _ => return Err(wrong_type(fact)),
            },
            FactKind::Count | FactKind::Level => {
                FactValue::Number(words.parse().map_err(|_| wrong_type(fact))?)
            }
            FactKind::Money => {
                FactValue::Money(fen_from_words(words).ok_or_else(|| wrong_type(fact))?)
            }
            FactKind::Date => FactValue::Date(day(words)?),
            FactKind::Choice => FactValue::Choice(words.to_owned()),
        };
        within_bounds(fact, &read)?;
        Ok(read)
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
pub(crate) fn whole(number: &serde_json::Number) -> Result<u64, Text> {
    if let Some(count) = number.as_u64() {
        return if count <= LARGEST_NUMBER {
            Ok(count)
        } else {
            Err(Text {
                zh: format!("{count} 大得不可能"),
                en: format!("{count} is impossibly large"),
            })
        };
    }
    if number.as_f64().is_some_and(|value| value < 0.0) {
        return Err(Text {
            zh: format!("{number} 是负数"),
            en: format!("{number} is negative"),
        });
    }
    Err(Text {
        zh: format!("应为整数，而不是 {number}"),
        en: format!("must be a whole number, not {number}"),
    })
}

fn fen(number: &serde_json::Number) -> Result<u64, Text> {
    if let Some(yuan) = number.as_u64() {
        return yuan
            .checked_mul(100)
            .filter(|fen| *fen <= LARGEST_MONEY_FEN)
            .ok_or_else(|| Text {
                zh: format!("{number} 大得不可能"),
                en: format!("{number} is impossibly large"),
            });
    }
    if number.as_f64().is_some_and(|value| value < 0.0) {
        return Err(Text {
            zh: format!("{number} 是负数"),
            en: format!("{number} is negative"),
        });
    }
    // The shortest decimal that parses to the same float is what was written, for any sum within the bounds.
    fen_from_words(&number.to_string()).ok_or_else(|| Text {
        zh: format!("应为金额（元，至多两位小数），而不是 {number}"),
        en: format!("must be an amount in yuan, at most two decimals, not {number}"),
    })
}

fn fen_from_words(words: &str) -> Option<u64> {
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

/// A day written as `2016-10-01`.
pub(crate) fn day(words: &str) -> Result<Date, Text> {
    let wrong = || Text {
        zh: format!("应为日期，如 2016-10-01，而不是“{words}”"),
        en: format!("must be a day such as \"2016-10-01\", not \"{words}\""),
    };
    if words.len() != 10 {
        return Err(wrong());
    }
    words.parse().map_err(|_| wrong())
}
