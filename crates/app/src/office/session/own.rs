//! An account's sessions, as its owner sees and ends them.

use jianjia_domain::{core::policy::Actor, office::device::Device};
use jianjia_store::{
    core::{file::content_hash, scope::Scope},
    office::session,
};
use jiff::Timestamp;

use crate::core::{
    app::App,
    error::{Error, Result},
};

/// A session that has not ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// By which it is ended: a hash, which signs nobody in.
    pub id: String,
    pub device: Device,
    /// Coarse; empty where it is not known.
    pub network: String,
    pub created_at: Timestamp,
    pub seen_at: Timestamp,
    /// It began at the identity provider.
    pub by_provider: bool,
    /// Whether it is the one that asks.
    pub is_this: bool,
}

/// The actor's sessions, the one that asks first, then the one used last.
pub async fn list(app: &App, actor: &Actor, token: &str) -> Result<Vec<Listed>> {
    let this = content_hash(token.as_bytes());
    let mut tx = app.db.read().await?;
    let found = session::of_account(&mut tx, &actor.account, app.now()).await?;
    let mut listed: Vec<Listed> = found
        .into_iter()
        .map(|found| Listed {
            by_provider: found.by_provider,
            is_this: found.id_hash == this,
            id: found.id_hash,
            device: Device::read(&found.device),
            network: found.network,
            created_at: found.created_at,
            seen_at: found.seen_at,
        })
        .collect();
    listed.sort_by_key(|session| !session.is_this);
    Ok(listed)
}

/// Ends one of the actor's sessions.
///
/// # Errors
/// Not found when it is none of theirs, or over.
pub async fn end(app: &App, actor: &Actor, id: &str) -> Result<()> {
    let mut tx = app.db.write(Scope::Account(actor.account)).await?;
    if !session::remove_of(&mut tx, &actor.account, id).await? {
        return Err(Error::NotFound);
    }
    Ok(tx.commit().await?)
}

/// Ends all of the actor's sessions but the one that asks.
pub async fn end_others(app: &App, actor: &Actor, token: &str) -> Result<()> {
    let mut tx = app.db.write(Scope::Account(actor.account)).await?;
    session::remove_others(&mut tx, &actor.account, &content_hash(token.as_bytes())).await?;
    Ok(tx.commit().await?)
}
