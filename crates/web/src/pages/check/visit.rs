//! A visit: the page on the inspector's phone, which works without a connection and without JavaScript, the printed list, what is noted, and what it comes to.

use askama::Template;
use axum::{
    Json,
    extract::State,
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use jianjia_app::{
    check::{
        inspection::{self, Sight, VisitView},
        remark::{self as remarks, SettleInput},
    },
    core::app::App,
};
use jianjia_domain::{
    check::remark::{PHOTOS_AT_MOST, RemarkInput},
    core::{ids::VisitId, policy::Actor},
};
use serde::Deserialize;
use serde_json::json;

use self::deciding::ReleaseForm;
use crate::{
    assets,
    form::Problems,
    frame::Frame,
    page::{PageResult, page, unprocessable},
    pages::{check::address, core::export::download},
    path::Path,
    request_key,
    router::WORKS_OFFLINE,
    routes::{Access, Route},
    session::SignedIn,
};

mod deciding;
pub(crate) mod list;
mod noting;
mod words;

/// For the template: how many photos a remark has at most.
const PHOTOS: usize = PHOTOS_AT_MOST;

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/visits", Access::SignedIn, list::index),
        Route::get("/visits/export", Access::SignedIn, download::<list::Asked>),
        Route::get("/visits/{visit}", Access::SignedIn, show),
        Route::get("/visits/{visit}/worker.js", Access::Public, worker),
        Route::get("/visits/{visit}/received", Access::SignedIn, received),
        Route::get("/visits/{visit}/paper", Access::SignedIn, paper),
        Route::get("/visits/{visit}/photos/{hash}", Access::SignedIn, photo),
        Route::post("/visits/{visit}/remarks", Access::SignedIn, noting::note),
        Route::post(
            "/visits/{visit}/settlements",
            Access::SignedIn,
            noting::settle,
        ),
        Route::post(
            "/visits/{visit}/conclusion",
            Access::SignedIn,
            noting::conclude,
        ),
        Route::post(
            "/visits/{visit}/statement",
            Access::SignedIn,
            deciding::state,
        ),
        Route::post(
            "/visits/{visit}/decision",
            Access::SignedIn,
            deciding::decide,
        ),
        Route::post(
            "/visits/{visit}/readiness",
            Access::SignedIn,
            deciding::ready,
        ),
        Route::post(
            "/visits/{visit}/releases",
            Access::SignedIn,
            deciding::release,
        ),
        Route::post(
            "/visits/{visit}/overturning",
            Access::SignedIn,
            deciding::overturn,
        ),
    ]
}

/// What was typed into the forms of the page that decides.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct DecideForm {
    decision: String,
    reason: String,
    document_number: String,
    seen: String,
}

/// The page on the inspector's phone.
#[derive(Template)]
#[template(path = "check/visit/inspect.html")]
struct Inspect {
    frame: Frame,
    view: VisitView,
    problems: Problems,
    /// What was typed into the form that came back.
    typed: RemarkInput,
    settling: SettleInput,
    /// The ids of remarks made by forms that the browser sends itself, one a clause and one for the signature.
    keys: Vec<String>,
}

/// What a visit came to.
#[derive(Template)]
#[template(path = "check/visit/outcome.html")]
struct Shown {
    frame: Frame,
    view: VisitView,
    problems: Problems,
    form: DecideForm,
    statement: String,
    overturn_reason: String,
    ready_note: String,
    release: ReleaseForm,
    comment: RemarkInput,
    key: String,
}

/// The list on paper.
#[derive(Template)]
#[template(path = "check/visit/paper.html")]
struct Paper {
    frame: Frame,
    view: VisitView,
}

/// What another form of the page was sent with.
#[derive(Default)]
struct Sent {
    problems: Problems,
    typed: RemarkInput,
    settling: SettleInput,
    form: DecideForm,
    statement: String,
    overturn_reason: String,
    ready_note: String,
    release: ReleaseForm,
}

/// The page as it is for this actor: to inspect, or what the visit came to.
async fn shown(app: &App, actor: &Actor, frame: Frame, id: &VisitId, sent: Sent) -> PageResult {
    let view = inspection::view(app, actor, id).await?;
    let is_sound = sent.problems.is_empty();
    if view.acts.note {
        let keys = (0..=view.clauses.len()).map(|_| request_key::fresh(app));
        let inspect = Inspect {
            keys: keys.collect(),
            frame,
            view,
            problems: sent.problems,
            typed: sent.typed,
            settling: sent.settling,
        };
        let answer = if is_sound {
            page(&inspect)
        } else {
            unprocessable(&inspect)
        };
        return answer.map(offline);
    }
    let is_inspector = view.sight == Sight::Inspector;
    let shown = Shown {
        key: request_key::fresh(app),
        frame,
        view,
        problems: sent.problems,
        form: sent.form,
        statement: sent.statement,
        overturn_reason: sent.overturn_reason,
        ready_note: sent.ready_note,
        release: sent.release,
        comment: sent.typed,
    };
    let answer = if is_sound {
        page(&shown)
    } else {
        unprocessable(&shown)
    };
    // What lies on the device is sent from here, too.
    if is_inspector {
        answer.map(offline)
    } else {
        answer
    }
}

/// Lets the page have its worker.
fn offline(mut response: Response) -> Response {
    response.extensions_mut().insert(WORKS_OFFLINE);
    response
}

async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<VisitId>,
) -> PageResult {
    shown(&app, &actor, frame, &id, Sent::default()).await
}

/// The worker of one visit's page, which may be that of no other address. It says nothing of the visit.
async fn worker(Path(id): Path<VisitId>) -> PageResult {
    let script = assets::text("visit-worker.js");
    let scope = HeaderValue::from_str(&address::visit(&id)).map_err(anyhow::Error::from)?;
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/javascript; charset=utf-8"),
        ),
        (HeaderName::from_static("service-worker-allowed"), scope),
    ];
    Ok((headers, script).into_response())
}

/// Who is signed in, and what of the visit arrived: the device asks before it sends.
async fn received(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<VisitId>,
) -> PageResult {
    let found = inspection::received(&app, &actor, &id).await?;
    Ok(Json(json!({
        "account": actor.account,
        "csrf": frame.csrf,
        "received": found.own,
        "is_open": found.is_open,
    }))
    .into_response())
}

async fn paper(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<VisitId>,
) -> PageResult {
    let view = inspection::to_print(&app, &actor, &id).await?;
    page(&Paper { frame, view })
}

async fn photo(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path((id, hash)): Path<(VisitId, String)>,
) -> PageResult {
    let (photo, bytes) = remarks::photo(&app, &actor, &id, &hash).await?;
    let kind = HeaderValue::from_str(&photo.media_type).map_err(anyhow::Error::from)?;
    Ok(([(header::CONTENT_TYPE, kind)], bytes).into_response())
}
