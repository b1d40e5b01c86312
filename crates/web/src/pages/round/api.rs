//! Applications as data, for programs with an access token: those of the units for which its owner reviews or approves.

use axum::{
    Json,
    extract::{Query, State},
    http::header,
    response::{IntoResponse, Response},
};
use jianjia_app::{
    core::app::App,
    round::review::{self as reviews, QueueInput, Where},
};
use jianjia_domain::round::application::Application;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, OpenApi, ToSchema};

use crate::{
    bearer::ReadsApplications,
    page::PageError,
    pages::core::api::Wrong,
    routes::{Access, Route},
};

/// This area's part of the description.
#[derive(OpenApi)]
#[openapi(paths(list))]
pub struct Description;

pub fn routes() -> Vec<Route> {
    vec![Route::get("/api/v1/applications", Access::Token, list)]
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
struct Asked {
    /// The round; the current one when left out.
    year: Option<i16>,
    /// A title's key, as in the standard.
    title: String,
    /// A state's key.
    state: String,
    /// From 1.
    page: i64,
}

/// A page of applications.
#[derive(Serialize, ToSchema)]
struct ApplicationsOut {
    year: i16,
    /// How many applications are found on all pages.
    total: i64,
    page: i64,
    pages: i64,
    applications: Vec<ApplicationOut>,
}

#[derive(Serialize, ToSchema)]
struct ApplicationOut {
    /// Its page is `/applications/{id}`.
    id: String,
    title: String,
    unit: String,
    unit_id: String,
    /// Whom it is for, where it is for a person.
    person: Option<String>,
    state: &'static str,
    /// Since when it is there.
    since_at: String,
    submitted_at: Option<String>,
}

/// The applications of the unions below the token's owner, wherever they are.
#[utoipa::path(
    get,
    path = "/api/v1/applications",
    tag = "applications",
    params(Asked),
    responses((status = 200, body = ApplicationsOut), (status = 401, body = Wrong, description = "no token that holds"), (status = 403, body = Wrong, description = "the token lacks the scope"))
)]
async fn list(
    State(app): State<App>,
    ReadsApplications(actor): ReadsApplications,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let input = QueueInput {
        place: Where::All,
        year: asked.year,
        title: asked.title,
        state: asked.state,
        page: asked.page.max(1),
        ..QueueInput::default()
    };
    let queue = reviews::queue(&app, &actor, &input).await?;
    let out = ApplicationsOut {
        year: queue.year,
        total: queue.total,
        page: queue.page,
        pages: queue.pages,
        applications: queue.applications.into_iter().map(line).collect(),
    };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(out)).into_response())
}

fn line(application: Application) -> ApplicationOut {
    ApplicationOut {
        id: application.id.to_string(),
        title: application.title,
        unit: application.unit.name,
        unit_id: application.unit.id.to_string(),
        person: application.person.map(|person| person.name),
        state: application.state.key(),
        since_at: application.since_at.to_string(),
        submitted_at: application.submitted_at.map(|at| at.to_string()),
    }
}
