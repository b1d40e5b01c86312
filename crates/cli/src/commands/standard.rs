//! `jianjia standard`: checks a standard's folder, and prints it for people.

mod show;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Subcommand};
use jianjia_standard::load::{self, LoadError, Mistake};
use jianjia_standard::{Lang, cases};

/// Checks a standard, or prints it for people.
#[derive(Args)]
pub struct Standard {
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Reports every mistake in a standard's files and every worked case that comes out otherwise, with line and column
    Check {
        /// Folder of the standard
        dir: PathBuf,
    },
    /// Prints a standard for people
    Show {
        /// Folder of the standard
        dir: PathBuf,
        /// Language: zh or en
        #[arg(long, default_value = "zh")]
        lang: Lang,
    },
}

pub fn run(command: &Standard) -> Result<ExitCode> {
    let mut output = io::stdout().lock();
    match &command.act {
        Act::Check { dir } => match cases::check(dir) {
            Ok(checked) => {
                let standard = &checked.standard;
                writeln!(
                    output,
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
                // The mistakes are what `check` is asked for, so they are its data.
                for line in lines(dir, &mistakes) {
                    writeln!(output, "{line}")?;
                }
                Ok(failed(dir, &mistakes))
            }
            Err(unreadable) => Err(unreadable.into()),
        },
        Act::Show { dir, lang } => match load::folder(dir) {
            Ok(standard) => {
                output.write_all(show::page(&standard, *lang).as_bytes())?;
                Ok(ExitCode::SUCCESS)
            }
            Err(LoadError::Mistakes(mistakes)) => {
                for line in lines(dir, &mistakes) {
                    eprintln!("{line}");
                }
                Ok(failed(dir, &mistakes))
            }
            Err(unreadable) => Err(unreadable.into()),
        },
    }
}

fn lines(dir: &Path, mistakes: &[Mistake]) -> Vec<String> {
    let line = |mistake: &Mistake| {
        format!(
            "{}:{}:{}: {}",
            dir.join(&mistake.file).display(),
            mistake.line,
            mistake.column,
            mistake.message
        )
    };
    mistakes.iter().map(line).collect()
}

fn failed(dir: &Path, mistakes: &[Mistake]) -> ExitCode {
    eprintln!(
        "jianjia: {} mistakes in {}; mend them and check again",
        mistakes.len(),
        dir.display()
    );
    ExitCode::FAILURE
}
