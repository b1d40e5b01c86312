//! `jianjia verify`: checks the database, the files, the chain of the trail, the kept judgements and the ratings' ballots.

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use jianjia_app::{exchange::verification, rating::poll::left_out::count_left_out};

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
}

pub fn run(command: &Verify) -> Result<ExitCode> {
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
