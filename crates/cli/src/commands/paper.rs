//! `jianjia paper KIND ID FILE`: a paper from what is recorded, as a page offers it, or the package of an application.

use std::{
    fmt::Write,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result, bail};
use clap::Args;
use jianjia_app::{
    core::{
        app::App,
        error::Error,
        paper::{self as papers, Format},
    },
    exchange::package::{self as packages, Binding},
    paper::{self, KINDS},
};
use jianjia_standard::Lang;

use crate::{
    instance::{self, Instance},
    output::tell,
    private,
};

/// Makes a paper as PDF, or as DOCX to be edited, from what is recorded
#[derive(Args)]
#[command(after_help = kinds())]
pub struct Paper {
    /// What kind of paper; `package` for all of an application
    kind: String,
    /// What it is of: an id as it stands in the addresses of pages
    id: String,
    /// The file to write; `.docx` gives a file for Word, `.zip` a package as files
    file: PathBuf,
    /// Write a file for Word, whatever its name
    #[arg(long)]
    docx: bool,
    #[command(flatten)]
    instance: Instance,
}

/// All papers of an application.
const PACKAGE: &str = "package";

/// Shown below the flags.
fn kinds() -> String {
    let mut lines = "Kinds of paper, and what they are of:\n".to_owned();
    let mut line = |name: &str, of: &str, title: &str| {
        let _ = writeln!(lines, "  {name:<14} {of:<16} {title}");
    };
    for kind in KINDS {
        line(kind.name, kind.of.placeholder(), papers::title(kind.name));
    }
    line(PACKAGE, "APPLICATION", "申报材料");
    lines
}

pub fn run(command: &Paper) -> Result<ExitCode> {
    instance::run(async {
        let app = command.instance.open_existing().await?;
        let bytes = made(&app, command).await?;
        app.db.close().await;
        write(&command.file, &bytes)?;
        Ok(ExitCode::SUCCESS)
    })
}

async fn made(app: &App, command: &Paper) -> Result<Vec<u8>> {
    let ends_in = |ending: &str| command.file.extension().is_some_and(|end| end == ending);
    let kind = paper::kind(&command.kind);
    let actor = paper::operator(app).await.map_err(told)?;
    if command.kind == PACKAGE {
        let binding = if ends_in("zip") {
            Binding::Zip
        } else {
            Binding::Pdf
        };
        let id = command.id.parse().ok();
        let id = id.ok_or_else(|| told(Error::NotFound))?;
        let package = packages::of_application(app, &actor, &id, binding).await;
        return Ok(package.map_err(told)?.bytes);
    }
    let Some(kind) = kind else {
        let names: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
        bail!(
            "there is no paper {}; there are {}, and {PACKAGE}",
            command.kind,
            names.join(", ")
        );
    };
    let format = if command.docx || ends_in("docx") {
        Format::Docx
    } else {
        Format::Pdf
    };
    let sheet = paper::sheet(app, &actor, kind, &command.id).await;
    papers::one(app, sheet.map_err(told)?, format)
        .await
        .map_err(told)
}

/// # Errors
/// If the file can't be written.
fn write(file: &Path, bytes: &[u8]) -> Result<()> {
    private::write(file, bytes).with_context(|| {
        format!(
            "{} can't be written; name a file in a folder that exists",
            file.display()
        )
    })?;
    tell!("{}: {} bytes", file.display(), bytes.len());
    Ok(())
}

/// Why there is none, in a line.
fn told(error: Error) -> anyhow::Error {
    match error {
        Error::NotFound => anyhow::anyhow!(
            "there is nothing of this id, or no such paper of it; ids stand in the addresses of pages"
        ),
        Error::Refused(refusal) => anyhow::anyhow!(refusal.sentence(Lang::En)),
        Error::Internal(error) => error,
    }
}
