//! Checking a line against its schema: as much of JSON Schema as the archive's schemas use.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use serde_json::{Map, Value};

/// What a line has to be.
pub(super) struct Shape {
    properties: BTreeMap<String, Property>,
    required: Vec<String>,
}

struct Property {
    /// Of none: anything.
    types: Vec<String>,
    format: String,
}

impl Shape {
    /// None if it is no schema of this form.
    pub(super) fn read(schema: &Value) -> Option<Shape> {
        let words = |value: &Value| -> Option<Vec<String>> {
            match value {
                Value::Null => Some(Vec::new()),
                Value::String(word) => Some(vec![word.clone()]),
                Value::Array(words) => words
                    .iter()
                    .map(|word| word.as_str().map(str::to_owned))
                    .collect(),
                _ => None,
            }
        };
        let properties = schema["properties"].as_object()?;
        let properties = properties.iter().map(|(name, property)| {
            let property = Property {
                types: words(&property["type"])?,
                format: property["format"].as_str().unwrap_or_default().to_owned(),
            };
            Some((name.clone(), property))
        });
        Some(Shape {
            properties: properties.collect::<Option<_>>()?,
            required: words(&schema["required"])?,
        })
    }

    /// What is wrong with a line, without its place.
    pub(super) fn fault(&self, line: &Map<String, Value>) -> Option<String> {
        if let Some(missing) = self.required.iter().find(|name| !line.contains_key(*name)) {
            return Some(format!("没有 {missing}"));
        }
        line.iter().find_map(|(name, value)| {
            let Some(property) = self.properties.get(name) else {
                return Some(format!("多出了 {name}"));
            };
            let is_of_a_type =
                property.types.is_empty() || property.types.iter().any(|word| is(word, value));
            if !is_of_a_type {
                return Some(format!("{name} 应当是 {}", property.types.join(" 或 ")));
            }
            let is_in_form = match (property.format.as_str(), value.as_str()) {
                ("date", Some(text)) => text.parse::<Date>().is_ok(),
                ("date-time", Some(text)) => text.parse::<Timestamp>().is_ok(),
                _ => true,
            };
            (!is_in_form).then(|| format!("{name} 不是日期或时刻"))
        })
    }
}

fn is(word: &str, value: &Value) -> bool {
    match word {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "object" => value.is_object(),
        "array" => value.is_array(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use jianjia_store::exchange::archive::noun::noun;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_line_is_what_its_schema_says_or_is_told_with_the_field() {
        let shape = Shape::read(&noun("quota").unwrap().schema()).unwrap();
        let line = json!({
            "title": "trusted-home", "unit_id": "u", "year": 2016, "places": 3, "returned": 0, "moved": 0, "closed_at": null,
        });
        let fault = |change: &dyn Fn(&mut Map<String, Value>)| {
            let mut line = line.as_object().unwrap().clone();
            change(&mut line);
            shape.fault(&line)
        };
        assert_eq!(fault(&|_| {}), None);
        let told = |words: &str| Some(words.to_owned());
        assert_eq!(
            fault(&|line| drop(line.remove("places"))),
            told("没有 places")
        );
        assert_eq!(
            fault(&|line| line["places"] = json!("3")),
            told("places 应当是 integer")
        );
        assert_eq!(
            fault(&|line| drop(line.insert("secret".to_owned(), json!(1)))),
            told("多出了 secret")
        );
        assert_eq!(
            fault(&|line| line["closed_at"] = json!("yesterday")),
            told("closed_at 不是日期或时刻")
        );
        assert_eq!(
            fault(&|line| line["closed_at"] = json!("2016-12-01T01:00:00Z")),
            None
        );
    }
}
