//! Checking the files of a version.

use anyhow::Context;
use jianjia_domain::amending::amendment::{CasesRun, Checked, Files, Found, TOLD};
use jianjia_standard::{cases, load::Mistake};

use crate::core::error::Result;

/// Looks the files of a version through, off the async threads: some hundred cases are judged.
pub(super) async fn check(files: &Files) -> Result<Checked> {
    let files = files.clone();
    let examined = tokio::task::spawn_blocking(move || {
        cases::examine_texts(&files.standard_toml, &files.facts_toml, &files.cases)
    });
    let examined = examined.await.context("a version is checked")?;
    let found = |mistake: &Mistake| Found {
        file: mistake.file.clone(),
        line: mistake.line,
        column: mistake.column,
        message: mistake.message.clone(),
    };
    let mut checked = Checked {
        mistakes: examined.mistakes.iter().take(TOLD).map(found).collect(),
        more: examined.mistakes.len().saturating_sub(TOLD),
        cases: examined
            .files
            .into_iter()
            .map(|file| CasesRun {
                file: file.name,
                cases: file.cases,
                failed: file.failed,
            })
            .collect(),
        ..Checked::default()
    };
    if let Some(standard) = examined.standard {
        checked.first_year = standard.programme.first_year;
        checked.last_year = standard.programme.last_year;
        checked.version = standard.version;
        checked.key = standard.key;
    }
    Ok(checked)
}
