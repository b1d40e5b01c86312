//! The inbox: what somebody was told, and that it was read. Whoever else may sign in sees nothing of it.

use jianjia_domain::core::{ids::MessageId, message::Received, policy::Actor};
use jianjia_store::core::{message::inbox as messages, scope::Scope};
use jiff::Timestamp;

use crate::core::{
    app::App,
    error::{Error, Result},
};

/// How many messages a page has.
pub const LINES: i64 = 50;

/// A page of an inbox: unread messages first, the newest first among each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inbox {
    pub messages: Vec<Received>,
    pub total: i64,
    pub page: i64,
    pub pages: i64,
}

/// A page of the actor's messages.
///
/// # Errors
/// When they can't be read.
pub async fn inbox(app: &App, actor: &Actor, page: i64) -> Result<Inbox> {
    let mut tx = app.db.read().await?;
    let page = page.max(1);
    let offset = (page - 1).saturating_mul(LINES);
    let (messages, total) = messages::page(&mut tx, &actor.account, LINES, offset).await?;
    Ok(Inbox {
        messages,
        total,
        page,
        pages: (total + LINES - 1) / LINES,
    })
}

/// A portion (limit, offset) of the actor's messages in the same order, for a file, and their total number.
///
/// # Errors
/// When they can't be read.
pub async fn export(
    app: &App,
    actor: &Actor,
    (limit, offset): (i64, i64),
) -> Result<(Vec<Received>, i64)> {
    let mut tx = app.db.read().await?;
    Ok(messages::page(&mut tx, &actor.account, limit, offset).await?)
}

/// One of the actor's messages, which is read from now on.
///
/// # Errors
/// Not found when it isn't there or is somebody else's.
pub async fn open(app: &App, actor: &Actor, id: &MessageId) -> Result<Received> {
    let mut tx = app.db.read().await?;
    let found = messages::find(&mut tx, &actor.account, id).await?;
    tx.commit().await?;
    let found = found.ok_or(Error::NotFound)?;
    if !found.is_read {
        read_one(app, actor, id).await?;
    }
    Ok(found)
}

/// Marks one of the actor's messages as read. Nothing happens to one that is read, or somebody else's.
///
/// # Errors
/// When it can't be written.
pub async fn read_one(app: &App, actor: &Actor, id: &MessageId) -> Result<()> {
    let mut tx = app.db.write(Scope::Account(actor.account)).await?;
    messages::read_one(&mut tx, &actor.account, id, app.now()).await?;
    Ok(tx.commit().await?)
}

/// Marks the actor's messages as read that had come by an instant: what came after the page was shown stays unread.
///
/// # Errors
/// When it can't be written.
pub async fn read_until(app: &App, actor: &Actor, until: Timestamp) -> Result<()> {
    let mut tx = app.db.write(Scope::Account(actor.account)).await?;
    messages::read_until(&mut tx, &actor.account, until, app.now()).await?;
    Ok(tx.commit().await?)
}
