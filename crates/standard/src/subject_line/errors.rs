//! The mistakes of a line, collected while it is parsed.

use std::str::FromStr;

use jiff::civil::Date;
use serde_json::{Map, Value};

use crate::excerpt::excerpt;
use crate::fact::reading::{parsed_day, whole};
use crate::keyed::UnknownKey;
use crate::mistyped::{Wanted, mistyped, root};
use crate::spelling::closest;
use crate::subject_line::LineError;
use crate::text::Text;

/// The most mistakes of a line that are reported one by one.
pub(crate) const LIMIT: usize = 100;
/// So many keys are listed where another stands.
const FEW: usize = 16;
/// The most characters of a key or a sentence, which repeat what is in the line.
const LENGTH: usize = 300;

/// The mistakes so far, and the path being parsed.
#[derive(Default)]
pub(crate) struct Errors {
    path: Vec<String>,
    pub(crate) found: Vec<LineError>,
}

impl Errors {
    pub(crate) fn add(&mut self, key: &str, reason: Text) {
        if self.is_full() {
            return;
        }
        if self.found.len() == LIMIT {
            self.found.push(LineError {
                key: String::new(),
                reason: Text {
                    zh: "还有更多错误，没有一一列出：请先改正这些".to_owned(),
                    en: "there are more mistakes, which are not told: mend these first".to_owned(),
                },
            });
            return;
        }
        let mut path = self.path.join("");
        if !key.is_empty() {
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(key);
        }
        self.found.push(LineError {
            key: shortened(path),
            reason: Text {
                zh: shortened(reason.zh),
                en: shortened(reason.en),
            },
        });
    }

    /// Whether no more mistakes are reported.
    fn is_full(&self) -> bool {
        self.found.len() > LIMIT
    }

    /// A value that is not of the type of its place.
    pub(crate) fn mistyped(&mut self, key: &str, found: &Value, wanted: Wanted<'_>) {
        self.add(key, mistyped(found, wanted));
    }

    /// Parses a value one step deeper in the line.
    pub(crate) fn within<T>(&mut self, step: String, read: impl FnOnce(&mut Errors) -> T) -> T {
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

    pub(crate) fn object<'a>(
        &mut self,
        value: &'a Value,
        known: &[&str],
    ) -> Option<&'a Map<String, Value>> {
        self.object_meaning(value, known, |_| None)
    }

    /// An object; an unknown key may mean something else than one that is spelt like it.
    pub(crate) fn object_meaning<'a>(
        &mut self,
        value: &'a Value,
        known: &[&str],
        meaning: impl Fn(&str) -> Option<String>,
    ) -> Option<&'a Map<String, Value>> {
        let Value::Object(object) = value else {
            let reason = if self.path.is_empty() {
                root(value)
            } else {
                mistyped(value, Wanted::Object)
            };
            self.add("", reason);
            return None;
        };
        for key in object.keys() {
            if !known.contains(&key.as_str()) {
                self.unknown(key, known, meaning(key));
            }
        }
        Some(object)
    }

    /// A key that is not known, with what it means or is likely to be.
    pub(crate) fn unknown(&mut self, key: &str, known: &[&str], meant: Option<String>) {
        if self.is_full() {
            return;
        }
        let meant = meant.or_else(|| closest(key, known.iter().copied()).map(str::to_owned));
        let reason = match meant {
            Some(meant) => Text {
                zh: format!("未知的键，是不是“{meant}”？"),
                en: format!("unknown key, did you mean `{meant}`?"),
            },
            None if known.len() <= FEW => Text {
                zh: format!("未知的键：请删去，这里只有 {}", known.join("、")),
                en: format!(
                    "unknown key: delete it, known here are {}",
                    known.join(", ")
                ),
            },
            None => Text {
                zh: "未知的键：请删去，或改成标准里的名称".to_owned(),
                en: "unknown key: delete it, or write it as the standard does".to_owned(),
            },
        };
        let key = match key {
            "" => "\"\"".to_owned(),
            key => excerpt(key),
        };
        self.add(&key, reason);
    }

    /// A word that is none of those its key can have.
    pub(crate) fn none_of(&mut self, key: &str, word: &str, known: &[&str]) {
        // A code of few characters is like every other one.
        let is_code = word.chars().nth(3).is_none();
        let meant = closest(word, known.iter().copied()).filter(|_| !is_code);
        let word = excerpt(word);
        let reason = match meant {
            Some(meant) => Text {
                zh: format!("没有“{word}”，是不是“{meant}”？"),
                en: format!("`{word}` is unknown, did you mean `{meant}`?"),
            },
            None => Text {
                zh: format!("没有“{word}”：请写 {} 之一", known.join("、")),
                en: format!("`{word}` is unknown: write one of {}", known.join(", ")),
            },
        };
        self.add(key, reason);
    }

    pub(crate) fn text<'a>(
        &mut self,
        object: &'a Map<String, Value>,
        key: &str,
    ) -> Option<&'a str> {
        match object.get(key)? {
            Value::String(text) => Some(text),
            found => {
                self.mistyped(key, found, Wanted::Text);
                None
            }
        }
    }

    pub(crate) fn required(&mut self, object: &Map<String, Value>, key: &str) {
        if !object.contains_key(key) {
            let reason = Text {
                zh: "缺少：请补上".to_owned(),
                en: "is missing: add it".to_owned(),
            };
            self.add(key, reason);
        }
    }

    pub(crate) fn keyed<T: FromStr<Err = UnknownKey>>(
        &mut self,
        object: &Map<String, Value>,
        key: &str,
    ) -> Option<T> {
        let word = self.text(object, key)?;
        word.parse()
            .map_err(|unknown: UnknownKey| self.none_of(key, word, &unknown.known))
            .ok()
    }

    pub(crate) fn day(&mut self, object: &Map<String, Value>, key: &str) -> Option<Date> {
        let found = object.get(key)?;
        let day = found.as_str().and_then(parsed_day);
        if day.is_none() {
            self.mistyped(key, found, Wanted::Day);
        }
        day
    }

    pub(crate) fn count(&mut self, object: &Map<String, Value>, key: &str) -> Option<u64> {
        let found = object.get(key)?;
        let count = match found {
            Value::Number(number) => whole(number),
            _ => None,
        };
        if count.is_none() {
            self.mistyped(key, found, Wanted::Whole(None));
        }
        count
    }

    pub(crate) fn year(&mut self, object: &Map<String, Value>, key: &str) -> Option<i16> {
        let found = object.get(key)?;
        let year = found.as_i64().and_then(|year| i16::try_from(year).ok());
        let year = year.filter(|year| (1900..=9999).contains(year));
        if year.is_none() {
            self.mistyped(key, found, Wanted::Year);
        }
        year
    }

    pub(crate) fn list<T>(
        &mut self,
        object: &Map<String, Value>,
        key: &str,
        mut read: impl FnMut(&Value, &mut Errors) -> Option<T>,
    ) -> Option<Vec<T>> {
        let found = object.get(key)?;
        let Value::Array(items) = found else {
            self.mistyped(key, found, Wanted::List);
            return None;
        };
        self.within(key.to_owned(), |errors| {
            let read =
                |(index, item)| errors.within(format!("[{index}]"), |errors| read(item, errors));
            Some(items.iter().enumerate().filter_map(read).collect())
        })
    }
}

fn shortened(text: String) -> String {
    match text.char_indices().nth(LENGTH) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
