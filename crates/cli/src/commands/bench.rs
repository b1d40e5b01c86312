//! `jianjia bench`: the benchmarks. The last line of standard output is the result as JSON.

use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Subcommand};

use crate::commands::{
    bench_attack, bench_ballots, bench_frame, bench_import, bench_judge, bench_pages, bench_papers,
    bench_search, bench_tables, bench_trail, bench_whatif,
};

/// Runs a benchmark; the last line of its output is the result as JSON.
#[derive(Args)]
pub struct Bench {
    #[command(subcommand)]
    benchmark: Benchmark,
}

#[derive(Subcommand)]
enum Benchmark {
    Judge(bench_judge::BenchJudge),
    Ballots(bench_ballots::BenchBallots),
    Frame(bench_frame::BenchFrame),
    Import(bench_import::BenchImport),
    Pages(bench_pages::BenchPages),
    Papers(bench_papers::BenchPapers),
    Search(bench_search::BenchSearch),
    Tables(bench_tables::BenchTables),
    Trail(bench_trail::BenchTrail),
    Attack(bench_attack::BenchAttack),
    Whatif(bench_whatif::BenchWhatIf),
}

pub fn run(command: Bench) -> Result<ExitCode> {
    match command.benchmark {
        Benchmark::Judge(command) => bench_judge::run(&command),
        Benchmark::Ballots(command) => bench_ballots::run(&command),
        Benchmark::Frame(command) => bench_frame::run(&command),
        Benchmark::Import(command) => bench_import::run(&command),
        Benchmark::Pages(command) => bench_pages::run(&command),
        Benchmark::Papers(command) => bench_papers::run(&command),
        Benchmark::Search(command) => bench_search::run(&command),
        Benchmark::Tables(command) => bench_tables::run(&command),
        Benchmark::Trail(command) => bench_trail::run(&command),
        Benchmark::Attack(command) => bench_attack::run(&command),
        Benchmark::Whatif(command) => bench_whatif::run(&command),
    }
}
