//! The short way of a vote. All members of a city may confirm in the same minutes, and a ballot that is kept needs no page: no account, no language, no
//! line in a log. So it is taken before everything that other requests pass through. Whatever becomes of a vote otherwise is told by the ordinary
//! way, `pages::ballots`, to which the request goes on as it came.

use std::{net::SocketAddr, panic::AssertUnwindSafe, sync::Arc};

use axum::{
    Router,
    extract::{ConnectInfo, Request, State},
    http::{Extensions, HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{self, MethodRouter},
};
use futures_util::FutureExt;
use jianjia_app::{app::App, ballots};
use tower::ServiceExt;

use crate::{
    form::UnreadForm,
    measures::Measures,
    pages::ballots::{thanks_of, vote},
    routes::guarded,
    visit::{self, Serving},
};

/// What the short way needs, and where the ordinary one begins.
pub struct Short {
    pub app: App,
    pub serving: Serving,
    pub measures: Arc<Measures>,
    pub ordinary: Router,
}

/// The most bytes of a form that goes the short way: enough for the longest suggestion, each of its bytes written as three.
const MOST_BYTES: u64 = 4096;

pub fn route(short: Short) -> MethodRouter {
    let ordinary = short.ordinary.clone();
    let mut headers = guarded(short.serving, ().into_response()).headers().clone();
    visit::keep_nameless(&mut headers);
    routing::post(cast)
        .with_state(Arc::new((short, headers)))
        .fallback_service(ordinary)
}

async fn cast(State(state): State<Arc<(Short, HeaderMap)>>, request: Request) -> Response {
    let (short, headers) = &*state;
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if length.is_none_or(|length| length > MOST_BYTES) {
        return go_on(short, request).await;
    }
    let network = visit::network(short.serving, &request);
    let (mut parts, body) = request.into_parts();
    // Thousands wait for their group at the same time: only what a refusal still needs waits with them.
    let address = parts.extensions.remove::<ConnectInfo<SocketAddr>>();
    parts.extensions = Extensions::new();
    let form = UnreadForm::read_from(body).await.unwrap_or_default();
    let vote = vote(&form, &network);
    let at_kiosk = vote.at_kiosk;
    let casting = AssertUnwindSafe(ballots::cast(&short.app, vote));
    if let Ok(Ok(())) = casting.catch_unwind().await {
        short.measures.ballots_kept.count();
        let mut headers = headers.clone();
        headers.insert(header::LOCATION, thanks_of(&form, at_kiosk));
        return (StatusCode::SEE_OTHER, headers).into_response();
    }
    if let Some(address) = address {
        parts.extensions.insert(address);
    }
    go_on(short, Request::from_parts(parts, form.into_body())).await
}

/// Takes the ordinary way. Apart, so that the many votes that are kept carry none of it while they wait.
async fn go_on(short: &Short, request: Request) -> Response {
    let ordinary = short.ordinary.clone();
    match Box::pin(ordinary.oneshot(request)).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}
