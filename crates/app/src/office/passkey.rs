//! Passkeys: keys of devices with which owners give the second factor instead of a code. A device signs what it is asked, once; the crate
//! `webauthn-rs` checks the signature, the origin and the device's counter. What was asked is kept here, bound to session, account and purpose.

pub mod relying;

use anyhow::Context;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jianjia_domain::{
    core::{audit::deed::Deed, ids::PasskeyId, policy::Actor, refusal::Refusal},
    office::{
        factor::FactorRefusal,
        passkey::{
            self as domain, ANSWER_AT_MOST, AT_MOST, CHALLENGE, Passkey, PasskeyRefusal, Purpose,
        },
    },
};
use jianjia_store::{
    core::{db::Tx, file::content_hash, scope::Scope},
    office::{
        account as accounts, factor as factors,
        passkey::{self as passkeys, Challenge, Kept},
        session,
    },
};
use serde::de::DeserializeOwned;
use serde_json::json;
use webauthn_rs::prelude::{
    Credential, CredentialID, Passkey as Checked, PasskeyAuthentication, PasskeyRegistration,
    PublicKeyCredential, RegisterPublicKeyCredential, Webauthn, WebauthnError,
};

use crate::{
    core::{
        app::App,
        error::{Error, Result, refuses},
        guess as guesses,
    },
    office::{factor, notice as account_notices},
};

refuses!(PasskeyRefusal);

/// What a browser is asked to make a passkey by, as JSON.
///
/// # Errors
/// `NotOffered`; `TooMany`.
pub async fn offer(app: &App, actor: &Actor, session: &str) -> Result<String> {
    let site = site(app)?;
    let mut tx = app.db.write(Scope::Account(actor.account)).await?;
    let kept = room(&mut tx, actor).await?;
    let account = accounts::credentials_of(&mut tx, &actor.account).await?;
    let login = account.ok_or(Error::NotFound)?.login;
    let known: anyhow::Result<Vec<CredentialID>> = kept.iter().map(credential_id).collect();
    let (options, state) = site
        .start_passkey_registration(actor.account.0, &login, &actor.name, Some(known?))
        .map_err(|error| anyhow::anyhow!("a passkey can't be asked for: {error}"))?;
    ask(app, &mut tx, actor, session, Purpose::Add, &state).await?;
    tx.commit().await?;
    written(&options)
}

/// A passkey that is being added.
#[derive(Clone, Debug, Default)]
pub struct Adding {
    pub name: String,
    /// What the browser answered.
    pub answer: String,
    pub password: String,
}

/// The fields of the form, whose page has other forms beside it.
pub const NAME: &str = "passkey_name";
pub const PASSWORD: &str = "passkey_password";

/// Adds a passkey; gives the recovery codes where it is the account's first way.
///
/// # Errors
/// `NotOffered`; `Over`; `NotProved`; `TooMany`; `Known`; `ProofAsked` where there is a way already; by field: `NAME`: as `domain::name`; `PASSWORD`:
/// as `passwords::verify_in`.
pub async fn add(
    app: &App,
    actor: &Actor,
    session: &str,
    adding: &Adding,
) -> Result<Option<Vec<String>>> {
    let site = site(app)?;
    let name = domain::name(&adding.name).map_err(|refusal| Refusal::at(NAME, refusal))?;
    let answer: RegisterPublicKeyCredential = read(&adding.answer)?;
    factor::by_owner(app, actor, session, PASSWORD, &adding.password).await?;
    let now = app.now();
    let mut tx = app.db.write(Scope::Account(actor.account)).await?;
    let is_first = factor::is_first(app, &mut tx, actor).await?;
    room(&mut tx, actor).await?;
    let state: PasskeyRegistration = asked(app, &mut tx, actor, session, Purpose::Add).await?;
    let made = match site.finish_passkey_registration(&answer, &state) {
        Ok(made) => made,
        Err(error) => {
            // What was asked is answered all the same.
            tx.commit().await?;
            return Err(not_proved(&error));
        }
    };
    let kept = Kept {
        passkey: Passkey {
            id: PasskeyId(app.entropy.id(now)),
            name: name.clone(),
            created_at: now,
            used_at: None,
        },
        credential_id: URL_SAFE_NO_PAD.encode(made.cred_id()),
        credential: written(&made)?,
        counter: Credential::from(made).counter.into(),
    };
    if !passkeys::insert(&mut tx, &actor.account, &kept).await? {
        tx.commit().await?;
        return Err(PasskeyRefusal::Known.into());
    }
    let codes = if is_first {
        Some(factor::fresh_codes(app, &mut tx, &actor.account).await?)
    } else {
        None
    };
    session::factor_given(&mut tx, &content_hash(session.as_bytes()), now).await?;
    let detail = json!({ "name": name });
    factor::trail(app, &mut tx, actor, Deed::AddPasskey, detail).await?;
    account_notices::tell_by_message(app, &mut tx, &actor.account, Deed::AddPasskey, &name);
    tx.commit().await?;
    Ok(codes)
}

/// What a browser is asked to have signed by one of the actor's passkeys, as JSON.
///
/// # Errors
/// `NotOffered`; `HasNone` without a passkey.
pub async fn question(app: &App, actor: &Actor, session: &str) -> Result<String> {
    let site = site(app)?;
    let mut tx = app.db.write(Scope::Account(actor.account)).await?;
    let kept = passkeys::of_account(&mut tx, &actor.account).await?;
    if kept.is_empty() {
        return Err(FactorRefusal::HasNone.into());
    }
    let checked: anyhow::Result<Vec<Checked>> = kept.iter().map(checked).collect();
    let (options, state) = site
        .start_passkey_authentication(&checked?)
        .map_err(|error| anyhow::anyhow!("a passkey can't be asked: {error}"))?;
    ask(app, &mut tx, actor, session, Purpose::Give, &state).await?;
    tx.commit().await?;
    written(&options)
}

/// Gives the second factor in a session with a passkey. It is counted as a guess before it is checked, and what was asked is answered by it, right or
/// wrong.
///
/// # Errors
/// `NotOffered`; `HasNone`; `Slowed`; `Over`; `NotProved`; `CounterBack`, of which the owner is told.
pub async fn give(app: &App, actor: &Actor, session: &str, answer: &str) -> Result<()> {
    let site = site(app)?;
    let answer: PublicKeyCredential = read(answer)?;
    let now = app.now();
    let mut tx = app.db.write(factor::scopes(app, &actor.account)).await?;
    let kept = passkeys::of_account(&mut tx, &actor.account).await?;
    if kept.is_empty() {
        return Err(FactorRefusal::HasNone.into());
    }
    factor::counted(app, &mut tx, &actor.account).await?;
    let state = asked::<PasskeyAuthentication>(app, &mut tx, actor, session, Purpose::Give).await;
    let state = match state {
        Err(refused @ Error::Refused(_)) => {
            tx.commit().await?;
            return Err(refused);
        }
        other => other?,
    };
    // One that was removed since it was asked is no longer the account's.
    let id = URL_SAFE_NO_PAD.encode(answer.get_credential_id());
    let kept = kept.into_iter().find(|kept| kept.credential_id == id);
    let checked = site.finish_passkey_authentication(&answer, &state);
    let (kept, counter) = match (kept, checked) {
        (Some(kept), Ok(checked)) => (kept, Some(checked.counter())),
        (Some(kept), Err(WebauthnError::CredentialPossibleCompromise)) => (kept, None),
        (None, Ok(_)) => {
            tx.commit().await?;
            return Err(PasskeyRefusal::NotProved.into());
        }
        (_, Err(error)) => {
            tx.commit().await?;
            return Err(not_proved(&error));
        }
    };
    let is_counted = match counter {
        // What the crate compared with is what was kept when it was asked: another answer may have come since.
        Some(counter) => passkeys::count(&mut tx, &kept.passkey, counter.into(), now).await?,
        None => false,
    };
    if !is_counted {
        let name = kept.passkey.name;
        let detail = json!({ "name": name });
        factor::trail(app, &mut tx, actor, Deed::RefusePasskey, detail).await?;
        let words = ["", "", name.as_str()];
        account_notices::tell_of(app, &mut tx, &actor.account, Deed::RefusePasskey, words).await?;
        tx.commit().await?;
        return Err(PasskeyRefusal::CounterBack { name }.into());
    }
    guesses::take_back(&mut tx, &[factor::target(app, &actor.account)]).await?;
    session::factor_given(&mut tx, &content_hash(session.as_bytes()), now).await?;
    Ok(tx.commit().await?)
}

/// Removes one of the actor's passkeys; the last of them, with no telephone beside it, is the second factor itself.
///
/// # Errors
/// Not found when it is not the actor's; `Asked` when the settings ask for a second factor and there is no other; `ProofAsked`.
pub async fn remove(app: &App, actor: &Actor, id: &PasskeyId) -> Result<()> {
    let mut tx = app.db.write(Scope::Account(actor.account)).await?;
    let kept = passkeys::of_account(&mut tx, &actor.account).await?;
    let found = kept.iter().find(|kept| kept.passkey.id == *id);
    let passkey = &found.ok_or(Error::NotFound)?.passkey;
    let ways = factors::ways(&mut tx, &actor.account).await?;
    let is_last = kept.len() == 1 && !ways.telephone;
    if is_last && factor::is_asked(app, &actor.roles) {
        return Err(FactorRefusal::Asked.into());
    }
    app.proved(actor)?;
    if is_last {
        factors::remove(&mut tx, &actor.account).await?;
    } else {
        passkeys::remove(&mut tx, passkey).await?;
    }
    let detail = json!({ "name": passkey.name, "is_last": is_last });
    factor::trail(app, &mut tx, actor, Deed::RemovePasskey, detail).await?;
    let deed = Deed::RemovePasskey;
    account_notices::tell_by_message(app, &mut tx, &actor.account, deed, &passkey.name);
    Ok(tx.commit().await?)
}

fn site(app: &App) -> Result<Webauthn> {
    Ok(relying::site(app).ok_or(PasskeyRefusal::NotOffered)?)
}

/// The passkeys of an account that may have another.
async fn room(tx: &mut Tx, actor: &Actor) -> Result<Vec<Kept>> {
    let kept = passkeys::of_account(tx, &actor.account).await?;
    if kept.len() >= AT_MOST {
        return Err(PasskeyRefusal::TooMany.into());
    }
    Ok(kept)
}

/// Keeps what is asked until it is answered.
async fn ask(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    session: &str,
    purpose: Purpose,
    state: &impl serde::Serialize,
) -> Result<()> {
    let challenge = Challenge {
        session_hash: &content_hash(session.as_bytes()),
        purpose,
        account: &actor.account,
    };
    passkeys::ask(tx, &challenge, &written(state)?, app.now() + CHALLENGE).await?;
    Ok(())
}

/// Takes what was asked.
///
/// # Errors
/// `Over`.
async fn asked<T: DeserializeOwned>(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    session: &str,
    purpose: Purpose,
) -> Result<T> {
    let challenge = Challenge {
        session_hash: &content_hash(session.as_bytes()),
        purpose,
        account: &actor.account,
    };
    let state = passkeys::take(tx, &challenge, app.now()).await?;
    let state = state.ok_or(PasskeyRefusal::Over)?;
    Ok(serde_json::from_str(&state).context("what a passkey was asked")?)
}

/// What a browser answered.
fn read<T: DeserializeOwned>(answer: &str) -> Result<T> {
    if answer.is_empty() {
        return Err(PasskeyRefusal::Over.into());
    }
    let answer = Some(answer).filter(|answer| answer.len() <= ANSWER_AT_MOST);
    let read = answer.and_then(|answer| serde_json::from_str(answer).ok());
    Ok(read.ok_or(PasskeyRefusal::NotProved)?)
}

fn written(value: &impl serde::Serialize) -> Result<String> {
    Ok(serde_json::to_string(value).context("what passkeys are asked")?)
}

/// The passkey for the crate, with the counter that its device told last.
fn checked(kept: &Kept) -> anyhow::Result<Checked> {
    let checked: Checked = serde_json::from_str(&kept.credential).context("a passkey")?;
    let mut credential = Credential::from(checked);
    credential.counter = kept.counter.try_into().unwrap_or(u32::MAX);
    Ok(credential.into())
}

fn credential_id(kept: &Kept) -> anyhow::Result<CredentialID> {
    let id = URL_SAFE_NO_PAD.decode(&kept.credential_id);
    id.context("a passkey's id")
}

/// Says that an answer is not proved, and logs why.
fn not_proved(error: &WebauthnError) -> Error {
    tracing::info!(%error, "an answer of a passkey is not proved");
    PasskeyRefusal::NotProved.into()
}
