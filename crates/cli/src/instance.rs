//! An instance: where its data, its database and its standard are. A flag overrides the environment, which overrides the configuration file, which
//! overrides the default.

pub mod files;
pub mod key;
pub mod post;
pub mod provider;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use jianjia_app::{
    core::{
        app::App,
        audit,
        clock::Clock,
        entropy::Entropy,
        instance,
        memory::Memory,
        paper as papers,
        secret::SlipKey,
        sort_key::renewal,
        standard::{self as standards, Standards},
    },
    exchange::verification,
    rating::poll::left_out::annul_left_out,
};
use jianjia_demo as demo;
use jianjia_standard::Standard;
use jianjia_store::core::{
    db::{Db, Tables},
    file::Files,
    standard::StandardTexts,
};
use jiff::Timestamp;
use serde::{Deserialize, Deserializer};

use crate::{
    commands::standard::{in_folder, unreadable},
    demo_day,
    instance::{
        files::{BucketConfiguration, BucketFlags},
        key::{existing_heads, heads, read_slip_key, slip_key},
        post::{MailConfiguration, TelephoneConfiguration},
        provider::ProviderConfiguration,
    },
    output::tell,
    private,
};

/// The flags of every command that works on an instance.
#[derive(Args, Clone, Debug)]
pub struct Instance {
    /// Folder of the instance: its configuration `jianjia.toml`, its files and, by default, its database
    #[arg(long, env = "JIANJIA_DIR", default_value = "jianjia-data")]
    pub dir: PathBuf,
    /// Address of the database: postgres://… [default: an SQLite file in the instance's folder]
    #[arg(long, env = "JIANJIA_DATABASE")]
    pub database: Option<String>,
    /// Folder of the files (photos, scans, tables), or a bucket s3://bucket/prefix, shared by all nodes over one database [default: `files` in the
    /// instance's folder]
    #[arg(long, env = "JIANJIA_FILES")]
    pub files: Option<PathBuf>,
    #[command(flatten)]
    bucket: BucketFlags,
    /// Folder of a standard, which is kept in the database from then on; repeated, one for each plan. Without any the standards kept there, or else the
    /// Changzhou standard that comes with the program
    #[arg(long, env = "JIANJIA_STANDARD")]
    pub standard: Vec<PathBuf>,
    /// The secret key that slip codes are hashed with, 64 hexadecimal digits, the same on all nodes over one database [default: the file `slip.key`
    /// in the instance's folder, created if missing]
    #[arg(long, env = "JIANJIA_SLIP_KEY", hide_env_values = true)]
    pub slip_key: Option<String>,
    /// Folder for the signed heads of the trail, ideally one that the owner of the database can't write [default: `heads` in the instance's folder]
    #[arg(long, env = "JIANJIA_HEADS")]
    pub heads: Option<PathBuf>,
    /// Folder of the city's own templates and layouts of papers, which stand for the built-in ones file by file [default: the built-in ones]
    #[arg(long, env = "JIANJIA_PAPERS")]
    pub papers: Option<PathBuf>,
    /// Folder of the fonts that papers are set with; repeated [default: those of the system]
    #[arg(long, env = "JIANJIA_FONTS")]
    pub fonts: Vec<PathBuf>,
}

/// The configuration file `jianjia.toml` in the instance's folder. Every key is optional.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Configuration {
    /// `127.0.0.1:8016`
    pub listen: Option<String>,
    pub database: Option<String>,
    pub files: Option<PathBuf>,
    pub bucket: BucketConfiguration,
    /// One folder, or several.
    #[serde(deserialize_with = "folders")]
    pub standard: Vec<PathBuf>,
    /// The folder of the city's own papers.
    pub papers: Option<PathBuf>,
    /// One folder of fonts, or several.
    #[serde(deserialize_with = "folders")]
    pub fonts: Vec<PathBuf>,
    /// Whether people reach the program over https (cookies are marked secure).
    pub https: Option<bool>,
    /// Whether a trusted proxy sets `X-Forwarded-For`.
    pub behind_proxy: Option<bool>,
    /// A separate address for the metrics at `/metrics`.
    pub metrics_listen: Option<String>,
    /// The bearer token that gives anybody access to them.
    pub metrics_token: Option<String>,
    /// The folder of the nightly backups.
    pub backup_dir: Option<PathBuf>,
    /// The public key that they are sealed for.
    pub backup_seal_for: Option<String>,
    /// The roles that are asked for a second factor.
    pub second_factor: Option<Vec<String>>,
    /// By which people reach the program.
    pub address: Option<String>,
    pub mail: MailConfiguration,
    pub telephone: TelephoneConfiguration,
    pub provider: ProviderConfiguration,
}

impl Instance {
    /// The configuration file, or the defaults if there is none.
    ///
    /// # Errors
    /// If the file can't be read or has a mistake: the sentence names the place.
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

    /// The standards by the settings alone, without opening the instance.
    ///
    /// # Errors
    /// When one can't be read or has mistakes.
    pub fn standards(&self) -> Result<Standards> {
        let mut given = self.given_standards()?;
        if given.is_empty() {
            given.push(standard_texts(None)?);
        }
        standards::of_texts(&given)
    }

    /// Opens the instance, created if missing, and migrates its tables.
    ///
    /// # Errors
    /// If folder, database or standard can't be used.
    pub async fn open(&self) -> Result<App> {
        let (db, is_older) = self.tables().await?;
        let (clock, is_demo) = self.clock(&db).await?;
        let entropy = Entropy::of_the_machine()?;
        let storage = self.storage()?;
        instance::join(&db, &storage, &entropy, clock.now()).await?;
        let files = Files::open(&storage)?;
        let standards = self.adopted(&db, &entropy, clock.now()).await?;
        let app = App {
            db,
            files,
            standards,
            clock,
            entropy,
            slip_key: match &self.slip_key {
                Some(key) => read_slip_key(key)?,
                None => slip_key(&self.dir)?,
            },
            heads: Some(heads(&self.dir, self.heads.as_deref())?),
            memory: Memory::default(),
            followers: jianjia_app::FOLLOWERS,
            backups: None,
            second_factor: Arc::default(),
            post: Default::default(),
            provider: None,
            is_demo,
        };
        papers::set_up(&app, self.press()?);
        if is_older {
            verification::adopt_records(&app).await?;
        }
        renewal::renew(&app)
            .await
            .context("names are sorted anew")?;
        // After a restore; repeated at the next start if it is interrupted.
        for poll in annul_left_out(&app).await.context("polls without votes")? {
            tell!(
                "{}: the rating of {} was being voted on when the backup was made; its votes are not in the backup, so it is void and has to be held again",
                poll.unit_name,
                poll.year
            );
        }
        Ok(app)
    }

    /// Opens an existing instance for read-only commands: nothing is created, migrated or adopted.
    ///
    /// # Errors
    /// If there is no instance, it is of another version, or it can't be used.
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
        let storage = self.storage()?;
        instance::check(&db, &storage).await?;
        let (clock, is_demo) = self.clock(&db).await?;
        let standards = self.known(&db).await?;
        let app = App {
            db,
            files: Files::open_existing(&storage)?,
            standards,
            clock,
            entropy: Entropy::of_the_machine()?,
            // Read-only commands read no slips, and a missing key is left to be created by whoever opens the instance to work with it.
            slip_key: SlipKey([0; 32]),
            heads: existing_heads(&self.dir, self.heads.as_deref())?,
            memory: Memory::default(),
            followers: jianjia_app::FOLLOWERS,
            backups: None,
            second_factor: Arc::default(),
            post: Default::default(),
            provider: None,
            is_demo,
        };
        papers::set_up(&app, self.press()?);
        Ok(app)
    }

    /// Where the templates and fonts of papers are.
    ///
    /// # Errors
    /// If the configuration file can't be read or has a mistake.
    pub fn press(&self) -> Result<papers::Settings> {
        let configuration = self.configuration()?;
        Ok(papers::Settings {
            papers: self.papers.clone().or(configuration.papers),
            fonts: if self.fonts.is_empty() {
                configuration.fonts
            } else {
                self.fonts.clone()
            },
        })
    }

    /// Only the database and the files, created if missing and migrated: nothing is written into them, so that a restore finds them empty.
    ///
    /// # Errors
    /// If folder or database can't be used.
    pub async fn stores(&self) -> Result<(Db, Files)> {
        let (db, _) = self.tables().await?;
        Ok((db, Files::open(&self.storage()?)?))
    }

    /// The database, and whether its tables were of an earlier version.
    async fn tables(&self) -> Result<(Db, bool)> {
        let database = self.database()?;
        private::keep(&self.dir, &database)?;
        let db = Db::open(&database).await?;
        let is_older = db.migrate().await?;
        Ok((db, is_older))
    }

    /// The address of the database.
    ///
    /// # Errors
    /// If the configuration file can't be read or has a mistake.
    pub fn database(&self) -> Result<String> {
        Ok(self
            .database
            .clone()
            .or(self.configuration()?.database)
            .unwrap_or_else(|| format!("sqlite://{}", self.dir.join("jianjia.db").display())))
    }

    /// The standards that the settings name.
    fn given_standards(&self) -> Result<Vec<StandardTexts>> {
        let folders = if self.standard.is_empty() {
            self.configuration()?.standard
        } else {
            self.standard.clone()
        };
        folders
            .into_iter()
            .map(|folder| standard_texts(Some(folder)))
            .collect()
    }

    /// The standards that hold, those that the settings name kept in the database. The one that comes with the program is kept where no other is, or where
    /// it takes the place of an earlier text of its own.
    async fn adopted(&self, db: &Db, entropy: &Entropy, now: Timestamp) -> Result<Standards> {
        let given = self.given_standards()?;
        if given.is_empty() {
            let built_in = standard_texts(None)?;
            let kept = standards::adopted_keys(db).await?;
            if kept.is_empty() || kept.contains(&standards::load(&built_in)?.key) {
                standards::adopt(db, &[built_in], entropy, now).await?;
            }
            return Ok(standards::known(db, &given).await?);
        }
        Ok(standards::adopt(db, &given, entropy, now).await?)
    }

    /// The same where nothing is kept.
    async fn known(&self, db: &Db) -> Result<Standards> {
        let mut given = self.given_standards()?;
        if given.is_empty() && standards::adopted_keys(db).await?.is_empty() {
            given.push(standard_texts(None)?);
        }
        Ok(standards::known(db, &given).await?)
    }

    /// The clock, and whether the instance is a demo city, which has a date of its own.
    async fn clock(&self, db: &Db) -> Result<(Clock, bool)> {
        Ok(match demo_day::read(&self.dir)? {
            Some(day) => (demo::clock(audit::newest_at(db).await?, day), true),
            None => (Clock::Real, false),
        })
    }
}

/// One folder or a list of them.
fn folders<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<PathBuf>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Folders {
        One(PathBuf),
        Many(Vec<PathBuf>),
    }
    Ok(match Folders::deserialize(from)? {
        Folders::One(folder) => vec![folder],
        Folders::Many(folders) => folders,
    })
}

/// What to do if there is no instance.
pub const BEGIN: &str = "name the instance's folder with --dir and its database with --database, or begin an instance with `jianjia account NAME`";

/// The address of a database, changed so that opening it does not create one. PostgreSQL never creates one.
///
/// # Errors
/// If it is an SQLite file that does not exist.
pub fn existing(database: String) -> Result<String> {
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

/// The texts of the standard in a folder, or of the built-in one.
///
/// # Errors
/// If the folder's files can't be read.
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

/// The standard in a folder, or the built-in one.
///
/// # Errors
/// If it can't be read or has mistakes.
pub fn standard(folder: Option<PathBuf>) -> Result<Standard> {
    match folder {
        Some(folder) => in_folder(&folder),
        None => standards::load(&standard_texts(None)?),
    }
}

/// Runs a command on the async runtime.
///
/// # Errors
/// The command's error.
pub fn run<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(work)
}
