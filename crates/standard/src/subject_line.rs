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
use crate::strict_json::slip::Slip;
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

/// Parses a line as it arrives, as [`read`] does.
pub fn read_bytes(
    standard: &Standard,
    as_of: Date,
    line: &[u8],
) -> Result<Subject, Vec<LineError>> {
    match std::str::from_utf8(line) {
        Ok(line) => read(standard, as_of, line),
        Err(error) => {
            let sound = String::from_utf8_lossy(&line[..error.valid_up_to()]);
            Err(vec![not_json(strict_json::not_utf8(&sound))])
        }
    }
}

/// Parses a line that is to be judged as of a day: nothing in it can have happened after that.
pub fn read(standard: &Standard, as_of: Date, line: &str) -> Result<Subject, Vec<LineError>> {
    let (value, twice) = strict_json::parse(line).map_err(|slip| vec![not_json(slip)])?;
    let twice = twice.into_iter().map(|key| LineError {
        key,
        reason: Text {
            zh: "这个键出现了不止一次：请只留一个".to_owned(),
            en: "the key is there more than once: keep one".to_owned(),
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

fn not_json(slip: Slip) -> LineError {
    LineError {
        key: slip.path,
        reason: Text {
            zh: format!("第 {} 个字符处，{}", slip.character, slip.reason.zh),
            en: format!("at character {}, {}", slip.character, slip.reason.en),
        },
    }
}
