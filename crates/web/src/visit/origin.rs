//! Where a request came from, and by which address it came.

use std::{convert::Infallible, net::IpAddr};

use axum::{
    extract::{ConnectInfo, FromRequestParts, Request},
    http::{HeaderMap, header, request::Parts},
};
use jianjia_app::app::App;

use crate::visit::{self, Serving};

/// The network a request came from, for counting wrong guesses.
#[derive(Clone, Debug)]
pub struct Network(pub String);

impl FromRequestParts<App> for Network {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Network, Infallible> {
        Ok(Network(visit::of(&parts.extensions).map_or_else(
            || "unknown".to_owned(),
            |visit| visit.network.clone(),
        )))
    }
}

/// Scheme and host as the visitor wrote them, for addresses on paper.
#[derive(Clone, Debug)]
pub struct Origin(pub String);

impl FromRequestParts<App> for Origin {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Origin, Infallible> {
        Ok(Origin(
            visit::of(&parts.extensions).map_or_else(String::new, |visit| visit.origin.clone()),
        ))
    }
}

/// An IPv4 address, or the /64 of an IPv6 one, in which one subscriber has all addresses.
pub fn network(serving: Serving, request: &Request) -> String {
    let forwarded = serving
        .behind_proxy
        .then(|| request.headers().get("x-forwarded-for"))
        .flatten()
        .and_then(|value| value.to_str().ok())
        // The last is what our own proxy saw; the ones before it are the sender's word.
        .and_then(|value| value.rsplit(',').next())
        .and_then(|address| address.trim().parse::<IpAddr>().ok());
    let address = forwarded.or_else(|| {
        request
            .extensions()
            .get::<ConnectInfo<std::net::SocketAddr>>()
            .map(|info| info.0.ip())
    });
    match address {
        Some(IpAddr::V4(address)) => address.to_string(),
        Some(IpAddr::V6(address)) => {
            let parts = address.segments();
            format!(
                "{:x}:{:x}:{:x}:{:x}::/64",
                parts[0], parts[1], parts[2], parts[3]
            )
        }
        None => "unknown".to_owned(),
    }
}

/// Scheme and host of the request. A host that is none gives an address that leads nowhere, to its sender alone.
pub fn origin(serving: Serving, headers: &HeaderMap) -> String {
    let scheme = if serving.https { "https" } else { "http" };
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .filter(|host| {
            host.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte))
        })
        .unwrap_or("localhost");
    format!("{scheme}://{host}")
}
