//! `jianjia verify`: checks the database, the files, the chain of the trail, the kept judgements and the ratings' ballots; or an archive, without a database.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Result;
use clap::Args;
use jianjia_app::{
    exchange::{archive::checking, verification},
    rating::poll::left_out::count_left_out,
};

use crate::{
    instance::{self, Instance},
    output::{say, tell},
};

/// Checks the database, the files, the chain of the trail, the kept judgements and the ratings' ballots; finds any changed, missing or reordered
/// line
#[derive(Args)]
pub struct Verify {
    #[command(flatten)]
    instance: Instance,
    /// A head of the trail noted earlier, which must still be in the chain. Can be given several times
    #[arg(long)]
    head: Vec<String>,
    /// Check an archive that `jianjia archive` wrote instead, without a database
    #[arg(long, value_name = "FILE", conflicts_with = "head")]
    archive: Option<PathBuf>,
}

pub fn run(command: &Verify) -> Result<ExitCode> {
    if let Some(archive) = &command.archive {
        return of_archive(archive);
    }
    instance::run(async {
        let app = command.instance.open_existing().await?;
        let mut found = verification::verify(&app).await?;
        for head in &command.head {
            if !verification::holds(&app, head).await? {
                found.faults.push(format!(
                    "审计链里没有记下的链头 {head}：从那以后有记录被整段删掉，或者记错了。"
                ));
            }
        }
        let left_out = count_left_out(&app).await?;
        app.db.close().await;
        for fault in &found.faults {
            say!("{fault}")?;
        }
        tell!(
            "{} files, {} judgements, {} ratings recounted, {} lines of the trail in {} seals; head {}",
            found.files,
            found.judgements,
            found.polls,
            found.chain.lines,
            found.chain.seals,
            if found.chain.head.is_empty() {
                "-"
            } else {
                &found.chain.head
            }
        );
        if left_out > 0 {
            tell!(
                "this city was restored from a backup that was made while {left_out} ratings were being voted on: their votes are not in it, and these ratings are void"
            );
        }
        if found.faults.is_empty() {
            tell!("all is well");
            return Ok(ExitCode::SUCCESS);
        }
        tell!(
            "jianjia: {} faults; keep this copy as it is, restore the last good backup beside it and compare",
            found.faults.len()
        );
        Ok(ExitCode::FAILURE)
    })
}

fn of_archive(path: &Path) -> Result<ExitCode> {
    let found = checking::check(path)?;
    for fault in &found.faults {
        say!("{fault}")?;
    }
    if found.more_faults > 0 {
        say!("另有 {} 处问题没有列出。", found.more_faults)?;
    }
    tell!(
        "{} {}: {} files, {} records, {} judgements made again, {} ratings recounted, {} certificates verified, {} lines of the trail in {} seals; head {}",
        found.city,
        found.year,
        found.files,
        found.lines,
        found.judgements,
        found.polls,
        found.certificates,
        found.trail,
        found.seals,
        if found.head.is_empty() {
            "-"
        } else {
            &found.head
        }
    );
    if found.key.is_empty() {
        tell!("it is not signed: whoever changed a file could have changed its checksum as well");
    } else {
        tell!(
            "signed with the key {}; compare it with the one that the city keeps elsewhere",
            found.key
        );
    }
    if found.faults.is_empty() {
        tell!("all is well");
        return Ok(ExitCode::SUCCESS);
    }
    tell!(
        "jianjia: {} faults; compare with another copy of this archive",
        found.faults.len() + found.more_faults
    );
    Ok(ExitCode::FAILURE)
}
