//! `jianjia archive --year 2016 FILE.zip`: the round of a year as open files that need no program and no database.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Result;
use clap::Args;
use jianjia_app::{
    core::error::Error,
    exchange::archive::{self, Evidence, Papers, Wanted},
};
use jianjia_domain::core::refusal::Refuse;
use jianjia_standard::Lang;

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
    /// Leave the papers out, which take most of the time and most of the room
    #[arg(long)]
    without_papers: bool,
    #[command(flatten)]
    instance: Instance,
}

/// Shown below the flags.
const ABOUT: &str = "\
The archive is the office's own record: it names who applied, who reviewed and what they found. It holds no passwords and no ballot that could
be tied to a voter, and nothing of objections but their number and outcome. Papers are PDF/A, one file for each application and each rating. `jianjia verify --archive FILE` checks it without a database; README.txt in it says
how to do so without this program.";

pub fn run(command: &Archive) -> Result<ExitCode> {
    instance::run(async {
        let app = command.instance.open_existing().await?;
        let evidence = if command.with_files {
            Evidence::Files
        } else {
            Evidence::Hashes
        };
        let papers = if command.without_papers {
            Papers::LeftOut
        } else {
            Papers::Made
        };
        let wanted = Wanted {
            year: command.year,
            evidence,
            papers,
            texts: &command.instance.texts()?,
        };
        let written = archive::write(&app, &command.file, &wanted).await;
        app.db.close().await;
        let written = written.map_err(told)?;
        tell!(
            "{}: {} records, {} recount files, {} papers, {} certificates, {} files of evidence, {} lines of the trail ({} as their hash alone); SHA-256 {}",
            command.file.display(),
            written.lines,
            written.polls,
            written.papers,
            written.certificates,
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
        if let Some(because) = &written.without_certificates {
            tell!("certificates are left out: {}", because.sentence(Lang::En));
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

/// Why there is none, in a line.
fn told(error: Error) -> anyhow::Error {
    match error {
        Error::Refused(refusal) => {
            let sentence = refusal.sentence(Lang::En);
            anyhow::anyhow!("{sentence} With --without-papers the archive is made without any.")
        }
        Error::NotFound => anyhow::anyhow!("the register is empty, so there is no round"),
        Error::Internal(error) => error,
    }
}
