//! Where a request came from, and by which address it came.

use std::{
    convert::Infallible,
    net::{IpAddr, SocketAddr},
    sync::atomic::{AtomicBool, Ordering},
};

use axum::{
    extract::{ConnectInfo, FromRequestParts, Request},
    http::{HeaderMap, header, request::Parts},
};
use jianjia_app::core::app::App;

use crate::visit::{self, Serving};

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

/// The network of a request's sender: an IPv4 address, or the /64 of an IPv6 one, all addresses of which are one subscriber's.
pub fn network(serving: Serving, request: &Request) -> String {
    let forwarded = request.headers().get_all(FORWARDED).iter().next_back();
    if forwarded.is_some() && !serving.behind_proxy && is_first(&WARNED) {
        tracing::warn!(
            "a request came with X-Forwarded-For, which is passed over: where a proxy of yours sets it, start with --behind-proxy, or all its visitors count as one"
        );
    }
    let forwarded = forwarded
        .filter(|_| serving.behind_proxy)
        .and_then(|line| line.to_str().ok())
        // Our own proxy adds a line or an entry at the end; what stands before it may be forged by the sender.
        .and_then(|line| line.rsplit(',').next())
        .and_then(address);
    let address = forwarded.or_else(|| {
        request
            .extensions()
            .get::<ConnectInfo<SocketAddr>>()
            .map(|info| info.0.ip())
    });
    match address.map(|address| address.to_canonical()) {
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

const FORWARDED: &str = "x-forwarded-for";

/// The warning is logged once a run: a visitor could fill the log with it.
static WARNED: AtomicBool = AtomicBool::new(false);

fn is_first(said: &AtomicBool) -> bool {
    !said.swap(true, Ordering::Relaxed)
}

/// An address as proxies write it: alone, with a port, in brackets or quotes, with a zone.
fn address(entry: &str) -> Option<IpAddr> {
    let entry = entry.trim().trim_matches('"');
    if let Ok(address) = entry.parse::<SocketAddr>() {
        return Some(address.ip());
    }
    let bare = entry
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(entry);
    bare.split('%').next()?.parse().ok()
}

/// Scheme and host of the request. A forged host gives a link that leads nowhere, shown to its sender alone.
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

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    /// The network of a request from 192.0.2.1 with these lines of X-Forwarded-For.
    fn from(behind_proxy: bool, lines: &[&str]) -> String {
        let mut request = Request::builder();
        for line in lines {
            request = request.header("X-Forwarded-For", *line);
        }
        let mut request = request.body(Body::empty()).unwrap();
        let peer: SocketAddr = "192.0.2.1:4711".parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(peer));
        let serving = Serving {
            https: false,
            behind_proxy,
            ..Serving::default()
        };
        network(serving, &request)
    }

    #[test]
    fn the_last_entry_of_the_last_line_is_the_proxy_s_word() {
        for (lines, network) in [
            (&[][..], "192.0.2.1"),
            (&["198.51.100.7"], "198.51.100.7"),
            (&["203.0.113.9, 198.51.100.7"], "198.51.100.7"),
            (&["203.0.113.9", "198.51.100.7"], "198.51.100.7"),
            (
                &["203.0.113.9,203.0.113.8", " 198.51.100.7 "],
                "198.51.100.7",
            ),
            (&["198.51.100.7:51234"], "198.51.100.7"),
            (&["::ffff:198.51.100.7"], "198.51.100.7"),
            (&["2001:db8:1:2:3:4:5:6"], "2001:db8:1:2::/64"),
            (&["[2001:db8:1:2:9::1]:443"], "2001:db8:1:2::/64"),
            (&["\"[2001:db8:1:2:9::1]\""], "2001:db8:1:2::/64"),
            (&["fe80::1%eth0"], "fe80:0:0:0::/64"),
            // What is no address leaves the proxy itself.
            (&["203.0.113.9, unknown"], "192.0.2.1"),
            (&["203.0.113.9", ""], "192.0.2.1"),
        ] {
            assert_eq!(from(true, lines), network, "{lines:?}");
        }
    }

    #[test]
    fn without_a_proxy_nobody_says_where_they_are() {
        assert_eq!(from(false, &["198.51.100.7"]), "192.0.2.1");
    }

    #[test]
    fn what_comes_unasked_is_told_once() {
        let said = AtomicBool::new(false);
        assert_eq!([(); 3].map(|()| is_first(&said)), [true, false, false]);
    }
}
