//! `jianjia proofs FOLDER`: every kind of paper in its worst cases, to be looked at before a city's own templates are used.

use std::{fs, path::PathBuf, process::ExitCode};

use anyhow::{Context, Result};
use clap::Args;
use jianjia_documents::paper::{
    self,
    check::{self, CASES},
    kind::KINDS,
};

use crate::{
    output::{say, tell},
    private,
};

/// Writes every paper in its worst cases as PDF and DOCX: as the sample has it, with long names and rare characters, without what may be left out, with many pages
#[derive(Args)]
pub struct Proofs {
    /// The folder to write to, made if missing
    out: PathBuf,
    /// Folder of the city's own templates and layouts, which stand for the built-in ones file by file [default: the built-in ones]
    #[arg(long)]
    papers: Option<PathBuf>,
    /// Folder of fonts; repeated [default: those of the system]
    #[arg(long)]
    fonts: Vec<PathBuf>,
    /// Only these kinds; repeated
    #[arg(long)]
    kind: Vec<String>,
}

pub fn run(command: &Proofs) -> Result<ExitCode> {
    let press = paper::open(command.papers.as_deref(), &command.fonts)?;
    let out = &command.out;
    fs::create_dir_all(out).with_context(|| format!("{} can't be made", out.display()))?;
    let (mut written, mut faults) = (0_u32, 0_u32);
    let wanted = |name: &str| command.kind.is_empty() || command.kind.iter().any(|one| one == name);
    for kind in KINDS.iter().filter(|kind| wanted(kind.name)) {
        for case in CASES {
            let (pdf, docx) = match check::made(&press, kind.name, case) {
                Ok(made) => made,
                Err(fault) => {
                    faults += 1;
                    tell!("{} ({}): {fault}", kind.name, case.key());
                    continue;
                }
            };
            for (ending, bytes) in [("pdf", &pdf), ("docx", &docx)] {
                let file = out.join(format!("{}-{}.{ending}", kind.name, case.key()));
                private::write(&file, bytes)
                    .with_context(|| format!("{} can't be written", file.display()))?;
                written += 1;
            }
        }
    }
    say!("{written} files in {}", out.display())?;
    Ok(ExitCode::from(u8::from(faults > 0 || written == 0)))
}
