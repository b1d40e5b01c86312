//! The extractor of pages for people who are signed in.

use std::convert::Infallible;

use axum::{extract::FromRequestParts, http::request::Parts};
use jianjia_app::{core::app::App, office::session as sessions};
use jianjia_domain::core::policy::Actor;

use crate::{
    page::PageError,
    visit::{self, Visit},
};

/// The page that a one-time password leads to.
pub const CHANGE_PASSWORD: &str = "/accounts/password";

/// The page on which an owner reads what others did to the account.
pub const NOTICES: &str = "/accounts/notices";

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
                path,
                ..
            }) => {
                if *must_change && path != CHANGE_PASSWORD {
                    return Err(PageError::SeeOther {
                        to: CHANGE_PASSWORD,
                    });
                }
                Ok(SignedIn(actor.clone()))
            }
            _ => Err(PageError::SignIn {
                next: back_to(parts),
            }),
        }
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
            },
            None => sessions::Browser {
                network: "unknown".to_owned(),
                ..sessions::Browser::default()
            },
        };
        Ok(Browser(browser))
    }
}

/// Where to go after signing in: the page itself, or for a form the page it was on.
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
