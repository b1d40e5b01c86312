//! Programs that come with an access token: `Authorization: Bearer …`, at the JSON door alone. Cookies count for nothing there.

use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
    response::{IntoResponse, Response},
};
use jianjia_app::{core::app::App, office::token as tokens};
use jianjia_domain::{core::policy::Actor, office::token::Scope};

use crate::{
    page::PageError,
    pages::core::api::{scope_missing, unauthorized},
};

/// Whoever the token of a request stands for, which may read the register.
#[derive(Clone, Debug)]
pub struct ReadsUnits(pub Actor);

/// The same, for the applications.
#[derive(Clone, Debug)]
pub struct ReadsApplications(pub Actor);

impl FromRequestParts<App> for ReadsUnits {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<ReadsUnits, Response> {
        bearer(parts, app, Scope::ReadUnits).await.map(ReadsUnits)
    }
}

impl FromRequestParts<App> for ReadsApplications {
    type Rejection = Response;

    async fn from_request_parts(
        parts: &mut Parts,
        app: &App,
    ) -> Result<ReadsApplications, Response> {
        let actor = bearer(parts, app, Scope::ReadApplications).await;
        actor.map(ReadsApplications)
    }
}

async fn bearer(parts: &Parts, app: &App, scope: Scope) -> Result<Actor, Response> {
    let given = parts.headers.get(header::AUTHORIZATION);
    let given = given.and_then(|value| value.to_str().ok());
    let (scheme, token) = given
        .and_then(|value| value.split_once(' '))
        .unwrap_or_default();
    let token = token.trim();
    if !scheme.eq_ignore_ascii_case("bearer") || token.is_empty() {
        return Err(unauthorized());
    }
    match tokens::actor(app, token).await {
        Ok(Some((actor, scopes))) if scope.is_in(&scopes) => Ok(actor),
        Ok(Some(_)) => Err(scope_missing(scope.key())),
        Ok(None) => Err(unauthorized()),
        Err(error) => Err(PageError::from(error).into_response()),
    }
}
