//! The worked cases beside each standard: `standards/*/cases/*.jsonl` and `tests/standards/*/cases/*.jsonl`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jianjia_standard::Standard;
use jianjia_standard::judge::judge;
use jianjia_standard::judgement::{Judgement, Status};
use jianjia_standard::{load, subject_line};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    as_of: jiff::civil::Date,
    subject: serde_json::Value,
    expect: Expect,
}

/// What is not named is not compared.
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

#[test]
fn every_worked_case_comes_out_as_written() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for folder in standards() {
        let standard =
            load::folder(&folder).unwrap_or_else(|error| panic!("{}:\n{error}", folder.display()));
        for file in files(&folder.join("cases")) {
            for (index, line) in std::fs::read_to_string(&file).unwrap().lines().enumerate() {
                if line.trim().is_empty() {
                    continue;
                }
                count += 1;
                let at = format!("{}:{}", file.display(), index + 1);
                match serde_json::from_str(line) {
                    Ok(case) => wrong.extend(
                        differences(&standard, &case)
                            .into_iter()
                            .map(|it| format!("{at}: {it}")),
                    ),
                    Err(error) => wrong.push(format!("{at}: {error}")),
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} differences:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(count > 100, "only {count} cases were found");
}

fn differences(standard: &Standard, case: &Case) -> Vec<String> {
    let subject = match subject_line::read_value(standard, &case.subject) {
        Ok(subject) => subject,
        Err(errors) => return vec![format!("{}: {errors:?}", case.name)],
    };
    let judgement = judge(standard, &subject, case.as_of);
    let mut wrong = Vec::new();
    let mut compare = |what: String, expected: String, found: String| {
        if expected != found {
            wrong.push(format!(
                "{}: {what} should be {expected}, is {found}",
                case.name
            ));
        }
    };
    for (title, status) in &case.expect.titles {
        let found = judgement.verdict(title).map(|verdict| verdict.status);
        compare(
            title.clone(),
            format!("{:?}", Some(status)),
            format!("{found:?}"),
        );
    }
    for (clause, status) in &case.expect.clauses {
        let found = criterion(&judgement, clause).map(|(criterion, _)| criterion.status);
        compare(
            clause.clone(),
            format!("{:?}", Some(status)),
            format!("{found:?}"),
        );
    }
    for (path, short_by) in &case.expect.short_by {
        let found = criterion(&judgement, path).and_then(|(criterion, what)| {
            criterion
                .checks
                .iter()
                .find(|check| check.what == what)?
                .short_by
        });
        compare(
            path.clone(),
            format!("{:?}", Some(short_by)),
            format!("{found:?}"),
        );
    }
    for (title, because) in &case.expect.may_apply {
        let found = judgement.may_apply.get(title).map(|may| {
            let words: Vec<String> = may.because.iter().map(ToString::to_string).collect();
            (may.allowed, words)
        });
        compare(
            format!("may_apply {title}"),
            format!("{:?}", Some((because.is_empty(), because.clone()))),
            format!("{found:?}"),
        );
    }
    wrong
}

/// `title/clause` or `title/clause/what`: the criterion and what follows it.
fn criterion<'a>(
    judgement: &'a Judgement,
    path: &'a str,
) -> Option<(&'a jianjia_standard::judgement::CriterionVerdict, &'a str)> {
    let mut parts = path.splitn(3, '/');
    let (title, clause, what) = (parts.next()?, parts.next()?, parts.next().unwrap_or(""));
    Some((judgement.verdict(title)?.criterion(clause)?, what))
}

fn standards() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = files(&root.join("../../standards"));
    folders.extend(files(&root.join("tests/standards")));
    folders.retain(|folder| folder.join("standard.toml").exists());
    folders
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}
