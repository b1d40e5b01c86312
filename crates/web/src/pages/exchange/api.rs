//! The description of the JSON door, for the programs that come to it: each area describes its own part.

use axum::Json;
use utoipa::OpenApi;

use crate::{
    pages::{
        core::api as standards, honour::api as honours, register::api as units,
        round::api as applications,
    },
    routes::{Access, Route},
};

pub fn routes() -> Vec<Route> {
    vec![Route::get(
        "/api/v1/openapi.json",
        Access::Public,
        description,
    )]
}

async fn description() -> Json<utoipa::openapi::OpenApi> {
    let mut whole = standards::Description::openapi();
    whole.merge(honours::Description::openapi());
    whole.merge(units::Description::openapi());
    whole.merge(applications::Description::openapi());
    Json(whole)
}
