//! What the provider says of itself: its addresses and keys, read once an hour and kept in memory. While it does not answer, it is asked again after a
//! few seconds only, so that nobody waits for it one behind another.

use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail};
use jianjia_app::core::{app::App, provider::Provider};
use openidconnect::{
    IssuerUrl, JsonWebKeySetUrl,
    core::{CoreJsonWebKeySet, CoreProviderMetadata},
};
use tokio::{
    sync::Mutex,
    time::{Duration, Instant, timeout},
};

use crate::{PATIENCE, client::Wire};

const KEPT_FOR: Duration = Duration::from_secs(60 * 60);

/// Between two questions to one that does not answer.
const AFTER_FAILURE: Duration = Duration::from_secs(5);

/// Between two readings of the keys for a word whose key is not known.
const BETWEEN_KEYS: Duration = Duration::from_secs(60);

#[derive(Default)]
struct Known(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    metadata: Option<(Instant, Arc<CoreProviderMetadata>)>,
    failed: Option<(Instant, String)>,
    keys_at: Option<Instant>,
}

/// Its addresses and keys.
///
/// # Errors
/// When it does not answer, or says that it is another.
pub async fn metadata(app: &App, provider: &Provider) -> Result<Arc<CoreProviderMetadata>> {
    let known = app.memory.of::<Known>();
    // Who comes meanwhile waits for the same answer.
    let mut kept = known.0.lock().await;
    if let Some((read_at, metadata)) = &kept.metadata
        && read_at.elapsed() < KEPT_FOR
    {
        return Ok(metadata.clone());
    }
    if let Some((failed_at, why)) = &kept.failed
        && failed_at.elapsed() < AFTER_FAILURE
    {
        bail!("{why}");
    }
    match discovered(provider).await {
        Ok(metadata) => {
            let metadata = Arc::new(metadata);
            kept.metadata = Some((Instant::now(), metadata.clone()));
            kept.failed = None;
            Ok(metadata)
        }
        Err(error) => {
            kept.failed = Some((Instant::now(), format!("{error:#}")));
            Err(error)
        }
    }
}

/// Its keys read again, with its addresses; none when they were a short while ago.
///
/// # Errors
/// When it does not answer.
pub async fn fresh_keys(
    app: &App,
    provider: &Provider,
) -> Result<Option<Arc<CoreProviderMetadata>>> {
    let before = metadata(app, provider).await?;
    let known = app.memory.of::<Known>();
    let mut kept = known.0.lock().await;
    if kept.keys_at.is_some_and(|at| at.elapsed() < BETWEEN_KEYS) {
        // Somebody else may have had them read while this one waited.
        let read = kept.metadata.as_ref().map(|(_, metadata)| metadata.clone());
        return Ok(read.filter(|read| read.jwks() != before.jwks()));
    }
    kept.keys_at = Some(Instant::now());
    let keys = keys(before.jwks_uri()).await?;
    let metadata = Arc::new(CoreProviderMetadata::clone(&before).set_jwks(keys));
    kept.metadata = Some((Instant::now(), metadata.clone()));
    Ok(Some(metadata))
}

async fn keys(at: &JsonWebKeySetUrl) -> Result<CoreJsonWebKeySet> {
    let read = timeout(PATIENCE, CoreJsonWebKeySet::fetch_async(at, &Wire)).await;
    let read = read.context("its keys: no answer in time")?;
    read.map_err(|error| anyhow!(error).context("its keys"))
}

async fn discovered(provider: &Provider) -> Result<CoreProviderMetadata> {
    let issuer = IssuerUrl::new(provider.issuer.clone())?;
    let read = timeout(
        PATIENCE,
        CoreProviderMetadata::discover_async(issuer, &Wire),
    )
    .await;
    let read = read.context("discovery: no answer in time")?;
    let metadata = read.map_err(|error| anyhow!(error).context("discovery"))?;
    if metadata.token_endpoint().is_none() {
        bail!("discovery: it names no token endpoint");
    }
    Ok(metadata)
}

#[cfg(test)]
mod tests {
    use jianjia_app::core::provider::{Factor, Passwords};
    use jianjia_domain::core::provider::Matched;
    use jianjia_standard::Text;
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_provider_that_says_nothing_is_not_waited_for() {
        // It takes the connection, and nothing comes of it.
        let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let provider = Provider {
            issuer: format!("http://{}", silent.local_addr().unwrap()),
            client_id: "jianjia".to_owned(),
            client_secret: String::new(),
            address: "http://localhost".to_owned(),
            scopes: Vec::new(),
            claim: "sub".to_owned(),
            matched: Matched::Login,
            label: Text::default(),
            passwords: Passwords::Stay,
            factor: Factor::Asked,
        };
        let error = discovered(&provider).await.unwrap_err();
        assert_eq!(format!("{error:#}").split(':').next(), Some("discovery"));
        assert!(
            format!("{error:#}").contains("no answer in time"),
            "{error:#}"
        );
    }
}
