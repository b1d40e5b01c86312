//! The short path of a vote. All members of a city may vote in the same minutes, and the answer to a ballot that is kept is a redirect, which needs
//! no account, no language and no line in a log. So votes are handled before the router and its layers. When a vote is not kept, what is left of its
//! request goes on to the router with the reason, and its handler, `pages::rating::ballot`, answers with a page.

use std::{
    any::Any,
    convert::Infallible,
    net::SocketAddr,
    panic::AssertUnwindSafe,
    sync::Arc,
    task::{Context, Poll},
};

use anyhow::anyhow;
use axum::{
    Router,
    extract::{ConnectInfo, Request},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
    routing::{self, future::RouteFuture},
};
use futures_util::{
    FutureExt,
    future::{BoxFuture, Either},
};
use jianjia_app::{
    core::{app::App, error::Error},
    rating::ballot as ballots,
};
use tokio::time::timeout;
use tower::{Service, ServiceExt};

use crate::{
    form::UnreadForm,
    measures::Measures,
    pages::{
        core::health,
        rating::ballot::cast::{of_its_slip, thanks_of, vote},
    },
    router::guarded,
    visit::{self, PAGE_TIME, Serving},
};

/// The whole web: votes by the short path, all other requests through the router. Cheap to clone.
#[derive(Clone)]
pub struct Site {
    router: Router,
    short: Arc<Short>,
}

/// What the short path needs.
struct Short {
    app: App,
    serving: Serving,
    measures: Arc<Measures>,
    /// The headers of the answer to a vote that is kept.
    thanks: HeaderMap,
}

impl Site {
    pub fn new(router: Router, app: App, serving: Serving, measures: Arc<Measures>) -> Site {
        let mut thanks = guarded(serving, ().into_response()).headers().clone();
        visit::keep_nameless(&mut thanks);
        // A place in the map: each answer puts its own address there.
        thanks.insert(header::LOCATION, HeaderValue::from_static("/v/thanks"));
        let short = Arc::new(Short {
            app,
            serving,
            measures,
            thanks,
        });
        Site { router, short }
    }

    /// The figures of this site alone, for an address of their own.
    pub fn figures(&self) -> Router {
        let short = self.short.clone();
        let figures = move || async move { health::figures(&short.app, &short.measures).await };
        Router::new().route("/metrics", routing::get(figures))
    }
}

impl Service<Request> for Site {
    type Response = Response;
    type Error = Infallible;
    type Future = Either<BoxFuture<'static, Result<Response, Infallible>>, RouteFuture<Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        if is_vote(&request) {
            Either::Left(Box::pin(cast(self.clone(), request)))
        } else {
            Either::Right(self.router.call(request))
        }
    }
}

const ADDRESS: &str = "/v/cast";

/// The most bytes of a form that takes the short path: enough for the longest suggestion, each of its bytes percent-encoded.
const MOST_BYTES: u64 = 4096;

fn is_vote(request: &Request) -> bool {
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    request.method() == Method::POST
        && request.uri().path() == ADDRESS
        && length.is_some_and(|length| length <= MOST_BYTES)
}

/// The headers that the router reads to answer with the page of a refusal.
const HEADERS_OF_PAGE: [HeaderName; 5] = [
    header::ACCEPT_ENCODING,
    header::HOST,
    header::COOKIE,
    header::REFERER,
    HeaderName::from_static("x-forwarded-for"),
];

/// Why a vote was not kept: an extension of its request on the way through the router.
#[derive(Clone)]
pub struct NotKept(pub Arc<Error>);

fn panicked<T>(_: Box<dyn Any + Send>) -> Result<T, Error> {
    Err(anyhow!("casting a vote panicked").into())
}

async fn cast(site: Site, request: Request) -> Result<Response, Infallible> {
    let short = &*site.short;
    let network = visit::network(short.serving, &request);
    // Thousands of votes wait for their batch at the same time: what waits with each is a copy of the little that is still needed, never the
    // request itself, which would keep the whole read buffer of its connection.
    let address = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .copied();
    let headers = headers_of_page(request.headers());
    let form = match timeout(PAGE_TIME, UnreadForm::read_from(request.into_body())).await {
        Ok(Ok(form)) => form.copied(),
        Ok(Err(broken_off)) => return Ok(guarded(short.serving, broken_off.into_response())),
        Err(_) => return Ok(StatusCode::REQUEST_TIMEOUT.into_response()),
    };
    let (error, form) = match kept(short, form, &network).await {
        Ok(thanks) => {
            short.measures.ballots_kept.count();
            let mut headers = short.thanks.clone();
            headers.insert(header::LOCATION, thanks);
            return Ok((StatusCode::SEE_OTHER, headers).into_response());
        }
        Err(not_kept) => not_kept,
    };
    let mut again = Request::new(form.into_body());
    *again.method_mut() = Method::POST;
    *again.uri_mut() = Uri::from_static(ADDRESS);
    *again.headers_mut() = headers;
    again.extensions_mut().insert(NotKept(Arc::new(error)));
    if let Some(address) = address {
        again.extensions_mut().insert(address);
    }
    // On the heap, so that the futures of the many votes that are kept have no room for it.
    Box::pin(site.router.oneshot(again)).await
}

/// Copies of the headers that the router reads.
fn headers_of_page(headers: &HeaderMap) -> HeaderMap {
    HEADERS_OF_PAGE
        .into_iter()
        .filter_map(|name| {
            let value = headers.get(&name)?.as_bytes();
            Some((name, HeaderValue::from_bytes(value).ok()?))
        })
        .collect()
}

/// Keeps the ballot of a form; gives the address of the thanks.
///
/// # Errors
/// Why the ballot is not kept, with what is left of the form: all of it, or once the ballot was sealed its slip alone.
async fn kept(
    short: &Short,
    form: UnreadForm,
    network: &str,
) -> Result<HeaderValue, (Error, UnreadForm)> {
    let sealing = AssertUnwindSafe(ballots::seal(&short.app, vote(&form, network))).catch_unwind();
    let sealed = match sealing.await.unwrap_or_else(panicked) {
        Ok(sealed) => sealed,
        Err(error) => return Err((error, form)),
    };
    // Nothing of what was chosen waits with the ballot: to tell why it was not kept, its slip is enough.
    let thanks = thanks_of(&form);
    let slip = of_its_slip(&form);
    drop(form);
    let keeping = AssertUnwindSafe(ballots::keep(&short.app, sealed)).catch_unwind();
    match keeping.await.unwrap_or_else(panicked) {
        Ok(()) => Ok(thanks),
        Err(error) => Err((error, slip)),
    }
}
