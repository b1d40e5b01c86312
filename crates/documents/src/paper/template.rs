//! Templates: text with the data's values in it, which becomes the XML of a paper. Those of the program are built in; a folder of the city's replaces
//! them file by file.

use std::{collections::BTreeMap, fs, ops::Range, path::Path, sync::Arc};

use minijinja::{
    Environment, Error, ErrorKind, Output, OutputSpan, State, UndefinedBehavior, Value,
    escape_formatter, value::Serde,
};
use quick_xml::escape::escape;
use serde::Serialize;

use crate::paper::{
    fault::{Fault, Place},
    kind::KINDS,
    layout::{self, Layouts},
};

/// Steps a template may take: a table of 10,000 rows takes a fifth of them, and a loop without end is stopped within a second.
const FUEL: u64 = 5_000_000;

/// The templates, samples and layouts of a city.
pub struct Templates {
    environment: Environment<'static>,
    /// Sources by the files' names.
    sources: Arc<BTreeMap<String, Arc<str>>>,
    pub layouts: Layouts,
}

/// What a template gave.
pub struct Rendered {
    pub xml: String,
    spans: Vec<OutputSpan>,
    sources: Arc<BTreeMap<String, Arc<str>>>,
    file: String,
}

impl Templates {
    /// The built-in templates, and in their stead those of a folder.
    ///
    /// # Errors
    /// If a file can't be read, a template has a mistake of syntax, or the layouts are wrong.
    pub fn open(folder: Option<&Path>) -> Result<Templates, Fault> {
        let mut sources: BTreeMap<String, Arc<str>> = BTreeMap::new();
        sources.insert(layout::FILE.to_owned(), LAYOUTS.into());
        for kind in KINDS {
            sources.insert(format!("{}.xml", kind.name), kind.template.into());
            sources.insert(format!("{}.sample.json", kind.name), kind.sample.into());
        }
        if let Some(folder) = folder {
            read_folder(folder, &mut sources)?;
        }
        let layouts = layout::layouts(sources.get(layout::FILE).map_or("", |text| text))?;
        let mut environment = Environment::new();
        environment.set_debug(true);
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_fuel(Some(FUEL));
        environment.set_recursion_limit(64);
        environment.set_formatter(format_value);
        environment.add_filter("lines", lines);
        environment.add_filter("paras", paras);
        environment.add_filter("day", day);
        for (name, source) in &sources {
            if name.ends_with(".xml") {
                environment
                    .add_template_owned(name.clone(), source.to_string())
                    .map_err(|error| fault_of(&error, &sources, name))?;
            }
        }
        Ok(Templates {
            environment,
            sources: Arc::new(sources),
            layouts,
        })
    }

    /// The text of a file of the folder, the city's or the built-in one.
    pub fn source(&self, file: &str) -> Option<&str> {
        self.sources.get(file).map(|text| &**text)
    }

    /// Renders a kind of paper over data.
    ///
    /// # Errors
    /// If there is no such kind, or the template asks for what the data does not have.
    pub fn render(&self, kind: &str, data: &impl Serialize) -> Result<Rendered, Fault> {
        let file = format!("{kind}.xml");
        let template = self
            .environment
            .get_template(&file)
            .map_err(|_| Fault::UnknownKind {
                kind: kind.to_owned(),
                known: KINDS.iter().map(|kind| kind.name.to_owned()).collect(),
            })?;
        let (xml, spans) = template
            .render_with_spans(Value::from(Serde(data)))
            .map_err(|error| fault_of(&error, &self.sources, &file))?;
        Ok(Rendered {
            xml,
            spans,
            sources: self.sources.clone(),
            file,
        })
    }
}

const LAYOUTS: &str = include_str!("../../../../papers/layouts.toml");

impl Rendered {
    /// Where in the templates a byte of the XML comes from.
    pub fn place(&self, byte: usize) -> Place {
        let after = self
            .spans
            .partition_point(|span| span.output_range().start <= byte);
        let Some(span) = after
            .checked_sub(1)
            .and_then(|before| self.spans.get(before))
        else {
            return Place::of_byte(&self.file, "", 0);
        };
        let Range { start, end } = span.source_range();
        let written = span.output_range();
        // Text stands as it was written; the value of an expression begins where the expression does.
        let is_raw = written.len() == end - start;
        let at = if is_raw {
            start + byte.saturating_sub(written.start).min(end - start)
        } else {
            start
        };
        let source = self.sources.get(span.name()).map_or("", |text| text);
        Place::of_byte(span.name(), source, at)
    }
}

fn read_folder(folder: &Path, sources: &mut BTreeMap<String, Arc<str>>) -> Result<(), Fault> {
    let fault = |path: &Path, error: std::io::Error| Fault::Reading {
        path: path.display().to_string(),
        what: error.to_string(),
    };
    for entry in fs::read_dir(folder).map_err(|error| fault(folder, error))? {
        let path = entry.map_err(|error| fault(folder, error))?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            continue;
        };
        if name.ends_with(".xml") || name.ends_with(".sample.json") || name == layout::FILE {
            let text = fs::read_to_string(&path).map_err(|error| fault(&path, error))?;
            sources.insert(name.to_owned(), text.into());
        }
    }
    Ok(())
}

fn fault_of(error: &Error, sources: &BTreeMap<String, Arc<str>>, file: &str) -> Fault {
    let name = error.name().unwrap_or(file);
    let source = sources.get(name).map_or("", |text| text);
    let place = match error.range() {
        Some(range) => Place::of_byte(name, source, range.start),
        None => Place {
            file: name.to_owned(),
            line: error.line().unwrap_or(1),
            column: 1,
        },
    };
    let mut what = match error.kind() {
        ErrorKind::UndefinedError => "the data has no such value".to_owned(),
        ErrorKind::OutOfFuel => "the template runs without end".to_owned(),
        kind => kind.to_string(),
    };
    if let Some(detail) = error.detail() {
        what = format!("{what}: {detail}");
    }
    let expression = error.range().and_then(|range| source.get(range));
    if let Some(expression) = expression.filter(|_| error.kind() == ErrorKind::UndefinedError) {
        what = format!("{what} ({expression})");
    }
    Fault::Template { place, what }
}

/// Prints nothing for null: an optional value that is empty.
fn format_value(out: &mut Output, state: &mut State, value: &Value) -> Result<(), Error> {
    if value.is_none() {
        return Ok(());
    }
    escape_formatter(out, state, value)
}

/// A text of several lines within a paragraph.
fn lines(text: Option<&str>) -> Value {
    let lines: Vec<_> = kept_lines(text.unwrap_or_default()).map(escape).collect();
    Value::from_safe_string(lines.join("<br/>"))
}

/// A text of several lines, each a paragraph.
fn paras(text: Option<&str>) -> Value {
    let paras = kept_lines(text.unwrap_or_default())
        .map(|line| format!("<para>{}</para>", escape(line)))
        .collect();
    Value::from_safe_string(paras)
}

fn kept_lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .map(|line| line.trim_matches(|character: char| character.is_whitespace()))
        .filter(|line| !line.is_empty())
}

/// `2016-12-01` as 2016年12月1日.
fn day(text: &str) -> Result<String, Error> {
    let wrong = || {
        Error::new(
            ErrorKind::InvalidOperation,
            format!("{text:?} is no day like 2016-12-01"),
        )
    };
    let parts: Vec<u16> = text
        .split('-')
        .map(|part| part.parse().map_err(|_| wrong()))
        .collect::<Result<_, _>>()?;
    match parts[..] {
        [year, month @ 1..=12, day @ 1..=31] => Ok(format!("{year}年{month}月{day}日")),
        _ => Err(wrong()),
    }
}
