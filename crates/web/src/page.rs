//! What a handler answers: a page, the form again, a redirect, or an explanation. Explanations are rendered by the middleware of the visit
//! (`visit/middleware.rs`), which knows the person's language.

use askama::Template;
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use jianjia_app::core::error::{Error, Outage, outage};
use jianjia_domain::{
    core::refusal::{General, Refusal},
    office::account::AccountRefusal,
    sharing::SharingRefusal,
};

use crate::visit;

pub(crate) mod explanation;

/// Seconds after which to try again where something is away or crowded.
pub const TRY_AGAIN: &str = "5";

pub type PageResult = Result<Response, PageError>;

/// A page.
///
/// # Errors
/// When the template can't be rendered: a failure of ours.
pub fn page(template: &impl Template) -> PageResult {
    Ok(Html(template.render().map_err(anyhow::Error::from)?).into_response())
}

/// What a script of ours asked for, as JSON.
///
/// # Errors
/// Never: as pages are answered.
pub fn json(body: String) -> PageResult {
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, body).into_response())
}

/// The form again, with what was typed and what is wrong with it.
///
/// # Errors
/// When the template can't be rendered.
pub fn unprocessable(template: &impl Template) -> PageResult {
    let html = Html(template.render().map_err(anyhow::Error::from)?);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, html).into_response())
}

/// On to another page after an act (303).
///
/// # Errors
/// When the address can't stand in a header.
pub fn see_other(to: &str) -> PageResult {
    let to = HeaderValue::from_str(to).map_err(anyhow::Error::from)?;
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response())
}

/// On to another page, which says once what was done. The notice is shown through `t()`.
///
/// # Errors
/// When the address can't stand in a header.
pub fn see_other_with(to: &str, notice: &str) -> PageResult {
    let mut response = see_other(to)?;
    let cookie = visit::notice_cookie(notice);
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

/// As `see_other_with`, with a link behind the notice: where to, and its word, which is shown through `t()` too.
///
/// # Errors
/// When the address can't stand in a header.
pub fn see_other_linking(to: &str, notice: &str, (href, word): (&str, &str)) -> PageResult {
    see_other_with(to, &format!("{notice}\n{href}\n{word}"))
}

/// Why there is no page. `?` turns an `app` error into it.
#[derive(Debug)]
pub enum PageError {
    NotFound,
    Refused(Refusal),
    Internal(anyhow::Error),
    /// The database or the disk fails.
    Outage(Outage),
    /// Sign in first, then on to `next`.
    SignIn {
        next: String,
    },
    /// Another page first.
    SeeOther {
        to: &'static str,
    },
    /// A sentence of the pages themselves (Chinese source text): a stale form, a file that is too big.
    Told {
        status: StatusCode,
        title: &'static str,
        sentence: &'static str,
    },
}

/// What the visit's middleware writes as a page; a handler's answer carries it as an extension.
#[derive(Clone, Debug)]
pub enum Explanation {
    NotFound,
    Refused(Refusal),
    Internal,
    /// The database or the disk fails.
    Outage(Outage),
    Told {
        title: &'static str,
        sentence: &'static str,
    },
}

impl From<Error> for PageError {
    fn from(error: Error) -> PageError {
        match error {
            Error::Refused(refusal) => PageError::Refused(refusal),
            Error::NotFound => PageError::NotFound,
            Error::Internal(error) => PageError::Internal(error),
        }
    }
}

impl From<anyhow::Error> for PageError {
    fn from(error: anyhow::Error) -> PageError {
        PageError::Internal(error)
    }
}

impl From<Refusal> for PageError {
    fn from(refusal: Refusal) -> PageError {
        PageError::Refused(refusal)
    }
}

/// Whether an answer is a page.
pub(crate) fn is_html(response: &Response) -> bool {
    response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let (status, explanation) = match self {
            PageError::NotFound => (StatusCode::NOT_FOUND, Explanation::NotFound),
            PageError::Refused(refusal) => {
                let is_crowded = refusal.of() == Some(&AccountRefusal::Crowded);
                let is_anothers = matches!(refusal.of(), Some(SharingRefusal::NotYours { .. }));
                let status = match refusal.of() {
                    Some(General::NotYourRole { .. } | General::ProofAsked | General::ByToken) => {
                        StatusCode::FORBIDDEN
                    }
                    Some(General::Stale) => StatusCode::CONFLICT,
                    _ if is_anothers => StatusCode::FORBIDDEN,
                    _ if is_crowded => StatusCode::SERVICE_UNAVAILABLE,
                    _ => StatusCode::UNPROCESSABLE_ENTITY,
                };
                (status, Explanation::Refused(refusal))
            }
            PageError::Internal(error) => {
                tracing::error!(error = format!("{error:#}"), "a page failed");
                match outage(&error) {
                    Some(outage) => (StatusCode::SERVICE_UNAVAILABLE, Explanation::Outage(outage)),
                    None => (StatusCode::INTERNAL_SERVER_ERROR, Explanation::Internal),
                }
            }
            PageError::Outage(outage) => {
                (StatusCode::SERVICE_UNAVAILABLE, Explanation::Outage(outage))
            }
            PageError::SignIn { next } => {
                let to = format!("/sign-in?next={}", visit::percent_encoded(&next));
                return see_other(&to).unwrap_or_else(|_| StatusCode::NOT_FOUND.into_response());
            }
            PageError::SeeOther { to } => {
                return see_other(to).unwrap_or_else(|_| StatusCode::NOT_FOUND.into_response());
            }
            PageError::Told {
                status,
                title,
                sentence,
            } => (status, Explanation::Told { title, sentence }),
        };
        let mut response = status.into_response();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            let soon = HeaderValue::from_static(TRY_AGAIN);
            response.headers_mut().insert(header::RETRY_AFTER, soon);
        }
        response.extensions_mut().insert(explanation);
        response
    }
}
