//! `jianjia bench attack`: how long ordinary visitors wait while others try to shut them out. It attacks only a server of its own on this machine,
//! for a bounded time with a bounded number of connections.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    process::{ExitCode, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use clap::Args;
use rustix::process::{Pid, Signal, kill_process};
use serde::Serialize;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpSocket, TcpStream},
    process::{Child, Command},
    task::JoinSet,
    time::{sleep, timeout},
};

use crate::{
    commands::serve,
    instance,
    output::{say, tell},
};

/// Attacks a server of its own on this machine and measures how long ordinary visitors wait meanwhile
#[derive(Args)]
pub struct BenchAttack {
    /// Slow connections held open, from forty addresses
    #[arg(long, default_value_t = 5_000, value_parser = clap::value_parser!(u32).range(1..=20_000))]
    connections: u32,
    /// Seconds of each attack
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=120))]
    seconds: u64,
    /// Sign-ins sent at once
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=5_000))]
    sign_ins: u32,
}

#[derive(Serialize)]
struct Report {
    attacks: Vec<Attack>,
    sign_ins: SignIns,
    /// Shutdown time with slow connections open.
    ended_ms: f64,
}

/// What ordinary visitors noticed during an attack.
#[derive(Serialize)]
struct Attack {
    attack: &'static str,
    /// Slow connections open at the end, and connections that the server closed and that were opened again.
    open: usize,
    begun_anew: usize,
    pages: usize,
    failed: usize,
    p50_ms: f64,
    p99_ms: f64,
}

#[derive(Serialize)]
struct SignIns {
    sent: u32,
    /// Sign-ins whose password was checked, and sign-ins refused at once because of too many.
    looked_at: usize,
    crowded: usize,
    failed: usize,
    longest_ms: f64,
    pages_p99_ms: f64,
}

pub fn run(command: &BenchAttack) -> Result<ExitCode> {
    instance::run(async {
        serve::raised_descriptors();
        let folder = tempfile::tempdir()?;
        let mut server = Server::start(folder.path()).await?;
        let time = Duration::from_secs(command.seconds);
        let mut attacks = vec![attack(server.address, Slow::Nobody, 0, time).await?];
        let slow = [Slow::Heads, Slow::Bodies, Slow::Readers, Slow::Idle];
        for slow in slow {
            attacks.push(attack(server.address, slow, command.connections, time).await?);
        }
        let sign_ins = flood(server.address, command.sign_ins).await?;
        let ended_ms = server.end(command.connections.min(1_000)).await?;
        let report = Report {
            attacks,
            sign_ins,
            ended_ms,
        };
        say!("{}", serde_json::to_string(&report)?)?;
        Ok(ExitCode::SUCCESS)
    })
}

/// How a slow connection keeps its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Slow {
    Nobody,
    Heads,
    Bodies,
    Readers,
    Idle,
}

impl Slow {
    fn name(self) -> &'static str {
        match self {
            Slow::Nobody => "none",
            Slow::Heads => "slow heads",
            Slow::Bodies => "slow bodies",
            Slow::Readers => "slow readers",
            Slow::Idle => "idle",
        }
    }

    fn words(self) -> &'static [u8] {
        match self {
            Slow::Nobody => b"",
            Slow::Heads => b"GET / HTTP/1.1\r\nhost: bench\r\nx-slow: ",
            Slow::Bodies => {
                b"POST /sign-in HTTP/1.1\r\nhost: bench\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 100000\r\n\r\nlogin="
            }
            Slow::Readers | Slow::Idle => b"GET /standard HTTP/1.1\r\nhost: bench\r\n\r\n",
        }
    }
}

/// Pause between two bytes of a slow connection.
const TRICKLE: Duration = Duration::from_secs(2);

/// Pause between two ordinary requests.
const EVERY: Duration = Duration::from_millis(10);

/// Timeout of an ordinary visitor; a longer wait counts as shut out.
const PATIENCE: Duration = Duration::from_secs(10);

const PAGES: [&str; 4] = ["/", "/standard", "/honours", "/sign-in"];

/// Counters of the slow connections.
#[derive(Default)]
struct Tally {
    is_over: AtomicBool,
    open: AtomicUsize,
    begun_anew: AtomicUsize,
}

async fn attack(
    address: SocketAddr,
    slow: Slow,
    connections: u32,
    time: Duration,
) -> Result<Attack> {
    tell!("{} …", slow.name());
    let tally = Arc::new(Tally::default());
    let mut tasks = JoinSet::new();
    for number in 0..connections {
        tasks.spawn(hold(address, slow, number, tally.clone()));
    }
    let begun = Instant::now();
    // All slow connections are open before anything is measured.
    while tally.open.load(Relaxed) < connections as usize && begun.elapsed() < time {
        sleep(EVERY).await;
    }
    let (waits, failed) = honest(address, time).await;
    let open = tally.open.load(Relaxed);
    tally.is_over.store(true, Relaxed);
    tasks.shutdown().await;
    Ok(Attack {
        attack: slow.name(),
        open,
        begun_anew: tally.begun_anew.load(Relaxed),
        pages: waits.len(),
        failed,
        p50_ms: at(&waits, 50),
        p99_ms: at(&waits, 99),
    })
}

/// Holds a place for as long as the server allows, and again after that.
async fn hold(address: SocketAddr, slow: Slow, number: u32, tally: Arc<Tally>) {
    while !tally.is_over.load(Relaxed) {
        if let Ok(stream) = connect(address, from(number)).await {
            tally.open.fetch_add(1, Relaxed);
            trickle(stream, slow).await;
            tally.open.fetch_sub(1, Relaxed);
            tally.begun_anew.fetch_add(1, Relaxed);
        }
        sleep(Duration::from_millis(100)).await;
    }
}

/// Sends or reads a byte now and then until the connection ends.
async fn trickle(mut stream: TcpStream, slow: Slow) {
    if stream.write_all(slow.words()).await.is_err() {
        return;
    }
    let mut bytes = [0; 4096];
    loop {
        let read = match slow {
            // A slow reader leaves the answer in the buffer, except for a byte now and then.
            Slow::Readers => &mut bytes[..1],
            _ => &mut bytes[..],
        };
        if slow == Slow::Readers {
            sleep(TRICKLE).await;
        }
        if let Ok(Ok(0) | Err(_)) = timeout(TRICKLE, stream.read(read)).await {
            return;
        }
        let says_more = matches!(slow, Slow::Heads | Slow::Bodies);
        if says_more && stream.write_all(b"x").await.is_err() {
            return;
        }
    }
}

/// Requests pages over new connections, one after the other; returns the sorted latencies and the number of unanswered requests.
async fn honest(address: SocketAddr, time: Duration) -> (Vec<Duration>, usize) {
    let begun = Instant::now();
    let mut tasks = JoinSet::new();
    let mut number = 0;
    while begun.elapsed() < time {
        let page = PAGES[number % PAGES.len()];
        number += 1;
        let request = format!("GET {page} HTTP/1.1\r\nhost: bench\r\nconnection: close\r\n\r\n");
        tasks.spawn(async move {
            let asked = Instant::now();
            let answer = timeout(PATIENCE, ask(address, Ipv4Addr::LOCALHOST.into(), &request));
            match answer.await {
                Ok(Ok(answer)) if answer.starts_with("HTTP/1.1 200") => Some(asked.elapsed()),
                _ => None,
            }
        });
        sleep(EVERY).await;
    }
    let mut waits = Vec::new();
    let mut failed = 0;
    while let Some(done) = tasks.join_next().await {
        match done {
            Ok(Some(wait)) => waits.push(wait),
            _ => failed += 1,
        }
    }
    waits.sort_unstable();
    (waits, failed)
}

/// Sends all sign-ins at once, with a wrong password.
async fn flood(address: SocketAddr, sign_ins: u32) -> Result<SignIns> {
    tell!("sign-ins …");
    let page = "GET /sign-in HTTP/1.1\r\nhost: bench\r\nconnection: close\r\n\r\n";
    let page = ask(address, from(0), page).await?;
    let between = |before: &str, after: char| {
        let (_, rest) = page.split_once(before)?;
        Some(rest.split_once(after)?.0.to_owned())
    };
    let csrf = between("name=\"csrf\" value=\"", '"').context("a form to sign in")?;
    let visit = between("visit=", ';').context("a cookie of the visit")?;
    let mut tasks = JoinSet::new();
    for number in 0..sign_ins {
        let form = format!("csrf={csrf}&login=nobody.{number}&password=guessed.{number}");
        let request = format!(
            "POST /sign-in HTTP/1.1\r\nhost: bench\r\ncookie: visit={visit}\r\nconnection: close\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{form}",
            form.len()
        );
        tasks.spawn(async move {
            let asked = Instant::now();
            let answer = timeout(
                Duration::from_secs(60),
                ask(address, from(number), &request),
            );
            let answer = answer.await.ok()?.ok()?;
            Some((answer.starts_with("HTTP/1.1 503"), asked.elapsed()))
        });
    }
    let (pages, _) = honest(address, Duration::from_secs(3)).await;
    let mut report = SignIns {
        sent: sign_ins,
        looked_at: 0,
        crowded: 0,
        failed: 0,
        longest_ms: 0.0,
        pages_p99_ms: at(&pages, 99),
    };
    while let Some(done) = tasks.join_next().await {
        match done.ok().flatten() {
            Some((is_crowded, wait)) => {
                if is_crowded {
                    report.crowded += 1;
                } else {
                    report.looked_at += 1;
                }
                report.longest_ms = report.longest_ms.max(milliseconds(wait));
            }
            None => report.failed += 1,
        }
    }
    Ok(report)
}

/// The attacked server.
struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    async fn start(folder: &std::path::Path) -> Result<Server> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["serve", "--listen", "127.0.0.1:0", "--dir"])
            .arg(folder)
            .env_remove("JIANJIA_DATABASE")
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("the server did not start")?;
        let mut lines = BufReader::new(child.stderr.take().context("its words")?).lines();
        let address = loop {
            let line = lines
                .next_line()
                .await?
                .context("the server did not start")?;
            if let Some(address) = line.strip_prefix("http://") {
                break address.trim_end_matches('/').parse()?;
            }
        };
        // Drain its output, so that it never blocks on a full pipe.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(Server { child, address })
    }

    /// Shuts it down while slow connections are open; returns how long that took.
    async fn end(&mut self, connections: u32) -> Result<f64> {
        tell!("the end …");
        let mut open = Vec::new();
        for number in 0..connections {
            let mut stream = connect(self.address, from(number)).await?;
            stream.write_all(Slow::Heads.words()).await?;
            open.push(stream);
        }
        let pid = self.child.id().context("the server ended by itself")?;
        let pid = Pid::from_raw(i32::try_from(pid)?).context("a process")?;
        let asked = Instant::now();
        kill_process(pid, Signal::TERM)?;
        let status = timeout(Duration::from_secs(60), self.child.wait()).await;
        let status = status.context("the server did not end")??;
        ensure!(status.success(), "the server ended with {status}");
        Ok(milliseconds(asked.elapsed()))
    }
}

/// One of forty addresses of this machine.
fn from(number: u32) -> IpAddr {
    Ipv4Addr::new(127, 0, 1, (number % 40) as u8 + 1).into()
}

async fn connect(address: SocketAddr, from: IpAddr) -> Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    // A small receive buffer, so that unread data soon blocks the sender.
    socket.set_recv_buffer_size(4096)?;
    socket.bind((from, 0).into())?;
    Ok(timeout(PATIENCE, socket.connect(address)).await??)
}

async fn ask(address: SocketAddr, from: IpAddr, request: &str) -> Result<String> {
    let socket = TcpSocket::new_v4()?;
    socket.bind((from, 0).into())?;
    let mut stream = socket.connect(address).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

fn at(sorted: &[Duration], percent: usize) -> f64 {
    let index = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted.get(index).copied().map_or(0.0, milliseconds)
}

fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 100_000.0).round() / 100.0
}
