//! JSON whose objects have unique keys: serde_json's own `Value` silently keeps the last of two.

pub(crate) mod slip;

use std::cell::RefCell;
use std::fmt::Formatter;

use serde::Deserializer;
use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::excerpt::excerpt;
use crate::strict_json::slip::Slip;
use crate::text::Text;

/// The most duplicate keys reported: a line can have very many, each with a long path.
const TWICE_LIMIT: usize = 20;

/// Parses a text; returns the value and the paths of duplicate keys.
pub(crate) fn parse(text: &str) -> Result<(Value, Vec<String>), Slip> {
    strict(text).map_err(|error| slip::find(text, &error))
}

/// What is told of bytes that are no UTF-8, behind a text that is.
pub(crate) fn not_utf8(before: &str) -> Slip {
    let reason = Text {
        zh: "不是 UTF-8 编码，可能是 GBK：请把文件另存为 UTF-8".to_owned(),
        en: "a byte is not UTF-8, as in a file of GBK: save it as UTF-8".to_owned(),
    };
    slip::at_end(before, reason)
}

fn strict(text: &str) -> Result<(Value, Vec<String>), serde_json::Error> {
    let twice = RefCell::default();
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = Strict {
        path: Path::Root,
        twice: &twice,
    }
    .deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok((value, twice.into_inner()))
}

/// The path of a value, formatted only when needed.
#[derive(Clone, Copy)]
enum Path<'a> {
    Root,
    Key(&'a Path<'a>, &'a str),
    Item(&'a Path<'a>, usize),
}

impl std::fmt::Display for Path<'_> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> std::fmt::Result {
        match self {
            Path::Root => Ok(()),
            Path::Key(above, key) => {
                let dot = if matches!(above, Path::Root) { "" } else { "." };
                write!(formatter, "{above}{dot}{}", excerpt(key))
            }
            Path::Item(above, index) => write!(formatter, "{above}[{index}]"),
        }
    }
}

struct Strict<'a> {
    path: Path<'a>,
    twice: &'a RefCell<Vec<String>>,
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("any JSON value")
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Value, E> {
        Ok(Value::Bool(truth))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::from(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::from(number))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Number::from_f64(number).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::from(text))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::String(text))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        loop {
            let seed = Strict {
                path: Path::Item(&self.path, list.len()),
                twice: self.twice,
            };
            match items.next_element_seed(seed)? {
                Some(item) => list.push(item),
                None => return Ok(Value::Array(list)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            let path = Path::Key(&self.path, &key);
            let value = entries.next_value_seed(Strict {
                path,
                twice: self.twice,
            })?;
            if object.contains_key(&key) {
                let mut twice = self.twice.borrow_mut();
                if twice.len() < TWICE_LIMIT {
                    let path = path.to_string();
                    if !twice.contains(&path) {
                        twice.push(path);
                    }
                }
            }
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}
