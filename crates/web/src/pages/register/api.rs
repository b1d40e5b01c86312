//! The register as data, for programs with an access token: what its owner sees.

use axum::{
    Json,
    extract::{Query, State},
    http::header,
    response::{IntoResponse, Response},
};
use jianjia_app::{
    core::app::App,
    register::unit::{self as units, PER_PAGE},
};
use jianjia_domain::{
    core::place::UnitKind,
    register::unit::{
        UnitState,
        list::{UnitFilter, UnitLine, UnitSort},
    },
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, OpenApi, ToSchema};

use crate::{
    bearer::ReadsUnits,
    page::PageError,
    pages::core::api::Wrong,
    routes::{Access, Route},
};

/// This area's part of the description.
#[derive(OpenApi)]
#[openapi(paths(list))]
pub struct Description;

pub fn routes() -> Vec<Route> {
    vec![Route::get("/api/v1/units", Access::Token, list)]
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
struct Asked {
    /// Part of a name, a number, or a whole credit code.
    q: String,
    /// A kind's key: `grassroots`.
    kind: String,
    /// A state's key; `all` for all of them, active ones when left out.
    state: String,
    /// From 1.
    page: i64,
}

/// A page of units.
#[derive(Serialize, ToSchema)]
struct UnitsOut {
    /// How many units are found on all pages.
    total: i64,
    page: i64,
    pages: i64,
    units: Vec<UnitOut>,
}

#[derive(Serialize, ToSchema)]
struct UnitOut {
    id: String,
    number: i64,
    kind: &'static str,
    name: String,
    state: &'static str,
    /// The unit above it.
    upper: String,
    division: String,
    credit_code: Option<String>,
    workers: Option<i64>,
    members: Option<i64>,
}

/// The units that the token's owner sees, by number.
#[utoipa::path(
    get,
    path = "/api/v1/units",
    tag = "units",
    params(Asked),
    responses((status = 200, body = UnitsOut), (status = 401, body = Wrong, description = "no token that holds"), (status = 403, body = Wrong, description = "the token lacks the scope"))
)]
async fn list(
    State(app): State<App>,
    ReadsUnits(actor): ReadsUnits,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let filter = UnitFilter {
        kind: UnitKind::from_key(&asked.kind),
        state: match asked.state.as_str() {
            "" => Some(UnitState::Active),
            "all" => None,
            key => UnitState::from_key(key),
        },
        search: asked.q,
        sort: UnitSort::Number,
        ..UnitFilter::default()
    };
    let page = asked.page.max(1);
    let (lines, total) = units::list(&app, &actor, filter, page).await?;
    let out = UnitsOut {
        total,
        page,
        pages: (total + PER_PAGE - 1) / PER_PAGE,
        units: lines.into_iter().map(line).collect(),
    };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(out)).into_response())
}

fn line(line: UnitLine) -> UnitOut {
    UnitOut {
        id: line.id.to_string(),
        number: line.number,
        kind: line.kind.key(),
        name: line.name,
        state: line.state.key(),
        upper: line.upper_name,
        division: line.division_name,
        credit_code: line.credit_code,
        workers: line.workers,
        members: line.members,
    }
}
