//! What of the tables stands in the archive of a round: a noun is one file of lines. A table that is in none of them is named in `LEFT_OUT` with the reason.

mod before;
mod check;
mod left_out;
mod money;
mod round;
mod subsidy;

use serde_json::{Map, Value, json};

pub use self::left_out::{COLUMNS_LEFT_OUT, LEFT_OUT};

/// One file of lines: which rows of a table, and which of their columns.
#[derive(Clone, Copy, Debug)]
pub struct Noun {
    /// The file is `data/NAME.jsonl`.
    pub name: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
    pub table: &'static str,
    pub whose: Whose,
    /// `kind column column; kind column`: a kind is `text`, `number`, `truth`, `day`, `instant`, `day-of` (the day of an instant) or `json`; with `?` it may be
    /// null.
    pub columns: &'static str,
    /// Columns that no line has, besides `COLUMNS_LEFT_OUT`.
    pub out: &'static str,
    /// What a field means, where its name doesn't say it.
    pub says: &'static [(&'static str, &'static str)],
}

/// Which rows belong to the round of a year, as a condition.
#[derive(Clone, Copy, Debug)]
pub enum Whose {
    All,
    /// `$1` is the year.
    Year(&'static str),
    /// `$1` and `$2` are the first and the last day of the year.
    Days(&'static str),
    /// `$1` is the last day of the year after, in which the round ends.
    Until(&'static str),
}

/// A value of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    pub name: &'static str,
    pub kind: FieldKind,
    pub is_optional: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    Text,
    Number,
    Truth,
    Day,
    Instant,
    /// Of an instant only the day, where the hour could tell who it was.
    DayOf,
    Json,
}

/// All nouns, in the order of the areas.
pub fn nouns() -> impl Iterator<Item = &'static Noun> {
    before::NOUNS
        .iter()
        .chain(round::NOUNS)
        .chain(check::NOUNS)
        .chain(subsidy::NOUNS)
        .chain(money::NOUNS)
}

/// The noun of this name.
pub fn noun(name: &str) -> Option<&'static Noun> {
    nouns().find(|noun| noun.name == name)
}

impl Noun {
    /// The fields of a line.
    pub fn fields(&self) -> Vec<Field> {
        self.columns
            .split(';')
            .flat_map(|group| {
                let mut words = group.split_whitespace();
                let kind = words.next().unwrap_or_default();
                let (is_optional, kind) = match kind.strip_suffix('?') {
                    Some(kind) => (true, kind),
                    None => (false, kind),
                };
                let kind = FieldKind::of(kind);
                words.filter_map(move |name| {
                    Some(Field {
                        name,
                        kind: kind?,
                        is_optional,
                    })
                })
            })
            .collect()
    }

    /// The JSON Schema of a line (draft 2020-12).
    pub fn schema(&self) -> Value {
        let fields = self.fields();
        let required: Vec<&str> = fields.iter().map(|field| field.name).collect();
        let properties: Map<String, Value> = fields
            .iter()
            .map(|field| {
                let said = self.says.iter().find(|(name, _)| *name == field.name);
                let schema = field
                    .kind
                    .schema(field.is_optional, said.map(|said| said.1));
                (field.name.to_owned(), schema)
            })
            .collect();
        json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": self.name,
            "description": format!("{}. {}", self.zh, self.en),
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": false,
        })
    }
}

impl FieldKind {
    fn of(word: &str) -> Option<FieldKind> {
        Some(match word {
            "text" => FieldKind::Text,
            "number" => FieldKind::Number,
            "truth" => FieldKind::Truth,
            "day" => FieldKind::Day,
            "instant" => FieldKind::Instant,
            "day-of" => FieldKind::DayOf,
            "json" => FieldKind::Json,
            _ => return None,
        })
    }

    /// The schema of a value.
    pub fn schema(self, is_optional: bool, said: Option<&str>) -> Value {
        let (word, format) = match self {
            FieldKind::Text => ("string", None),
            FieldKind::Number => ("integer", None),
            FieldKind::Truth => ("boolean", None),
            FieldKind::Day | FieldKind::DayOf => ("string", Some("date")),
            FieldKind::Instant => ("string", Some("date-time")),
            FieldKind::Json => ("", None),
        };
        let mut schema = Map::new();
        if !word.is_empty() {
            let types = if is_optional {
                json!([word, "null"])
            } else {
                json!(word)
            };
            schema.insert("type".to_owned(), types);
        }
        if let Some(format) = format {
            schema.insert("format".to_owned(), json!(format));
        }
        if let Some(said) = said {
            schema.insert("description".to_owned(), json!(said));
        }
        schema.into()
    }
}

#[cfg(test)]
mod tests;
