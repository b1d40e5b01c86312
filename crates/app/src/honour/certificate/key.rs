//! The keys that sign certificates: made by an administrator of the city, retired by the next one, declared compromised where somebody else may have one.
//! None is ever removed: what it signed stays true. The private part is encrypted with the instance's key, which is in no database and no backup.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use anyhow::Context;
use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        place::UnitPlace,
        policy::{self, Act, Actor, act},
        refusal::General,
    },
    honour::certificate::{self, CertificateKey, CertificateRefusal},
};
use jianjia_store::{
    core::{db::Tx, scope::Scope},
    honour::{certificate::key as keys, target as figures},
};
use serde_json::json;
use zeroize::Zeroizing;

use super::token::{Keys, Signer};
use crate::core::{
    app::App,
    error::{Error, Result},
};

/// What private parts are sealed for.
const PURPOSE: &str = "certificate-key";

/// All keys, the newest first, for whoever looks after them.
///
/// # Errors
/// Not found, `NotYourRole`.
pub async fn overview(app: &App, actor: &Actor) -> Result<Vec<CertificateKey>> {
    let mut tx = app.db.read().await?;
    let city = city(&mut tx).await?;
    policy::permit(actor, Act::ManageCertificateKeys, &city)?;
    Ok(keys::all(&mut tx).await?)
}

/// Makes a key that signs from now on, and retires the one before. `seen` is the one that signed when the form was made, empty for none: what is
/// sent twice makes one key.
///
/// # Errors
/// Not found, `NotYourRole`, `ProofAsked`; `Stale` when another signs meanwhile.
pub async fn make(app: &App, actor: &Actor, seen: &str) -> Result<CertificateKey> {
    let mut tx = app.db.write(Scope::CertificateKeys).await?;
    let city = city(&mut tx).await?;
    app.permit_at(&mut tx, actor, act::ManageCertificateKeys, &city)
        .await?;
    let made = replace(&mut tx, app, actor, &city, seen).await?;
    tx.commit().await?;
    read_again(app).await;
    Ok(made)
}

/// Declares that somebody else may have a key: what it signed is believed no more. Where it signed until now, another takes its place.
///
/// # Errors
/// Not found, `NotYourRole`, `ProofAsked`; as `certificate::compromise`.
pub async fn distrust(app: &App, actor: &Actor, id: &str, reason: &str) -> Result<()> {
    let mut tx = app.db.write(Scope::CertificateKeys).await?;
    let city = city(&mut tx).await?;
    app.permit_at(&mut tx, actor, act::ManageCertificateKeys, &city)
        .await?;
    let key = keys::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let compromise = certificate::compromise(&key, reason, app.now())?;
    if !keys::distrust(&mut tx, id, &compromise).await? {
        return Err(General::Stale.into());
    }
    app.trail(
        &mut tx,
        actor,
        Deed::DistrustCertificateKey,
        Object::CertificateKey(id.to_owned()),
        Some(&city),
        json!({"reason": compromise.reason}),
    )
    .await?;
    if key.signs() {
        replace(&mut tx, app, actor, &city, id).await?;
    }
    tx.commit().await?;
    read_again(app).await;
    Ok(())
}

async fn replace(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    city: &UnitPlace,
    seen: &str,
) -> Result<CertificateKey> {
    let before = keys::signing(tx).await?;
    if before.as_ref().map_or("", |key| key.id.as_str()) != seen {
        return Err(General::Stale.into());
    }
    let now = app.now();
    if let Some(before) = &before
        && !keys::retire(tx, &before.id, now).await?
    {
        return Err(General::Stale.into());
    }
    let mut secret = Zeroizing::new([0; 32]);
    app.entropy.fill(secret.as_mut_slice());
    let signer = Signer::new(&secret);
    let made = CertificateKey {
        public_key: signer.public_key(),
        sealed: app
            .slip_key
            .seal(PURPOSE, &signer.id, &app.entropy, secret.as_slice())?,
        id: signer.id,
        made_at: now,
        made_by_name: actor.name.clone(),
        retired_at: None,
        compromise: None,
    };
    keys::insert(tx, &made).await?;
    app.trail(
        tx,
        actor,
        Deed::MakeCertificateKey,
        Object::CertificateKey(made.id.clone()),
        Some(city),
        json!({"replaces": seen}),
    )
    .await?;
    Ok(made)
}

async fn city(tx: &mut Tx) -> Result<UnitPlace> {
    figures::city(tx).await?.ok_or(Error::NotFound)
}

/// The key that signs now, opened; none where none was made yet.
///
/// # Errors
/// `KeyOfAnotherInstance` when it was encrypted with another `slip.key`.
pub(crate) async fn signer(tx: &mut Tx, app: &App) -> Result<Option<Signer>> {
    let Some(key) = keys::signing(tx).await? else {
        return Ok(None);
    };
    let opened = app.slip_key.open(PURPOSE, &key.id, &key.sealed);
    let Ok(secret) = opened.map(Zeroizing::new) else {
        tracing::warn!(
            key = key.id,
            "the key that signs certificates was sealed with another slip key"
        );
        return Err(CertificateRefusal::KeyOfAnotherInstance.into());
    };
    let secret = <&[u8; 32]>::try_from(secret.as_slice());
    let signer = Signer::new(secret.context("a private key of 32 bytes")?);
    Ok((signer.id == key.id).then_some(signer))
}

/// The public keys as a JWKS: all that are trusted, also those that sign no more.
///
/// # Errors
/// When they can't be read.
pub async fn jwks(app: &App) -> Result<String> {
    let mut tx = app.db.read().await?;
    let all = keys::all(&mut tx).await?;
    let trusted = all.iter().filter(|key| key.is_trusted());
    let keys = Keys::of(trusted.map(|key| key.public_key.as_str()))?;
    Ok(keys.jwks())
}

/// The public keys in memory. They are never removed and never change, so they are read again only for a key that is not among them, and then at most so
/// often: whoever sends names of keys that there are not makes the database do nothing.
#[derive(Default)]
struct Known {
    keys: RwLock<Arc<Keys>>,
    read_at: tokio::sync::Mutex<Option<Instant>>,
}

const READ_EVERY: Duration = Duration::from_secs(2);

/// The city's keys, those that are not trusted among them; the one of this name is there if it is the city's.
pub(super) async fn known(app: &App, id: &str) -> Result<Arc<Keys>> {
    let known = app.memory.of::<Known>();
    let kept = || Arc::clone(&known.keys.read().unwrap_or_else(PoisonError::into_inner));
    if kept().has(id) {
        return Ok(kept());
    }
    let mut read_at = known.read_at.lock().await;
    if kept().has(id) || read_at.is_some_and(|at| at.elapsed() < READ_EVERY) {
        return Ok(kept());
    }
    let mut tx = app.db.read().await?;
    let all = keys::all(&mut tx).await?;
    let keys = Keys::of(all.iter().map(|key| key.public_key.as_str()))?;
    *known.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
    *read_at = Some(Instant::now());
    Ok(kept())
}

/// Has the keys read at once when the next one is asked for that is not among them: one was made here.
async fn read_again(app: &App) {
    let known = app.memory.of::<Known>();
    *known.read_at.lock().await = None;
}
