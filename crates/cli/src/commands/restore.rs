//! `jianjia restore FILE`: restores a backup into a new, empty instance on either engine.

use std::{fs, path::PathBuf, process::ExitCode};

use anyhow::{Context, Result};
use clap::Args;
use jianjia_store::exchange::backup::{self, sealed::Identity};

use crate::{
    instance::{self, Instance},
    output::tell,
};

/// Restores a backup into a new, empty instance
#[derive(Args)]
pub struct Restore {
    /// The backup to read
    file: PathBuf,
    /// The key file that opens an encrypted backup (AGE-SECRET-KEY-1…)
    #[arg(long, value_name = "KEYFILE")]
    identity: Option<PathBuf>,
    #[command(flatten)]
    instance: Instance,
}

pub fn run(command: &Restore) -> Result<ExitCode> {
    let identity = command
        .identity
        .as_ref()
        .map(|path| {
            let text = fs::read_to_string(path);
            let text = text.with_context(|| format!("{} can't be read", path.display()))?;
            Identity::read(&text).with_context(|| format!("{} is no key file", path.display()))
        })
        .transpose()?;
    instance::run(async {
        let (db, files) = command.instance.stores().await?;
        let carried = backup::restore(&db, &files, &command.file, identity.as_ref()).await?;
        db.close().await;
        tell!(
            "{}: {} tables, {} rows, {} files",
            command.file.display(),
            carried.tables,
            carried.rows,
            carried.files
        );
        if carried.left_out > 0 {
            // Opening the instance annuls the polls without votes and reports them.
            let app = command.instance.open().await?;
            app.db.close().await;
        }
        Ok(ExitCode::SUCCESS)
    })
}
