//! The middleware around every page. Before the handler it finds out who comes; afterwards it writes explanations as pages, sets cookies and
//! keeps private pages out of caches.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use jianjia_app::{core::app::App, office::contact};
use tokio::time::timeout;

use crate::{
    form::is_upload,
    measures::{Measured, Measures},
    page::{PageError, explanation::explained, is_html},
    session,
    visit::{
        Serving, Visit,
        address::is_of_machines,
        cookie::{Cookies, keep_to_host, shown_notice_cookie, visit_cookie},
        nameless::{is_nameless, is_of_objectors, keep_nameless},
        typed,
    },
};

/// Longest time for a request; uploads over a slow line get more.
pub(crate) const PAGE_TIME: Duration = Duration::from_secs(60);
const UPLOAD_TIME: Duration = Duration::from_secs(600);

/// Answers a request of a page, whatever becomes of it.
pub async fn around(
    State((app, serving, measures)): State<(App, Serving, Arc<Measures>)>,
    mut request: Request,
    next: Next,
) -> Response {
    let measured = Measured::begin(&request);
    let (mut visit, token) = begun(&app, serving, &request);
    let outage = match token {
        Some(token) => session::sign_in(&app, &mut visit, token).await.err(),
        None => None,
    };
    if outage.is_none() && has_help(&visit) {
        visit.contact = contact::of(&app, visit.actor.as_ref()).await;
    }
    let visit = Arc::new(visit);
    let time = if is_upload(request.headers()) {
        UPLOAD_TIME
    } else {
        PAGE_TIME
    };
    request.extensions_mut().insert(visit.clone());
    // For the handlers that count more than requests.
    request.extensions_mut().insert(measures.clone());
    let answering = async {
        match outage {
            None => next.run(request).await,
            Some(outage) => {
                typed::read(request, &app).await;
                PageError::Outage(outage).into_response()
            }
        }
    };
    let response = timeout(time, answering)
        .await
        .unwrap_or_else(|_| took_too_long());
    let response = if visit.path.starts_with("/api/") {
        response
    } else {
        explained(&app, &visit, response)
    };
    let response = finished(&visit, serving, response);
    measured.end(&measures, response.status());
    response
}

/// The visit without its session, and the session's token, where the address has sessions.
fn begun(app: &App, serving: Serving, request: &Request) -> (Visit, Option<String>) {
    let cookies = Cookies::of(serving, request.headers());
    let visit = Visit::anonymous(app, serving, request, &cookies);
    let has_sessions =
        !is_nameless(&visit.path) && !is_of_machines(&visit.path) && !is_of_objectors(&visit.path);
    let token = cookies.token("session").filter(|_| has_sessions);
    (visit, token.map(str::to_owned))
}

/// Whether its pages say whom to ask: those of people without a name and the files for machines don't.
fn has_help(visit: &Visit) -> bool {
    !is_nameless(&visit.path) && !is_of_machines(&visit.path) && !visit.path.starts_with("/api/")
}

fn took_too_long() -> Response {
    PageError::Told {
        status: StatusCode::SERVICE_UNAVAILABLE,
        title: "这次办理时间太长",
        sentence: "系统在规定时间内没有办完，已经停下，没有保存。请稍后再试；上传文件时请换一个快一些的网络。",
    }
    .into_response()
}

/// Sets cookies and headers that depend on the visit.
fn finished(visit: &Visit, serving: Serving, mut response: Response) -> Response {
    let is_page = is_html(&response);
    // Who asked may not be known, as while the database is away.
    let is_failure = response.status().is_server_error();
    let headers = response.headers_mut();
    if is_page {
        if let Some(token) = &visit.fresh_visit {
            headers.append(header::SET_COOKIE, visit_cookie(token));
        }
        if visit.notice.is_some() {
            headers.append(header::SET_COOKIE, shown_notice_cookie());
        }
    }
    if is_nameless(&visit.path) {
        keep_nameless(headers);
        if is_page {
            // A compressed page's length would tell what it shows. An answer that says how it is encoded is compressed neither by us nor by a proxy.
            headers.insert(
                header::CONTENT_ENCODING,
                HeaderValue::from_static("identity"),
            );
        }
    }
    // What somebody signed in gets is never cached, whatever it is: after signing out neither "back" nor an address shows anything. Other pages
    // carry a token of this visitor: no shared cache may store them.
    let is_private = visit.token.is_some()
        || is_of_objectors(&visit.path)
        || visit.typed.get().is_some()
        || is_failure
        || is_of_machines(&visit.path);
    if is_private {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    } else {
        headers
            .entry(header::CACHE_CONTROL)
            .or_insert(HeaderValue::from_static("private, no-cache"));
    }
    if serving.https {
        keep_to_host(headers);
    }
    response
}
