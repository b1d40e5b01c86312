//! Reading TOML tables with spans: mistakes are recorded in a ledger, and reading goes on.

use std::cell::RefCell;
use std::str::FromStr;

use jiff::civil::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::keyed::UnknownKey;
use crate::load::Mistake;
use crate::load::mending::Losses;
use crate::spelling::{closest, meant, sentence};
use crate::text::Text;

/// The mistakes found in one file.
pub(crate) struct Ledger<'a> {
    file: &'static str,
    text: &'a str,
    mistakes: RefCell<Vec<Mistake>>,
    losses: Losses,
}

impl<'a> Ledger<'a> {
    pub(crate) fn new(file: &'static str, text: &'a str) -> Ledger<'a> {
        Ledger {
            file,
            text,
            mistakes: RefCell::default(),
            losses: Losses::default(),
        }
    }

    /// From here on, mistakes about a table as a whole are not recorded if a part of the table was lost.
    pub(crate) fn suppressing(mut self, losses: Losses) -> Ledger<'a> {
        self.losses = losses;
        self
    }

    /// Records a mistake at an offset of the file.
    pub(crate) fn add(&self, at: usize, message: impl Into<String>) {
        if self.losses.table_at(at) {
            return;
        }
        let at = self.text.floor_char_boundary(at.min(self.text.len()));
        let before = &self.text[..at];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        self.mistakes.borrow_mut().push(Mistake {
            file: self.file.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            message: message.into(),
        });
    }

    pub(crate) fn into_mistakes(self) -> Vec<Mistake> {
        self.mistakes.into_inner()
    }
}

/// A word with its offset, for messages about what it refers to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Spelled {
    pub(crate) word: String,
    pub(crate) at: usize,
}

/// A table being read. [`Section::finish`] reports the keys that were not read.
pub(crate) struct Section<'a> {
    pub(crate) ledger: &'a Ledger<'a>,
    pub(crate) at: usize,
    name: String,
    table: &'a DeTable<'a>,
    asked: RefCell<Vec<&'static str>>,
    missing: RefCell<Vec<&'static str>>,
}

impl<'a> Section<'a> {
    pub(crate) fn root(ledger: &'a Ledger<'a>, table: &'a DeTable<'a>) -> Section<'a> {
        Section {
            ledger,
            at: 0,
            name: "the file".to_owned(),
            table,
            asked: RefCell::default(),
            missing: RefCell::default(),
        }
    }

    /// A value read as a table.
    pub(crate) fn of(
        ledger: &'a Ledger<'a>,
        name: &str,
        value: &'a Spanned<DeValue<'a>>,
    ) -> Option<Section<'a>> {
        let at = value.span().start;
        match value.get_ref() {
            DeValue::Table(table) => Some(Section {
                ledger,
                at,
                name: name.to_owned(),
                table,
                asked: RefCell::default(),
                missing: RefCell::default(),
            }),
            other => {
                ledger.add(
                    at,
                    format!("`{name}` must be a table, not {}", type_name(other)),
                );
                None
            }
        }
    }

    /// Whether no part of the table was lost to a syntax error.
    pub(crate) fn is_whole(&self) -> bool {
        !self.ledger.losses.table_at(self.at)
    }

    pub(crate) fn value(&self, key: &'static str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.asked.borrow_mut().push(key);
        self.table.get(key)
    }

    pub(crate) fn required(&self, key: &'static str) -> Option<&'a Spanned<DeValue<'a>>> {
        let value = self.value(key);
        if value.is_none() {
            self.missing.borrow_mut().push(key);
        }
        value
    }

    pub(crate) fn wrong_type(&self, key: &str, value: &Spanned<DeValue<'_>>, wanted: &str) {
        let found = type_name(value.get_ref());
        self.ledger.add(
            value.span().start,
            format!("`{key}` must be {wanted}, not {found}"),
        );
    }

    pub(crate) fn maybe_spelled(&self, key: &'static str) -> Option<Spelled> {
        let value = self.value(key)?;
        let spelled = spelled(value);
        if spelled.is_none() {
            self.wrong_type(key, value, "a text in quotes");
        }
        spelled
    }

    pub(crate) fn spelled(&self, key: &'static str) -> Option<Spelled> {
        self.required(key)?;
        self.maybe_spelled(key)
    }

    pub(crate) fn string(&self, key: &'static str) -> String {
        self.spelled(key).unwrap_or_default().word
    }

    pub(crate) fn maybe_string(&self, key: &'static str) -> Option<String> {
        self.maybe_spelled(key).map(|spelled| spelled.word)
    }

    /// An array of texts; empty if the key is absent.
    pub(crate) fn strings(&self, key: &'static str) -> Vec<Spelled> {
        let Some(value) = self.value(key) else {
            return Vec::new();
        };
        let DeValue::Array(array) = value.get_ref() else {
            self.wrong_type(key, value, "a list of texts in quotes");
            return Vec::new();
        };
        let mut words = Vec::new();
        for item in array.iter() {
            match spelled(item) {
                Some(spelled) => words.push(spelled),
                None => self.wrong_type(key, item, "a list of texts in quotes"),
            }
        }
        words
    }

    pub(crate) fn maybe_text(&self, key: &'static str) -> Option<Text> {
        let section = Section::of(self.ledger, key, self.value(key)?)?;
        Some(section.into_text())
    }

    pub(crate) fn text(&self, key: &'static str) -> Text {
        self.required(key);
        self.maybe_text(key).unwrap_or_default()
    }

    /// An array of bilingual texts; empty if the key is absent.
    pub(crate) fn texts(&self, key: &'static str) -> Vec<Text> {
        self.sections(key)
            .into_iter()
            .map(Section::into_text)
            .collect()
    }

    fn into_text(self) -> Text {
        let text = Text {
            zh: self.string("zh"),
            en: self.string("en"),
        };
        self.finish();
        text
    }

    pub(crate) fn maybe_number(&self, key: &'static str) -> Option<u64> {
        let value = self.value(key)?;
        let number = number(value);
        if number.is_none() {
            self.wrong_type(key, value, "a whole number, not negative");
        }
        number
    }

    pub(crate) fn number(&self, key: &'static str) -> u64 {
        self.required(key);
        self.maybe_number(key).unwrap_or(0)
    }

    pub(crate) fn year(&self, key: &'static str) -> i16 {
        let Some(value) = self.required(key) else {
            return 0;
        };
        match number(value).and_then(|number| i16::try_from(number).ok()) {
            Some(year) if (1900..=9000).contains(&year) => year,
            _ => {
                self.wrong_type(key, value, "a year such as 2016");
                0
            }
        }
    }

    /// A truth value, or `default` if the key is absent.
    pub(crate) fn truth(&self, key: &'static str, default: bool) -> bool {
        let Some(value) = self.value(key) else {
            return default;
        };
        match value.get_ref() {
            DeValue::Boolean(truth) => *truth,
            _ => {
                self.wrong_type(key, value, "true or false");
                default
            }
        }
    }

    pub(crate) fn date(&self, key: &'static str) -> Date {
        let Some(value) = self.required(key) else {
            return Date::MIN;
        };
        date(value).unwrap_or_else(|| {
            self.wrong_type(key, value, "a day such as 2016-01-01");
            Date::MIN
        })
    }

    /// A key of a closed set.
    pub(crate) fn maybe_keyed<T: FromStr<Err = UnknownKey>>(&self, key: &'static str) -> Option<T> {
        let spelled = self.maybe_spelled(key)?;
        self.parse_keyed(key, &spelled)
    }

    pub(crate) fn keyed<T: FromStr<Err = UnknownKey>>(&self, key: &'static str) -> Option<T> {
        self.required(key)?;
        self.maybe_keyed(key)
    }

    /// A list of keys of a closed set; empty if the key is absent.
    pub(crate) fn keyed_list<T: FromStr<Err = UnknownKey>>(&self, key: &'static str) -> Vec<T> {
        let spelled = self.strings(key);
        spelled
            .iter()
            .filter_map(|spelled| self.parse_keyed(key, spelled))
            .collect()
    }

    fn parse_keyed<T: FromStr<Err = UnknownKey>>(&self, key: &str, spelled: &Spelled) -> Option<T> {
        match spelled.word.parse() {
            Ok(member) => Some(member),
            Err(unknown) => {
                let meant = meant(&unknown.found, unknown.known.iter().copied());
                self.ledger
                    .add(spelled.at, format!("`{key}`: {unknown}{meant}"));
                None
            }
        }
    }

    pub(crate) fn section(&self, key: &'static str) -> Option<Section<'a>> {
        Section::of(self.ledger, key, self.value(key)?)
    }

    /// An array of tables; empty if the key is absent.
    pub(crate) fn sections(&self, key: &'static str) -> Vec<Section<'a>> {
        let Some(value) = self.value(key) else {
            return Vec::new();
        };
        let DeValue::Array(array) = value.get_ref() else {
            self.wrong_type(key, value, "a list of tables");
            return Vec::new();
        };
        array
            .iter()
            .filter_map(|item| Section::of(self.ledger, key, item))
            .collect()
    }

    /// The keys of the table, with their offsets.
    pub(crate) fn keys(&self) -> Vec<Spelled> {
        let spell = |key: &Spanned<_>| Spelled {
            word: String::from(AsRef::<str>::as_ref(key.get_ref())),
            at: key.span().start,
        };
        self.table
            .keys()
            .map(|key: &Spanned<std::borrow::Cow<'_, str>>| spell(key))
            .collect()
    }

    /// Reports every key that was not read, and every required key that is missing; a key that is likely a misspelt required one is reported once.
    pub(crate) fn finish(self) {
        let asked = self.asked.borrow();
        let mut missing = self.missing.borrow_mut();
        for key in self.keys() {
            if asked.contains(&key.word.as_str()) {
                continue;
            }
            let found = closest(&key.word, missing.iter().chain(asked.iter()).copied());
            missing.retain(|missing| Some(*missing) != found);
            let meant = sentence(found);
            self.ledger.add(
                key.at,
                format!("unknown key `{}` in {}{meant}", key.word, self.name),
            );
        }
        for key in missing.iter() {
            self.ledger
                .add(self.at, format!("`{key}` is missing in {}", self.name));
        }
    }
}

pub(crate) fn spelled(value: &Spanned<DeValue<'_>>) -> Option<Spelled> {
    match value.get_ref() {
        DeValue::String(word) => Some(Spelled {
            word: word.to_string(),
            at: value.span().start,
        }),
        _ => None,
    }
}

pub(crate) fn number(value: &Spanned<DeValue<'_>>) -> Option<u64> {
    match value.get_ref() {
        DeValue::Integer(integer) => u64::from_str_radix(integer.as_str(), integer.radix()).ok(),
        _ => None,
    }
}

pub(crate) fn date(value: &Spanned<DeValue<'_>>) -> Option<Date> {
    let DeValue::Datetime(datetime) = value.get_ref() else {
        return None;
    };
    let (None, None, Some(date)) = (datetime.time, datetime.offset, datetime.date) else {
        return None;
    };
    Date::new(
        i16::try_from(date.year).ok()?,
        i8::try_from(date.month).ok()?,
        i8::try_from(date.day).ok()?,
    )
    .ok()
}

pub(crate) fn type_name(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a decimal number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a day or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
