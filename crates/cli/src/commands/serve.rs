//! `jianjia serve`: serves an instance, on SQLite in its folder or on PostgreSQL.

use std::{
    future::pending,
    path::PathBuf,
    process::ExitCode,
    sync::{Arc, LazyLock},
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use clap::{Args, builder::BoolishValueParser};
use jianjia_app::{
    amending::what_if,
    core::{
        app::{App, Backups},
        job::{Work, worker::Working},
        post::Post,
        provider::Provider,
        readiness, seal as seals,
    },
    exchange::backup as nightly,
    office::search,
};
use jianjia_domain::core::policy::Role;
use jianjia_store::core::db::Engine;
use jianjia_web::{
    Serving, Watchers,
    door::{self, Limits},
    pages::exchange::export,
};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::oneshot,
    time::timeout,
};
use tracing_subscriber::EnvFilter;

use crate::{
    commands::demo::offered,
    instance::{
        self, Configuration, Instance, files,
        post::{self, PostFlags},
        provider::{self, ProviderFlags},
    },
    memory,
    output::tell,
};

/// Serves an instance until it is told to stop
#[derive(Args)]
#[command(after_help = settings())]
pub struct Serve {
    #[command(flatten)]
    pub instance: Instance,
    /// Address and port to serve on [default: 127.0.0.1:8016]
    #[arg(long, env = "JIANJIA_LISTEN")]
    listen: Option<String>,
    /// Whether people reach the program over https: cookies are marked secure, and browsers stick to it [default: false]
    #[arg(long, env = "JIANJIA_HTTPS", value_parser = BoolishValueParser::new(), num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    https: Option<bool>,
    /// Whether your own proxy stands before the program and sets X-Forwarded-For [default: false]
    #[arg(long, env = "JIANJIA_BEHIND_PROXY", value_parser = BoolishValueParser::new(), num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    behind_proxy: Option<bool>,
    /// Separate address and port for the metrics at /metrics [default: the address of the pages, for requests from this machine only]
    #[arg(long, env = "JIANJIA_METRICS_LISTEN")]
    metrics_listen: Option<String>,
    /// Bearer token that gives anybody access to /metrics, sent as `Authorization: Bearer TOKEN`; at least 16 characters
    #[arg(long, env = "JIANJIA_METRICS_TOKEN", hide_env_values = true)]
    metrics_token: Option<String>,
    /// Folder for a backup every night at two o'clock, of which the newest 14 are kept; of several nodes only some need it [default: no backups]
    #[arg(long, env = "JIANJIA_BACKUP_DIR")]
    backup_dir: Option<PathBuf>,
    /// Encrypt these backups for a public key (age1…), as `jianjia backup --seal-for` does
    #[arg(long, env = "JIANJIA_BACKUP_SEAL_FOR", value_name = "KEY")]
    backup_seal_for: Option<String>,
    /// Roles that are asked for a second factor, separated by commas: `approver,auditor,administrator` [default: none; everybody may turn it on]
    #[arg(long, env = "JIANJIA_SECOND_FACTOR", value_delimiter = ',')]
    second_factor: Option<Vec<String>>,
    #[command(flatten)]
    post: PostFlags,
    #[command(flatten)]
    provider: ProviderFlags,
}

/// Shown below the flags.
fn settings() -> String {
    format!(
        "{SETTINGS}{}\n{}\n{}\n{RANKS}",
        post::SETTINGS,
        provider::SETTINGS,
        files::SETTINGS
    )
}

const SETTINGS: &str = "\
The file jianjia.toml in the instance's folder may hold any of these settings:
  listen = \"127.0.0.1:8016\"
  database = \"postgres://…\"
  files = \"/folder/that/all/nodes/share\" (or \"s3://bucket/prefix\", with [bucket])
  standard = \"/folder/of/the/standard\" (or a list of folders, one for each plan)
  papers = \"/folder/of/the/city's/own/papers\"
  fonts = \"/folder/of/fonts\" (or a list of folders)
  https = true
  behind_proxy = true
  metrics_listen = \"127.0.0.1:9016\"
  metrics_token = \"…\"
  backup_dir = \"/folder/of/the/nightly/backups\"
  backup_seal_for = \"age1…\"
  second_factor = [\"approver\", \"auditor\", \"administrator\"]
";

const RANKS: &str =
    "A flag overrides the environment, the environment the file, and the file the default.";

/// How an instance is served: the flags, the environment and the file together.
pub struct Settings {
    pub listen: String,
    pub serving: Serving,
    /// Of an address of its own for the metrics.
    metrics_listen: Option<String>,
    pub backups: Option<Backups>,
    pub second_factor: Arc<[Role]>,
    pub post: Arc<Post>,
    pub provider: Option<Arc<Provider>>,
}

impl Serve {
    /// # Errors
    /// If the configuration file can't be read, or a setting can't be used: the sentence names it.
    pub fn settings(&self) -> Result<Settings> {
        let configuration = self.instance.configuration()?;
        let backups = backups(self, &configuration)?;
        let post = Arc::new(self.post.post(&configuration)?);
        let provider = self.provider.provider(&configuration, &post.address)?;
        let asked = self.second_factor.clone().or(configuration.second_factor);
        let second_factor = roles(&asked.unwrap_or_default())?;
        let metrics_listen = self.metrics_listen.clone().or(configuration.metrics_listen);
        let token = self.metrics_token.clone().or(configuration.metrics_token);
        let serving = Serving {
            https: self.https.or(configuration.https).unwrap_or(false),
            behind_proxy: self
                .behind_proxy
                .or(configuration.behind_proxy)
                .unwrap_or(false),
            watchers: watchers(metrics_listen.is_some(), token.as_deref())?,
        };
        let listen = self.listen.clone().or(configuration.listen);
        Ok(Settings {
            listen: listen.unwrap_or_else(|| "127.0.0.1:8016".to_owned()),
            serving,
            metrics_listen,
            backups,
            second_factor,
            post,
            provider: provider.map(Arc::new),
        })
    }
}

pub fn run(command: &Serve) -> Result<ExitCode> {
    instance::run(async {
        let settings = command.settings()?;
        let app = App {
            backups: settings.backups,
            second_factor: settings.second_factor,
            post: settings.post,
            provider: settings.provider,
            ..command.instance.open().await?
        };
        // A full disk is reported now, and not to the first person who saves something.
        if let Err(not_ready) = readiness::check(&app).await {
            bail!(not_ready.sentence());
        }
        app.db.analyze().await?;
        let figures = match settings.metrics_listen {
            Some(address) => Some(bind(&address).await.context("--metrics-listen")?),
            None => None,
        };
        let listener = bind(&settings.listen).await?;
        tell!("http://{}/", listener.local_addr()?);
        if app.db.engine == Engine::Postgres {
            tell!(
                "files are in {}, which every node over this database shares",
                command.instance.storage()?
            );
        }
        serve_with_figures(app, settings.serving, listener, figures).await?;
        Ok(ExitCode::SUCCESS)
    })
}

/// Where a backup goes every night, if it is asked for.
fn backups(command: &Serve, configuration: &Configuration) -> Result<Option<Backups>> {
    let seal_for = command.backup_seal_for.clone();
    let seal_for = seal_for.or(configuration.backup_seal_for.clone());
    let folder = command.backup_dir.clone();
    let Some(folder) = folder.or(configuration.backup_dir.clone()) else {
        ensure!(
            seal_for.is_none(),
            "backup_seal_for goes with backup_dir: name the folder of the nightly backups as well"
        );
        return Ok(None);
    };
    let backups = Backups {
        folder,
        seal_for: seal_for.unwrap_or_default(),
    };
    // A key that is none is reported now, and not by the first night.
    nightly::recipient(&backups)?;
    Ok(Some(backups))
}

/// The roles that are asked for a second factor.
fn roles(keys: &[String]) -> Result<Arc<[Role]>> {
    let keys = keys.iter().map(|key| key.trim());
    keys.filter(|key| !key.is_empty())
        .map(|key| {
            Role::from_key(key).with_context(|| {
                let known = Role::ALL.map(Role::key).join(", ");
                format!(
                    "second_factor names a role that is not there: {key}; the roles are {known}"
                )
            })
        })
        .collect()
}

/// Who may read the metrics at the address of the pages.
fn watchers(have_their_own: bool, token: Option<&str>) -> Result<Watchers> {
    match token {
        _ if have_their_own => {
            ensure!(
                token.is_none(),
                "metrics_token and metrics_listen go not together: an address of their own is for whoever reaches it"
            );
            Ok(Watchers::Elsewhere)
        }
        Some(token) => {
            ensure!(
                token.len() >= 16,
                "metrics_token is too short: give it at least 16 characters, by chance"
            );
            Ok(Watchers::with_token(token))
        }
        None => Ok(Watchers::OfThisMachine),
    }
}

/// Binds the address to serve on.
///
/// # Errors
/// If it is in use or not an address of this machine.
pub async fn bind(listen: &str) -> Result<TcpListener> {
    TcpListener::bind(listen)
        .await
        .with_context(|| format!("{listen} can't be served on: it is taken or no address of this machine; choose another with --listen"))
}

/// Serves and works until the process is asked to stop; then requests under way are finished within a time limit, jobs are given back, and the trail
/// is sealed. Asked a second time, it stops at once.
///
/// # Errors
/// If serving fails.
pub async fn serve(app: App, serving: Serving, listener: TcpListener) -> Result<()> {
    serve_with_figures(app, serving, listener, None).await
}

/// As `serve`, with a separate address for the metrics.
async fn serve_with_figures(
    app: App,
    serving: Serving,
    listener: TcpListener,
    figures: Option<TcpListener>,
) -> Result<()> {
    keep_log();
    memory::keep_to_ourselves()?;
    let limits = Limits::for_descriptors(raised_descriptors(), serving.behind_proxy);
    let working = Working::begin(&app, works());
    // The first search and the first what-if need not wait for it; where it fails, they tell.
    let warming = tokio::spawn({
        let app = app.clone();
        async move {
            search::warm_up(&app).await?;
            what_if::warm_up(&app).await
        }
    });
    let site = jianjia_web::site_of_demo(app.clone(), serving, offered(&app).await?);
    let ending = asked_to_end()?;
    let watched = figures.map(|listener| {
        let few = Limits {
            connections: 64,
            from_one_address: 64,
            ..limits
        };
        tokio::spawn(door::serve(listener, site.figures(), few, pending()))
    });
    door::serve(listener, site, limits, async {
        let _ = ending.await;
    })
    .await;
    if let Some(watched) = watched {
        watched.abort();
    }
    warming.abort();
    match timeout(FAREWELL, working.end()).await {
        Ok(ended) => ended?,
        // Its leases end by themselves.
        Err(_) => tracing::warn!("the jobs under way were not given back in time"),
    }
    // A database that does not answer must not block the shutdown: the next start seals the rest.
    timeout(FAREWELL, seals::seal(&app)).await.context(
        "the database does not answer: the trail's last lines are sealed at the next start",
    )??;
    if timeout(FAREWELL, app.db.close()).await.is_err() {
        tracing::warn!("the database did not close in time");
    }
    Ok(())
}

/// What each kind of job does, with those that need words.
fn works() -> &'static [Work] {
    static WORKS: LazyLock<Vec<Work>> =
        LazyLock::new(|| [jianjia_post::works(), export::WORKS].concat());
    &WORKS
}

/// Timeout of sealing, and of closing the database, at shutdown.
const FAREWELL: Duration = Duration::from_secs(10);

/// Raises the limit on open descriptors to what the system allows and returns it. Every connection takes one.
pub fn raised_descriptors() -> usize {
    let limits = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limits.maximum,
        ..limits
    };
    let current = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => limits.maximum,
        Err(error) => {
            tracing::warn!(%error, "the limit of descriptors could not be raised");
            limits.current
        }
    };
    // `None` means no limit.
    usize::try_from(current.unwrap_or(u64::MAX)).unwrap_or(usize::MAX)
}

/// Logs failures while serving to standard error, or more of it, as set by `RUST_LOG` (`RUST_LOG=info`).
fn keep_log() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    // If there is a subscriber already, as in a test, or standard error is closed, serving goes on all the same.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .log_internal_errors(false)
        .try_init();
}

/// Resolves when the process is asked to stop. Asked a second time, it exits at once: what was acknowledged is durable.
///
/// # Errors
/// If signal handlers can't be installed.
fn asked_to_end() -> Result<oneshot::Receiver<()>> {
    let mut terminated = signal(SignalKind::terminate()).context("signals can't be heard")?;
    let mut interrupted = signal(SignalKind::interrupt()).context("signals can't be heard")?;
    let (tell, told) = oneshot::channel();
    tokio::spawn(async move {
        let mut tell = Some(tell);
        loop {
            tokio::select! {
                _ = terminated.recv() => {}
                _ = interrupted.recv() => {}
            }
            match tell.take() {
                Some(tell) => {
                    let _ = tell.send(());
                }
                None => {
                    crate::output::tell!("jianjia: ended at once, as asked twice");
                    std::process::exit(1);
                }
            }
        }
    });
    Ok(told)
}

#[cfg(test)]
mod tests {
    use jianjia_domain::core::job::JobKind;

    use super::*;

    #[test]
    fn each_kind_of_job_is_done_in_one_way() {
        let mut kinds: Vec<JobKind> = works().iter().map(|work| work.kind).collect();
        kinds.sort();
        assert_eq!(kinds, JobKind::ALL);
    }
}
