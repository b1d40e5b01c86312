//! Reading one line of `judge`'s input: everything that is wrong with it is told, each with its key.

use std::collections::BTreeMap;
use std::str::FromStr;

use jiff::civil::Date;
use serde_json::{Map, Value};

use crate::fact::{FactValue, day, impossible, whole};
use crate::keyed::UnknownKey;
use crate::kinds::HonourLevel;
use crate::programme::Standard;
use crate::strict_json;
use crate::subject::{
    Activity, HeldTitle, RatingCounts, Subject, Subordinates, UnionOfPerson, VetoState,
};
use crate::text::{Lang, Text};

/// What is wrong with one key of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineError {
    /// Where it is, such as `facts.members` or `activities[2].kind`; empty for the line as a whole.
    pub key: String,
    pub reason: Text,
}

impl LineError {
    /// The mistake as a sentence.
    pub fn sentence(&self, lang: Lang) -> String {
        if self.key.is_empty() {
            return self.reason.get(lang).to_owned();
        }
        match lang {
            Lang::Zh => format!("{}：{}", self.key, self.reason.zh),
            Lang::En => format!("{}: {}", self.key, self.reason.en),
        }
    }
}

/// Reads a line.
pub fn read(standard: &Standard, line: &str) -> Result<Subject, Vec<LineError>> {
    let (value, twice) = strict_json::parse(line).map_err(|error| {
        let reason = Text {
            zh: format!("不是有效的 JSON：{error}"),
            en: format!("not valid JSON: {error}"),
        };
        vec![LineError {
            key: String::new(),
            reason,
        }]
    })?;
    let twice = twice.into_iter().map(|key| LineError {
        key,
        reason: Text {
            zh: "出现了两次".to_owned(),
            en: "is there twice".to_owned(),
        },
    });
    let mut errors: Vec<LineError> = twice.collect();
    match read_value(standard, &value) {
        Ok(subject) if errors.is_empty() => Ok(subject),
        Ok(_) => Err(errors),
        Err(others) => {
            errors.extend(others);
            Err(errors)
        }
    }
}

/// Reads a line that has been parsed as JSON.
pub fn read_value(standard: &Standard, value: &Value) -> Result<Subject, Vec<LineError>> {
    let mut errors = Errors {
        path: Vec::new(),
        found: Vec::new(),
    };
    let subject = subject(standard, value, &mut errors);
    match subject {
        Some(subject) if errors.found.is_empty() => Ok(subject),
        _ => Err(errors.found),
    }
}

/// The mistakes so far and the place that is being read.
struct Errors {
    path: Vec<String>,
    found: Vec<LineError>,
}

impl Errors {
    fn add(&mut self, key: &str, reason: Text) {
        let mut path = self.path.join("");
        if !key.is_empty() {
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(key);
        }
        self.found.push(LineError { key: path, reason });
    }

    fn wrong(&mut self, key: &str, zh: &str, en: &str) {
        self.add(
            key,
            Text {
                zh: zh.to_owned(),
                en: en.to_owned(),
            },
        );
    }

    /// Reads something deeper in the line.
    fn within<T>(&mut self, step: String, read: impl FnOnce(&mut Errors) -> T) -> T {
        let dot = if self.path.is_empty() || step.starts_with('[') {
            ""
        } else {
            "."
        };
        self.path.push(format!("{dot}{step}"));
        let result = read(self);
        self.path.pop();
        result
    }

    fn object<'a>(&mut self, value: &'a Value, known: &[&str]) -> Option<&'a Map<String, Value>> {
        let Value::Object(object) = value else {
            self.wrong("", "应为对象", "must be an object");
            return None;
        };
        for key in object.keys() {
            if !known.contains(&key.as_str()) {
                self.unknown(key, known);
            }
        }
        Some(object)
    }

    fn unknown(&mut self, key: &str, known: &[&str]) {
        let meant = crate::load::reader::meant(key, known.iter().copied());
        self.add(
            key,
            Text {
                zh: "未知的键".to_owned(),
                en: format!("unknown key{meant}"),
            },
        );
    }

    fn text<'a>(&mut self, object: &'a Map<String, Value>, key: &str) -> Option<&'a str> {
        match object.get(key)? {
            Value::String(text) => Some(text),
            _ => {
                self.wrong(key, "应为文字", "must be a text");
                None
            }
        }
    }

    fn required(&mut self, object: &Map<String, Value>, key: &str) {
        if !object.contains_key(key) {
            self.wrong(key, "缺少", "is missing");
        }
    }

    fn keyed<T: FromStr<Err = UnknownKey>>(
        &mut self,
        object: &Map<String, Value>,
        key: &str,
    ) -> Option<T> {
        let word = self.text(object, key)?;
        word.parse()
            .map_err(|unknown: UnknownKey| {
                let known = unknown.known.join("、");
                self.add(
                    key,
                    Text {
                        zh: format!("“{word}”不是{known}之一"),
                        en: unknown.to_string(),
                    },
                );
            })
            .ok()
    }

    fn day(&mut self, object: &Map<String, Value>, key: &str) -> Option<Date> {
        let words = self.text(object, key)?;
        day(words).map_err(|reason| self.add(key, reason)).ok()
    }

    fn count(&mut self, object: &Map<String, Value>, key: &str) -> Option<u64> {
        match object.get(key)? {
            Value::Number(number) => whole(number).map_err(|reason| self.add(key, reason)).ok(),
            _ => {
                self.wrong(
                    key,
                    "应为不小于零的整数",
                    "must be a whole number, not negative",
                );
                None
            }
        }
    }

    fn year(&mut self, object: &Map<String, Value>, key: &str) -> Option<i16> {
        let year = object
            .get(key)?
            .as_i64()
            .and_then(|year| i16::try_from(year).ok());
        let year = year.filter(|year| (1900..=9999).contains(year));
        if year.is_none() {
            self.wrong(key, "应为年份，如 2016", "must be a year such as 2016");
        }
        year
    }

    fn list<T>(
        &mut self,
        object: &Map<String, Value>,
        key: &str,
        mut read: impl FnMut(&Value, &mut Errors) -> Option<T>,
    ) -> Option<Vec<T>> {
        let Value::Array(items) = object.get(key)? else {
            self.wrong(key, "应为列表", "must be a list");
            return None;
        };
        self.within(key.to_owned(), |errors| {
            let read =
                |(index, item)| errors.within(format!("[{index}]"), |errors| read(item, errors));
            Some(items.iter().enumerate().filter_map(read).collect())
        })
    }
}

const KEYS: &[&str] = &[
    "id",
    "kind",
    "employer",
    "post",
    "founded_on",
    "facts",
    "activities",
    "rating",
    "titles",
    "vetoes",
    "subordinates",
    "union",
];

fn subject(standard: &Standard, value: &Value, errors: &mut Errors) -> Option<Subject> {
    let object = errors.object(value, KEYS)?;
    errors.required(object, "id");
    errors.required(object, "kind");
    let id = errors.text(object, "id").map(str::to_owned);
    let kind = errors.keyed(object, "kind");
    let employer = errors.keyed(object, "employer");
    let post = errors.keyed(object, "post");
    let founded_on = errors.day(object, "founded_on");
    let facts = object
        .get("facts")
        .map(|value| errors.within("facts".to_owned(), |errors| facts(standard, value, errors)))
        .unwrap_or_default();
    let activities = errors.list(object, "activities", |item, errors| {
        activity(standard, item, errors)
    });
    let rating = object.get("rating").and_then(|value| {
        errors.within("rating".to_owned(), |errors| {
            rating(standard, value, errors)
        })
    });
    let titles = errors.list(object, "titles", |item, errors| {
        held_title(standard, item, errors)
    });
    let vetoes = errors.list(object, "vetoes", |item, errors| {
        veto(standard, item, errors)
    });
    let subordinates = object.get("subordinates").and_then(|value| {
        errors.within("subordinates".to_owned(), |errors| {
            subordinates(standard, value, errors)
        })
    });
    let union = object.get("union").and_then(|value| {
        errors.within("union".to_owned(), |errors| {
            let object = errors.object(value, &["titles", "vetoes"])?;
            let titles = errors.list(object, "titles", |item, errors| {
                held_title(standard, item, errors)
            });
            let vetoes = errors.list(object, "vetoes", |item, errors| {
                veto(standard, item, errors)
            });
            Some(UnionOfPerson {
                titles: titles.unwrap_or_default(),
                vetoes: vetoes.unwrap_or_default(),
            })
        })
    });
    Some(Subject {
        id: id?,
        kind: kind?,
        employer,
        post,
        founded_on,
        facts,
        activities,
        rating,
        titles: titles.unwrap_or_default(),
        vetoes: vetoes.unwrap_or_default(),
        subordinates,
        union,
    })
}

fn facts(standard: &Standard, value: &Value, errors: &mut Errors) -> BTreeMap<String, FactValue> {
    let Value::Object(object) = value else {
        errors.wrong("", "应为对象", "must be an object");
        return BTreeMap::new();
    };
    let mut facts = BTreeMap::new();
    for (key, value) in object {
        let Some(fact) = standard.fact(key) else {
            let known: Vec<&str> = standard
                .facts
                .iter()
                .map(|fact| fact.key.as_str())
                .collect();
            errors.unknown(key, &known);
            continue;
        };
        match FactValue::from_json(fact, value) {
            Ok(value) => {
                facts.insert(key.clone(), value);
            }
            Err(reason) => errors.add(key, reason),
        }
    }
    for (key, reason) in impossible(standard, &facts) {
        errors.add(&key, reason);
    }
    facts
}

fn activity(standard: &Standard, value: &Value, errors: &mut Errors) -> Option<Activity> {
    let object = errors.object(value, &["on", "kind"])?;
    errors.required(object, "on");
    errors.required(object, "kind");
    let on = errors.day(object, "on");
    let kind = errors.text(object, "kind")?;
    if standard.activity_kind(kind).is_none() {
        let known: Vec<&str> = standard
            .activity_kinds
            .iter()
            .map(|kind| kind.key.as_str())
            .collect();
        let reason = Text {
            zh: format!("“{kind}”不是{}之一", known.join("、")),
            en: format!("`{kind}` is not one of {}", known.join(", ")),
        };
        errors.add("kind", reason);
    }
    Some(Activity {
        on: on?,
        kind: kind.to_owned(),
    })
}

fn rating(standard: &Standard, value: &Value, errors: &mut Errors) -> Option<RatingCounts> {
    let cast: &[String] = standard.rating.as_ref().map_or(&[], |rating| &rating.cast);
    let known: Vec<&str> = std::iter::once("roll")
        .chain(cast.iter().map(String::as_str))
        .collect();
    let object = errors.object(value, &known)?;
    let roll = errors.count(object, "roll");
    let mut answers = BTreeMap::new();
    for answer in cast {
        if let Some(count) = errors.count(object, answer) {
            answers.insert(answer.clone(), count);
        }
    }
    let ballots: u64 = answers.values().sum();
    if let Some(roll) = roll
        && ballots > roll
    {
        let reason = Text {
            zh: format!("票数 {ballots} 多于应参评人数 {roll}，不可能"),
            en: format!("{ballots} ballots are more than the roll ({roll}), which is impossible"),
        };
        errors.add("roll", reason);
    }
    Some(RatingCounts { roll, answers })
}

fn held_title(standard: &Standard, value: &Value, errors: &mut Errors) -> Option<HeldTitle> {
    let object = errors.object(value, &["title", "year", "level", "reconfirmed"])?;
    errors.required(object, "title");
    errors.required(object, "year");
    let title = errors.text(object, "title");
    if let Some(title) = title
        && standard.title(title).is_none()
    {
        let known: Vec<&str> = standard
            .titles
            .iter()
            .map(|title| title.key.as_str())
            .collect();
        let reason = Text {
            zh: format!("“{title}”不是{}之一", known.join("、")),
            en: format!("`{title}` is not one of {}", known.join(", ")),
        };
        errors.add("title", reason);
    }
    let year = errors.year(object, "year");
    let level: Option<HonourLevel> = errors.keyed(object, "level");
    let reconfirmed = match object.get("reconfirmed") {
        None => false,
        Some(Value::Bool(truth)) => *truth,
        Some(_) => {
            errors.wrong("reconfirmed", "应为是或否", "must be true or false");
            false
        }
    };
    Some(HeldTitle {
        title: title?.to_owned(),
        year: year?,
        level,
        reconfirmed,
    })
}

fn veto(standard: &Standard, value: &Value, errors: &mut Errors) -> Option<VetoState> {
    let object = errors.object(value, &["clause", "year"])?;
    errors.required(object, "clause");
    errors.required(object, "year");
    let year = errors.year(object, "year");
    let clause = errors.text(object, "clause")?;
    if standard.veto(clause).is_none() {
        let reason = Text {
            zh: format!("“{clause}”不是一票否决的条款"),
            en: format!("`{clause}` is not a veto clause of this standard"),
        };
        errors.add("clause", reason);
    }
    Some(VetoState {
        clause: clause.to_owned(),
        year: year?,
    })
}

fn subordinates(standard: &Standard, value: &Value, errors: &mut Errors) -> Option<Subordinates> {
    let mut tiers: Vec<&str> = standard
        .titles
        .iter()
        .map(|title| title.tier.as_str())
        .collect();
    tiers.sort_unstable();
    tiers.dedup();
    let known: Vec<&str> = std::iter::once("unions")
        .chain(tiers.iter().copied())
        .collect();
    let object = errors.object(value, &known)?;
    let unions = errors.count(object, "unions");
    let mut holding = BTreeMap::new();
    for tier in tiers {
        let Some(count) = errors.count(object, tier) else {
            continue;
        };
        if let Some(unions) = unions
            && count > unions
        {
            let reason = Text {
                zh: format!("{count} 多于下属工会总数 {unions}，不可能"),
                en: format!(
                    "{count} is more than the unions below ({unions}), which is impossible"
                ),
            };
            errors.add(tier, reason);
        }
        holding.insert(tier.to_owned(), count);
    }
    Some(Subordinates { unions, holding })
}
