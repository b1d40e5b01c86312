//! `jianjia bench ballots`: how many ballots per second become durable over HTTP, compared with an empty endpoint of the same server; and a voter's
//! latency while all unions of a city vote at once.

mod client;
mod polls;

use std::{
    net::SocketAddr,
    path::Path,
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use clap::Args;
use jianjia_app::core::{
    app::App, clock::Clock, entropy::Entropy, memory::Memory, standard::Standards,
};
use jianjia_demo::testing::polling::Booth;
use jianjia_store::core::{db::Db, file::Files};
use jiff::civil::date;
use serde::Serialize;
use tokio::task::JoinSet;

use crate::{
    commands::serve,
    instance,
    output::{say, tell},
};
use client::Connection;

/// Casts ballots over HTTP as fast as they become durable, then at a steady rate
#[derive(Args)]
pub struct BenchBallots {
    /// Unions that vote at the same time
    #[arg(long, default_value_t = 12_000)]
    unions: usize,
    /// Seconds of each measurement at full speed
    #[arg(long, default_value_t = 4)]
    seconds: u64,
    /// How often empty requests and ballots are measured in turn; the median counts
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Connections at full speed: voters who submit at the same moment
    #[arg(long, default_value_t = 1024)]
    connections: usize,
    /// Ballots per second in the measurement at a steady rate
    #[arg(long, default_value_t = 5_000)]
    rate: u64,
    /// Address of an empty PostgreSQL database [default: SQLite in a temporary folder]
    #[arg(long)]
    database: Option<String>,
}

#[derive(Serialize)]
struct Report {
    empty_per_second: f64,
    ballots_per_second: f64,
    ratio: f64,
    p50_ms: f64,
    p99_ms: f64,
}

/// Ballots per second that there are slips for.
const MOST_PER_SECOND: u64 = 60_000;

pub fn run(command: &BenchBallots) -> Result<ExitCode> {
    instance::run(async {
        let folder = tempfile::tempdir()?;
        let app = app_in(folder.path(), command).await?;
        let rounds = command.rounds.max(1);
        let at_full_speed = (command.seconds * rounds as u64 + WARM_UP.as_secs()) * MOST_PER_SECOND;
        let steady = command.rate * (STEADY + WARM_UP).as_secs();
        let slips = usize::try_from(at_full_speed + steady)? + command.unions;
        tell!("making {} polls with {slips} slips …", command.unions);
        let booths = polls::make(&app, command.unions, slips).await?;
        app.db.analyze().await?;
        let listener = serve::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        tell!("measuring …");
        let server = tokio::spawn(serve::serve(app.clone(), Default::default(), listener));

        let ballots = Arc::new(Supply::of(address, booths));
        let empty = Arc::new(Supply::empty(address));
        let seconds = Duration::from_secs(command.seconds);
        // Warm-up, not counted: connections are opened, statements prepared, memory touched, and every union has its first ballot.
        while ballots.next.load(Ordering::Relaxed) < command.unions {
            full_speed(&ballots, command.connections, WARM_UP).await?;
        }
        let (mut of_empty, mut of_ballots) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            of_empty.push(full_speed(&empty, command.connections, seconds).await?);
            of_ballots.push(full_speed(&ballots, command.connections, seconds).await?);
            tell!(
                "{:>9.0} empty requests and {:>9.0} ballots a second",
                of_empty.last().unwrap_or(&0.0),
                of_ballots.last().unwrap_or(&0.0)
            );
        }
        at_rate(&ballots, command.rate, WARM_UP).await?;
        let mut waits = at_rate(&ballots, command.rate, STEADY).await?;
        waits.sort_unstable();
        polls::check(&app, ballots.acknowledged.load(Ordering::Relaxed)).await?;
        server.abort();
        let (empty, ballots) = (middle(of_empty), middle(of_ballots));
        let report = Report {
            empty_per_second: empty.round(),
            ballots_per_second: ballots.round(),
            ratio: (ballots / empty * 1000.0).round() / 1000.0,
            p50_ms: at(&waits, 50),
            p99_ms: at(&waits, 99),
        };
        say!("{}", serde_json::to_string(&report)?)?;
        app.db.close().await;
        Ok(ExitCode::SUCCESS)
    })
}

/// An instance of the moment, with nothing in it.
async fn app_in(folder: &Path, command: &BenchBallots) -> Result<App> {
    let database = command
        .database
        .clone()
        .unwrap_or_else(|| format!("sqlite://{}", folder.join("jianjia.db").display()));
    let db = Db::open(&database).await?;
    db.migrate().await?;
    Ok(App {
        db,
        files: Files::in_folder(&folder.join("files"))?,
        standards: Standards::of_one(instance::standard(None)?),
        clock: Clock::running_from(date(2016, 10, 20)),
        entropy: Entropy::of_the_machine()?,
        slip_key: instance::key::slip_key(folder)?,
        heads: None,
        memory: Memory::default(),
        followers: jianjia_app::FOLLOWERS,
        backups: None,
        second_factor: Arc::default(),
        post: Default::default(),
        provider: None,
        is_demo: false,
    })
}

const WARM_UP: Duration = Duration::from_secs(2);
const STEADY: Duration = Duration::from_secs(10);

/// Requests to send; each ballot is sent once.
struct Supply {
    address: SocketAddr,
    /// Empty for the empty endpoint.
    booths: Vec<Booth>,
    slips: usize,
    next: AtomicUsize,
    acknowledged: AtomicUsize,
}

impl Supply {
    fn of(address: SocketAddr, booths: Vec<Booth>) -> Supply {
        Supply {
            slips: booths.iter().map(|booth| booth.codes.len()).sum(),
            address,
            booths,
            next: AtomicUsize::new(0),
            acknowledged: AtomicUsize::new(0),
        }
    }

    fn empty(address: SocketAddr) -> Supply {
        Supply::of(address, Vec::new())
    }

    /// Writes the next request; the unions take turns, so that all vote at once.
    fn write(&self, request: &mut Vec<u8>) -> Result<()> {
        request.clear();
        if self.booths.is_empty() {
            client::get(request, "/healthz");
            return Ok(());
        }
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        ensure!(
            number < self.slips,
            "the slips are used up: this machine is quicker than foreseen; choose fewer seconds"
        );
        let booth = &self.booths[number % self.booths.len()];
        let code = booth
            .codes
            .get(number / self.booths.len())
            .context("a slip for every turn")?;
        client::post(request, "/v/cast", &polls::form(booth, code, number));
        Ok(())
    }

    /// Sends one request and waits for its response.
    async fn send(&self, connection: &mut Connection, request: &mut Vec<u8>) -> Result<()> {
        self.write(request)?;
        let status = connection.exchange(request).await?;
        let wanted = if self.booths.is_empty() { 200 } else { 303 };
        ensure!(status == wanted, "the server answered {status}");
        self.acknowledged.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

/// Responses per second with every connection sending as soon as it has its response.
async fn full_speed(supply: &Arc<Supply>, connections: usize, time: Duration) -> Result<f64> {
    let mut open = Vec::with_capacity(connections);
    for _ in 0..connections {
        open.push(Connection::open(supply.address).await?);
    }
    let begun = Instant::now();
    let mut tasks = JoinSet::new();
    for mut connection in open {
        let supply = supply.clone();
        tasks.spawn(async move {
            let mut request = Vec::with_capacity(512);
            let mut answers = 0_usize;
            while begun.elapsed() < time {
                supply.send(&mut connection, &mut request).await?;
                answers += 1;
            }
            Ok::<usize, anyhow::Error>(answers)
        });
    }
    let mut answers = 0;
    while let Some(done) = tasks.join_next().await {
        answers += done??;
    }
    Ok(answers as f64 / begun.elapsed().as_secs_f64())
}

/// The latency of each ballot from the moment it was due, sent at a steady rate whether or not earlier ones are answered.
async fn at_rate(supply: &Arc<Supply>, rate: u64, time: Duration) -> Result<Vec<Duration>> {
    let connections = usize::try_from(rate / 20)?.clamp(16, 512);
    let due = Arc::new(AtomicUsize::new(0));
    let total = usize::try_from(rate * time.as_secs())?;
    let begun = Instant::now() + Duration::from_millis(200);
    let mut tasks = JoinSet::new();
    for _ in 0..connections {
        let (supply, due) = (supply.clone(), due.clone());
        let mut connection = Connection::open(supply.address).await?;
        tasks.spawn(async move {
            let mut request = Vec::with_capacity(512);
            let mut waits = Vec::new();
            loop {
                let number = due.fetch_add(1, Ordering::Relaxed);
                if number >= total {
                    return Ok::<Vec<Duration>, anyhow::Error>(waits);
                }
                let at = begun + Duration::from_secs_f64(number as f64 / rate as f64);
                tokio::time::sleep_until(at.into()).await;
                supply.send(&mut connection, &mut request).await?;
                waits.push(at.elapsed());
            }
        });
    }
    let mut waits = Vec::with_capacity(total);
    while let Some(done) = tasks.join_next().await {
        waits.extend(done??);
    }
    Ok(waits)
}

fn middle(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(0.0)
}

fn at(sorted: &[Duration], percent: usize) -> f64 {
    let index = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted
        .get(index)
        .map_or(0.0, |wait| (wait.as_secs_f64() * 100_000.0).round() / 100.0)
}
