//! Checks a folder of papers before it is used: every template is rendered with its sample and with worse than that, into both formats.
//!
//! What is worst stands in the sample itself, under `_worst`: `long` names lists that become 120 rows, `prose` texts that fill pages, `optional`
//! values that may be null. Names of lists within lists are written with dots, `groups.names`. `pictures` are the names of pictures that the program hands in with
//! the data: a picture that is drawn here stands for them.

use std::path::{Path, PathBuf};

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use serde::Deserialize;
use serde_json::Value as Json;

use crate::paper::{
    self, Pictures, Press,
    fault::{Fault, Place},
    kind::KINDS,
};

/// A paper that can't be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub kind: &'static str,
    /// With which data.
    pub case: Case,
    pub fault: Fault,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// The sample as it is.
    Sample,
    /// Long names with rare characters.
    LongNames,
    /// Every optional value empty.
    Empty,
    /// Lists and texts of many pages.
    ManyPages,
}

pub const CASES: [Case; 4] = [Case::Sample, Case::LongNames, Case::Empty, Case::ManyPages];

impl Case {
    /// As it stands in the name of a file.
    pub fn key(self) -> &'static str {
        match self {
            Case::Sample => "sample",
            Case::LongNames => "names",
            Case::Empty => "empty",
            Case::ManyPages => "pages",
        }
    }
}

/// Characters of people's names that many fonts lack.
const RARE: &str = "𬭚喆㛃䶮";
/// Rows of a long list.
const ROWS: usize = 120;
/// Times that a text of prose is repeated.
const PARAGRAPHS: usize = 48;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Worst {
    long: Vec<String>,
    prose: Vec<String>,
    optional: Vec<String>,
    pictures: Vec<String>,
}

/// Renders everything of a city's folder; an empty list says that all is well.
///
/// # Errors
/// If the folder can't be used at all: a template that does not parse, wrong layouts, fonts that are missing.
pub fn check(papers: Option<&Path>, fonts: &[PathBuf]) -> Result<Vec<Finding>, Fault> {
    let press = paper::open(papers, fonts)?;
    let trials: Vec<(&'static str, Case)> = KINDS
        .iter()
        .flat_map(|kind| CASES.map(|case| (kind.name, case)))
        .collect();
    let findings = trials.par_iter().filter_map(|(kind, case)| {
        let fault = made(&press, kind, *case).err()?;
        Some(Finding {
            kind,
            case: *case,
            fault,
        })
    });
    Ok(findings.collect())
}

/// A paper with the data of a case, for people to look at before it is used: PDF and DOCX.
///
/// # Errors
/// What is wrong with its template, its sample, the layouts or the fonts.
pub fn made(press: &Press, kind: &str, case: Case) -> Result<(Vec<u8>, Vec<u8>), Fault> {
    let (data, pictures) = trial(press, kind, case)?;
    let paper = paper::compose(press, kind, &data, &pictures)?;
    let docx = paper::docx(press, &paper)?;
    let pdf = paper::pdf(press, &[paper])?;
    Ok((pdf, docx))
}

/// The data and pictures of a case.
///
/// # Errors
/// If the sample is not JSON, or `_worst` names what it does not have.
pub fn trial(press: &Press, kind: &str, case: Case) -> Result<(Json, Pictures), Fault> {
    let (mut data, worst) = sample(press, kind)?;
    match case {
        Case::Sample => {}
        Case::LongNames => lengthen(&mut data),
        Case::Empty => {
            for name in &worst.optional {
                change(&mut data, name, &mut |value: &mut Json| *value = Json::Null);
            }
        }
        Case::ManyPages => {
            for name in &worst.long {
                change(&mut data, name, &mut |value: &mut Json| {
                    if let Json::Array(rows) = value {
                        *rows = rows.iter().cycle().take(ROWS).cloned().collect();
                    }
                });
            }
            for name in &worst.prose {
                change(&mut data, name, &mut |value: &mut Json| {
                    if let Json::String(text) = value {
                        *text = vec![text.as_str(); PARAGRAPHS].join("\n");
                    }
                });
            }
        }
    }
    let pictures = worst
        .pictures
        .into_iter()
        .map(|name| {
            let picture = paper::picture(&name, PICTURE.as_bytes().to_vec())?;
            Ok((name, picture))
        })
        .collect::<Result<_, Fault>>()?;
    Ok((data, pictures))
}

/// Stands for a photograph.
const PICTURE: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 400 300\" width=\"400\" height=\"300\">\
    <rect width=\"400\" height=\"300\" fill=\"#dde3ea\"/><path d=\"M0 300 L150 130 L230 220 L300 160 L400 300 Z\" fill=\"#8fa3b5\"/>\
    <circle cx=\"320\" cy=\"70\" r=\"28\" fill=\"#f2d16b\"/></svg>";

fn sample(press: &Press, kind: &str) -> Result<(Json, Worst), Fault> {
    let file = format!("{kind}.sample.json");
    let text = press
        .templates
        .source(&file)
        .ok_or_else(|| Fault::UnknownKind {
            kind: kind.to_owned(),
            known: KINDS.iter().map(|kind| kind.name.to_owned()).collect(),
        })?;
    let wrong = |line: usize, column: usize, what: String| Fault::Sample {
        place: Place {
            file: file.clone(),
            line,
            column,
        },
        what,
    };
    let at = |error: &serde_json::Error| wrong(error.line(), error.column(), error.to_string());
    let mut data: Json = serde_json::from_str(text).map_err(|error| at(&error))?;
    let worst = data.as_object_mut().and_then(|data| data.remove("_worst"));
    let worst: Worst = match worst {
        Some(worst) => serde_json::from_value(worst).map_err(|error| at(&error))?,
        None => Worst::default(),
    };
    let names = [&worst.long, &worst.prose, &worst.optional];
    for name in names.into_iter().flatten() {
        if !change(&mut data, name, &mut |_: &mut Json| {}) {
            return Err(wrong(
                1,
                1,
                format!("_worst names {name:?}, which is not in the sample"),
            ));
        }
    }
    Ok((data, worst))
}

/// Changes what a name leads to, in all elements of lists on the way; says whether there was any.
fn change(data: &mut Json, name: &str, how: &mut impl FnMut(&mut Json)) -> bool {
    match data {
        Json::Array(elements) => {
            let mut found = false;
            for element in elements {
                found |= change(element, name, how);
            }
            found
        }
        Json::Object(fields) => match name.split_once('.') {
            Some((first, rest)) => fields
                .get_mut(first)
                .is_some_and(|field| change(field, rest, how)),
            None => fields.get_mut(name).is_some_and(|field| {
                how(field);
                true
            }),
        },
        _ => false,
    }
}

/// Makes Chinese texts three times as long, with rare characters; what is not Chinese is a day, a number or an address, and stays.
fn lengthen(data: &mut Json) {
    match data {
        Json::String(text) if !text.is_ascii() => *text = format!("{text}（{RARE}）{text}{text}"),
        Json::Array(elements) => elements.iter_mut().for_each(lengthen),
        Json::Object(fields) => fields.values_mut().for_each(lengthen),
        _ => {}
    }
}
