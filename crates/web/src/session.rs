//! The session of a visit: whom its token signs in, and the extractors of pages for people who are signed in.

use std::{convert::Infallible, time::Duration};

use axum::{extract::FromRequestParts, http::request::Parts};
use jianjia_app::{
    core::{
        app::App,
        error::{Outage, outage},
    },
    office::session as sessions,
};
use jianjia_domain::core::policy::Actor;
use tokio::time::timeout;

use crate::{
    page::PageError,
    pages::round::address::OWN_DEPARTMENT,
    visit::{self, Visit},
};

/// The page that a one-time password leads to.
pub const CHANGE_PASSWORD: &str = "/accounts/password";

/// The page on which an owner reads what others did to the account.
pub const NOTICES: &str = "/accounts/notices";

/// The page of the own second factor, to which somebody goes first who must have one.
pub const FACTOR: &str = "/accounts/factor";

/// The form by which a passkey is added, and what it asks for below.
pub const PASSKEYS: &str = "/accounts/factor/passkeys";

/// Longest wait for the session: a database that is away is told soon.
const SESSION_TIME: Duration = Duration::from_secs(5);

/// Fills in whom a session's token signs in; an ended session leaves the visit anonymous.
///
/// # Errors
/// What keeps the session from being read. Who comes is then not known, which is not the same as nobody: forms still carry the session's token.
pub(crate) async fn sign_in(app: &App, visit: &mut Visit, token: String) -> Result<(), Outage> {
    let finding = Box::pin(sessions::find(app, &token));
    let outage = match timeout(SESSION_TIME, finding).await {
        Ok(Ok(None)) => return Ok(()),
        Ok(Ok(Some(session))) => {
            visit.bind_forms_to(&token);
            if session.awaits_code {
                visit.awaiting = Some(session.actor);
            } else {
                visit.actor = Some(session.actor);
            }
            visit.ways = session.ways;
            visit.must_enrol = session.must_enrol;
            visit.must_change = session.must_change;
            visit.has_notices = session.has_notices;
            visit.unread = session.unread;
            visit.token = Some(token);
            return Ok(());
        }
        Ok(Err(error)) => outage(&error.into()).unwrap_or(Outage::Away),
        Err(_) => Outage::Away,
    };
    tracing::error!(?outage, "a session could not be read");
    visit.bind_forms_to(&token);
    Err(outage)
}

/// Who is signed in: `SignedIn(actor): SignedIn`. Anybody else goes to sign in and then comes back.
#[derive(Clone, Debug)]
pub struct SignedIn(pub Actor);

/// The session itself, for what ends or changes it.
#[derive(Clone, Debug)]
pub struct Token(pub String);

impl FromRequestParts<App> for SignedIn {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<SignedIn, PageError> {
        let visit = visit::of(&parts.extensions);
        match visit.as_deref() {
            Some(Visit {
                actor: Some(actor),
                must_change,
                must_enrol,
                path,
                ..
            }) => {
                if *must_change && path != CHANGE_PASSWORD {
                    return Err(PageError::SeeOther {
                        to: CHANGE_PASSWORD,
                    });
                }
                if *must_enrol && !*must_change && !is_of_factor(path) {
                    return Err(PageError::SeeOther { to: FACTOR });
                }
                if actor.is_department() {
                    of_a_department(path)?;
                }
                Ok(SignedIn(actor.clone()))
            }
            _ => Err(PageError::SignIn {
                next: back_to(parts),
            }),
        }
    }
}

/// What an account of a department may open: its list, what was said of units on it, its messages and itself. Nothing else is there for it.
const OF_A_DEPARTMENT: &[&str] = &[
    OWN_DEPARTMENT,
    "/entries",
    "/messages",
    "/sign-out",
    CHANGE_PASSWORD,
    NOTICES,
    FACTOR,
    "/accounts/sessions",
    "/accounts/post",
];

fn of_a_department(path: &str) -> Result<(), PageError> {
    if path == "/desk" {
        return Err(PageError::SeeOther { to: OWN_DEPARTMENT });
    }
    let is_at = |page: &&str| {
        path.strip_prefix(*page)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    match OF_A_DEPARTMENT.iter().any(is_at) {
        true => Ok(()),
        false => Err(PageError::NotFound),
    }
}

/// Whether a page turns the second factor on.
fn is_of_factor(path: &str) -> bool {
    path == FACTOR || path.starts_with(PASSKEYS)
}

/// Who gave the password and has a code of the second factor to give.
#[derive(Clone, Debug)]
pub struct Awaiting(pub Actor);

impl FromRequestParts<App> for Awaiting {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Awaiting, PageError> {
        let visit = visit::of(&parts.extensions);
        let awaiting = visit.as_deref().and_then(|visit| visit.awaiting.clone());
        awaiting.map(Awaiting).ok_or_else(|| PageError::SignIn {
            next: "/desk".to_owned(),
        })
    }
}

impl FromRequestParts<App> for Token {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Token, PageError> {
        visit::of(&parts.extensions)
            .and_then(|visit| visit.token.clone())
            .map(Token)
            .ok_or_else(|| PageError::SignIn {
                next: back_to(parts),
            })
    }
}

/// The browser as signing in needs it.
#[derive(Clone, Debug)]
pub struct Browser(pub sessions::Browser);

impl FromRequestParts<App> for Browser {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Browser, Infallible> {
        let browser = match visit::of(&parts.extensions) {
            Some(visit) => sessions::Browser {
                network: visit.network.clone(),
                known: visit.known.clone(),
                session: visit.token.clone(),
                device: visit.device.clone(),
            },
            None => sessions::Browser {
                network: "unknown".to_owned(),
                ..sessions::Browser::default()
            },
        };
        Ok(Browser(browser))
    }
}

/// Where to go after signing in: the page itself, or for a form the page that it stood on.
fn back_to(parts: &Parts) -> String {
    if parts.method.is_safe() {
        parts
            .uri
            .path_and_query()
            .map_or("/", |address| address.as_str())
            .to_owned()
    } else {
        visit::came_from(&parts.headers).unwrap_or_else(|| "/desk".to_owned())
    }
}
