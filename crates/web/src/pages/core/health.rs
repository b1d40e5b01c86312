//! For the machines that watch the program: alive, ready, measured.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Extension,
    extract::{ConnectInfo, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use jianjia_app::core::{
    app::App, job as jobs, post as posts, readiness::Readiness, seal as seals,
};
use tokio::time::timeout;

use crate::{
    measures::{Measures, Watchers},
    page::{PageError, PageResult},
    routes::{Access, Route},
};

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/healthz", Access::Public, healthz),
        Route::get("/readyz", Access::Public, readyz),
        Route::get("/metrics", Access::Public, metrics),
    ]
}

/// Longest wait for the database: whoever watches wants to know soon.
const PATIENCE: Duration = Duration::from_secs(3);

async fn healthz() -> &'static str {
    "ok\n"
}

/// Ready when database and files keep what is written.
async fn readyz(State(app): State<App>, Extension(readiness): Extension<Readiness>) -> Response {
    match readiness.ask(&app).await {
        Ok(()) => "ready\n".into_response(),
        Err(not_ready) => (
            StatusCode::SERVICE_UNAVAILABLE,
            format!("{}\n", not_ready.sentence()),
        )
            .into_response(),
    }
}

/// The figures, for those who may have them; for others the address is not there.
async fn metrics(
    State(app): State<App>,
    Extension(measures): Extension<Arc<Measures>>,
    Extension(watchers): Extension<Watchers>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
) -> PageResult {
    let peer = peer.map(|Extension(ConnectInfo(peer))| peer.ip());
    if watchers.may_look(peer, &headers) {
        figures(&app, &measures).await
    } else {
        Err(PageError::NotFound)
    }
}

/// Everything that is counted. What only a database could tell is left out while it doesn't answer.
pub async fn figures(app: &App, measures: &Measures) -> PageResult {
    let unsealed = match timeout(PATIENCE, seals::waiting(app)).await {
        Ok(Ok(lines)) => Some(lines),
        failed => {
            tracing::warn!(?failed, "the lines without a seal could not be counted");
            None
        }
    };
    let jobs = match timeout(PATIENCE, jobs::figures(app)).await {
        Ok(Ok(figures)) => Some(figures),
        failed => {
            tracing::warn!(?failed, "the jobs could not be counted");
            None
        }
    };
    let post = match timeout(PATIENCE, posts::counted(app)).await {
        Ok(Ok(figures)) => figures,
        failed => {
            tracing::warn!(?failed, "the post could not be counted");
            Vec::new()
        }
    };
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4")];
    Ok((kind, measures.text(unsealed, jobs, &post)?).into_response())
}
