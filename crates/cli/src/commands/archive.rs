//! `jianjia archive --year 2016 FILE.zip`: the round of a year as open files that need no program and no database.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Result;
use clap::Args;
use jianjia_app::exchange::archive::{self, Evidence, Wanted};

use crate::{
    instance::{self, Instance},
    output::tell,
};

/// Writes the round of a year into one file for the archive: open formats that can be read and checked for decades without this program
#[derive(Args)]
#[command(after_help = ABOUT)]
pub struct Archive {
    /// The file to write, a ZIP; it must not exist yet
    file: PathBuf,
    /// The year of the round
    #[arg(long)]
    year: i16,
    /// Put the evidence and the inspectors' photos into the archive too; without it there are their hashes
    #[arg(long)]
    with_files: bool,
    #[command(flatten)]
    instance: Instance,
}

/// Shown below the flags.
const ABOUT: &str = "\
The archive is the office's own record: it names who applied, who reviewed and what they found. It holds no passwords, no telephone numbers, no ballot that could
be tied to a voter, and nothing of objections but their number and outcome. `jianjia verify --archive FILE` checks it without a database; README.txt in it says
how to do so without this program.";

pub fn run(command: &Archive) -> Result<ExitCode> {
    instance::run(async {
        let app = command.instance.open_existing().await?;
        let evidence = if command.with_files {
            Evidence::Files
        } else {
            Evidence::Hashes
        };
        let wanted = Wanted {
            year: command.year,
            evidence,
            texts: &command.instance.texts()?,
        };
        let written = archive::write(&app, &command.file, &wanted).await;
        app.db.close().await;
        let written = written?;
        tell!(
            "{}: {} records, {} recount files, {} files of evidence, {} lines of the trail ({} as their hash alone); SHA-256 {}",
            command.file.display(),
            written.lines,
            written.polls,
            written.files,
            written.trail,
            written.trail_withheld,
            written.hash
        );
        if written.missing_files > 0 {
            tell!(
                "{} files of evidence are missing or damaged, and not in the archive: run `jianjia verify`",
                written.missing_files
            );
        }
        if written.trail_unsealed > 0 {
            tell!(
                "{} lines of the trail wait for their seal and are not in the archive; the program seals them within seconds while it serves",
                written.trail_unsealed
            );
        }
        if !written.is_signed {
            tell!("the archive is not signed, because this instance has no head.key yet");
        }
        Ok(ExitCode::SUCCESS)
    })
}
