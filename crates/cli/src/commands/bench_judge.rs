//! `jianjia bench judge`: a whole country's unions against the whole standard.

pub(in crate::commands) mod register;

use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Result, anyhow};
use clap::Args;
use jianjia_standard::Standard;
use jianjia_standard::batch::Counts;
use jianjia_standard::batch::judge_columns;
use jianjia_standard::batch::plan::Plan;
use jianjia_standard::judge::judge;
use jiff::civil::Date;
use serde::Serialize;

use crate::instance;
use crate::output::{say, tell};

/// Judges a synthetic register held in columns by the whole standard, on all cores.
///
/// The register is made up and the same on every run. The last line is JSON; its seconds are those of judging alone, the median of several runs.
#[derive(Args)]
pub struct BenchJudge {
    /// How many unions
    #[arg(long, default_value_t = 2_800_000, value_parser = clap::value_parser!(u32).range(1..))]
    unions: u32,
    /// Folder of the standard; the built-in one of Changzhou when absent
    #[arg(long, value_name = "DIR")]
    standard: Option<PathBuf>,
    /// How many times the register is judged
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    runs: u32,
}

#[derive(Serialize)]
struct Measured {
    unions: u32,
    seconds: f64,
    unions_per_second: u64,
    bytes_per_union: f64,
    /// Of reading the columns' bytes once, on the same cores in the same run; and how many times as long judging takes.
    read_seconds: f64,
    ratio: f64,
    explained_us: f64,
    cores: usize,
    standard: String,
    titles: BTreeMap<String, Counts>,
    clauses: BTreeMap<String, Counts>,
}

pub fn run(command: &BenchJudge) -> Result<ExitCode> {
    let standard = instance::standard(command.standard.clone())?;
    let as_of = Date::new(standard.programme.first_year, 10, 15)?;
    let plan = Plan::of(&standard, as_of);
    let started = Instant::now();
    let columns = register::columns(&standard, &plan, usize::try_from(command.unions)?);
    tell!(
        "{} unions invented in {:.2} s",
        command.unions,
        started.elapsed().as_secs_f64()
    );

    let (mut seconds, mut readings) = (Vec::new(), Vec::new());
    let mut judged = None;
    for _ in 0..command.runs {
        let started = Instant::now();
        black_box(black_box(&columns).read_through());
        readings.push(started.elapsed().as_secs_f64());
        let started = Instant::now();
        let judgement = judge_columns(&plan, black_box(&columns));
        seconds.push(started.elapsed().as_secs_f64());
        judged = Some(judgement);
    }
    let judged = judged.ok_or_else(|| anyhow!("nothing was judged"))?;
    let words: Vec<String> = seconds
        .iter()
        .map(|seconds| format!("{seconds:.4}"))
        .collect();
    tell!("judged in {} s", words.join(", "));
    let middle = median(&mut seconds);
    let reading = median(&mut readings);

    let measured = Measured {
        unions: command.unions,
        seconds: middle,
        unions_per_second: (f64::from(command.unions) / middle) as u64,
        bytes_per_union: columns.bytes() as f64 / f64::from(command.unions),
        read_seconds: reading,
        ratio: middle / reading,
        explained_us: explained_us(&standard, as_of),
        cores: rayon::current_num_threads(),
        standard: format!("{} {}", standard.key, standard.version),
        titles: judged.titles,
        clauses: judged.clauses,
    };
    say!("{}", serde_json::to_string(&measured)?)?;
    Ok(ExitCode::SUCCESS)
}

fn median(seconds: &mut [f64]) -> f64 {
    seconds.sort_by(f64::total_cmp);
    seconds[seconds.len() / 2]
}

/// Microseconds per explained judgement of a fully known subject, on one core.
fn explained_us(standard: &Standard, as_of: Date) -> f64 {
    const TIMES: u32 = 2_000;
    let subject = register::full_subject(standard, as_of);
    let once = || black_box(judge(standard, black_box(&subject), as_of));
    (0..TIMES / 10).for_each(|_| drop(once()));
    let started = Instant::now();
    (0..TIMES).for_each(|_| drop(once()));
    started.elapsed().as_secs_f64() * 1e6 / f64::from(TIMES)
}
