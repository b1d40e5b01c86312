//! Programs that come with an access token: `Authorization: Bearer …`, at the JSON door alone. Cookies count for nothing there.

use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
    response::{IntoResponse, Response},
};
use jianjia_app::{core::app::App, office::token as tokens};
use jianjia_domain::core::policy::Actor;

use crate::{page::PageError, pages::core::api::unauthorized};

/// Whoever the token of a request stands for; it reads.
#[derive(Clone, Debug)]
pub struct Bearer(pub Actor);

impl FromRequestParts<App> for Bearer {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Bearer, Response> {
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
            Ok(Some(actor)) => Ok(Bearer(actor)),
            Ok(None) => Err(unauthorized()),
            Err(error) => Err(PageError::from(error).into_response()),
        }
    }
}
