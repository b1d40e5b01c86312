//! `jianjia restore FILE`: a backup into a new, empty instance, of either engine.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Result;
use clap::Args;
use jianjia_store::backup;

use crate::{
    instance::{self, Instance},
    output::tell,
};

/// Restores a backup into a new, empty instance
#[derive(Args)]
pub struct Restore {
    /// The backup to read
    file: PathBuf,
    #[command(flatten)]
    instance: Instance,
}

pub fn run(command: &Restore) -> Result<ExitCode> {
    instance::run(async {
        let (db, files) = command.instance.stores().await?;
        let carried = backup::restore(&db, &files, &command.file).await?;
        tell!(
            "{}: {} tables, {} rows, {} files",
            command.file.display(),
            carried.tables,
            carried.rows,
            carried.files
        );
        Ok(ExitCode::SUCCESS)
    })
}
