//! The questions of the year sheet, whom they are asked, and their typed answers.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::keyed;
use crate::kinds::Kind;
use crate::programme::Standard;
use crate::text::Text;

/// A group of questions on the year sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactGroup {
    pub key: String,
    pub name: Text,
}

/// One question of the year sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    pub key: String,
    /// Key of its group.
    pub group: String,
    pub kind: FactKind,
    pub name: Text,
    pub question: Text,
    pub hint: Option<Text>,
    /// The unit of a number, such as 人.
    pub unit: Option<Text>,
    /// The answers of a choice.
    pub choices: Vec<String>,
    /// Smallest possible number (yuan for money).
    pub min: Option<u64>,
    /// Largest possible number (yuan for money).
    pub max: Option<u64>,
    /// The fact that this number can't exceed.
    pub at_most: Option<String>,
    /// The kinds that are asked; by default every kind of a title whose criteria use the fact.
    pub ask_kinds: Vec<Kind>,
    /// Asked only where this fact is true.
    pub ask_when: Option<String>,
    /// Whether a reviewer expects a document.
    pub evidence: bool,
    /// False when last year's answer is likely still right.
    pub changes_yearly: bool,
    /// The source from which the system knows it without asking.
    pub from: Option<FactSource>,
    /// What to do about a shortage, with `{n}` for the number: 再发展 {n} 名会员.
    pub more: Option<Text>,
}

impl Fact {
    /// What may stand behind its number: 人.
    pub fn unit_words(&self) -> impl Iterator<Item = &str> + Clone {
        let units = self.unit.iter();
        units.flat_map(|unit| [unit.zh.as_str(), unit.en.as_str()])
    }
}

keyed! {
    /// The type of an answer.
    pub enum FactKind {
        Truth = "truth",
        Count = "count",
        /// Yuan in files and forms, fen in memory.
        Money = "money",
        Date = "date",
        Level = "level",
        Choice = "choice",
    }
}

impl FactKind {
    /// Whether answers are numbers, which may have bounds.
    pub fn is_number(self) -> bool {
        matches!(self, FactKind::Count | FactKind::Money | FactKind::Level)
    }
}

keyed! {
    /// The source from which the system knows a fact.
    pub enum FactSource {
        Register = "register",
        Titles = "titles",
        Activities = "activities",
        Rating = "rating",
    }
}

/// A known answer. Unknown answers have no value at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FactValue {
    Truth(bool),
    /// A count or a level.
    Number(u64),
    /// Money in fen.
    Money(u64),
    Date(Date),
    Choice(String),
}

/// The earliest day of a founding or an election that is accepted: no union is older, and spreadsheets count days from it.
pub const EARLIEST_DAY: Date = Date::constant(1900, 1, 1);
/// The largest number accepted as an answer.
pub const LARGEST_NUMBER: u64 = 4_000_000_000;
/// The largest sum of money accepted, in fen.
pub const LARGEST_MONEY_FEN: u64 = 1_000_000_000_000_000;

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

    /// The answer as stored.
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value;
        match self {
            FactValue::Truth(truth) => Value::from(*truth),
            FactValue::Number(number) => Value::from(*number),
            FactValue::Money(fen) if fen % 100 == 0 => Value::from(fen / 100),
            FactValue::Money(_) => self.to_string().parse().map_or(Value::Null, Value::Number),
            FactValue::Date(date) => Value::from(date.to_string()),
            FactValue::Choice(choice) => Value::from(choice.clone()),
        }
    }
}

impl std::fmt::Display for FactValue {
    /// The answer as typed; money in yuan.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            FactValue::Truth(truth) => write!(formatter, "{truth}"),
            FactValue::Number(number) => write!(formatter, "{number}"),
            FactValue::Money(fen) if fen % 100 == 0 => write!(formatter, "{}", fen / 100),
            FactValue::Money(fen) => write!(formatter, "{}.{:02}", fen / 100, fen % 100),
            FactValue::Date(date) => write!(formatter, "{date}"),
            FactValue::Choice(choice) => formatter.write_str(choice),
        }
    }
}

/// As in a judge line.
impl serde::Serialize for FactValue {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            FactValue::Choice(choice) => match choice.parse::<u64>() {
                Ok(number) if is_whole(choice) => serializer.serialize_u64(number),
                _ => serializer.serialize_str(choice),
            },
            _ => self.to_json().serialize(serializer),
        }
    }
}

/// An answer that contradicts another, or its own bounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Impossible {
    /// The fact whose answer is too large (or outside its own bounds).
    pub key: String,
    /// The fact that it exceeds.
    pub limit: Option<String>,
    pub reason: Text,
}

/// The contradictions among the answers, such as more members than workers.
pub fn impossible(standard: &Standard, facts: &BTreeMap<String, FactValue>) -> Vec<Impossible> {
    let mut found = Vec::new();
    for fact in &standard.facts {
        let Some(value) = facts.get(&fact.key) else {
            continue;
        };
        if let Err(reason) = within_bounds(fact, value) {
            found.push(Impossible {
                key: fact.key.clone(),
                limit: None,
                reason,
            });
            continue;
        }
        let Some((limit, limit_value)) = nearest_limit(standard, facts, fact) else {
            continue;
        };
        let exceeds = match (value, limit_value) {
            (FactValue::Number(value), FactValue::Number(limit))
            | (FactValue::Money(value), FactValue::Money(limit)) => value > limit,
            (FactValue::Date(value), FactValue::Date(limit)) => value > limit,
            _ => false,
        };
        if exceeds {
            let reason = Text {
                zh: format!(
                    "{} {value} 多于{} {limit_value}，不可能",
                    fact.name.zh, limit.name.zh
                ),
                en: format!(
                    "{value} is more than {} ({limit_value}), which is impossible",
                    limit.key
                ),
            };
            found.push(Impossible {
                key: fact.key.clone(),
                limit: Some(limit.key.clone()),
                reason,
            });
        }
    }
    found
}

/// The first known answer up the chain of bounds: if the number of cards issued is unknown, cards used are bounded by the members. What lies beyond
/// it bounds that one in turn.
fn nearest_limit<'a>(
    standard: &'a Standard,
    facts: &'a BTreeMap<String, FactValue>,
    fact: &'a Fact,
) -> Option<(&'a Fact, &'a FactValue)> {
    let above = |fact: &&'a Fact| standard.fact(fact.at_most.as_ref()?);
    let chain = std::iter::successors(Some(fact), above).skip(1);
    // Facts that bound each other in a cycle are visited once.
    chain
        .take(standard.facts.len())
        .find_map(|limit| Some((limit, facts.get(&limit.key)?)))
}

/// Whether a choice is written as a whole number.
fn is_whole(choice: &str) -> bool {
    !choice.is_empty() && choice.bytes().all(|byte| byte.is_ascii_digit())
}

fn within_bounds(fact: &Fact, value: &FactValue) -> Result<(), Text> {
    let (number, scale, largest) = match value {
        FactValue::Number(number) => (*number, 1, LARGEST_NUMBER),
        FactValue::Money(fen) => (*fen, 100, LARGEST_MONEY_FEN),
        FactValue::Choice(choice) if !fact.choices.contains(choice) => {
            return Err(Text {
                zh: format!("“{choice}”不是可选的答案（{}）", fact.choices.join("、")),
                en: format!("`{choice}` is not one of {}", fact.choices.join(", ")),
            });
        }
        FactValue::Choice(_) | FactValue::Truth(_) | FactValue::Date(_) => return Ok(()),
    };
    let min = fact.min.unwrap_or(0);
    let max = fact.max.unwrap_or(largest / scale);
    if number < min.saturating_mul(scale) {
        return Err(Text {
            zh: format!("{value} 小于最小值 {min}"),
            en: format!("{value} is less than {min}"),
        });
    }
    if number > max.saturating_mul(scale) || number > largest {
        return Err(Text {
            zh: format!("{value} 大于最大值 {max}"),
            en: format!("{value} is more than {max}"),
        });
    }
    Ok(())
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
