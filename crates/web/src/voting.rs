//! The short way of a vote. All members of a city may confirm in the same minutes, and a ballot that is kept needs no page: no account, no language, no
//! line in a log. So it is taken before everything that other requests pass through. Whatever becomes of a vote otherwise is told by the ordinary
//! way, `pages::rating::ballot`, to which what is left of the request goes on, with what was found.

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
    routes::guarded,
    visit::{self, PAGE_TIME, Serving},
};

/// The whole web: votes by the short way, all else by the ordinary one. Cheap to clone.
#[derive(Clone)]
pub struct Site {
    ordinary: Router,
    short: Arc<Short>,
}

/// What the short way needs.
struct Short {
    app: App,
    serving: Serving,
    measures: Arc<Measures>,
    /// The headers of the answer to a vote that is kept.
    thanks: HeaderMap,
}

impl Site {
    pub fn new(ordinary: Router, app: App, serving: Serving, measures: Arc<Measures>) -> Site {
        let mut thanks = guarded(serving, ().into_response()).headers().clone();
        visit::keep_nameless(&mut thanks);
        // Room for it: an answer has its own.
        thanks.insert(header::LOCATION, HeaderValue::from_static("/v/thanks"));
        let short = Arc::new(Short {
            app,
            serving,
            measures,
            thanks,
        });
        Site { ordinary, short }
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
            Either::Right(self.ordinary.call(request))
        }
    }
}

const ADDRESS: &str = "/v/cast";

/// The most bytes of a form that goes the short way: enough for the longest suggestion, each of its bytes written as three.
const MOST_BYTES: u64 = 4096;

fn is_vote(request: &Request) -> bool {
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    request.method() == Method::POST
        && request.uri().path() == ADDRESS
        && length.is_some_and(|length| length <= MOST_BYTES)
}

/// What the ordinary way reads of a request for the page of a refusal.
const READ_LATER: [HeaderName; 5] = [
    header::ACCEPT_ENCODING,
    header::HOST,
    header::COOKIE,
    header::REFERER,
    HeaderName::from_static("x-forwarded-for"),
];

/// Why a vote was not kept; rides on its request to the ordinary way.
#[derive(Clone)]
pub struct NotKept(pub Arc<Error>);

fn panicked<T>(_: Box<dyn Any + Send>) -> Result<T, Error> {
    Err(anyhow!("casting a vote panicked").into())
}

async fn cast(site: Site, request: Request) -> Result<Response, Infallible> {
    let short = &*site.short;
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
    let form = match timeout(PAGE_TIME, UnreadForm::read_from(request.into_body())).await {
        Ok(Ok(form)) => form.copied(),
        Ok(Err(broken_off)) => return Ok(guarded(short.serving, broken_off.into_response())),
        Err(_) => return Ok(StatusCode::REQUEST_TIMEOUT.into_response()),
    };
    let sealing = AssertUnwindSafe(ballots::seal(&short.app, vote(&form, &network))).catch_unwind();
    let sealed = sealing.await.unwrap_or_else(panicked);
    let (done, form) = match sealed {
        Ok(sealed) => {
            // Nothing of what was chosen waits with the ballot: to tell why it was not kept, its slip is enough.
            let thanks = thanks_of(&form);
            let slip = of_its_slip(&form);
            drop(form);
            let keeping = AssertUnwindSafe(ballots::keep(&short.app, sealed)).catch_unwind();
            let done = keeping.await.unwrap_or_else(panicked);
            (done.map(|()| thanks), slip)
        }
        Err(error) => (Err(error), form),
    };
    let error = match done {
        Ok(thanks) => {
            short.measures.ballots_kept.count();
            let mut headers = short.thanks.clone();
            headers.insert(header::LOCATION, thanks);
            return Ok((StatusCode::SEE_OTHER, headers).into_response());
        }
        Err(error) => error,
    };
    let mut again = Request::new(form.into_body());
    *again.method_mut() = Method::POST;
    *again.uri_mut() = Uri::from_static(ADDRESS);
    *again.headers_mut() = headers;
    again.extensions_mut().insert(NotKept(Arc::new(error)));
    if let Some(address) = address {
        again.extensions_mut().insert(address);
    }
    // Apart, so that the many votes that are kept carry none of it while they wait.
    Box::pin(site.ordinary.oneshot(again)).await
}
