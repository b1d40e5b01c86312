//! `jianjia bench frame`: how long the frame of a spot check takes over the homes of a whole city, in this process and without a page.

use std::{path::PathBuf, process::ExitCode, time::Instant};

use anyhow::{Context, Result, ensure};
use clap::Args;
use jianjia_app::{check::spot_check as checks, office::account as accounts};
use jianjia_domain::core::{policy::Actor, proof::Proof};
use serde::Serialize;

use crate::{
    commands::demo as demo_command,
    instance,
    output::{say, tell},
};

/// Makes the frame of a year's spot check in the demo city many times, as the page that prepares it does
#[derive(Args)]
pub struct BenchFrame {
    /// Folder of the demo city, created if missing
    #[arg(long, default_value = "demo-data")]
    dir: PathBuf,
    /// The year, whose frame must not be published; this year where left out
    #[arg(long)]
    year: Option<i16>,
    /// How often it is made
    #[arg(long, default_value_t = 20)]
    times: usize,
}

#[derive(Serialize)]
struct Report {
    year: i16,
    homes: usize,
    strata: usize,
    p50_ms: f64,
    worst_ms: f64,
}

pub fn run(command: &BenchFrame) -> Result<ExitCode> {
    instance::run(async {
        ensure!(command.times > 0, "--times is at least 1");
        let app = demo_command::open(&command.dir, instance::standard(None)?, None).await?;
        let accounts = accounts::of_the_demo(&app).await?;
        let account = accounts
            .into_iter()
            .find(|account| account.login == "demo.city");
        let account = account.context("the demo has no account demo.city")?;
        let actor = Actor {
            account: account.id,
            person: account.person,
            name: account.name,
            roles: account.roles,
            proof: Proof::Password,
        };
        let year = command.year.unwrap_or_else(|| app.year());
        let mut took = Vec::with_capacity(command.times);
        let mut size = (0, 0);
        for _ in 0..command.times {
            let began = Instant::now();
            let plan = checks::preview(&app, &actor, year).await?.plan;
            took.push(began.elapsed().as_secs_f64() * 1_000.0);
            size = (plan.units.len(), plan.strata.len());
        }
        took.sort_by(f64::total_cmp);
        let report = Report {
            year,
            homes: size.0,
            strata: size.1,
            p50_ms: took[took.len() / 2],
            worst_ms: took[took.len() - 1],
        };
        tell!(
            "{} homes in {} strata: p50 {:.0} ms, worst {:.0} ms",
            report.homes,
            report.strata,
            report.p50_ms,
            report.worst_ms
        );
        say!("{}", serde_json::to_string(&report)?)?;
        app.db.close().await;
        Ok(ExitCode::SUCCESS)
    })
}
