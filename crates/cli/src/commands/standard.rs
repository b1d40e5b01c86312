//! `jianjia standard`: checks a standard's folder, and prints it for people.

mod show;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Subcommand};
use jianjia_standard::Lang;
use jianjia_standard::load::{self, LoadError};

use crate::output::{say, tell};

/// Checks a standard, or prints it for people.
#[derive(Args)]
pub struct Standard {
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Reports every mistake in a standard's files, with line and column
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
    let (dir, lang) = match &command.act {
        Act::Check { dir } => (dir, None),
        Act::Show { dir, lang } => (dir, Some(*lang)),
    };
    match (load::folder(dir), lang) {
        (Ok(standard), Some(lang)) => {
            say!("{}", show::page(&standard, lang).trim_end())?;
            Ok(ExitCode::SUCCESS)
        }
        (Ok(standard), None) => {
            say!(
                "{}: sound; {} titles, {} criteria, {} vetoes, {} facts; version {}",
                standard.key,
                standard.titles.len(),
                standard.criteria.len(),
                standard.vetoes.len(),
                standard.facts.len(),
                standard.version
            )?;
            Ok(ExitCode::SUCCESS)
        }
        // The mistakes are what `check` is asked for, so they are its data; for `show` they are talk.
        (Err(LoadError::Mistakes(mistakes)), lang) => {
            for mistake in &mistakes {
                let file = dir.join(&mistake.file);
                let line = format!(
                    "{}:{}:{}: {}",
                    file.display(),
                    mistake.line,
                    mistake.column,
                    mistake.message
                );
                match lang {
                    None => say!("{line}")?,
                    Some(_) => tell!("{line}"),
                }
            }
            tell!(
                "jianjia: {} mistakes in {}; mend them and check again",
                mistakes.len(),
                dir.display()
            );
            Ok(ExitCode::FAILURE)
        }
        (Err(error), _) => Err(error.into()),
    }
}
