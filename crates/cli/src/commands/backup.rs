//! `jianjia backup FILE`: a consistent copy of database and files while the program serves.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Result;
use clap::Args;
use jianjia_store::exchange::backup::{self, sealed::Recipient};

use crate::{
    instance::{self, Instance},
    output::tell,
};

/// Writes a consistent copy of everything into one file while the program serves; without votes that are not counted yet
#[derive(Args)]
#[command(after_help = ABOUT)]
pub struct Backup {
    /// The file to write; it must not exist yet
    file: PathBuf,
    /// Encrypt the copy for a public key (age1…), so that it can be stored anywhere; `age-keygen` makes the key pair
    #[arg(long, value_name = "KEY", value_parser = recipient)]
    seal_for: Option<Recipient>,
    #[command(flatten)]
    instance: Instance,
}

/// Shown below the flags.
const ABOUT: &str = "\
Ratings whose box is still closed are in the copy without their votes, because two copies made before and after a vote would reveal it. A city restored
from the copy annuls these ratings, and they have to be held again. To move a city to another machine or database, choose a time without open ratings.";

fn recipient(text: &str) -> Result<Recipient, String> {
    text.parse().map_err(|error| format!("{error:#}"))
}

pub fn run(command: &Backup) -> Result<ExitCode> {
    instance::run(async {
        let app = command.instance.open_existing().await?;
        let mut random = |bytes: &mut [u8]| app.entropy.fill(bytes);
        let seal = command
            .seal_for
            .map(|recipient| (recipient, &mut random as &mut (dyn FnMut(&mut [u8]) + Send)));
        let carried = backup::write(&app.db, &app.files, &command.file, seal).await?;
        tell!(
            "{}: {} tables, {} rows, {} files",
            command.file.display(),
            carried.tables,
            carried.rows,
            carried.files
        );
        if carried.left_out > 0 {
            tell!(
                "{} ratings are being voted on or not counted yet: their votes are not in this copy, and whoever restores it has to hold these ratings again",
                carried.left_out
            );
        }
        app.db.close().await;
        Ok(ExitCode::SUCCESS)
    })
}
