//! The client that the crate `openidconnect` works with: our settings, and requests over our own connections.

use std::pin::Pin;

use anyhow::Result;
use bytes::Bytes;
use http_body_util::Full;
use hyper::{Uri, header};
use jianjia_app::core::provider::Provider;
use jianjia_post::https;
use openidconnect::{
    AsyncHttpClient, AuthType, ClientId, ClientSecret, EndpointMaybeSet, EndpointNotSet,
    EndpointSet, HttpRequest, HttpResponse, RedirectUrl,
    core::{CoreClient, CoreClientAuthMethod, CoreProviderMetadata},
};

/// The most bytes of an answer that are read: the longest is the set of keys.
const ANSWER: usize = 512 * 1024;

/// A client with all that discovery tells.
pub type Oidc = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// The client of a provider.
///
/// # Errors
/// When the address to come back to is none.
pub fn oidc(metadata: &CoreProviderMetadata, provider: &Provider) -> Result<Oidc> {
    let secret = Some(provider.client_secret.clone()).filter(|secret| !secret.is_empty());
    let client = CoreClient::from_provider_metadata(
        metadata.clone(),
        ClientId::new(provider.client_id.clone()),
        secret.map(ClientSecret::new),
    );
    let taken = metadata.token_endpoint_auth_methods_supported();
    let by_body = taken.is_some_and(|taken| {
        taken.contains(&CoreClientAuthMethod::ClientSecretPost)
            && !taken.contains(&CoreClientAuthMethod::ClientSecretBasic)
    });
    let client = if by_body {
        client.set_auth_type(AuthType::RequestBody)
    } else {
        client
    };
    Ok(client.set_redirect_uri(RedirectUrl::new(provider.return_address())?))
}

/// The provider could not be asked.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unanswered(String);

/// By which the crate's requests go out: our own connections.
pub struct Wire;

impl<'c> AsyncHttpClient<'c> for Wire {
    type Error = Unanswered;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Unanswered>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let asked = asked(request).await;
            asked.map_err(|error| Unanswered(format!("{error:#}")))
        })
    }
}

async fn asked(request: HttpRequest) -> Result<HttpResponse> {
    let (mut parts, body) = request.into_parts();
    let uri: Uri = parts.uri.clone();
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let host = uri.authority().map_or("", |authority| authority.as_str());
    // Neither name nor password stands in such an address.
    let host = host.rsplit('@').next().unwrap_or_default();
    parts.headers.insert(header::HOST, host.parse()?);
    parts.headers.insert(
        header::USER_AGENT,
        header::HeaderValue::from_static("jianjia"),
    );
    parts.uri = path.parse()?;
    let request = hyper::Request::from_parts(parts, Full::new(Bytes::from(body)));
    let answer = https::ask(&uri, request, ANSWER).await?;
    let body = answer
        .body
        .ok_or_else(|| anyhow::anyhow!("its answer broke off, or was too long"))?;
    Ok(HttpResponse::from_parts(answer.parts, body.to_vec()))
}
