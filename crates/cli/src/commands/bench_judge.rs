//! `jianjia bench judge`.

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;

/// Judges a synthetic register held in columns by the whole standard, on every core.
#[derive(Args)]
pub struct BenchJudge {
    /// How many unions
    #[arg(long, default_value_t = 2_800_000)]
    unions: usize,
}

pub fn run(command: &BenchJudge) -> Result<ExitCode> {
    anyhow::bail!("{} unions: not there yet", command.unions)
}
