//! `jianjia bench whatif`: what a change of the standard would come to for a whole register, from columns in memory.

use std::hint::black_box;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Result, anyhow};
use clap::Args;
use jianjia_standard::Standard;
use jianjia_standard::batch::judge_columns;
use jianjia_standard::batch::plan::Plan;
use jianjia_standard::columns::Columns;
use jianjia_standard::kinds::Kind;
use jianjia_standard::what_if::apply::apply;
use jianjia_standard::what_if::change::Change;
use jianjia_standard::what_if::effect::{Judged, Move, effect};
use jianjia_standard::what_if::lever::{self, Form, Lever};
use jiff::civil::Date;
use serde::Serialize;

use crate::commands::bench_judge::register;
use crate::instance;
use crate::output::{say, tell};

/// Works out what changes of the standard would come to: who gains and who loses which title, by place and kind.
///
/// The register is made up and the same on every run. Each change moves a figure, a formula or a period, drops a clause or adds one; the last line is JSON.
#[derive(Args)]
pub struct BenchWhatIf {
    /// How many unions
    #[arg(long, default_value_t = 2_800_000, value_parser = clap::value_parser!(u32).range(1..))]
    unions: u32,
    /// Folder of the standard; the built-in one of Changzhou when absent
    #[arg(long, value_name = "DIR")]
    standard: Option<PathBuf>,
    /// How many changes are looked at
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..))]
    changes: u32,
}

#[derive(Serialize)]
struct Measured {
    unions: u32,
    p50_ms: f64,
    p99_ms: f64,
    bytes_per_union: f64,
    /// Titles gained and lost over all changes, so that it is seen that something was worked out.
    gained: u64,
    lost: u64,
    cores: usize,
}

/// Places among which the unions are spread: townships of a country.
const PLACES: usize = 40_000;

pub fn run(command: &BenchWhatIf) -> Result<ExitCode> {
    let standard = instance::standard(command.standard.clone())?;
    let as_of = Date::new(standard.programme.first_year, 10, 15)?;
    let plan = Plan::of(&standard, as_of);
    let started = Instant::now();
    let mut columns = register::columns(&standard, &plan, usize::try_from(command.unions)?);
    columns.log = Some(register::log(&standard, &columns));
    let seconds = started.elapsed().as_secs_f64();
    tell!("{} unions invented in {seconds:.2} s", command.unions);

    let all = changes(&standard, as_of);
    if all.is_empty() {
        return Err(anyhow!("the standard has nothing that could be changed"));
    }
    // What the standard itself says lies in memory beside the columns.
    let base = judge_columns(&plan, &columns);
    let within = vec![u64::MAX; columns.len.div_ceil(64)];
    let (mut milliseconds, mut gained, mut lost) = (Vec::new(), 0, 0);
    for change in all.iter().cycle().take(usize::try_from(command.changes)?) {
        let started = Instant::now();
        let (changed, _) = apply(&standard, std::slice::from_ref(change), as_of)
            .map_err(|_| anyhow!("{} = {} can't be made", change.name(), change.value))?;
        let planned = Plan::over(&changed, &standard, &plan);
        let judged = judge_columns(&planned, black_box(&columns));
        let from = Judged {
            plan: &plan,
            judgement: &base,
        };
        let to = Judged {
            plan: &planned,
            judgement: &judged,
        };
        for title in effect(from, to, &columns, &within) {
            let tallies = black_box(by_place_and_kind(&columns, &title.moved));
            gained += tallies.gained;
            lost += tallies.lost;
        }
        milliseconds.push(started.elapsed().as_secs_f64() * 1000.0);
    }
    milliseconds.sort_by(f64::total_cmp);
    let at =
        |share: usize| milliseconds[(milliseconds.len() * share / 100).min(milliseconds.len() - 1)];
    let measured = Measured {
        unions: command.unions,
        p50_ms: at(50),
        p99_ms: at(99),
        bytes_per_union: columns.bytes() as f64 / f64::from(command.unions),
        gained,
        lost,
        cores: rayon::current_num_threads(),
    };
    say!("{}", serde_json::to_string(&measured)?)?;
    Ok(ExitCode::SUCCESS)
}

#[derive(Default)]
struct Tallies {
    places: Vec<[u32; 3]>,
    kinds: Vec<[u32; 3]>,
    gained: u64,
    lost: u64,
}

fn by_place_and_kind(columns: &Columns, moved: &[(u32, Move)]) -> Tallies {
    let mut tallies = Tallies {
        places: vec![[0; 3]; PLACES],
        kinds: vec![[0; 3]; Kind::ALL.len()],
        ..Tallies::default()
    };
    for (row, what) in moved {
        let row = usize::try_from(*row).unwrap_or(0);
        let of = *what as usize;
        tallies.places[row % PLACES][of] += 1;
        let is = |kind: &usize| columns.kinds[*kind][row / 64] >> (row % 64) & 1 == 1;
        if let Some(kind) = (0..Kind::ALL.len()).find(is) {
            tallies.kinds[kind][of] += 1;
        }
        match what {
            Move::Gained => tallies.gained += 1,
            Move::Lost => tallies.lost += 1,
            Move::Unsure => {}
        }
    }
    black_box((&tallies.places, &tallies.kinds));
    tallies
}

/// Every lever moved once, every clause dropped, and every one added that can be.
fn changes(standard: &Standard, as_of: Date) -> Vec<Change> {
    let mut levers = lever::of_rating(standard);
    let mut changes = Vec::new();
    for title in &standard.titles {
        for criterion in &title.criteria {
            levers.extend(lever::of_criterion(standard, title, criterion, as_of));
            changes.push(on(&title.key, &criterion.clause, "drop"));
        }
        for clause in lever::addable(standard, title) {
            changes.push(on(&title.key, clause, "add"));
        }
    }
    for lever in levers {
        let values = values(&lever);
        changes.extend(values.into_iter().map(|value| Change {
            title: lever.title.clone(),
            clause: lever.clause.clone(),
            path: lever.path.clone(),
            value,
        }));
    }
    changes.retain(|change| {
        apply(standard, std::slice::from_ref(change), as_of).is_ok_and(|(_, kept)| !kept.is_empty())
    });
    // Those of a kind are not all looked at before the others.
    changes.sort_by_key(|change| (change.path.len() * 7 + change.clause.len() * 13) % 11);
    changes
}

fn on(title: &str, clause: &str, path: &str) -> Change {
    Change {
        title: title.to_owned(),
        clause: clause.to_owned(),
        path: path.to_owned(),
        value: "yes".to_owned(),
    }
}

fn values(lever: &Lever) -> Vec<String> {
    match &lever.form {
        Form::Rate => ["75%", "88%"].map(str::to_owned).to_vec(),
        Form::Number { least, most } => vec![least.to_string(), (least + 1).min(*most).to_string()],
        Form::Choice(choices) => choices.clone(),
    }
}
