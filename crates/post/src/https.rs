//! One request over HTTPS to a server of others: the gateway of text messages, the identity provider. Without encryption this machine alone is spoken to.
//! No redirect is followed.

use std::{
    pin::Pin,
    sync::{Arc, OnceLock},
};

use anyhow::{Context, Result, bail, ensure};
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{Request, Uri, client::conn::http1, http::response};
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, RootCertStore, crypto::ring, pki_types::ServerName};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;

/// What came back.
pub struct Answer {
    pub parts: response::Parts,
    /// None when there was more of it than was asked for, or it broke off.
    pub body: Option<Bytes>,
}

/// Sends a request to the server of an address and reads at most so many bytes of the answer's body. How long that may take is for the caller to say.
///
/// # Errors
/// When the server can't be reached or speaks no HTTP; when it is another machine and the address does not begin with `https://`.
pub async fn ask(uri: &Uri, request: Request<Full<Bytes>>, most: usize) -> Result<Answer> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(connected(uri).await?)).await?;
    let driving = tokio::spawn(connection);
    let response = sender.send_request(request).await?;
    let (parts, body) = response.into_parts();
    let body = Limited::new(body, most).collect().await;
    driving.abort();
    Ok(Answer {
        parts,
        body: body.ok().map(|body| body.to_bytes()),
    })
}

/// Connects to the server of an address and sends nothing.
///
/// # Errors
/// As `ask`.
pub(crate) async fn reach(uri: &Uri) -> Result<()> {
    connected(uri).await.map(drop)
}

trait Stream: AsyncRead + AsyncWrite + Send {}
impl<S: AsyncRead + AsyncWrite + Send> Stream for S {}

async fn connected(uri: &Uri) -> Result<Pin<Box<dyn Stream>>> {
    let host = uri.host().context("the address has no host")?;
    let host = host.trim_matches(['[', ']']);
    let is_https = uri.scheme_str() == Some("https");
    ensure!(
        is_https || ["localhost", "127.0.0.1", "::1"].contains(&host),
        "{host} is spoken to over https alone"
    );
    let port = uri.port_u16().unwrap_or(if is_https { 443 } else { 80 });
    let stream = TcpStream::connect((host, port))
        .await
        .with_context(|| format!("{host}:{port}"))?;
    if !is_https {
        return Ok(Box::pin(stream));
    }
    let name = ServerName::try_from(host.to_owned()).context("the host's name")?;
    let stream = TlsConnector::from(trust()?)
        .connect(name, stream)
        .await
        .with_context(|| format!("{host}:{port}"))?;
    Ok(Box::pin(stream))
}

/// What the system trusts, as for mail: a city's own authority is added there (`SSL_CERT_FILE`).
fn trust() -> Result<Arc<ClientConfig>> {
    static KEPT: OnceLock<Arc<ClientConfig>> = OnceLock::new();
    if let Some(kept) = KEPT.get() {
        return Ok(kept.clone());
    }
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() {
        bail!("this machine trusts no certificates: install ca-certificates");
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(KEPT.get_or_init(|| Arc::new(config)).clone())
}
