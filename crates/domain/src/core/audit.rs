//! The trail: one line an act, written in the act's own transaction, sealed later in a hash chain. What a line says is one of the words of
//! `deed` (what was done) and `object` (on what).

pub mod deed;
pub mod object;

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use crate::core::{
    audit::{deed::Deed, object::Noun},
    ids::{AuditId, UnitId},
};

/// One line of the trail. `detail` is what the act was given or changed, as JSON without personal data beyond need.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AuditLine {
    pub id: AuditId,
    pub at: Timestamp,
    /// Account id and name as text; empty for the calendar and the command line.
    pub account_id: String,
    pub account_name: String,
    pub act: Written<Deed>,
    pub noun: Written<Noun>,
    pub noun_id: String,
    pub unit_id: Option<UnitId>,
    pub unit_path: String,
    pub detail: serde_json::Value,
}

/// A word as a line has it. Lines are kept for ever, so another version may have written words that this one doesn't know; whoever writes a
/// line has a `Known` one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Written<T> {
    Known(T),
    /// By its text.
    Foreign(String),
}

impl<T: FromStr> Written<T> {
    /// The word that stands in the table.
    pub fn read(text: String) -> Written<T> {
        text.parse()
            .map_or_else(|_| Written::Foreign(text), Written::Known)
    }
}

impl<T> From<T> for Written<T> {
    fn from(word: T) -> Written<T> {
        Written::Known(word)
    }
}

/// Exactly the text that was read: the chain's hashes are over it.
impl<T: fmt::Display> fmt::Display for Written<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Written::Known(word) => word.fmt(formatter),
            Written::Foreign(text) => formatter.write_str(text),
        }
    }
}

impl<T: fmt::Display> Serialize for Written<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_another_version_stays_as_it_was_written() {
        let words = ["rename-unit", "rename-union", ""];
        let read = words.map(|word| Written::<Deed>::read(word.to_owned()));
        assert_eq!(
            read,
            [
                Written::Known(Deed::RenameUnit),
                Written::Foreign("rename-union".to_owned()),
                Written::Foreign(String::new()),
            ]
        );
        assert_eq!(read.map(|word| word.to_string()), words);
    }
}
