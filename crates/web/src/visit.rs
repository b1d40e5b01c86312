//! One visit, one request: who comes, in which language, from where. The middleware finds it out before the handler and
//! afterwards writes explanations as pages, sets cookies and keeps private pages out of shared caches.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use anyhow::Context;
use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};
use jianjia_app::{
    core::{
        app::App,
        error::{Outage, outage},
    },
    office::session as sessions,
};
use jianjia_domain::{core::policy::Actor, office::account::KNOWN_DAYS};
use jianjia_standard::Lang;
use sha2::{Digest, Sha256};

use crate::{
    frame::Frame,
    measures::{Measured, Measures, Watchers},
    page::{Explanation, PageError, explanation},
    visit::{cookie::Cookies, origin::origin},
};

mod cookie;
mod origin;
mod typed;

pub use origin::{Origin, network};
pub use typed::Typed;

/// How the program is reached.
#[derive(Clone, Copy, Debug, Default)]
pub struct Serving {
    /// Over https: cookies are marked `Secure`.
    pub https: bool,
    /// Behind a proxy of ours that sets `X-Forwarded-For`.
    pub behind_proxy: bool,
    /// Who gets the figures at `/metrics`.
    pub watchers: Watchers,
}

/// What is known of a request before its handler runs.
#[derive(Clone, Debug)]
pub struct Visit {
    pub lang: Lang,
    pub large_type: bool,
    pub actor: Option<Actor>,
    /// The session's token, when signed in.
    pub token: Option<String>,
    pub must_change: bool,
    /// Others did something to the account that its owner has not read yet.
    pub has_notices: bool,
    /// The cookie of accounts that signed in here before.
    pub known: String,
    /// The token that forms carry, derived from the session's or the anonymous visit's.
    pub csrf: String,
    pub path: String,
    /// Path and query.
    pub address: String,
    pub notice: Option<String>,
    /// The page of ours whose form was sent; none where nothing was sent.
    pub form: Option<String>,
    /// The network the request came from, for counting wrong guesses.
    pub network: String,
    /// Scheme and host as the visitor wrote them, for addresses on paper: `https://jianjia.example`.
    pub origin: String,
    /// What was sent with a form, once it is read: nobody types it twice for a database that is away.
    pub typed: OnceLock<Typed>,
    /// Set when this anonymous visit needs its cookie.
    fresh_visit: Option<String>,
}

/// Whether an address is for people without a name: voters, and group members with their codes. Whoever comes there is nobody in particular
/// even when signed in elsewhere: no cookie is set, no account read, and nothing remains in the browser.
pub fn is_nameless(path: &str) -> bool {
    let mut parts = path.trim_start_matches('/').split('/');
    match (parts.next(), parts.next(), parts.next()) {
        (Some("v" | "kiosk"), _, _) => true,
        (Some("polls"), Some(_), Some(act)) => {
            matches!(act, "group" | "paper" | "box" | "signature")
        }
        _ => false,
    }
}

/// Longest wait for who comes: a database that is away is told soon.
const SESSION_TIME: Duration = Duration::from_secs(5);

/// Whether an address is for the machines that watch the program: they hear of a database that is away by other words.
fn is_of_machines(path: &str) -> bool {
    matches!(path, "/healthz" | "/readyz" | "/metrics")
}

/// Longest time for a request; uploads over a slow line get more.
pub(crate) const PAGE_TIME: Duration = Duration::from_secs(60);
const UPLOAD_TIME: Duration = Duration::from_secs(600);

/// The middleware around every page.
pub async fn around(
    State((app, serving, measures)): State<(App, Serving, Arc<Measures>)>,
    mut request: Request,
    next: Next,
) -> Response {
    let measured = Measured::begin(&request);
    let mut visit = anonymous(&app, serving, &request);
    let token = Cookies::of(serving, request.headers())
        .get("session")
        .filter(|token| token.len() == 64 && !is_nameless(&visit.path));
    let mut away = None;
    if let Some(token) = token.filter(|_| !is_of_machines(&visit.path)) {
        let known = Box::pin(sign_in(&app, &mut visit, token.clone()));
        let failed = match tokio::time::timeout(SESSION_TIME, known).await {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(outage(&error).unwrap_or(Outage::Away)),
            Err(_) => Some(Outage::Away),
        };
        if let Some(outage) = failed {
            tracing::error!(?outage, "a session could not be read");
            // Who comes is not known, which is not the same as nobody; the form is the session's all the same.
            visit.csrf = csrf_of(&token);
            visit.fresh_visit = None;
            away = Some(outage);
        }
    }
    let visit = Arc::new(visit);
    let time = if is_upload(request.headers()) {
        UPLOAD_TIME
    } else {
        PAGE_TIME
    };
    let is_api = visit.path.starts_with("/api/");
    request.extensions_mut().insert(visit.clone());
    // For the handlers that count more than requests.
    request.extensions_mut().insert(measures.clone());
    let answering = async {
        match away {
            None => next.run(request).await,
            Some(outage) => {
                typed::read(request, &app).await;
                PageError::Outage(outage).into_response()
            }
        }
    };
    let response = tokio::time::timeout(time, answering)
        .await
        .unwrap_or_else(|_| {
            PageError::Told {
                status: StatusCode::SERVICE_UNAVAILABLE,
                title: "这次办理时间太长",
                sentence: "系统在规定时间内没有办完，已经停下，没有保存。请稍后再试；上传文件时请换一个快一些的网络。",
            }
            .into_response()
        });
    let response = if is_api {
        response
    } else {
        explained(&app, &visit, response)
    };
    let response = finished(&visit, serving, response);
    measured.end(&measures, response.status());
    response
}

/// The visit of a request, as the middleware left it.
pub fn of(extensions: &axum::http::Extensions) -> Option<Arc<Visit>> {
    extensions.get::<Arc<Visit>>().cloned()
}

/// The visit itself, for handlers that need a frame only when something is refused.
pub struct Visiting(pub Arc<Visit>);

impl FromRequestParts<App> for Visiting {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Visiting, PageError> {
        let visit = of(&parts.extensions);
        Ok(Visiting(visit.context("every page is visited")?))
    }
}

/// Fills in who the session's token signs in; an ended session leaves the visit anonymous.
async fn sign_in(app: &App, visit: &mut Visit, token: String) -> anyhow::Result<()> {
    if let Some(session) = sessions::find(app, &token).await? {
        visit.csrf = csrf_of(&token);
        visit.actor = Some(session.actor);
        visit.must_change = session.must_change;
        visit.has_notices = session.has_notices;
        visit.token = Some(token);
        visit.fresh_visit = None;
    }
    Ok(())
}

fn anonymous(app: &App, serving: Serving, request: &Request) -> Visit {
    let cookies = Cookies::of(serving, request.headers());
    let cookie = |name: &str| cookies.get(name);
    let path = request.uri().path().to_owned();
    // Machines get no form either.
    let is_nameless = is_nameless(&path) || is_of_machines(&path);
    let known = cookie("visit").filter(|token| token.len() == 64 && !is_nameless);
    let fresh_visit = (known.is_none() && !is_nameless).then(|| sessions::random_token(app));
    let token = known.or_else(|| fresh_visit.clone()).unwrap_or_default();
    Visit {
        lang: match cookie("lang").as_deref() {
            Some("en") => Lang::En,
            _ => Lang::Zh,
        },
        large_type: cookie("type").as_deref() == Some("large"),
        actor: None,
        token: None,
        must_change: false,
        has_notices: false,
        known: cookie("known").filter(|_| !is_nameless).unwrap_or_default(),
        // Forms of people without a name carry none.
        csrf: if is_nameless {
            String::new()
        } else {
            csrf_of(&token)
        },
        path,
        address: request
            .uri()
            .path_and_query()
            .map_or("/", |address| address.as_str())
            .to_owned(),
        notice: cookie("notice")
            .filter(|_| !is_nameless)
            .map(|notice| percent_decoded(&notice)),
        form: (request.method() == Method::POST)
            .then(|| came_from(request.headers()))
            .flatten(),
        typed: OnceLock::new(),
        network: network(serving, request),
        origin: origin(serving, request.headers()),
        fresh_visit,
    }
}

/// Writes what a handler could not answer as a page in the person's language.
fn explained(app: &App, visit: &Visit, response: Response) -> Response {
    let status = response.status();
    let explanation = response.extensions().get::<Explanation>().cloned();
    let is_bare = !response.headers().contains_key(header::CONTENT_TYPE);
    let explanation = match explanation {
        Some(explanation) => explanation,
        // Answers of the router itself and of extractors come without a page.
        None if status == StatusCode::NOT_FOUND && is_bare => Explanation::NotFound,
        None if status.is_server_error() && is_bare => Explanation::Internal,
        None if status.is_client_error() && !is_html(&response) => Explanation::Told {
            title: "这次请求看不懂",
            sentence: "地址或表单的内容不完整，系统没有保存任何内容。请返回上一页，刷新后再试。",
        },
        None => return response,
    };
    let html = explanation::page(Frame::of(app, visit), explanation, visit);
    match html {
        Ok(html) => {
            let mut page = (status, Html(html)).into_response();
            for name in [header::ALLOW, header::RETRY_AFTER] {
                if let Some(value) = response.headers().get(&name) {
                    page.headers_mut().insert(name, value.clone());
                }
            }
            page
        }
        Err(error) => {
            tracing::error!(%error, "the error page failed");
            status.into_response()
        }
    }
}

fn finished(visit: &Visit, serving: Serving, mut response: Response) -> Response {
    let is_page = is_html(&response);
    // Who asked may not be known, as while the database is away.
    let is_failure = response.status().is_server_error();
    let headers = response.headers_mut();
    if is_page {
        if let Some(token) = &visit.fresh_visit {
            append_cookie(
                headers,
                &format!("visit={token}; Path=/; HttpOnly; SameSite=Lax"),
            );
        }
        if visit.notice.is_some() {
            append_cookie(
                headers,
                "notice=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0",
            );
        }
    }
    if is_nameless(&visit.path) {
        keep_nameless(headers);
        if is_page {
            // A page's length would tell what it shows: neither we nor a proxy compress it, who both pass over what says how it is encoded.
            headers.insert(
                header::CONTENT_ENCODING,
                HeaderValue::from_static("identity"),
            );
        }
    }
    // What somebody signed in gets is kept nowhere, whatever it is: after signing out neither "back" nor an address shows anything. Other pages
    // carry a token of this visitor: no shared cache may keep them.
    let is_private = visit.token.is_some()
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
        cookie::keep_to_host(headers);
    }
    response
}

/// A slip's code may stand in the address (older slips lead to `/v/<code>`): it is kept by no browser and told to no other site.
pub fn keep_nameless(headers: &mut HeaderMap) {
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
}

/// A cookie that says once what was done.
pub fn notice_cookie(notice: &str) -> HeaderValue {
    cookie_value(&format!(
        "notice={}; Path=/; HttpOnly; SameSite=Lax; Max-Age=60",
        percent_encoded(notice)
    ))
}

/// The session's cookie. It lives as long as the browser; the database ends it sooner.
pub fn session_cookie(token: &str) -> HeaderValue {
    cookie_value(&format!("session={token}; Path=/; HttpOnly; SameSite=Lax"))
}

pub fn ended_session_cookie() -> HeaderValue {
    HeaderValue::from_static("session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0")
}

/// The cookie by which a browser is known again: see `sessions::Browser`.
pub fn known_cookie(known: &str) -> HeaderValue {
    let seconds = KNOWN_DAYS * 24 * 60 * 60;
    cookie_value(&format!(
        "known={known}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}"
    ))
}

/// A preference, remembered for a year.
pub fn preference_cookie(name: &'static str, value: &'static str) -> HeaderValue {
    cookie_value(&format!(
        "{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000"
    ))
}

/// Whether a form was sent from a page of ours, as far as the browser tells.
pub fn is_same_origin(method: &Method, headers: &HeaderMap) -> bool {
    if method.is_safe() {
        return true;
    }
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = headers
        .get("sec-fetch-site")
        .and_then(|value| value.to_str().ok())
    {
        return matches!(site, "same-origin" | "none");
    }
    match (text(header::ORIGIN), text(header::HOST)) {
        (Some(origin), Some(host)) => origin
            .split_once("://")
            .is_some_and(|(_, sender)| sender.eq_ignore_ascii_case(host)),
        (Some(_), None) => false,
        (None, _) => true,
    }
}

/// The path of the page of ours that a request came from, for coming back to it.
pub fn came_from(headers: &HeaderMap) -> Option<String> {
    let referer = headers.get(header::REFERER)?.to_str().ok()?;
    let host = headers.get(header::HOST)?.to_str().ok()?;
    let (_, rest) = referer.split_once("://")?;
    let path = rest.strip_prefix(host)?;
    is_ours(path).then(|| path.to_owned())
}

/// Whether a path with its query leads to a page of ours; two slashes begin the address of another host.
pub fn is_ours(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains('\\')
        && path.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Everything but letters, digits and `-._~/` as `%XX`.
pub fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = (bytes[at] == b'%')
            .then(|| text.get(at + 1..at + 3))
            .flatten()
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        if let Some(byte) = hex {
            decoded.push(byte);
            at += 3;
        } else {
            decoded.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

fn csrf_of(token: &str) -> String {
    hex::encode(&Sha256::digest(format!("csrf:{token}").as_bytes())[..16])
}

fn is_upload(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/"))
}

fn is_html(response: &Response) -> bool {
    response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

fn append_cookie(headers: &mut HeaderMap, cookie: &str) {
    headers.append(header::SET_COOKIE, cookie_value(cookie));
}

fn cookie_value(cookie: &str) -> HeaderValue {
    HeaderValue::from_str(cookie).unwrap_or_else(|_| HeaderValue::from_static(""))
}
