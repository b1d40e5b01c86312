//! The short way of a vote. All members of a city may confirm in the same minutes, and a ballot that is kept needs no page: no account, no language, no
//! line in a log. So it is taken before everything that other requests pass through. Whatever becomes of a vote otherwise is told by the ordinary
//! way, `pages::ballots`, to which the request goes on as it came.

use std::{net::SocketAddr, panic::AssertUnwindSafe, sync::Arc};

use axum::{
    Router,
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header},
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

pub const ADDRESS: &str = "/v/cast";

/// The most bytes of a form that goes the short way: enough for the longest suggestion, each of its bytes written as three.
const MOST_BYTES: u64 = 4096;

pub fn route(short: Short) -> MethodRouter {
    let ordinary = short.ordinary.clone();
    let mut thanks = guarded(short.serving, ().into_response()).headers().clone();
    visit::keep_nameless(&mut thanks);
    thanks.insert(header::LOCATION, HeaderValue::from_static("/v/thanks"));
    routing::post(cast)
        .with_state(Arc::new((short, thanks)))
        .fallback_service(ordinary)
}

/// What the ordinary way reads of a request for the page of a refusal.
const READ_LATER: [HeaderName; 4] = [
    header::HOST,
    header::COOKIE,
    header::REFERER,
    HeaderName::from_static("x-forwarded-for"),
];

async fn cast(State(state): State<Arc<(Short, HeaderMap)>>, request: Request) -> Response {
    let (short, thanks) = &*state;
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if length.is_none_or(|length| length > MOST_BYTES) {
        return go_on(short, request).await;
    }
    let network = visit::network(short.serving, &request);
    // Thousands wait for their group at the same time: nothing of the request itself waits with them, which would keep all that their
    // connections have read, but copies of what is still needed.
    let address = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .copied();
    let headers: HeaderMap = READ_LATER
        .into_iter()
        .filter_map(|name| {
            let value = request.headers().get(&name)?.as_bytes();
            Some((name, HeaderValue::from_bytes(value).ok()?))
        })
        .collect();
    let form = UnreadForm::read_from(request.into_body()).await;
    let form = form.unwrap_or_default().copied();
    let vote = vote(&form, &network);
    let at_kiosk = vote.at_kiosk;
    let casting = AssertUnwindSafe(ballots::cast(&short.app, vote));
    if let Ok(Ok(())) = casting.catch_unwind().await {
        short.measures.ballots_kept.count();
        let mut headers = thanks.clone();
        headers.insert(header::LOCATION, thanks_of(&form, at_kiosk));
        return (StatusCode::SEE_OTHER, headers).into_response();
    }
    let mut again = Request::new(form.into_body());
    *again.method_mut() = Method::POST;
    *again.uri_mut() = Uri::from_static(ADDRESS);
    *again.headers_mut() = headers;
    if let Some(address) = address {
        again.extensions_mut().insert(address);
    }
    go_on(short, again).await
}

/// Takes the ordinary way. Apart, so that the many votes that are kept carry none of it while they wait.
async fn go_on(short: &Short, request: Request) -> Response {
    let ordinary = short.ordinary.clone();
    match Box::pin(ordinary.oneshot(request)).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}
