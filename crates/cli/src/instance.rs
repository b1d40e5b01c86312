//! A real instance: where its data, its database and its standard are. A flag goes before the environment, the environment before the
//! configuration file, the file before the default.

use std::{path::PathBuf, sync::Arc};

use anyhow::{Context, Result};
use clap::Args;
use jianjia_app::{app::App, clock::Clock, entropy::Entropy, standards};
use jianjia_standard::Standard;
use jianjia_store::{db::Db, files::Files, standard::StandardTexts};
use serde::Deserialize;

/// The flags of every command that works on an instance.
#[derive(Args, Clone, Debug)]
pub struct Instance {
    /// Folder of the instance: its configuration `jianjia.toml`, its files and, without another address, its database
    #[arg(long, env = "JIANJIA_DIR", default_value = "jianjia-data")]
    pub dir: PathBuf,
    /// Address of the database: postgres://… ; without one an SQLite file in the folder
    #[arg(long, env = "JIANJIA_DATABASE")]
    pub database: Option<String>,
    /// Folder of the standard; without one the Changzhou standard that comes with the program
    #[arg(long, env = "JIANJIA_STANDARD")]
    pub standard: Option<PathBuf>,
}

/// The configuration file `jianjia.toml` in the instance's folder. Every key may be left out.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Configuration {
    /// `127.0.0.1:8016`
    pub listen: Option<String>,
    pub database: Option<String>,
    pub standard: Option<PathBuf>,
    /// Whether people reach the program over https (cookies are marked so).
    pub https: bool,
    /// Whether a proxy of ours stands before it and sets `X-Forwarded-For`.
    pub behind_proxy: bool,
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
        standard(self.standard.clone().or(self.configuration()?.standard))
    }

    /// Opens the instance, made when missing, its tables brought up to date.
    ///
    /// # Errors
    /// When folder, database or standard can't be used.
    pub async fn open(&self) -> Result<App> {
        let (db, files) = self.stores().await?;
        let clock = Clock::Real;
        let folder = self.standard.clone().or(self.configuration()?.standard);
        let standard = standards::adopt(&db, &standard_texts(folder)?, clock.now()).await?;
        Ok(App {
            db,
            files,
            standard: Arc::new(standard),
            clock,
            entropy: Entropy::of_the_machine()?,
            is_demo: false,
        })
    }

    /// The database and the files alone, made when missing, the tables brought up to date: nothing is written into them, so that a
    /// backup finds them empty.
    ///
    /// # Errors
    /// When folder or database can't be used.
    pub async fn stores(&self) -> Result<(Db, Files)> {
        std::fs::create_dir_all(&self.dir)
            .with_context(|| format!("the folder {} can't be made", self.dir.display()))?;
        let database = self
            .database
            .clone()
            .or(self.configuration()?.database)
            .unwrap_or_else(|| format!("sqlite://{}", self.dir.join("jianjia.db").display()));
        let db = Db::open(&database).await?;
        db.migrate().await?;
        Ok((db, Files::in_folder(&self.dir.join("files"))?))
    }
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
        std::fs::read_to_string(&path).with_context(|| format!("{} can't be read", path.display()))
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
    standards::load(&standard_texts(folder)?)
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
