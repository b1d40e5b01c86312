//! `jianjia export KIND FILE`: the register as a table that `import` reads again.

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context, Result};
use clap::Args;
use jianjia_app::imports;

use crate::{
    commands::import::Kind,
    instance::{self, Instance},
};

/// Writes the register as a table (.xlsx or .csv) that `import` reads again
#[derive(Args)]
pub struct Export {
    /// What the table is about
    kind: Kind,
    /// The file to write; `.csv` makes comma-separated text
    file: PathBuf,
    #[command(flatten)]
    instance: Instance,
}

pub fn run(command: &Export) -> Result<ExitCode> {
    instance::run(async {
        let app = command.instance.open().await?;
        let name = command.file.to_string_lossy();
        let bytes =
            imports::tables::export_at_the_machine(&app, command.kind.domain(), &name).await?;
        std::fs::write(&command.file, &bytes)
            .with_context(|| format!("{} can't be written", command.file.display()))?;
        eprintln!("{}: {} bytes", command.file.display(), bytes.len());
        Ok(ExitCode::SUCCESS)
    })
}
