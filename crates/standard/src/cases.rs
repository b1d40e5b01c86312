//! The worked cases beside a standard: each a subject, a day and the expected judgement. Whoever changes the standard sees what else changes.

mod subsidy;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde::Deserialize;

use crate::judge::judge;
use crate::judgement::{CriterionVerdict, Judgement, Status};
use crate::load::{self, LoadError, Mistake};
use crate::programme::Standard;
use crate::text::Lang;
use crate::{spoken, strict_json, subject_line};

/// A valid standard whose cases come out as expected.
#[derive(Clone, Debug)]
pub struct Checked {
    pub standard: Standard,
    /// How many worked cases there are.
    pub cases: usize,
}

/// The size limit of a file of cases, in bytes.
const FILE_LIMIT: u64 = 32 * 1024 * 1024;

/// Loads the standard in a folder and judges its cases. If the standard has mistakes, its cases are only parsed.
pub fn check(folder: &Path) -> Result<Checked, LoadError> {
    let (standard, mut mistakes) = match load::folder(folder) {
        Ok(standard) => (Some(standard), Vec::new()),
        Err(LoadError::Mistakes(mistakes)) => (None, mistakes),
        Err(unreadable) => return Err(unreadable),
    };
    if let Some(standard) = &standard {
        let path = folder.join("standard.toml");
        let text = load::file(&path, "standard.toml", FILE_LIMIT)?;
        let text = String::from_utf8_lossy(&text);
        mistakes.extend(spoken::examine(standard, &text));
    }
    let mut cases = 0;
    for path in files(&folder.join("cases"))? {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let name = format!("cases/{name}");
        let text = load::file(&path, &name, FILE_LIMIT)?;
        let (found, wrong) = examine(standard.as_ref(), &name, &text);
        cases += found;
        mistakes.extend(wrong);
    }
    match standard {
        Some(standard) if mistakes.is_empty() => Ok(Checked { standard, cases }),
        _ => {
            mistakes.sort();
            Err(LoadError::Mistakes(mistakes))
        }
    }
}

/// What looking a standard's texts through came to.
#[derive(Clone, Debug)]
pub struct Examined {
    /// None where it has mistakes of its own; its cases are only parsed then.
    pub standard: Option<Standard>,
    /// In the order of the files: its own mistakes, and the cases that can't be read or come out differently.
    pub mistakes: Vec<Mistake>,
    pub files: Vec<CaseFile>,
}

/// A file of worked cases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseFile {
    pub name: String,
    pub cases: usize,
    /// How many of them can't be read or come out differently.
    pub failed: usize,
}

/// Looks a standard's texts through as `check` does a folder; the cases by the names of their files.
pub fn examine_texts(
    standard_toml: &str,
    facts_toml: &str,
    cases: &BTreeMap<String, String>,
) -> Examined {
    let (standard, mut mistakes) = match load::texts(standard_toml, facts_toml) {
        Ok(standard) => {
            let spoken = spoken::examine(&standard, standard_toml);
            (Some(standard), spoken)
        }
        Err(mistakes) => (None, mistakes),
    };
    let mut files = Vec::new();
    for (name, text) in cases {
        let (cases, wrong) = examine(standard.as_ref(), name, text.as_bytes());
        let lines: BTreeSet<usize> = wrong.iter().map(|mistake| mistake.line).collect();
        files.push(CaseFile {
            name: name.clone(),
            cases,
            failed: lines.len(),
        });
        mistakes.extend(wrong);
    }
    mistakes.sort();
    Examined {
        standard,
        mistakes,
        files,
    }
}

/// The files of cases, by name; a standard may have none.
fn files(folder: &Path) -> Result<Vec<PathBuf>, LoadError> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let unreadable = |source| LoadError::Unreadable {
        path: folder.to_owned(),
        source,
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "jsonl")
        {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    as_of: Date,
    subject: serde_json::Value,
    expect: Expect,
}

/// Fields that are not given are not compared.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
    #[serde(default)]
    clauses: BTreeMap<String, Status>,
    #[serde(default)]
    titles: BTreeMap<String, Status>,
    #[serde(default)]
    may_apply: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    short_by: BTreeMap<String, u64>,
}

/// The number of cases in a file, and their mistakes: cases that can't be read and, given a standard, cases that come out differently.
pub fn examine(standard: Option<&Standard>, file: &str, text: &[u8]) -> (usize, Vec<Mistake>) {
    let mut cases = 0;
    let mut mistakes = Vec::new();
    for (index, line) in text.split(|byte| *byte == b'\n').enumerate() {
        if line.trim_ascii().is_empty() {
            continue;
        }
        cases += 1;
        let mut add = |column: usize, message: String| {
            mistakes.push(Mistake {
                file: file.to_owned(),
                line: index + 1,
                column,
                message,
            });
        };
        match std::str::from_utf8(line) {
            Ok(line) => examine_line(standard, line, &mut add),
            Err(error) => {
                let sound = String::from_utf8_lossy(&line[..error.valid_up_to()]);
                add(sound.chars().count() + 1, "not valid UTF-8".to_owned());
            }
        }
    }
    (cases, mistakes)
}

fn examine_line(standard: Option<&Standard>, line: &str, add: &mut dyn FnMut(usize, String)) {
    if subsidy::is_meant(line) {
        return subsidy::examine_line(standard, line, add);
    }
    let case: Case = match serde_json::from_str(line) {
        Ok(case) => case,
        Err(error) if error.is_data() => return add(column_of(line, &error), reason(&error)),
        Err(error) => {
            let slip = strict_json::slip::find(line, &error);
            return add(
                slip.character,
                format!("not valid JSON: {}", slip.reason.en),
            );
        }
    };
    let twice = strict_json::parse(line).map(|(_, twice)| twice);
    for key in twice.unwrap_or_default() {
        let column = column(line, &key.split('.').collect::<Vec<_>>());
        add(column, format!("{}: {key} is there twice", case.name));
    }
    let Some(standard) = standard else { return };
    match subject_line::read_value(standard, case.as_of, &case.subject) {
        Err(errors) => {
            for error in errors {
                let path = error.key.split(['.', '[']);
                let path: Vec<&str> = std::iter::once("subject").chain(path).collect();
                let sentence = error.sentence(Lang::En);
                add(
                    column(line, &path),
                    format!("{}: the subject's {sentence}", case.name),
                );
            }
        }
        Ok(subject) => {
            let judgement = judge(standard, &subject, case.as_of);
            compare(&case, &judgement, |path, message| {
                add(column(line, path), format!("{}: {message}", case.name));
            });
        }
    }
}

/// Reports what comes out differently, with the path to the expectation in the case.
fn compare(case: &Case, judgement: &Judgement, mut tell: impl FnMut(&[&str], String)) {
    let mut differs = |part: &str, what: &str, expected: String, found: Option<String>| {
        let message = match found {
            Some(found) if found == expected => return,
            Some(found) => format!("{what} should be {expected}, is {found}"),
            None => format!("{what} should be {expected}, is not judged"),
        };
        tell(&["expect", part, what], message);
    };
    for (title, status) in &case.expect.titles {
        let found = judgement.verdict(title).map(|verdict| verdict.status);
        differs("titles", title, status.to_string(), found.map(words));
    }
    for (path, status) in &case.expect.clauses {
        let found = criterion(judgement, path).map(|(criterion, _)| criterion.status);
        differs("clauses", path, status.to_string(), found.map(words));
    }
    for (path, short_by) in &case.expect.short_by {
        let check = criterion(judgement, path).and_then(|(criterion, what)| {
            let mut checks = criterion.checks.iter();
            checks.find(|check| check.what == what)
        });
        let found = check.map(|check| check.short_by.map_or_else(|| "none".to_owned(), words));
        differs("short_by", path, short_by.to_string(), found);
    }
    for (title, because) in &case.expect.may_apply {
        let found = judgement.may_apply.get(title).map(|may| {
            let reasons: Vec<String> = may.because.iter().map(ToString::to_string).collect();
            permission(&reasons)
        });
        differs("may_apply", title, permission(because), found);
    }
}

fn words(thing: impl Display) -> String {
    thing.to_string()
}

fn permission(because: &[String]) -> String {
    if because.is_empty() {
        "allowed".to_owned()
    } else {
        format!("barred by {}", because.join(", "))
    }
}

/// `title/clause` or `title/clause/what`: the criterion and what follows it.
fn criterion<'a>(
    judgement: &'a Judgement,
    path: &'a str,
) -> Option<(&'a CriterionVerdict, &'a str)> {
    let mut parts = path.splitn(3, '/');
    let (title, clause, what) = (parts.next()?, parts.next()?, parts.next().unwrap_or(""));
    Some((judgement.verdict(title)?.criterion(clause)?, what))
}

/// The column of the last key of a path that is found; each key is searched for after the previous one.
fn column(line: &str, path: &[&str]) -> usize {
    let mut at = 0;
    for key in path {
        let quoted = format!("\"{key}\"");
        if let Some(place) = line[at..].find(&quoted) {
            at += place;
        }
    }
    line[..at].chars().count() + 1
}

/// The column of an error in characters; serde_json counts bytes.
fn column_of(line: &str, error: &serde_json::Error) -> usize {
    let at = line.floor_char_boundary(error.column().saturating_sub(1).min(line.len()));
    line[..at].chars().count() + 1
}

/// The message of an error, without its position.
fn reason(error: &serde_json::Error) -> String {
    let words = error.to_string();
    let words = words.rsplit_once(" at line ").map_or(&*words, |(it, _)| it);
    format!("no worked case: {words}")
}
