//! The mistakes of a line, collected while it is parsed.

use std::str::FromStr;

use jiff::civil::Date;
use serde_json::{Map, Value};

use crate::fact::reading::{day, whole};
use crate::keyed::UnknownKey;
use crate::spelling::meant;
use crate::subject_line::LineError;
use crate::text::Text;

/// The most mistakes of a line that are reported one by one.
pub(crate) const LIMIT: usize = 100;
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
                    zh: "还有更多错误，没有一一列出".to_owned(),
                    en: "there are more mistakes, which are not told".to_owned(),
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

    pub(crate) fn wrong(&mut self, key: &str, zh: &str, en: &str) {
        self.add(
            key,
            Text {
                zh: zh.to_owned(),
                en: en.to_owned(),
            },
        );
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

    pub(crate) fn unknown(&mut self, key: &str, known: &[&str]) {
        if self.is_full() {
            return;
        }
        let meant = meant(key, known.iter().copied());
        self.add(
            key,
            Text {
                zh: "未知的键".to_owned(),
                en: format!("unknown key{meant}"),
            },
        );
    }

    pub(crate) fn text<'a>(
        &mut self,
        object: &'a Map<String, Value>,
        key: &str,
    ) -> Option<&'a str> {
        match object.get(key)? {
            Value::String(text) => Some(text),
            _ => {
                self.wrong(key, "应为文字", "must be a text");
                None
            }
        }
    }

    pub(crate) fn required(&mut self, object: &Map<String, Value>, key: &str) {
        if !object.contains_key(key) {
            self.wrong(key, "缺少", "is missing");
        }
    }

    pub(crate) fn keyed<T: FromStr<Err = UnknownKey>>(
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

    pub(crate) fn day(&mut self, object: &Map<String, Value>, key: &str) -> Option<Date> {
        let words = self.text(object, key)?;
        day(words).map_err(|reason| self.add(key, reason)).ok()
    }

    pub(crate) fn count(&mut self, object: &Map<String, Value>, key: &str) -> Option<u64> {
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

    pub(crate) fn year(&mut self, object: &Map<String, Value>, key: &str) -> Option<i16> {
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

    pub(crate) fn list<T>(
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

fn shortened(text: String) -> String {
    match text.char_indices().nth(LENGTH) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
