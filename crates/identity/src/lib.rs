//! Signing in by the city's own identity provider: OpenID Connect, authorization code with PKCE. Here somebody is sent to the provider, and what comes
//! back is checked; which account that is, `jianjia_app::office::provider` says. It knows no SQL and no pages. Start at `begin` and `finish`.

#![deny(clippy::unwrap_used)]

mod client;
mod known;

use std::time::Duration;

use anyhow::{Context, anyhow};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use jianjia_app::{
    core::{
        app::App,
        error::{Error, Result},
        provider::Provider,
    },
    office::{
        provider::{self as accounts, Attempt, Vouched},
        session::{Begun, Browser},
    },
};
use jianjia_domain::office::provider::ProviderRefusal;
use openidconnect::{
    AccessToken, AdditionalClaims, AuthenticationFlow, AuthorizationCode, ClaimsVerificationError,
    CsrfToken, Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, RequestTokenError,
    Scope, SignatureVerificationError, SubjectIdentifier, TokenResponse, UserInfoClaims,
    core::{
        CoreGenderClaim, CoreIdToken, CoreIdTokenVerifier, CoreJwsSigningAlgorithm,
        CoreResponseType,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio::time::timeout;

use crate::client::{Oidc, Wire, oidc};

/// How long the provider may take for one answer: longer, and people press the button again.
const PATIENCE: Duration = Duration::from_secs(10);

/// How far its clock may be from ours.
const CLOCKS_APART: TimeDelta = TimeDelta::minutes(5);

/// By what its word may be signed: never with a secret that we hold as well, and never not at all.
const SIGNED_BY: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// Where somebody is sent, and what their browser keeps meanwhile.
#[derive(Clone, Debug)]
pub struct Way {
    pub to: String,
    pub kept: String,
}

/// The way to the provider, and afterwards to `next`, a page of ours.
///
/// # Errors
/// `Away` when the provider does not answer.
pub async fn begin(app: &App, provider: &Provider, next: &str) -> Result<Way> {
    let metadata = known::metadata(app, provider)
        .await
        .map_err(|error| accounts::away(&error))?;
    let client = oidc(&metadata, provider).map_err(|error| accounts::away(&error))?;
    let (attempt, kept) = accounts::begin(app, next)?;
    let verifier = PkceCodeVerifier::new(attempt.verifier);
    let (state, nonce) = (CsrfToken::new(attempt.state), Nonce::new(attempt.nonce));
    let mut asked = client
        .authorize_url(
            AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
            move || state,
            move || nonce,
        )
        .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
    for scope in &provider.scopes {
        asked = asked.add_scope(Scope::new(scope.clone()));
    }
    let (to, ..) = asked.url();
    Ok(Way {
        to: to.to_string(),
        kept,
    })
}

/// What a browser brings back from the provider.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Returned {
    pub code: String,
    pub state: String,
    /// Why there is no code.
    pub error: String,
    /// Whose answer it is, where the provider says it (RFC 9207).
    pub iss: String,
}

/// Signs in whom the provider vouches for; where to go then. `kept` is what the browser kept on its way.
///
/// # Errors
/// `Over`, `Slowed`, `Denied`, `Away`, `Unproved`, `Unconfirmed`; as `jianjia_app::office::provider::sign_in`.
pub async fn finish(
    app: &App,
    provider: &Provider,
    browser: &Browser,
    kept: &str,
    returned: Returned,
) -> Result<(Begun, String)> {
    let (attempt, counted) = accounts::come_back(app, browser, kept, &returned.state).await?;
    // Another provider's answer: our code would go to one that did not make it.
    if !returned.iss.is_empty() && returned.iss != provider.issuer {
        return Err(accounts::unproved("the answer names another issuer"));
    }
    if !returned.error.is_empty() {
        tracing::info!(error = returned.error, "the identity provider refused");
        return Err(ProviderRefusal::Denied.into());
    }
    if returned.code.is_empty() {
        return Err(accounts::unproved("the answer has no code"));
    }
    let vouched = vouched(app, provider, &attempt, returned.code).await?;
    let begun = accounts::sign_in(app, provider, &vouched, browser, &counted).await?;
    Ok((begun, attempt.next))
}

/// Exchanges the code and checks the provider's word.
async fn vouched(
    app: &App,
    provider: &Provider,
    attempt: &Attempt,
    code: String,
) -> Result<Vouched> {
    let metadata = known::metadata(app, provider)
        .await
        .map_err(|error| accounts::away(&error))?;
    let client = oidc(&metadata, provider).map_err(|error| accounts::away(&error))?;
    let exchange = client
        .exchange_code(AuthorizationCode::new(code))
        .map_err(|error| accounts::away(&anyhow!(error)))?
        .set_pkce_verifier(PkceCodeVerifier::new(attempt.verifier.clone()));
    let exchanged = timeout(PATIENCE, exchange.request_async(&Wire)).await;
    let answer = match exchanged {
        Ok(Ok(answer)) => answer,
        // It knows no such code: forged, or used before.
        Ok(Err(RequestTokenError::ServerResponse(error))) => {
            return Err(accounts::unproved(&format!(
                "the code is refused: {error:?}"
            )));
        }
        Ok(Err(error)) => return Err(accounts::away(&anyhow!(error).context("the code"))),
        Err(_) => return Err(accounts::away(&anyhow!("the code: no answer in time"))),
    };
    let token = answer
        .id_token()
        .ok_or_else(|| accounts::unproved("the answer has no id_token"))?;
    let nonce = Nonce::new(attempt.nonce.clone());
    let mut checked = check(app, &client, token, &nonce);
    if let Err(Unproved::Key(why)) = &checked {
        // Its keys may be new ones. They are read again, not more often than once a minute, so that forged words cost it nothing.
        let fresh = known::fresh_keys(app, provider)
            .await
            .map_err(|error| accounts::away(&error))?;
        match fresh {
            Some(metadata) => {
                let client = oidc(&metadata, provider).map_err(|error| accounts::away(&error))?;
                checked = check(app, &client, token, &nonce);
            }
            None => tracing::debug!(why, "the keys were read a short while ago"),
        }
    }
    let subject = checked.map_err(|error| accounts::unproved(error.why()))?;
    let payload = payload(token).map_err(|error| accounts::unproved(&format!("{error:#}")))?;
    if let Some(party) = payload.get("azp")
        && party.as_str() != Some(provider.client_id.as_str())
    {
        return Err(accounts::unproved(
            "the id_token was made for another client",
        ));
    }
    let mut claim = claim(&payload, &provider.claim)?;
    if claim.is_none() {
        let told = user_info(&client, answer.access_token(), &subject).await?;
        claim = match told {
            Some(told) => self::claim(&told, &provider.claim)?,
            None => None,
        };
    }
    Ok(Vouched {
        subject: subject.to_string(),
        claim,
    })
}

/// Why a word is not proved.
enum Unproved {
    /// It is signed with a key that is not known.
    Key(String),
    Otherwise(String),
}

impl Unproved {
    fn why(&self) -> &str {
        match self {
            Unproved::Key(why) | Unproved::Otherwise(why) => why,
        }
    }
}

/// Whose the word is, once signature, issuer, audience, times and nonce were checked.
fn check(
    app: &App,
    client: &Oidc,
    token: &CoreIdToken,
    nonce: &Nonce,
) -> std::result::Result<SubjectIdentifier, Unproved> {
    let now = now(app);
    let verifier: CoreIdTokenVerifier<'_> = client
        .id_token_verifier()
        .set_allowed_algs(SIGNED_BY)
        .set_time_fn(move || now)
        .set_issue_time_verifier_fn(move |at| {
            if (at - now).abs() <= CLOCKS_APART {
                Ok(())
            } else {
                Err(format!("issued at {at}, and now it is {now}"))
            }
        });
    let claims = token.claims(&verifier, nonce);
    let claims = claims.map_err(|error| match &error {
        ClaimsVerificationError::SignatureVerification(
            SignatureVerificationError::NoMatchingKey
            | SignatureVerificationError::CryptoError(_)
            | SignatureVerificationError::AmbiguousKeyId(_),
        ) => Unproved::Key(format!("{:#}", anyhow!(error))),
        _ => Unproved::Otherwise(format!("{:#}", anyhow!(error))),
    })?;
    Ok(claims.subject().clone())
}

fn now(app: &App) -> DateTime<Utc> {
    DateTime::from_timestamp(app.now().as_second(), 0).unwrap_or_default()
}

/// All that a checked word says.
fn payload(token: &CoreIdToken) -> anyhow::Result<Map<String, Value>> {
    let written = token.to_string();
    let payload = written.split('.').nth(1).context("no payload")?;
    let payload = URL_SAFE_NO_PAD.decode(payload)?;
    Ok(serde_json::from_slice(&payload)?)
}

/// The claim that names the account, if it is there.
fn claim(said: &Map<String, Value>, name: &str) -> Result<Option<String>> {
    let value = match said.get(name) {
        Some(Value::String(text)) => text.trim().to_owned(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    if value.is_empty() {
        return Ok(None);
    }
    // Somebody may write a number or an address of others there that was never checked.
    let is_confirmed = match name {
        "email" => said.get("email_verified"),
        "phone_number" => said.get("phone_number_verified"),
        _ => None,
    };
    if is_confirmed.is_some_and(|confirmed| {
        *confirmed != Value::Bool(true) && *confirmed != Value::String("true".to_owned())
    }) {
        return Err(ProviderRefusal::Unconfirmed.into());
    }
    Ok(Some(value))
}

/// Every claim of the page of user information.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct Said {
    #[serde(flatten)]
    all: Map<String, Value>,
}

impl AdditionalClaims for Said {}

/// What the provider says of the person on asking: some put nothing but the subject into the signed word. None where it has no such page.
async fn user_info(
    client: &Oidc,
    access: &AccessToken,
    subject: &SubjectIdentifier,
) -> Result<Option<Map<String, Value>>> {
    // It must be about the same person.
    let Ok(asked) = client.user_info(access.clone(), Some(subject.clone())) else {
        return Ok(None);
    };
    let told = timeout(
        PATIENCE,
        asked.request_async::<Said, _, CoreGenderClaim>(&Wire),
    )
    .await;
    let told: UserInfoClaims<Said, CoreGenderClaim> = match told {
        Ok(Ok(told)) => told,
        Ok(Err(openidconnect::UserInfoError::Request(error))) => {
            return Err(accounts::away(&anyhow!(error).context("user information")));
        }
        Ok(Err(error)) => {
            return Err(accounts::unproved(&format!(
                "user information: {:#}",
                anyhow!(error)
            )));
        }
        Err(_) => {
            return Err(accounts::away(&anyhow!(
                "user information: no answer in time"
            )));
        }
    };
    let told = serde_json::to_value(&told).map_err(|error| Error::from(anyhow!(error)))?;
    match told {
        Value::Object(told) => Ok(Some(told)),
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_number_or_an_address_that_was_not_confirmed_names_nobody() {
        for (said, name, expect) in [
            (
                json!({"preferred_username": " li "}),
                "preferred_username",
                Some("li"),
            ),
            (json!({"number": 12}), "number", Some("12")),
            (json!({"email": ["a"]}), "email", None),
            (json!({}), "email", None),
            (
                json!({"email": "a@b.cn", "email_verified": true}),
                "email",
                Some("a@b.cn"),
            ),
            (
                json!({"phone_number": "138", "phone_number_verified": "true"}),
                "phone_number",
                Some("138"),
            ),
        ] {
            let Value::Object(map) = &said else {
                unreachable!()
            };
            assert_eq!(claim(map, name).unwrap().as_deref(), expect, "{said}");
        }
        for said in [
            json!({"email": "a@b.cn", "email_verified": false}),
            json!({"email": "a@b.cn", "email_verified": null}),
        ] {
            let Value::Object(map) = &said else {
                unreachable!()
            };
            assert!(claim(map, "email").is_err(), "{said}");
        }
    }
}
