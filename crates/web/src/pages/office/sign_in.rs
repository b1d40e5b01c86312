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
use serde::Deserialize;

use crate::{
    demo::Demo,
    form::{Form, Nothing, Problems, told},
    frame::Frame,
    measures::Measures,
    page::{PageResult, TRY_AGAIN, page, see_other, unprocessable},
    pages::office::factor::code::address as code_address,
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
    let sign_in = SignInPage {
        demo,
        problems: Problems::none(),
        login: String::new(),
        next: after.next,
        frame,
    };
    page(&sign_in)
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
                demo,
                problems,
                login: typed.login,
                next: typed.next,
                frame,
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
    sessions::sign_out(&app, &token).await?;
    let mut response = see_other("/")?;
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
