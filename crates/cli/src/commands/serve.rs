//! `jianjia serve`: a real instance, on SQLite in its folder or on PostgreSQL.

use std::{net::SocketAddr, process::ExitCode};

use anyhow::{Context, Result};
use axum::ServiceExt;
use clap::{Args, builder::BoolishValueParser};
use jianjia_app::{app::App, seals};
use jianjia_store::db::Engine;
use jianjia_web::Serving;
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

use crate::{
    instance::{self, Instance},
    output::tell,
};

/// Serves an instance until it is told to stop
#[derive(Args)]
#[command(after_help = SETTINGS)]
pub struct Serve {
    #[command(flatten)]
    instance: Instance,
    /// Address and port to serve on [default: 127.0.0.1:8016]
    #[arg(long, env = "JIANJIA_LISTEN")]
    listen: Option<String>,
    /// Whether people reach the program over https: cookies are marked so, and browsers keep to it [default: false]
    #[arg(long, env = "JIANJIA_HTTPS", value_parser = BoolishValueParser::new(), num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    https: Option<bool>,
    /// Whether a proxy of yours stands before the program and sets X-Forwarded-For [default: false]
    #[arg(long, env = "JIANJIA_BEHIND_PROXY", value_parser = BoolishValueParser::new(), num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    behind_proxy: Option<bool>,
}

/// What stands below the flags.
const SETTINGS: &str = "\
The file jianjia.toml in the instance's folder may hold any of these settings:
  listen = \"127.0.0.1:8016\"
  database = \"postgres://…\"
  files = \"/folder/that/all/nodes/share\"
  standard = \"/folder/of/the/standard\"
  https = true
  behind_proxy = true
A flag goes before the environment, the environment before the file, the file before the default.";

pub fn run(command: &Serve) -> Result<ExitCode> {
    instance::run(async {
        let configuration = command.instance.configuration()?;
        let listen = command
            .listen
            .clone()
            .or(configuration.listen)
            .unwrap_or_else(|| "127.0.0.1:8016".to_owned());
        let app = command.instance.open().await?;
        app.db.analyze().await?;
        let serving = Serving {
            https: command.https.or(configuration.https).unwrap_or(false),
            behind_proxy: command
                .behind_proxy
                .or(configuration.behind_proxy)
                .unwrap_or(false),
        };
        let listener = bind(&listen).await?;
        tell!("http://{}/", listener.local_addr()?);
        if app.db.engine == Engine::Postgres {
            let files = command.instance.folder_of_files()?;
            tell!(
                "files are in {}, which every node over this database shares",
                files.display()
            );
        }
        serve(app, serving, listener).await?;
        Ok(ExitCode::SUCCESS)
    })
}

/// Takes the address to serve on.
///
/// # Errors
/// When it is taken or no address of this machine.
pub async fn bind(listen: &str) -> Result<TcpListener> {
    TcpListener::bind(listen)
        .await
        .with_context(|| format!("{listen} can't be served on: it is taken or no address of this machine; choose another with --listen"))
}

/// Serves until the process is asked to end; then requests under way are finished and the trail is sealed.
///
/// # Errors
/// When serving fails.
pub async fn serve(app: App, serving: Serving, listener: TcpListener) -> Result<()> {
    keep_log();
    let sealing = tokio::spawn(seals::keep_sealing(app.clone()));
    let site = jianjia_web::site_for(app.clone(), serving);
    axum::serve(
        listener,
        site.into_make_service_with_connect_info::<SocketAddr>(),
    )
    .with_graceful_shutdown(asked_to_end())
    .await?;
    sealing.abort();
    seals::seal(&app).await?;
    app.db.close().await;
    Ok(())
}

/// Writes what fails while serving to standard error, or more of it, as `RUST_LOG` says (`RUST_LOG=info`).
fn keep_log() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    // Where somebody listens already, as in a test, or nobody reads any more, serving goes on all the same.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .log_internal_errors(false)
        .try_init();
}

async fn asked_to_end() {
    let interrupted = tokio::signal::ctrl_c();
    let Ok(mut terminated) =
        tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
    else {
        return;
    };
    tokio::select! {
        _ = interrupted => {}
        _ = terminated.recv() => {}
    }
}
