//! Parsing one line of `judge`'s input: all mistakes are reported, each with its key.

mod errors;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::Value;

use crate::fact::{EARLIEST_DAY, Fact, FactValue, impossible};
use crate::kinds::HonourLevel;
use crate::programme::Standard;
use crate::strict_json;
use crate::subject::{
    Activity, HeldTitle, RatingCounts, Subject, Subordinates, UnionOfPerson, VetoState,
};
use crate::subject_line::errors::Errors;
use crate::text::{Lang, Text};

/// What is wrong with one key of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineError {
    /// The path of the key, such as `facts.members` or `activities[2].kind`; empty for the line as a whole.
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

/// Parses a line that is to be judged as of a day: nothing in it can have happened after that.
pub fn read(standard: &Standard, as_of: Date, line: &str) -> Result<Subject, Vec<LineError>> {
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
    match read_value(standard, as_of, &value) {
        Ok(subject) if errors.is_empty() => Ok(subject),
        Ok(_) => Err(errors),
        Err(others) => {
            errors.extend(others);
            Err(errors)
        }
    }
}

/// Parses a line given as a JSON value, as [`read`] does.
pub fn read_value(
    standard: &Standard,
    as_of: Date,
    value: &Value,
) -> Result<Subject, Vec<LineError>> {
    let subject = read_with(standard, value, FactValue::from_line)?;
    // Kept judgements were made before these were asked, so they are asked of new lines only.
    let mut errors = out_of_time(&subject, as_of);
    errors.extend(roll_above_members(standard, &subject));
    if errors.is_empty() {
        Ok(subject)
    } else {
        Err(errors)
    }
}

/// What is said to have happened after the as-of day, or before there were unions: a founding, an election or an activity.
fn out_of_time(subject: &Subject, as_of: Date) -> Vec<LineError> {
    let founded = subject.founded_on.map(|on| ("founded_on".to_owned(), on));
    let answered = subject.facts.iter().filter_map(|(key, value)| match value {
        FactValue::Date(on) => Some((format!("facts.{key}"), *on)),
        _ => None,
    });
    let activities = subject.activities.iter().flatten().enumerate();
    let held = activities.map(|(place, activity)| (format!("activities[{place}].on"), activity.on));
    founded
        .into_iter()
        .chain(answered)
        .chain(held)
        .filter(|(_, on)| *on > as_of || *on < EARLIEST_DAY)
        .take(errors::LIMIT)
        .map(|(key, on)| LineError {
            key,
            reason: if on > as_of {
                Text {
                    zh: format!("{on} 在截止日 {as_of} 之后，那天还不可能发生：请核对日期，或改截止日"),
                    en: format!(
                        "{on} is after the as-of day, {as_of}, when it can't have happened: check the day, or judge as of a later one"
                    ),
                }
            } else {
                Text {
                    zh: format!("{on} 太早，早于 {EARLIEST_DAY}：请核对日期"),
                    en: format!(
                        "{on} is before {EARLIEST_DAY}: check the day"
                    ),
                }
            },
        })
        .collect()
}

/// More who may vote than there are members.
fn roll_above_members(standard: &Standard, subject: &Subject) -> Option<LineError> {
    let rules = standard.rating.as_ref()?.roll.as_ref()?;
    let (roll, members) = (subject.rating.as_ref()?.roll?, rules.members_of(subject)?);
    (roll > members).then(|| LineError {
        key: "rating.roll".to_owned(),
        reason: Text {
            zh: format!("应投人数 {roll} 多于会员人数 {members}（{}），不可能：请核对两个数", rules.members),
            en: format!("the roll ({roll}) is more than the members ({members} in `facts.{}`), which is impossible: check both numbers", rules.members),
        },
    })
}

/// Parses a subject that was stored with its judgement. Early ones have numeric choices as texts, and must stay readable.
pub fn read_kept(standard: &Standard, value: &Value) -> Result<Subject, Vec<LineError>> {
    read_with(standard, value, FactValue::from_json)
}

/// How an answer is read.
type ReadAnswer = fn(&Fact, &Value) -> Result<FactValue, Text>;

fn read_with(
    standard: &Standard,
    value: &Value,
    read_answer: ReadAnswer,
) -> Result<Subject, Vec<LineError>> {
    let mut errors = Errors::default();
    let subject = subject(standard, value, read_answer, &mut errors);
    match subject {
        Some(subject) if errors.found.is_empty() => Ok(subject),
        _ => Err(errors.found),
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

fn subject(
    standard: &Standard,
    value: &Value,
    read_answer: ReadAnswer,
    errors: &mut Errors,
) -> Option<Subject> {
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
        .map(|value| {
            errors.within("facts".to_owned(), |errors| {
                facts(standard, value, read_answer, errors)
            })
        })
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
            union_of_person(standard, value, errors)
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

fn union_of_person(
    standard: &Standard,
    value: &Value,
    errors: &mut Errors,
) -> Option<UnionOfPerson> {
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
}

fn facts(
    standard: &Standard,
    value: &Value,
    read_answer: ReadAnswer,
    errors: &mut Errors,
) -> BTreeMap<String, FactValue> {
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
        match read_answer(fact, value) {
            Ok(value) => {
                facts.insert(key.clone(), value);
            }
            Err(reason) => errors.add(key, reason),
        }
    }
    for found in impossible(standard, &facts) {
        errors.add(&found.key, found.reason);
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
