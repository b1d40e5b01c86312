//! Signing in by the city's identity provider: what a browser carries to it and back, and which account the answer signs in. `jianjia-identity` speaks
//! with the provider and checks its word; here nobody is believed but it.

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        guess::Guessed,
        ids::AccountId,
        proof::PROVED_FOR,
        provider::Matched,
    },
    office::{
        account::AccountState,
        provider::{ATTEMPT, ProviderRefusal, sought},
    },
};
use jianjia_store::{
    core::{
        file::content_hash,
        scope::{Scope, Scopes},
    },
    office::{
        account::{self as accounts, By},
        browser as known_browser, provider as links, session,
    },
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    core::{
        app::App,
        error::{Error, Result, refuses},
        guess::{self as guesses, Target},
        provider::{Factor, Provider},
    },
    office::{
        contact,
        session::{self as sessions, Begun, Browser},
        sign_in as tries,
    },
};

refuses!(ProviderRefusal);

/// One way to the provider and back. The browser carries it, encrypted, in a cookie: what comes back in another browser is nobody's.
#[derive(Clone, Serialize, Deserialize)]
pub struct Attempt {
    /// Goes along and comes back.
    pub state: String,
    /// Comes back within the provider's signed word.
    pub nonce: String,
    /// Shown to the provider with the code: whoever only caught the code can do nothing with it.
    pub verifier: String,
    /// Where somebody goes after signing in; a page of ours.
    pub next: String,
    pub expires_at: Timestamp,
}

/// The longest address that is gone back to.
const NEXT: usize = 1_000;

const PURPOSE: &str = "sign-in at the provider";

/// A new attempt, and what the browser keeps of it.
///
/// # Errors
/// When it can't be encrypted.
pub fn begin(app: &App, next: &str) -> Result<(Attempt, String)> {
    let attempt = Attempt {
        state: sessions::random_token(app),
        nonce: sessions::random_token(app),
        verifier: sessions::random_token(app),
        next: if next.len() > NEXT { "/desk" } else { next }.to_owned(),
        expires_at: app.now() + ATTEMPT,
    };
    let plain = serde_json::to_vec(&attempt).map_err(anyhow::Error::from)?;
    let kept = app.slip_key.seal(PURPOSE, "", &app.entropy, &plain)?;
    Ok((attempt, kept))
}

/// What a way back counts against until it has signed somebody in.
#[derive(Debug)]
pub struct Counted(Vec<Target>);

/// The attempt that a browser kept, once it comes back with its state: from here on it is used up, and counted as a guess is.
///
/// # Errors
/// `Over` when it is not this browser's, too old, or used before; `Slowed` after too many that signed nobody in.
pub async fn come_back(
    app: &App,
    browser: &Browser,
    kept: &str,
    state: &str,
) -> Result<(Attempt, Counted)> {
    let now = app.now();
    let plain = app.slip_key.open(PURPOSE, "", kept);
    let attempt = plain
        .ok()
        .and_then(|plain| serde_json::from_slice::<Attempt>(&plain).ok())
        .filter(|attempt| attempt.expires_at > now && now + ATTEMPT >= attempt.expires_at)
        .filter(|attempt| attempt.state == state)
        .ok_or(ProviderRefusal::Over)?;
    let mut tx = app.db.read().await?;
    let targets = vec![target(app, &mut tx, browser).await?];
    tries::check(&mut tx, &targets, now).await?;
    tx.commit().await?;
    let scopes: Scopes = targets.iter().map(Target::scope).collect();
    let mut tx = app.db.write(scopes).await?;
    let hash = content_hash(attempt.state.as_bytes());
    if !links::finish(&mut tx, &hash, attempt.expires_at).await? {
        return Err(ProviderRefusal::Over.into());
    }
    let minutes = guesses::count(&mut tx, &targets, now).await?;
    tx.commit().await?;
    tries::slowed(minutes)?;
    Ok((attempt, Counted(targets)))
}

/// A browser in which somebody signed in before is counted by itself, any other by its network.
async fn target(
    app: &App,
    tx: &mut jianjia_store::core::db::Tx,
    browser: &Browser,
) -> Result<Target> {
    for token in browser.tokens() {
        let hash = content_hash(token.as_bytes());
        if known_browser::is_known_to_any(tx, &hash, app.now()).await? {
            return Ok(guesses::target(app, Guessed::KnownBrowser, token));
        }
    }
    Ok(guesses::target(app, Guessed::Network, &browser.network))
}

/// Whom the provider vouches for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vouched {
    /// Its own name for the person, which never becomes another's.
    pub subject: String,
    /// The claim that names the account; none when it says nothing.
    pub claim: Option<String>,
}

/// Signs in to the account that is matched; the browser's earlier session ends.
///
/// # Errors
/// `NoClaim`; `Unknown` also where the account is locked; `Several`; `OtherPerson`.
pub async fn sign_in(
    app: &App,
    provider: &Provider,
    vouched: &Vouched,
    browser: &Browser,
    counted: &Counted,
) -> Result<Begun> {
    let mut tx = app.db.read().await?;
    let Some(claim) = &vouched.claim else {
        tx.commit().await?;
        let whom = whom(app).await;
        return Err(ProviderRefusal::NoClaim { whom }.into());
    };
    let by = match provider.matched {
        Matched::Login => By::Login,
        Matched::Telephone => By::Telephone,
    };
    let found = match sought(provider.matched, claim) {
        Some(value) => accounts::open_by(&mut tx, by, &value).await?,
        None => Vec::new(),
    };
    tx.commit().await?;
    let id = match found.as_slice() {
        [id] => *id,
        [] => {
            let whom = whom(app).await;
            return Err(ProviderRefusal::Unknown { whom }.into());
        }
        _ => {
            let whom = whom(app).await;
            return Err(ProviderRefusal::Several { whom }.into());
        }
    };
    let begun = begin_session(app, provider, &id, &vouched.subject, browser, counted).await?;
    match begun {
        Some(begun) => Ok(begun),
        None => {
            let whom = whom(app).await;
            tracing::warn!(account = %id, "an account of another of the provider's people was asked for");
            Err(ProviderRefusal::OtherPerson { whom }.into())
        }
    }
}

/// None when the account is linked with somebody else.
async fn begin_session(
    app: &App,
    provider: &Provider,
    id: &AccountId,
    subject: &str,
    browser: &Browser,
    Counted(targets): &Counted,
) -> Result<Option<Begun>> {
    let now = app.now();
    let by_target = targets.iter().map(Target::scope);
    let scopes: Scopes = by_target.chain([Scope::Account(*id)]).collect();
    let mut tx = app.db.write(scopes).await?;
    // It may have been locked meanwhile.
    let account = accounts::find(&mut tx, id).await?;
    let Some(account) = account.filter(|account| account.state == AccountState::Active) else {
        tx.commit().await?;
        let whom = whom(app).await;
        return Err(ProviderRefusal::Unknown { whom }.into());
    };
    let subject = [provider.issuer.as_str(), subject];
    let subject = app.slip_key.digest(b"subject of a provider", &subject);
    if !links::link(&mut tx, id, &hex::encode(&subject[..16]), now).await? {
        return Ok(None);
    }
    guesses::take_back(&mut tx, targets).await?;
    let known = browser.known_for(&mut tx, id, now).await?;
    let begun = sessions::begin(app, &mut tx, id, browser, known).await?;
    let hash = content_hash(begun.token.as_bytes());
    session::begun_at_provider(&mut tx, &hash).await?;
    let is_trusted = provider.factor == Factor::Trusted;
    if is_trusted && begun.awaits_code {
        // It counts for signing in alone: before what matters most the own one is asked for.
        session::factor_given(&mut tx, &hash, now - PROVED_FOR).await?;
    }
    app.trail_by(
        &mut tx,
        (&id.to_string(), &account.name),
        Deed::SignInByProvider,
        Object::Account(*id),
        account.roles.first().map(|at| &at.unit),
        json!({ "issuer": provider.issuer, "device": browser.device }),
    )
    .await?;
    tx.commit().await?;
    Ok(Some(Begun {
        awaits_code: begun.awaits_code && !is_trusted,
        ..begun
    }))
}

/// Whom somebody asks who has no account: the city's federation; empty where that can't be told now.
async fn whom(app: &App) -> String {
    let contact = contact::of(app, None).await;
    match (contact.name.as_str(), contact.phone.as_str()) {
        ("", _) => String::new(),
        (name, "") => name.to_owned(),
        (name, phone) => format!("{name} {phone}"),
    }
}

/// Whether the session of this token began at the provider just now: then no password is asked for what asks it anew.
///
/// # Errors
/// When it can't be read.
pub async fn is_fresh(app: &App, token: &str) -> Result<bool> {
    let mut tx = app.db.read().await?;
    sessions::is_fresh_from_provider(&mut tx, token, app.now()).await
}

/// Says that the provider is away, and logs why.
pub fn away(error: &anyhow::Error) -> Error {
    tracing::warn!(
        error = format!("{error:#}"),
        "the identity provider did not answer as one"
    );
    ProviderRefusal::Away.into()
}

/// Says that the provider's word is not proved, and logs why.
pub fn unproved(why: &str) -> Error {
    tracing::warn!(why, "what came from the identity provider is not proved");
    ProviderRefusal::Unproved.into()
}
