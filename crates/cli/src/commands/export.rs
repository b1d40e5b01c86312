//! `jianjia export KIND FILE`: the register as a table that `import` accepts.

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context, Result};
use clap::Args;
use jianjia_app::exchange::import as imports;

use crate::{
    commands::import::Kind,
    instance::{self, Instance},
    output::tell,
    private,
};

/// Writes the register as a table (.xlsx or .csv) that `import` accepts
#[derive(Args)]
pub struct Export {
    /// What the table contains
    kind: Kind,
    /// The file to write; `.csv` gives comma-separated text
    file: PathBuf,
    /// The year of year sheets [default: this year]
    #[arg(long)]
    year: Option<i16>,
    #[command(flatten)]
    instance: Instance,
}

pub fn run(command: &Export) -> Result<ExitCode> {
    instance::run(async {
        let app = command.instance.open_existing().await?;
        let name = command.file.to_string_lossy();
        let kind = command.kind.domain();
        let bytes =
            imports::exports::export_at_the_machine(&app, kind, &name, command.year).await?;
        app.db.close().await;
        private::write(&command.file, &bytes).with_context(|| {
            format!(
                "{} can't be written; name a file in a folder that exists",
                command.file.display()
            )
        })?;
        tell!("{}: {} bytes", command.file.display(), bytes.len());
        Ok(ExitCode::SUCCESS)
    })
}
