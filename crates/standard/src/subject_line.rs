//! Parsing one line of `judge`'s input: all mistakes are reported, each with its key.

mod counts;
mod errors;
mod facts;
mod honours;
mod object;
mod plausible;

use jiff::civil::Date;
use serde_json::Value;

use crate::fact::{Fact, FactValue};
use crate::programme::Standard;
use crate::strict_json;
use crate::subject::Subject;
use crate::subject_line::errors::Errors;
use crate::subject_line::object::subject;
use crate::subject_line::plausible::{out_of_time, roll_above_members};
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
