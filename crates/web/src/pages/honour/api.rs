//! The honour roll as data, for other programs: what its page shows to somebody who isn't signed in, whoever asks.

use axum::{
    Json,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use jianjia_app::{
    core::app::App,
    honour::honour::{self as honours, RollLine, RollPage},
};
use serde::Serialize;
use utoipa::{OpenApi, ToSchema};

use crate::{
    page::PageError,
    pages::{
        core::api::{BothWords, Wrong, wrong},
        honour::honour::roll::Asked,
    },
    routes::{Access, Route},
};

/// This area's part of the description.
#[derive(OpenApi)]
#[openapi(paths(roll))]
pub struct Description;

pub fn routes() -> Vec<Route> {
    vec![Route::get("/api/v1/honours", Access::Public, roll)]
}

/// A page of the honour roll.
#[derive(Serialize, ToSchema)]
struct RollOut {
    /// How many titles are found on all pages.
    total: i64,
    page: i64,
    pages: i64,
    honours: Vec<HonourOut>,
}

/// A title in force.
#[derive(Serialize, ToSchema)]
struct HonourOut {
    /// Its page is `/honours/{id}`.
    id: String,
    /// The title's key, as in the standard.
    title: String,
    year: i16,
    level: &'static str,
    /// The unit that holds it, or the holder's unit.
    holder: String,
    /// The family name of a person who holds it.
    person: Option<String>,
    place: String,
    number: String,
    begun_on: String,
}

/// The public honour roll: titles in force, fifty a page. What a filter doesn't know is passed over, as on the page.
#[utoipa::path(
    get,
    path = "/api/v1/honours",
    tag = "honours",
    params(Asked),
    responses((status = 200, body = RollOut), (status = 404, body = Wrong, description = "`under` is no federation"))
)]
async fn roll(State(app): State<App>, Query(asked): Query<Asked>) -> Result<Response, PageError> {
    match found(&app, &asked).await {
        Ok(roll) => Ok(Json(out(roll)).into_response()),
        Err(PageError::NotFound) => {
            let zh = "under 没有指到一个总工会或工会联合会。请填写它的编号，就是光荣册页面地址里 under 后面的那一串。";
            let en = "under names no federation. Give its id, which stands after under in the address of the roll's page.";
            Ok(wrong(StatusCode::NOT_FOUND, vec![BothWords::of(zh, en)]))
        }
        Err(error) => Err(error),
    }
}

async fn found(app: &App, asked: &Asked) -> Result<RollPage, PageError> {
    Ok(honours::roll(app, None, &asked.query()?).await?)
}

fn out(roll: RollPage) -> RollOut {
    RollOut {
        total: roll.total,
        page: roll.page,
        pages: roll.pages,
        honours: roll.lines.into_iter().map(line).collect(),
    }
}

fn line(RollLine { entry, place }: RollLine) -> HonourOut {
    HonourOut {
        id: entry.id.to_string(),
        title: entry.title,
        year: entry.year,
        level: entry.level.key(),
        holder: entry.holder_name,
        person: Some(entry.person_name).filter(|name| !name.is_empty()),
        place,
        number: entry.number,
        begun_on: entry.begun_on.to_string(),
    }
}
