//! Signing in and out.

use std::sync::Arc;

use askama::Template;
use axum::{
    Extension,
    extract::{Query, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
};
use jianjia_app::{
    core::{app::App, error::Error},
    office::session::{self as sessions, Begun},
};
use jianjia_domain::office::account::AccountRefusal;
use jianjia_standard::Text;
use serde::Deserialize;

use crate::{
    demo::Demo,
    form::{Form, Nothing, Problems, told},
    frame::Frame,
    measures::Measures,
    page::{PageResult, TRY_AGAIN, page, see_other, see_other_with, unprocessable},
    pages::office::{address::PROVIDER, factor::code::address as code_address},
    routes::{Access, Route},
    session::{Browser, NOTICES, Token},
    visit::{
        Visiting, ended_session_cookie, is_ours, known_cookie, percent_encoded, session_cookie,
    },
};

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/sign-in", Access::Public, show),
        Route::post("/sign-in", Access::Public, sign_in),
        Route::post("/sign-out", Access::SignedIn, sign_out),
    ]
}

#[derive(Template)]
#[template(path = "office/sign_in/show.html")]
struct SignInPage {
    frame: Frame,
    problems: Problems,
    login: String,
    next: String,
    demo: Arc<Demo>,
    /// What the city's identity provider is called, if there is one.
    provider: Option<Text>,
    /// Whether passwords are taken.
    passwords: bool,
}

impl SignInPage {
    fn to_provider(&self) -> String {
        let next = percent_encoded(&inside(&self.next));
        format!("{PROVIDER}?next={next}")
    }
}

fn sign_in_page(app: &App, frame: Frame, demo: Arc<Demo>, next: String) -> SignInPage {
    SignInPage {
        frame,
        demo,
        problems: Problems::none(),
        login: String::new(),
        next,
        provider: app.provider.as_ref().map(|provider| provider.label.clone()),
        passwords: app.takes_passwords(),
    }
}

/// The page again, for somebody whom the identity provider did not let in.
///
/// # Errors
/// When the template can't be rendered.
pub fn refused(
    app: &App,
    frame: Frame,
    demo: Arc<Demo>,
    problems: Problems,
    next: String,
) -> PageResult {
    unprocessable(&SignInPage {
        problems,
        ..sign_in_page(app, frame, demo, next)
    })
}

#[derive(Debug, Default, Deserialize)]
struct After {
    #[serde(default)]
    next: String,
}

#[derive(Debug, Deserialize)]
struct SignIn {
    #[serde(default)]
    login: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
}

async fn show(
    State(app): State<App>,
    Visiting(visit): Visiting,
    frame: Frame,
    Extension(demo): Extension<Arc<Demo>>,
    Query(after): Query<After>,
) -> PageResult {
    if visit.awaiting.is_some() {
        return see_other(&code_address(&inside(&after.next)));
    }
    if frame.is_signed_in() {
        return see_other(&inside(&after.next));
    }
    page(&sign_in_page(&app, frame, demo, after.next))
}

async fn sign_in(
    State(app): State<App>,
    frame: Frame,
    Browser(browser): Browser,
    Extension(measures): Extension<Arc<Measures>>,
    Extension(demo): Extension<Arc<Demo>>,
    Form(typed): Form<SignIn>,
) -> PageResult {
    let result = sessions::sign_in(&app, &typed.login, &typed.password, &browser).await;
    let is_crowded = matches!(
        &result,
        Err(Error::Refused(refusal)) if refusal.of() == Some(&AccountRefusal::Crowded)
    );
    match told(result, &frame)? {
        Ok(begun) => begun_at(&inside(&typed.next), &begun),
        Err(problems) => {
            if !is_crowded {
                measures.sign_in_failures.inc();
            }
            let mut response = unprocessable(&SignInPage {
                problems,
                login: typed.login,
                ..sign_in_page(&app, frame, demo, typed.next)
            })?;
            if is_crowded {
                *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
                let soon = HeaderValue::from_static(TRY_AGAIN);
                response.headers_mut().insert(header::RETRY_AFTER, soon);
            }
            Ok(response)
        }
    }
}

/// On to a page with a session that has just begun; where others did something to the account meanwhile, to that first.
///
/// # Errors
/// When the address can't stand in a header.
pub fn begun_at(to: &str, begun: &Begun) -> PageResult {
    let mut response = if begun.awaits_code {
        see_other(&code_address(to))?
    } else {
        see_other(&by_notices(to, begun.has_notices))?
    };
    let headers = response.headers_mut();
    headers.append(header::SET_COOKIE, session_cookie(&begun.token));
    headers.append(header::SET_COOKIE, known_cookie(&begun.known));
    Ok(response)
}

/// Where to go at the beginning of a session: by way of the notices where there are any that were not read.
pub fn by_notices(to: &str, has_notices: bool) -> String {
    if has_notices {
        format!("{NOTICES}?next={}", percent_encoded(to))
    } else {
        to.to_owned()
    }
}

async fn sign_out(
    State(app): State<App>,
    Token(token): Token,
    Form(Nothing {}): Form<Nothing>,
) -> PageResult {
    let mut response = if sessions::sign_out(&app, &token).await? {
        see_other_with("/", PROVIDER_STAYS)?
    } else {
        see_other("/")?
    };
    response
        .headers_mut()
        .append(header::SET_COOKIE, ended_session_cookie());
    // Whoever sits down at this machine next finds nothing of what was read.
    response.headers_mut().insert(
        HeaderName::from_static("clear-site-data"),
        HeaderValue::from_static("\"cache\""),
    );
    Ok(response)
}

/// Said to somebody who came by the identity provider and signs out.
const PROVIDER_STAYS: &str =
    "您已经退出本平台。统一身份认证平台上的登录还在，用公用电脑的，请到那边也退出。";

/// Only addresses of ours are gone to after signing in.
pub fn inside(next: &str) -> String {
    if is_ours(next) {
        next.to_owned()
    } else {
        "/desk".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::inside;

    #[test]
    fn signing_in_leads_to_pages_of_ours_only() {
        for next in [
            "",
            "//evil.example",
            "https://evil.example",
            "/\\evil",
            "/a b",
            "/a\n",
        ] {
            assert_eq!(inside(next), "/desk");
        }
        assert_eq!(inside("/units?q=%E5%A4%A9"), "/units?q=%E5%A4%A9");
    }
}
