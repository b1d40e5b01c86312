//! `jianjia demo`: creates the demo city once, serves it and prints the accounts to sign in with.

use std::{
    fmt::Write as _,
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::Instant,
};

use anyhow::{Context, Result, ensure};
use clap::Args;
use jianjia_app::core::{
    app::App,
    audit,
    clock::Clock,
    entropy::Entropy,
    memory::Memory,
    standard::{self as standards, Standards},
};
use jianjia_demo::{self as demo, ACCOUNTS, PASSWORD, Size, Trying};
use jianjia_domain::rating::poll::slip::printed;
use jianjia_standard::{Standard, Text};
use jianjia_store::core::{db::Db, file::Files};
use jianjia_web::{
    Serving,
    demo::{Demo as Offered, DemoAccount, DemoCodes},
};
use jiff::civil::Date;

use crate::{
    commands::serve::{bind, serve},
    demo_day, instance,
    output::{say, tell},
    private,
};

/// Creates a demo city once, serves it and prints the addresses and accounts to try
#[derive(Args)]
pub struct Demo {
    /// Folder of the demo city; remove it to start again
    #[arg(long, default_value = "demo-data")]
    dir: PathBuf,
    /// Address and port to serve on
    #[arg(long, default_value = "127.0.0.1:8016")]
    listen: String,
    /// Today's date in the demo; its clock runs on from 9:00, or from the last event in the city. A new city has lived until then, to the end of 2020 at most [default: the date set last, at first 2016-10-20]
    #[arg(long)]
    today: Option<Date>,
    /// Folder of the standard [default: the built-in Changzhou standard]
    #[arg(long)]
    standard: Option<PathBuf>,
}

pub fn run(command: &Demo) -> Result<ExitCode> {
    instance::run(async {
        let listener = bind(&command.listen).await?;
        let standard = instance::standard(command.standard.clone())?;
        let app = open(&command.dir, standard, command.today).await?;
        let texts = instance::standard_texts(command.standard.clone())?;
        standards::set_up(&app, vec![texts]);
        let trying = demo::trying_in(&app).await?;
        let greeting = greeting(listener.local_addr()?, app.clock.today(), trying)?;
        say!("{}", greeting.trim_end())?;
        serve(app, Serving::default(), listener).await?;
        Ok(ExitCode::SUCCESS)
    })
}

/// Opens the demo city in a folder, created if missing, on a day; without one, on the day set last.
///
/// # Errors
/// If it can't be created or read, or is past the day.
pub async fn open(dir: &Path, standard: Standard, today: Option<Date>) -> Result<App> {
    let standards = Standards::of_one(standard);
    let database = dir.join("jianjia.db");
    if let Some(today) = today {
        ensure!(
            today >= demo::AS_OF,
            "the demo city begins on {}, with its first round under way; choose that day or a later one with --today",
            demo::AS_OF
        );
    }
    let is_made = database.exists();
    if !is_made {
        make(dir, &database, standards.clone(), today).await?;
    }
    let app = opened(dir, &database, standards).await.with_context(|| {
        format!(
            "the demo city in {} is another version's: remove the folder and start again",
            dir.display()
        )
    })?;
    let kept = demo_day::read(dir)?;
    let last = audit::newest_at(&app.db).await?;
    let day = match today {
        Some(today) => {
            let reached = demo::reached(last);
            may_be(dir, today, reached)?;
            if is_made && today.year() > reached.year() {
                tell!(
                    "the city in {} has lived until {reached}; only its clock is moved on to {today}. For a city with all the years between, choose another folder with --dir",
                    dir.display()
                );
            }
            today
        }
        None => kept.unwrap_or(demo::AS_OF),
    };
    if kept != Some(day) {
        demo_day::keep(dir, day)?;
    }
    let clock = demo::clock(last, day);
    // Editions that began in the city hold here, too.
    standards::refresh(&mut app.db.read().await?, &app.standards).await?;
    Ok(App { clock, ..app })
}

/// A city can't go back before its last event.
fn may_be(dir: &Path, today: Date, reached: Date) -> Result<()> {
    ensure!(
        today >= reached,
        "the demo city in {} has reached {reached} and can't go back to {today}; choose {reached} or a later day with --today, or another folder with --dir",
        dir.display()
    );
    ensure!(
        Clock::running_from(today).today() == today,
        "no clock shows {today}; choose an earlier day with --today"
    );
    Ok(())
}

/// Creates the city under a temporary name and renames it when complete, so that an interrupted creation is not mistaken for one.
async fn make(
    dir: &Path,
    database: &Path,
    standards: Standards,
    today: Option<Date>,
) -> Result<()> {
    let today = today.unwrap_or(demo::AS_OF);
    tell!("making the demo city in {} …", dir.display());
    let started = Instant::now();
    fs::create_dir_all(dir)
        .with_context(|| format!("the folder {} can't be made", dir.display()))?;
    let unfinished = dir.join("making.db");
    for end in ["", "-wal", "-shm"] {
        let left = dir.join(format!("making.db{end}"));
        if left.exists() {
            fs::remove_file(&left)
                .with_context(|| format!("{} can't be removed", left.display()))?;
        }
    }
    // The demo's fixed key, with which the codes shown to visitors were made.
    let key: String = demo::SLIP_KEY
        .0
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    private::write(&dir.join("slip.key"), key.as_bytes())
        .context("the demo's slip key can't be written")?;
    demo_day::keep(dir, today)?;
    let app = opened(dir, &unfinished, standards).await?;
    demo::make_until(&app, Size::WHOLE, today).await?;
    app.db.close().await;
    fs::rename(&unfinished, database).context("the finished city can't be moved to its place")?;
    tell!("made in {:.1} s", started.elapsed().as_secs_f64());
    Ok(())
}

async fn opened(dir: &Path, database: &Path, standards: Standards) -> Result<App> {
    let address = format!("sqlite://{}", database.display());
    private::keep(dir, &address)?;
    let db = Db::open(&address).await?;
    db.migrate().await?;
    Ok(App {
        db,
        files: Files::in_folder(&dir.join("files"))?,
        standards,
        clock: Clock::Real,
        entropy: Entropy::of_the_machine()?,
        slip_key: instance::key::slip_key(dir)?,
        heads: Some(instance::key::heads(dir, None)?),
        memory: Memory::default(),
        followers: jianjia_app::FOLLOWERS,
        backups: None,
        second_factor: Arc::default(),
        post: Default::default(),
        provider: None,
        is_demo: true,
    })
}

/// What the page for signing in offers to try; nothing but in the demo.
///
/// # Errors
/// As `demo::trying`.
pub async fn offered(app: &App) -> Result<Offered> {
    if !app.is_demo {
        return Ok(Offered::default());
    }
    let accounts = ACCOUNTS.iter().map(|account| DemoAccount {
        login: account.login.to_owned(),
        role: Text {
            zh: account.zh.to_owned(),
            en: account.en.to_owned(),
        },
    });
    let codes = demo::trying_in(app).await?.map(|trying| DemoCodes {
        slip: trying.slip,
        poll: trying.poll,
        members: trying.members.into(),
    });
    Ok(Offered {
        accounts: accounts.collect(),
        password: PASSWORD.to_owned(),
        codes,
    })
}

fn greeting(address: SocketAddr, today: Date, trying: Option<Trying>) -> Result<String> {
    let mut text = String::new();
    writeln!(
        text,
        "建家 演示城市（虚构数据） Jianjia, demo city (invented data)"
    )?;
    writeln!(text, "  http://{address}/          今天是 it is {today}")?;
    writeln!(
        text,
        "  http://{address}/sign-in   密码 password: {PASSWORD}"
    )?;
    writeln!(text)?;
    for account in ACCOUNTS {
        writeln!(text, "  {:<22} {}", account.login, account.zh)?;
        writeln!(text, "  {:<22} {}", "", account.en)?;
    }
    let Some(Trying {
        slip,
        poll,
        members,
    }) = trying
    else {
        return Ok(text);
    };
    writeln!(text)?;
    writeln!(text, "  投一票 cast a vote      http://{address}/v/{slip}")?;
    writeln!(
        text,
        "  开一个票箱 open a box   http://{address}/polls/{poll}/group"
    )?;
    writeln!(
        text,
        "  {:<22} 小组成员码 member codes {}",
        "",
        members.map(|code| printed(&code)).join("  ")
    )?;
    Ok(text)
}
