//! The program `jianjia`: one file per command. Data goes to standard output, messages to standard error; exit status 0 for done, 1 for refused or
//! failed, 2 for wrong usage (and for a certificate of which nothing can be told).

#![deny(clippy::unwrap_used)]
// They panic if the reader has closed the pipe; `output` does not.
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

/// Overwrites freed memory with zeros: a form or page with choices stays in memory no longer than needed (docs/ballot.md).
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
            // An outage is named before the operation that failed because of it.
            match outage(&error) {
                Some(outage) => tell!("jianjia: {} ({error:#})", outage.sentence()),
                None => tell!("jianjia: {error:#}"),
            }
            ExitCode::FAILURE
        }
    }
}
