//! Files in a bucket of an S3-compatible server, which several nodes share without a common folder.

use std::{fmt, sync::Arc, time::Duration};

use anyhow::{Context, Result, ensure};
use async_trait::async_trait;
use http_body_util::{BodyExt, Full};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector as Tcp},
    rt::TokioExecutor,
};
use object_store::{
    BackoffConfig, ClientOptions, ObjectStore, RetryConfig,
    aws::AmazonS3Builder,
    client::{
        HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpRequestBody,
        HttpResponse, HttpResponseBody, HttpService,
    },
    prefix::PrefixStore,
};
use rustls::crypto::ring;
use tokio::time::timeout;

/// A bucket, and who we are at its server. A secret is in it: it has no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Bucket {
    pub name: String,
    /// Before the name of every file; empty for none.
    pub prefix: String,
    /// `https://host[:port]`. If its host begins with the bucket's name, it is the bucket's own; else the bucket stands in the path.
    pub endpoint: String,
    pub region: String,
    pub key_id: String,
    pub secret: String,
}

impl fmt::Display for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "s3://{}", self.name)?;
        if !self.prefix.is_empty() {
            write!(f, "/{}", self.prefix)?;
        }
        Ok(())
    }
}

impl Bucket {
    /// Reads the settings: `address` is `s3://bucket` or `s3://bucket/prefix`.
    ///
    /// # Errors
    /// When one is missing or can't be used: the sentence names it.
    pub fn read(
        address: &str,
        endpoint: Option<String>,
        region: Option<String>,
        key_id: Option<String>,
        secret: Option<String>,
    ) -> Result<Bucket> {
        let rest = address.strip_prefix("s3://").unwrap_or(address);
        let (name, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        ensure!(
            !name.is_empty(),
            "files: {address} names no bucket; write s3://bucket/prefix"
        );
        let endpoint = endpoint.context(
            "files are in a bucket, but its server is not named: set files_endpoint, like https://s3.example.org",
        )?;
        let endpoint = endpoint.trim_end_matches('/').to_owned();
        ensure!(
            endpoint.starts_with("https://") || is_on_this_machine(&endpoint),
            "files_endpoint must begin with https:// (http:// only on this machine)"
        );
        let (Some(key_id), Some(secret)) = (key_id, secret) else {
            anyhow::bail!(
                "files are in a bucket, which asks who comes: set files_key_id and files_secret, in the environment or in jianjia.toml"
            );
        };
        Ok(Bucket {
            name: name.to_owned(),
            prefix: prefix.trim_matches('/').to_owned(),
            endpoint,
            region: region.unwrap_or_else(|| "us-east-1".to_owned()),
            key_id,
            secret,
        })
    }

    /// Nothing is asked of the server yet.
    pub(super) fn open(&self) -> Result<Arc<dyn ObjectStore>> {
        let host = self.endpoint.split("://").nth(1).unwrap_or_default();
        let is_own = host.starts_with(&format!("{}.", self.name));
        let store = AmazonS3Builder::new()
            .with_bucket_name(&self.name)
            .with_endpoint(&self.endpoint)
            .with_virtual_hosted_style_request(is_own)
            .with_region(&self.region)
            .with_access_key_id(&self.key_id)
            .with_secret_access_key(&self.secret)
            .with_allow_http(is_on_this_machine(&self.endpoint))
            .with_retry(RETRIES)
            .with_http_connector(Connector)
            .build()
            .context("the bucket can't be used")?;
        Ok(if self.prefix.is_empty() {
            Arc::new(store)
        } else {
            Arc::new(PrefixStore::new(store, self.prefix.as_str()))
        })
    }
}

fn is_on_this_machine(endpoint: &str) -> bool {
    let Some(rest) = endpoint.strip_prefix("http://") else {
        return false;
    };
    let host = rest.rsplit_once(':').map_or(rest, |(host, _)| host);
    ["localhost", "127.0.0.1", "[::1]"].contains(&host)
}

/// Somebody waits for the answer.
const RETRIES: RetryConfig = RetryConfig {
    backoff: BackoffConfig {
        init_backoff: Duration::from_millis(100),
        max_backoff: Duration::from_secs(1),
        base: 2.,
    },
    max_retries: 2,
    retry_timeout: Duration::from_secs(10),
};

/// How long one request may take with its answer: a file has 20 MB at most.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long a connection may take to be there.
const CONNECTING: Duration = Duration::from_secs(5);

/// `object_store` brings only a client with a second TLS library: this one trusts what the system trusts, as mail does.
#[derive(Debug)]
struct Connector;

impl HttpConnector for Connector {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        let mut tcp = Tcp::new();
        tcp.enforce_http(false);
        tcp.set_connect_timeout(Some(CONNECTING));
        let https = HttpsConnectorBuilder::new()
            .with_provider_and_native_roots(ring::default_provider())
            .map_err(|error| object_store::Error::Generic {
                store: "S3",
                source: error.into(),
            })?
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        let client = Client::builder(TokioExecutor::new()).build(https);
        Ok(HttpClient::new(Requests(client)))
    }
}

#[derive(Debug)]
struct Requests(Client<HttpsConnector<Tcp>, HttpRequestBody>);

#[async_trait]
impl HttpService for Requests {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let asking = async {
            let answer = self.0.request(request).await;
            let answer = answer.map_err(|error| {
                let kind = if error.is_connect() {
                    HttpErrorKind::Connect
                } else {
                    HttpErrorKind::Request
                };
                HttpError::new(kind, error)
            })?;
            let (head, body) = answer.into_parts();
            let body = body.collect().await;
            let body = body.map_err(|error| HttpError::new(HttpErrorKind::Interrupted, error))?;
            let body = Full::new(body.to_bytes()).map_err(|never| match never {});
            Ok(HttpResponse::from_parts(head, HttpResponseBody::new(body)))
        };
        let answered = timeout(PATIENCE, asking).await;
        answered.map_err(|late| HttpError::new(HttpErrorKind::Timeout, late))?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(address: &str, endpoint: &str) -> Result<Bucket> {
        let given = |text: &str| Some(text.to_owned());
        Bucket::read(
            address,
            given(endpoint),
            None,
            given("key"),
            given("secret"),
        )
    }

    #[test]
    fn a_bucket_is_named_with_its_server_and_whoever_comes() {
        let bucket = read("s3://city/jianjia/", "https://s3.example.org/").unwrap();
        assert_eq!(
            (bucket.to_string().as_str(), bucket.endpoint.as_str()),
            ("s3://city/jianjia", "https://s3.example.org")
        );
        assert_eq!(
            read("s3://city", "http://127.0.0.1:9000")
                .unwrap()
                .to_string(),
            "s3://city"
        );
        for (address, endpoint, expect) in [
            ("s3:///x", "https://s3.example.org", "names no bucket"),
            (
                "s3://city",
                "http://s3.example.org",
                "must begin with https",
            ),
        ] {
            let told = read(address, endpoint).err().unwrap().to_string();
            assert!(told.contains(expect), "{told}");
        }
        let told = Bucket::read("s3://city", None, None, None, None).err();
        assert!(told.unwrap().to_string().contains("files_endpoint"));
        let https = Some("https://s3.example.org".to_owned());
        let told = Bucket::read("s3://city", https, None, None, None).err();
        assert!(told.unwrap().to_string().contains("files_key_id"));
    }
}
