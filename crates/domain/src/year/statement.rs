//! What a union (or a person) said of a year: answers are added, never overwritten, and each names its source. What holds is
//! the fold of the statements in order. "Not known yet" is an answer of its own, and never a no.

mod refusal;
pub use refusal::StatementRefusal;

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use serde_json::Value;

use jianjia_standard::{
    fact::{EARLIEST_DAY, Fact, FactKind, FactValue, impossible},
    programme::Standard,
    text::{Lang, Text},
};

use crate::core::{
    ids::{AccountId, PersonId, StatementId, UnitId},
    refusal::Refusal,
};

jianjia_standard::keyed! {
    /// Where an answer comes from.
    pub enum Source {
        /// Said by the union itself.
        Union = "union" / "工会填报",
        /// Last year's answer, confirmed.
        Carried = "carried" / "确认与去年相同",
        Import = "import" / "表格导入",
        Reviewer = "reviewer" / "审核核实",
        /// Taken over from the register.
        Register = "register" / "采用登记信息",
    }
}

/// One saying: only what changed. A value of `null` says that the answer is not known (any more).
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    pub id: StatementId,
    pub unit: UnitId,
    pub unit_path: String,
    pub person: Option<PersonId>,
    pub year: i16,
    pub source: Source,
    pub facts: BTreeMap<String, Value>,
    pub said_by: Option<AccountId>,
    pub said_by_name: String,
    pub said_at: Timestamp,
    /// Makes the second submit of the same form harmless.
    pub request_key: Option<String>,
}

/// The newest answer to one question, with where it comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    /// `Null`: said to be not known yet.
    pub value: Value,
    pub statement: StatementId,
    pub source: Source,
    pub by: String,
    pub at: Timestamp,
}

impl Said {
    /// The answer, if it is known and still one that the standard understands.
    pub fn known(&self, fact: &Fact) -> Option<FactValue> {
        FactValue::from_json(fact, &self.value).ok()
    }
}

/// What holds of a year: by the key of the fact.
pub type Facts = BTreeMap<String, Said>;

/// The newest answer to every question.
pub fn fold<'a>(statements: impl IntoIterator<Item = &'a Statement>) -> Facts {
    let mut facts = Facts::new();
    for statement in statements {
        for (key, value) in &statement.facts {
            facts.insert(key.clone(), said(statement, value));
        }
    }
    facts
}

/// Every answer ever given to one question, newest first.
pub fn history(statements: &[Statement], key: &str) -> Vec<Said> {
    statements
        .iter()
        .rev()
        .filter_map(|statement| Some(said(statement, statement.facts.get(key)?)))
        .collect()
}

/// The known answers, typed as the standard types them.
pub fn known(standard: &Standard, facts: &Facts) -> BTreeMap<String, FactValue> {
    standard
        .facts
        .iter()
        .filter_map(|fact| Some((fact.key.clone(), facts.get(&fact.key)?.known(fact)?)))
        .collect()
}

/// Whether a value claims something that a document could show: neither a no nor none.
pub fn claims(value: &FactValue) -> bool {
    !matches!(
        value,
        FactValue::Truth(false) | FactValue::Number(0) | FactValue::Money(0)
    )
}

/// An answer in words: `是`, `190 人`, `2016-05-20`.
pub fn words(fact: &Fact, value: &FactValue, lang: Lang) -> String {
    match (value, lang) {
        (FactValue::Truth(true), Lang::Zh) => "是".to_owned(),
        (FactValue::Truth(false), Lang::Zh) => "否".to_owned(),
        (FactValue::Truth(true), Lang::En) => "Yes".to_owned(),
        (FactValue::Truth(false), Lang::En) => "No".to_owned(),
        _ => match &fact.unit {
            Some(unit) => format!("{value} {}", unit.get(lang)),
            None => value.to_string(),
        },
    }
}

/// An answer as a form's field holds it: `190`, `true`, `unknown`; empty where nothing was said.
pub fn form_words(said: Option<&Said>) -> String {
    match said.map(|said| &said.value) {
        None => String::new(),
        Some(Value::Null) => "unknown".to_owned(),
        Some(Value::String(words)) => words.clone(),
        Some(value) => value.to_string(),
    }
}

/// An answer that the system can offer to confirm.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    pub value: FactValue,
    /// `Carried` (last year's) or `Register`.
    pub source: Source,
}

/// Which offers are confirmed along with what was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Confirm {
    #[default]
    None,
    One(String),
    /// Of all questions of the form that have no answer yet.
    All,
}

/// What a form of the sheet brings.
#[derive(Clone, Debug)]
pub struct Saying<'a> {
    pub standard: &'a Standard,
    /// Where what was typed comes from.
    pub source: Source,
    /// The questions of the form.
    pub asked: &'a [&'a Fact],
    /// What holds now.
    pub now: &'a Facts,
    /// What held when the form was made.
    pub seen: &'a Facts,
    /// What was typed, by fact; empty is no answer, `unknown` says that it is not known.
    pub typed: &'a BTreeMap<String, String>,
    pub offers: &'a BTreeMap<String, Offer>,
    pub confirm: &'a Confirm,
    /// Nothing that is said to have happened lies after it.
    pub today: Date,
}

/// What is to be said, by source.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    pub by_source: Vec<(Source, BTreeMap<String, Value>)>,
}

impl Changes {
    pub fn is_empty(&self) -> bool {
        self.by_source.iter().all(|(_, facts)| facts.is_empty())
    }

    fn add(&mut self, source: Source, key: &str, value: Value) {
        let at = match self
            .by_source
            .iter()
            .position(|(known, _)| *known == source)
        {
            Some(at) => at,
            None => {
                self.by_source.push((source, BTreeMap::new()));
                self.by_source.len() - 1
            }
        };
        self.by_source[at].1.insert(key.to_owned(), value);
    }

    fn get(&self, key: &str) -> Option<&Value> {
        self.by_source.iter().find_map(|(_, facts)| facts.get(key))
    }
}

/// What changes, or every field that can't be taken. One wrong field and nothing is said.
///
/// # Errors
/// By the fact's key: `NotUnderstood` when it is no answer, `Overtaken` when somebody answered otherwise since the form was made,
/// `Impossible` when it contradicts another answer.
pub fn say(saying: &Saying<'_>) -> Result<Changes, Refusal> {
    let mut changes = Changes::default();
    let mut refused: Vec<(String, Refusal)> = Vec::new();
    for fact in saying.asked {
        let key = fact.key.as_str();
        if let Some(offer) = confirmed(saying, key) {
            changes.add(offer.source, key, offer.value.to_json());
            continue;
        }
        match typed(fact, saying) {
            Err(refusal) => refused.push((key.to_owned(), refusal.into())),
            Ok(Some(value)) => match overtaken(fact, saying, &value) {
                Some(refusal) => refused.push((key.to_owned(), refusal.into())),
                None => changes.add(saying.source, key, value),
            },
            Ok(None) => {}
        }
    }
    refused.extend(contradictions(saying, &changes));
    if refused.is_empty() {
        Ok(changes)
    } else {
        Err(Refusal::Fields(refused))
    }
}

/// The years whose sheet can be filled in on a day of `this_year`: this year's and the last, from the year before the
/// programme on (so that there is something to compare with).
///
/// # Errors
/// `YearClosed`, with the years that are open.
pub fn open_year(standard: &Standard, year: i16, this_year: i16) -> Result<(), StatementRefusal> {
    let first = (standard.programme.first_year - 1).max(this_year - 1);
    if (first..=this_year).contains(&year) {
        Ok(())
    } else {
        Err(StatementRefusal::YearClosed {
            year,
            first,
            last: this_year,
        })
    }
}

fn said(statement: &Statement, value: &Value) -> Said {
    Said {
        value: value.clone(),
        statement: statement.id,
        source: statement.source,
        by: statement.said_by_name.clone(),
        at: statement.said_at,
    }
}

fn confirmed<'a>(saying: &'a Saying<'_>, key: &str) -> Option<&'a Offer> {
    let offer = saying.offers.get(key)?;
    let has_answer = saying
        .now
        .get(key)
        .is_some_and(|said| !said.value.is_null());
    let was_typed = saying
        .typed
        .get(key)
        .is_some_and(|words| !words.trim().is_empty());
    match saying.confirm {
        Confirm::None => None,
        Confirm::One(one) => (one == key).then_some(offer),
        Confirm::All => (!has_answer && !was_typed).then_some(offer),
    }
}

/// The new answer, if what was typed differs from what the form showed.
fn typed(fact: &Fact, saying: &Saying<'_>) -> Result<Option<Value>, StatementRefusal> {
    let Some(words) = saying.typed.get(&fact.key) else {
        return Ok(None);
    };
    let seen = saying.seen.get(&fact.key).map(|said| &said.value);
    let value = match words.trim() {
        "" if seen.is_none() => return Ok(None),
        "" | "unknown" => Value::Null,
        words => {
            let value = FactValue::from_words(fact, words).map_err(|reason| {
                StatementRefusal::NotUnderstood {
                    fact: fact.name.clone(),
                    reason: refusal::explained(fact, words, reason),
                }
            })?;
            if let FactValue::Date(day) = value
                && day < EARLIEST_DAY
            {
                return Err(StatementRefusal::TooEarly {
                    fact: fact.name.clone(),
                    day,
                    today: saying.today,
                });
            }
            if let FactValue::Date(day) = value
                && day > saying.today
            {
                return Err(StatementRefusal::Ahead {
                    fact: fact.name.clone(),
                    day,
                    today: saying.today,
                });
            }
            value.to_json()
        }
    };
    Ok((seen != Some(&value)).then_some(value))
}

fn overtaken(fact: &Fact, saying: &Saying<'_>, value: &Value) -> Option<StatementRefusal> {
    let now = saying.now.get(&fact.key)?;
    let seen = saying.seen.get(&fact.key).map(|said| said.statement);
    if Some(now.statement) == seen || now.value == *value {
        return None;
    }
    Some(StatementRefusal::Overtaken {
        fact: fact.name.clone(),
        theirs: in_words(fact, &now.value),
        by: now.by.clone(),
        at: now.at,
        yours: in_words(fact, value),
    })
}

/// Numbers that can't both be right; told at the field of this form that changed.
fn contradictions(saying: &Saying<'_>, changes: &Changes) -> Vec<(String, Refusal)> {
    let mut all = known(saying.standard, saying.now);
    for (_, facts) in &changes.by_source {
        for (key, value) in facts {
            let read = saying
                .standard
                .fact(key)
                .and_then(|fact| FactValue::from_json(fact, value).ok());
            match read {
                Some(value) => all.insert(key.clone(), value),
                None => all.remove(key),
            };
        }
    }
    impossible(saying.standard, &all)
        .into_iter()
        .filter_map(|found| {
            let at = [Some(found.key), found.limit]
                .into_iter()
                .flatten()
                .find(|key| changes.get(key).is_some())?;
            let reason = found.reason;
            Some((at, StatementRefusal::Impossible { reason }.into()))
        })
        .collect()
}

fn in_words(fact: &Fact, value: &Value) -> Text {
    match FactValue::from_json(fact, value) {
        Ok(value) => Text {
            zh: words(fact, &value, Lang::Zh),
            en: words(fact, &value, Lang::En),
        },
        Err(_) => Text {
            zh: "还不清楚".to_owned(),
            en: "not known yet".to_owned(),
        },
    }
}

/// Whether the answer to a question is typed in a box (a number, an amount, a day) rather than chosen.
pub fn is_typed(fact: &Fact) -> bool {
    matches!(
        fact.kind,
        FactKind::Count | FactKind::Money | FactKind::Date | FactKind::Level
    )
}
