//! A real instance: where its data, its database and its standard are. A flag goes before the environment, the environment before the
//! configuration file, the file before the default.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use jianjia_app::{
    core::{
        app::App, audit, clock::Clock, entropy::Entropy, head::Heads, instance, seal as seals,
        standard as standards,
    },
    rating::{ballot::Ballots, lock::SlipKey, poll::left_out::annul_left_out},
};
use jianjia_demo as demo;
use jianjia_standard::Standard;
use jianjia_store::core::{
    db::{Db, Tables},
    file::Files,
    standard::StandardTexts,
};
use serde::Deserialize;

use crate::{
    commands::standard::{in_folder, unreadable},
    demo_day,
    output::tell,
    private,
};

/// The flags of every command that works on an instance.
#[derive(Args, Clone, Debug)]
pub struct Instance {
    /// Folder of the instance: its configuration `jianjia.toml`, its files and, without another address, its database
    #[arg(long, env = "JIANJIA_DIR", default_value = "jianjia-data")]
    pub dir: PathBuf,
    /// Address of the database: postgres://… ; without one an SQLite file in the folder
    #[arg(long, env = "JIANJIA_DATABASE")]
    pub database: Option<String>,
    /// Folder of the files (photos, scans, tables), which all programs over one database share; without one `files` in the instance's folder
    #[arg(long, env = "JIANJIA_FILES")]
    pub files: Option<PathBuf>,
    /// Folder of the standard; without one the Changzhou standard that comes with the program
    #[arg(long, env = "JIANJIA_STANDARD")]
    pub standard: Option<PathBuf>,
    /// The secret under which codes of slips are hashed, 64 hexadecimal digits, for several programs over one database; without one the
    /// file `slip.key` in the folder, made when missing
    #[arg(long, env = "JIANJIA_SLIP_KEY", hide_env_values = true)]
    pub slip_key: Option<String>,
    /// Folder that the trail's signed heads are written to, best one that the database's owner can't write; without one `heads` in the folder
    #[arg(long, env = "JIANJIA_HEADS")]
    pub heads: Option<PathBuf>,
}

/// The configuration file `jianjia.toml` in the instance's folder. Every key may be left out.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Configuration {
    /// `127.0.0.1:8016`
    pub listen: Option<String>,
    pub database: Option<String>,
    pub files: Option<PathBuf>,
    pub standard: Option<PathBuf>,
    /// Whether people reach the program over https (cookies are marked so).
    pub https: Option<bool>,
    /// Whether a proxy of ours stands before it and sets `X-Forwarded-For`.
    pub behind_proxy: Option<bool>,
    /// An address of their own for the figures at `/metrics`.
    pub metrics_listen: Option<String>,
    /// With which they are given to anybody.
    pub metrics_token: Option<String>,
}

impl Instance {
    /// The configuration file, or nothing where there is none.
    ///
    /// # Errors
    /// When the file can't be read or has a mistake: the sentence names the place.
    pub fn configuration(&self) -> Result<Configuration> {
        let path = self.dir.join("jianjia.toml");
        match std::fs::read_to_string(&path) {
            Ok(text) => {
                toml::from_str(&text).with_context(|| format!("{} has a mistake", path.display()))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Ok(Configuration::default())
            }
            Err(error) => Err(error).with_context(|| format!("{} can't be read", path.display())),
        }
    }

    /// The standard of the instance, without opening it.
    ///
    /// # Errors
    /// When it can't be read or has mistakes.
    pub fn standard(&self) -> Result<Standard> {
        standard(self.folder_of_the_standard()?)
    }

    /// Opens the instance, made when missing, its tables brought up to date.
    ///
    /// # Errors
    /// When folder, database or standard can't be used.
    pub async fn open(&self) -> Result<App> {
        let (db, is_older) = self.tables().await?;
        let (clock, is_demo) = self.clock(&db).await?;
        let entropy = Entropy::of_the_machine()?;
        let files = self.folder_of_files()?;
        instance::join(&db, &files, &entropy, clock.now()).await?;
        let files = Files::in_folder(&files)?;
        let texts = standard_texts(self.folder_of_the_standard()?)?;
        let standard = standards::adopt(&db, &texts, &entropy, clock.now()).await?;
        let app = App {
            db,
            files,
            standard: Arc::new(standard),
            clock,
            entropy,
            slip_key: match &self.slip_key {
                Some(key) => read_slip_key(key)?,
                None => slip_key(&self.dir)?,
            },
            heads: Some(heads(&self.dir, self.heads.as_deref())?),
            ballots: Ballots::default(),
            is_demo,
        };
        if is_older {
            seals::adopt_records(&app).await?;
        }
        // After a restoring; one that was broken off is made up for with the next start.
        for poll in annul_left_out(&app).await.context("polls without votes")? {
            tell!(
                "{}: the rating of {} was being voted on when the backup was made; its votes are not in the backup, so it is void and has to be held again",
                poll.unit_name,
                poll.year
            );
        }
        Ok(app)
    }

    /// Opens an instance that is there already, for commands that only look: nothing is made, brought up to date or adopted.
    ///
    /// # Errors
    /// When there is no instance, it is another version's, or it can't be used.
    pub async fn open_existing(&self) -> Result<App> {
        ensure!(
            self.dir.is_dir(),
            "there is no instance in {}, which is no folder; {BEGIN}",
            self.dir.display()
        );
        let db = Db::open(&existing(self.database()?)?).await?;
        match db.tables().await {
            Tables::UpToDate => {}
            Tables::Missing => bail!("the database holds no instance; {BEGIN}"),
            Tables::Older => bail!(
                "the database is an earlier version's; run `jianjia serve` once, which brings it up to date, or use that version"
            ),
            Tables::Newer => bail!("the database is a later version's; use that version"),
        }
        let files = self.folder_of_files()?;
        instance::check(&db, &files).await?;
        let (clock, is_demo) = self.clock(&db).await?;
        Ok(App {
            db,
            files: Files::in_existing_folder(&files)?,
            standard: Arc::new(self.standard()?),
            clock,
            entropy: Entropy::of_the_machine()?,
            // Who only looks reads no slip, and a key that is not there is made by whoever opens the instance to work with it.
            slip_key: SlipKey([0; 32]),
            heads: existing_heads(&self.dir, self.heads.as_deref())?,
            ballots: Ballots::default(),
            is_demo,
        })
    }

    /// The database and the files alone, made when missing, the tables brought up to date: nothing is written into them, so that a
    /// backup finds them empty.
    ///
    /// # Errors
    /// When folder or database can't be used.
    pub async fn stores(&self) -> Result<(Db, Files)> {
        let (db, _) = self.tables().await?;
        Ok((db, Files::in_folder(&self.folder_of_files()?)?))
    }

    /// The database, and whether its tables were an earlier version's.
    async fn tables(&self) -> Result<(Db, bool)> {
        let database = self.database()?;
        private::keep(&self.dir, &database)?;
        let db = Db::open(&database).await?;
        let is_older = db.migrate().await?;
        Ok((db, is_older))
    }

    /// The address of the database.
    fn database(&self) -> Result<String> {
        Ok(self
            .database
            .clone()
            .or(self.configuration()?.database)
            .unwrap_or_else(|| format!("sqlite://{}", self.dir.join("jianjia.db").display())))
    }

    /// The folder of files.
    ///
    /// # Errors
    /// When the configuration file can't be read or has a mistake.
    pub fn folder_of_files(&self) -> Result<PathBuf> {
        Ok(self
            .files
            .clone()
            .or(self.configuration()?.files)
            .unwrap_or_else(|| self.dir.join("files")))
    }

    fn folder_of_the_standard(&self) -> Result<Option<PathBuf>> {
        Ok(self.standard.clone().or(self.configuration()?.standard))
    }

    /// The clock, and whether the instance is a demo city: that has a day of its own.
    async fn clock(&self, db: &Db) -> Result<(Clock, bool)> {
        Ok(match demo_day::read(&self.dir)? {
            Some(day) => (demo::clock(audit::newest_at(db).await?, day), true),
            None => (Clock::Real, false),
        })
    }
}

/// What to do where no instance is.
const BEGIN: &str = "name the instance's folder with --dir and its database with --database, or begin an instance with `jianjia account NAME`";

/// The address of a database, so that opening it makes none. PostgreSQL makes none anyway.
///
/// # Errors
/// When it is an SQLite file that isn't there.
fn existing(database: String) -> Result<String> {
    let Some(file) = database.strip_prefix("sqlite:") else {
        return Ok(database);
    };
    let file = file.strip_prefix("//").unwrap_or(file);
    let (file, has_mode) = file
        .split_once('?')
        .map_or((file, false), |(file, _)| (file, true));
    ensure!(
        Path::new(file).is_file(),
        "there is no instance: {file} is not there; {BEGIN}"
    );
    Ok(if has_mode {
        database
    } else {
        format!("{database}?mode=rw")
    })
}

/// The key in `slip.key` of a folder, readable by its owner alone; made when missing. It is no part of a backup: slips printed but not used are of no use
/// without it, and copies of the database are of no use for making slips.
///
/// # Errors
/// When the file can't be read or made, or holds no key.
pub fn slip_key(dir: &Path) -> Result<SlipKey> {
    Ok(SlipKey(key_file(&dir.join("slip.key"))?))
}

/// Where the trail's heads go: signed with the key in `head.key` of the instance's folder, made when missing, which is no part of a backup.
///
/// # Errors
/// When the key can't be read or made, or is none.
pub fn heads(dir: &Path, folder: Option<&Path>) -> Result<Heads> {
    let key = key_file(&dir.join("head.key"))?;
    Ok(Heads::new(&key, folder.unwrap_or(&dir.join("heads"))))
}

/// The same where the key is there already; without it there are no heads of this instance.
fn existing_heads(dir: &Path, folder: Option<&Path>) -> Result<Option<Heads>> {
    dir.join("head.key")
        .exists()
        .then(|| heads(dir, folder))
        .transpose()
}

/// The key in a file, readable by its owner alone; made when missing.
fn key_file(path: &Path) -> Result<[u8; 32]> {
    match std::fs::read_to_string(path) {
        Ok(text) => read_key(&text).with_context(|| format!("{} is no key", path.display())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let mut key = [0; 32];
            Entropy::of_the_machine()?.fill(&mut key);
            let text: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
            private::write_new(path, text.as_bytes())
                .with_context(|| format!("{} can't be made", path.display()))?;
            Ok(key)
        }
        Err(error) => Err(error).with_context(|| format!("{} can't be read", path.display())),
    }
}

fn read_slip_key(text: &str) -> Result<SlipKey> {
    Ok(SlipKey(read_key(text)?))
}

fn read_key(text: &str) -> Result<[u8; 32]> {
    let text = text.trim();
    let mut key = [0; 32];
    let is_key = text.len() == 64
        && key.iter_mut().enumerate().all(|(place, byte)| {
            text.get(place * 2..place * 2 + 2)
                .and_then(|digits| u8::from_str_radix(digits, 16).ok())
                .is_some_and(|value| {
                    *byte = value;
                    true
                })
        });
    ensure!(is_key, "a key has 64 hexadecimal digits");
    Ok(key)
}

/// The texts of the standard in a folder, or of the one that comes with the program.
///
/// # Errors
/// When the folder's files can't be read.
pub fn standard_texts(folder: Option<PathBuf>) -> Result<StandardTexts> {
    let Some(folder) = folder else {
        return Ok(StandardTexts {
            standard_toml: include_str!("../../../standards/changzhou-2016/standard.toml")
                .to_owned(),
            facts_toml: include_str!("../../../standards/changzhou-2016/facts.toml").to_owned(),
        });
    };
    let read = |name: &str| {
        let path = folder.join(name);
        std::fs::read_to_string(&path).map_err(|error| unreadable(&path, &error))
    };
    Ok(StandardTexts {
        standard_toml: read("standard.toml")?,
        facts_toml: read("facts.toml")?,
    })
}

/// The standard in a folder, or the one that comes with the program.
///
/// # Errors
/// When it can't be read or has mistakes.
pub fn standard(folder: Option<PathBuf>) -> Result<Standard> {
    match folder {
        Some(folder) => in_folder(&folder),
        None => standards::load(&standard_texts(None)?),
    }
}

/// Runs what a command does on the asynchronous runtime.
///
/// # Errors
/// What the command answers.
pub fn run<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(work)
}
