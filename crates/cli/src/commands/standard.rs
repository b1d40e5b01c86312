//! `jianjia standard`: checks a standard's folder, or prints it for people.

mod show;

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Result, anyhow};
use clap::{Args, Subcommand};
use jianjia_standard::load::{self, LoadError, Mistake};
use jianjia_standard::{Lang, cases};

use crate::output::{say, tell};

/// Checks a standard, or prints it for people.
#[derive(Args)]
pub struct Standard {
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Report every mistake in a standard's files, and every worked case that comes out differently, with line and column
    Check {
        /// Folder of the standard
        dir: PathBuf,
    },
    /// Print a standard for people
    Show {
        /// Folder of the standard
        dir: PathBuf,
        /// Language: zh or en
        #[arg(long, default_value = "zh")]
        lang: Lang,
    },
}

pub fn run(command: &Standard) -> Result<ExitCode> {
    match &command.act {
        Act::Check { dir } => check(dir),
        Act::Show { dir, lang } => {
            say!("{}", show::page(&in_folder(dir)?, *lang).trim_end())?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Loads the standard in a folder, for a command that needs a valid one.
///
/// # Errors
/// If it can't be read or has mistakes: a sentence with their number and the command that lists them.
pub fn in_folder(dir: &Path) -> Result<jianjia_standard::Standard> {
    load::folder(dir).map_err(|error| match error {
        LoadError::Mistakes(mistakes) => anyhow!(
            "the standard in {} has {}; `jianjia standard check {}` shows them",
            dir.display(),
            counted(&mistakes),
            dir.display()
        ),
        LoadError::Unreadable { path, source } => unreadable(&path, &source),
    })
}

/// Why a file of a standard can't be read, and what to do.
pub fn unreadable(path: &Path, error: &io::Error) -> anyhow::Error {
    anyhow!(
        "{} can't be read: {error}; name the folder of a standard, which holds standard.toml and facts.toml",
        path.display()
    )
}

/// The mistakes are the command's output, so they go to standard output.
fn check(dir: &Path) -> Result<ExitCode> {
    match cases::check(dir) {
        Ok(checked) => {
            let standard = &checked.standard;
            say!(
                "{}: sound; {} titles, {} criteria, {} vetoes, {} facts, {} worked cases; version {}",
                standard.key,
                standard.titles.len(),
                standard.criteria.len(),
                standard.vetoes.len(),
                standard.facts.len(),
                checked.cases,
                standard.version
            )?;
            Ok(ExitCode::SUCCESS)
        }
        Err(LoadError::Mistakes(mistakes)) => {
            for mistake in &mistakes {
                say!(
                    "{}:{}:{}: {}",
                    dir.join(&mistake.file).display(),
                    mistake.line,
                    mistake.column,
                    mistake.message
                )?;
            }
            tell!(
                "jianjia: {} in {}; mend them and check again",
                counted(&mistakes),
                dir.display()
            );
            Ok(ExitCode::FAILURE)
        }
        Err(LoadError::Unreadable { path, source }) => Err(unreadable(&path, &source)),
    }
}

fn counted(mistakes: &[Mistake]) -> String {
    match mistakes.len() {
        1 => "1 mistake".to_owned(),
        many => format!("{many} mistakes"),
    }
}
