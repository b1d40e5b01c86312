//! `jianjia serve`: a real instance, on SQLite in its folder or on PostgreSQL.

use std::{net::SocketAddr, process::ExitCode};

use anyhow::{Context, Result};
use clap::Args;
use jianjia_app::{app::App, seals};
use jianjia_web::Serving;
use tokio::net::TcpListener;

use crate::{
    instance::{self, Instance},
    output::tell,
};

/// Serves an instance until it is told to stop
#[derive(Args)]
pub struct Serve {
    #[command(flatten)]
    instance: Instance,
    /// Address and port to serve on [default: 127.0.0.1:8016]
    #[arg(long, env = "JIANJIA_LISTEN")]
    listen: Option<String>,
}

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
            https: configuration.https,
            behind_proxy: configuration.behind_proxy,
        };
        let listener = bind(&listen).await?;
        tell!("http://{}/", listener.local_addr()?);
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
    let sealing = tokio::spawn(seals::keep_sealing(app.clone()));
    let router = jianjia_web::router_for(app.clone(), serving);
    axum::serve(
        listener,
        router.into_make_service_with_connect_info::<SocketAddr>(),
    )
    .with_graceful_shutdown(asked_to_end())
    .await?;
    sealing.abort();
    seals::seal(&app).await?;
    app.db.close().await;
    Ok(())
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
