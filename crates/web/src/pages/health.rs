//! For the machines that watch the program: alive, ready, measured.

use std::{sync::Arc, time::Duration};

use axum::{
    Extension,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use jianjia_app::{app::App, seals};
use tokio::time::timeout;

use crate::{
    measures::Measures,
    page::PageResult,
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

/// Ready when the database answers and is migrated.
async fn readyz(State(app): State<App>) -> Response {
    if timeout(PATIENCE, app.db.is_ready()).await.unwrap_or(false) {
        "ready\n".into_response()
    } else {
        (
            StatusCode::SERVICE_UNAVAILABLE,
            "the database does not answer or is not migrated\n",
        )
            .into_response()
    }
}

/// Everything that is counted. What only a database could tell is left out while it doesn't answer.
async fn metrics(
    State(app): State<App>,
    Extension(measures): Extension<Arc<Measures>>,
) -> PageResult {
    let unsealed = match timeout(PATIENCE, seals::waiting(&app)).await {
        Ok(Ok(lines)) => Some(lines),
        failed => {
            tracing::warn!(?failed, "the lines without a seal could not be counted");
            None
        }
    };
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4")];
    Ok((kind, measures.text(unsealed)?).into_response())
}
