//! `jianjia backup FILE`: a consistent copy of database and files, while the program serves.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Result;
use clap::Args;
use jianjia_store::backup;

use crate::{
    instance::{self, Instance},
    output::tell,
};

/// Writes a consistent copy of everything into one file, while the program serves
#[derive(Args)]
pub struct Backup {
    /// The file to write; it must not exist yet
    file: PathBuf,
    #[command(flatten)]
    instance: Instance,
}

pub fn run(command: &Backup) -> Result<ExitCode> {
    instance::run(async {
        let app = command.instance.open_existing().await?;
        let carried = backup::write(&app.db, &app.files, &command.file).await?;
        tell!(
            "{}: {} tables, {} rows, {} files",
            command.file.display(),
            carried.tables,
            carried.rows,
            carried.files
        );
        app.db.close().await;
        Ok(ExitCode::SUCCESS)
    })
}
