//! The router, made from the list of routes: what stands around every page and every asset, and the headers of every answer.

use std::{any::Any, sync::Arc};

use axum::{
    Extension, Router,
    extract::{DefaultBodyLimit, Request},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware,
    response::{IntoResponse, Response},
    routing,
};
use jianjia_app::{
    core::{app::App, readiness::Readiness},
    honour::certificate::PAGE,
};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{CompressionLayer, DefaultPredicate, Predicate, predicate::NotForContentType},
    trace::TraceLayer,
};

use crate::{
    assets,
    demo::Demo,
    form::FORM_LIMIT,
    measures::Measures,
    page::PageError,
    routes,
    visit::{self, Serving},
    voting::Site,
};

/// The whole web, reached directly over http.
pub fn site(app: App) -> Site {
    site_for(app, Serving::default())
}

/// The whole web, reached as `serving` says.
pub fn site_for(app: App, serving: Serving) -> Site {
    site_of_demo(app, serving, Demo::default())
}

/// As `site_for`, with what the demo offers to try.
pub fn site_of_demo(app: App, serving: Serving, demo: Demo) -> Site {
    let measures = Arc::new(Measures::default());
    let pages = routes::all()
        .into_iter()
        .fold(Router::new(), |router, route| {
            router.route(route.path, route.handler)
        })
        .fallback(not_found)
        .method_not_allowed_fallback(other_method)
        .layer(Extension(Readiness::default()))
        .layer(Extension(serving.watchers))
        .layer(Extension(Arc::new(demo)))
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
        .layer(CompressionLayer::new().compress_when(is_worth_compressing()))
        .layer(middleware::map_response(move |response| async move {
            guarded(serving, response)
        }))
        .layer(TraceLayer::new_for_http().make_span_with(span));
    Site::new(ordinary, app, serving, measures)
}

/// Archives, workbooks and papers are compressed within.
fn is_worth_compressing() -> impl Predicate {
    DefaultPredicate::new()
        .and(NotForContentType::const_new("application/zip"))
        .and(NotForContentType::const_new("application/pdf"))
        .and(NotForContentType::const_new(
            "application/vnd.openxmlformats",
        ))
}

/// Sets the headers that stand on every answer.
pub(crate) fn guarded(serving: Serving, mut response: Response) -> Response {
    let is_offline = response.extensions().get::<WorksOffline>().is_some();
    let headers = response.headers_mut();
    let is_framed = headers.get(header::X_FRAME_OPTIONS) == Some(&FRAMED_BY_OURS);
    let own = match (is_framed, is_offline) {
        (true, _) => FRAMED,
        (false, true) => OFFLINE,
        (false, false) => UNFRAMED,
    };
    for (name, value) in HEADERS.into_iter().chain(own) {
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

/// The tracing span of a request. It never holds a slip's code or a certificate, which says a name, nor a query.
fn span(request: &Request) -> tracing::Span {
    tracing::debug_span!(
        "request",
        method = %request.method(),
        path = logged_path(request.uri().path()),
    )
}

/// The path as it may stand in a log: a slip's address without its code, a certificate's without what it says.
fn logged_path(path: &str) -> &str {
    if path.starts_with("/v/") {
        "/v/*"
    } else if path.starts_with(PAGE) {
        "/c/*"
    } else {
        path
    }
}

/// Set by a handler on a document that our own pages show in a frame.
pub(crate) const FRAMED_BY_OURS: HeaderValue = HeaderValue::from_static("SAMEORIGIN");

/// What may be loaded, and who may frame it.
const UNFRAMED: [(&str, &str); 2] = [
    (
        "content-security-policy",
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; connect-src 'self'; worker-src 'none'",
    ),
    ("x-frame-options", "DENY"),
];

/// Set by a handler on the page of a visit, which has a worker for when the connection is cut.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WorksOffline;

pub(crate) const WORKS_OFFLINE: WorksOffline = WorksOffline;

/// The same for the one page that has a worker.
const OFFLINE: [(&str, &str); 2] = [
    (
        "content-security-policy",
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; connect-src 'self'; worker-src 'self'",
    ),
    ("x-frame-options", "DENY"),
];

/// The same for a document in a frame: browsers' viewers of PDF style themselves and embed the document.
const FRAMED: [(&str, &str); 2] = [
    (
        "content-security-policy",
        "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
    ),
    ("x-frame-options", "SAMEORIGIN"),
];

/// The other headers of every answer.
const HEADERS: [(&str, &str); 3] = [
    ("x-content-type-options", "nosniff"),
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

fn panicked(panic: Box<dyn Any + Send>) -> Response {
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
        assert_eq!(logged_path("/c/eyJhbGciOiJFZERTQSJ9.e30.AA"), "/c/*");
        assert_eq!(logged_path("/units/7/home"), "/units/7/home");
    }
}
