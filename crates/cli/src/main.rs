//! The program `jianjia`: one file per command. Data goes to standard output, words about it to standard error;
//! exit status 0 done, 1 refused or failed, 2 wrong usage.

#![deny(clippy::unwrap_used)]
// They panic when the reader has gone; `output` does not.
#![deny(clippy::print_stdout, clippy::print_stderr)]

mod commands;
mod demo_day;
mod instance;
mod memory;
mod output;
mod private;

use std::process::ExitCode;

use clap::Parser;
use jianjia_app::core::error::outage;
use mimalloc::MiMalloc;
use zeroizing_alloc::ZeroAlloc;

use crate::{commands::Command, output::tell};

/// Overwrites what is let go of: a form or a page with choices is in memory no longer than it is needed (docs/ballot.md).
#[global_allocator]
static ALLOCATOR: ZeroAlloc<MiMalloc> = ZeroAlloc(MiMalloc);

/// Jianjia 建家: runs a workers' home programme end to end.
#[derive(Parser)]
#[command(name = "jianjia", version, about)]
struct Jianjia {
    #[command(subcommand)]
    command: Command,
}

fn main() -> ExitCode {
    private::by_default();
    match Jianjia::parse().command.run() {
        Ok(code) => code,
        Err(error) => {
            // What the machine lacks is said before what failed for it.
            match outage(&error) {
                Some(outage) => tell!("jianjia: {} ({error:#})", outage.sentence()),
                None => tell!("jianjia: {error:#}"),
            }
            ExitCode::FAILURE
        }
    }
}
