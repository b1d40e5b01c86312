//! Every page's address, method and access, one list; the router is made from it, and a test drives each of them as every role.

use std::sync::Arc;

use axum::{
    Extension, Router,
    extract::{DefaultBodyLimit, Request},
    handler::Handler,
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware,
    response::{IntoResponse, Response},
    routing::{self, MethodRouter},
};
use jianjia_app::core::{app::App, readiness::Readiness};
use jianjia_domain::core::policy::Act;
use tower_http::{catch_panic::CatchPanicLayer, compression::CompressionLayer, trace::TraceLayer};

use crate::{
    assets,
    form::FORM_LIMIT,
    measures::Measures,
    page::PageError,
    pages,
    visit::{self, Serving},
    voting::Site,
};

/// Who may come to a page. The route × role test holds every page to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody.
    Public,
    /// Whoever is signed in; shows only what is theirs.
    SignedIn,
    /// Whoever sees the unit in the address; for others it is not there.
    Seen,
    /// Whoever the policy lets do the act.
    Act(Act),
}

/// One address and method.
#[derive(Clone)]
pub struct Route {
    pub method: &'static str,
    pub path: &'static str,
    pub access: Access,
    handler: MethodRouter<App>,
}

impl Route {
    pub fn get<H, T>(path: &'static str, access: Access, handler: H) -> Route
    where
        H: Handler<T, App>,
        T: 'static,
    {
        Route {
            method: "GET",
            path,
            access,
            handler: routing::get(handler),
        }
    }

    pub fn post<H, T>(path: &'static str, access: Access, handler: H) -> Route
    where
        H: Handler<T, App>,
        T: 'static,
    {
        Route {
            method: "POST",
            path,
            access,
            handler: routing::post(handler),
        }
    }
}

/// Every page, noun by noun.
pub fn all() -> Vec<Route> {
    [
        pages::round::calendar::routes(),
        pages::core::standard::routes(),
        pages::core::audit::routes(),
        pages::core::health::routes(),
        pages::exchange::api::routes(),
        pages::core::api::routes(),
        pages::honour::api::routes(),
        pages::office::sign_in::routes(),
        pages::office::settings::routes(),
        pages::office::desk::routes(),
        pages::honour::unit::routes(),
        pages::register::unit::routes(),
        pages::register::person::routes(),
        pages::exchange::import::routes(),
        pages::office::account::routes(),
        pages::round::round::routes(),
        pages::round::application::routes(),
        pages::round::review::routes(),
        pages::round::recommendation::routes(),
        pages::round::quota::routes(),
        pages::round::home::routes(),
        pages::year::sheet::routes(),
        pages::year::activity::routes(),
        pages::year::evidence::routes(),
        pages::rating::result::routes(),
        pages::rating::improvement::routes(),
        pages::rating::poll::routes(),
        pages::rating::slip::routes(),
        pages::rating::count::routes(),
        pages::rating::ballot::routes(),
        pages::honour::honour::routes(),
        pages::round::veto::routes(),
        pages::round::naming::routes(),
        pages::honour::target::routes(),
    ]
    .concat()
}

/// The whole web, reached directly over http.
pub fn site(app: App) -> Site {
    site_for(app, Serving::default())
}

/// The whole web, reached as `serving` says.
pub fn site_for(app: App, serving: Serving) -> Site {
    let measures = Arc::new(Measures::default());
    let pages = all()
        .into_iter()
        .fold(Router::new(), |router, route| {
            router.route(route.path, route.handler)
        })
        .fallback(not_found)
        .method_not_allowed_fallback(other_method)
        .layer(Extension(Readiness::default()))
        .layer(Extension(serving.watchers))
        .layer(DefaultBodyLimit::max(FORM_LIMIT))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(
            (app.clone(), serving, measures.clone()),
            visit::around,
        ));
    let ordinary = Router::new()
        .route("/assets/{hash}/{name}", routing::get(assets::serve))
        .fallback_service(pages.with_state(app.clone()))
        .layer(CatchPanicLayer::new())
        .layer(CompressionLayer::new())
        .layer(middleware::map_response(move |response| async move {
            guarded(serving, response)
        }))
        .layer(TraceLayer::new_for_http().make_span_with(span));
    Site::new(ordinary, app, serving, measures)
}

/// Sets the headers that stand on every answer.
pub(crate) fn guarded(serving: Serving, mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    headers
        .entry(header::REFERRER_POLICY)
        .or_insert(HeaderValue::from_static("same-origin"));
    if serving.https {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000"),
        );
    }
    response
}

/// The span of a request in our logs. It never holds a slip's code, nor anything asked in a query.
fn span(request: &Request) -> tracing::Span {
    tracing::debug_span!(
        "request",
        method = %request.method(),
        path = logged_path(request.uri().path()),
    )
}

/// The path as it may stand in a log: a slip's address without its code.
fn logged_path(path: &str) -> &str {
    if path.starts_with("/v/") {
        "/v/*"
    } else {
        path
    }
}

/// On every answer.
const HEADERS: [(&str, &str); 5] = [
    (
        "content-security-policy",
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; connect-src 'self'",
    ),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(), microphone=(), geolocation=(), payment=()",
    ),
];

async fn not_found() -> PageError {
    PageError::NotFound
}

/// The router adds which methods there are (`Allow`).
async fn other_method() -> PageError {
    PageError::Told {
        status: StatusCode::METHOD_NOT_ALLOWED,
        title: "这个地址不能这样用",
        sentence: "这个地址不接受这种请求，没有保存任何内容。请返回上一页，从页面上的链接或按钮进入。",
    }
}

fn panicked(panic: Box<dyn std::any::Any + Send>) -> Response {
    let message = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    PageError::Internal(anyhow::anyhow!("a handler panicked: {message}")).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_s_code_never_stands_in_a_log() {
        assert_eq!(logged_path("/v/ABCD2345EFGH"), "/v/*");
        assert_eq!(logged_path("/units/7/home"), "/units/7/home");
    }
}
