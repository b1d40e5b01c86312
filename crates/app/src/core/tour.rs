//! The first-time tour: a chair sees it until it is put away, and again when it is asked for.

use jianjia_domain::core::policy::{Actor, Role};
use jianjia_store::core::{scope::Scope, tour};

use crate::core::{app::App, error::Result};

/// Whether the actor is a chair who has not put the tour away.
///
/// # Errors
/// When it can't be read.
pub async fn is_shown(app: &App, actor: &Actor) -> Result<bool> {
    if !actor.roles.iter().any(|at| at.role == Role::Chair) {
        return Ok(false);
    }
    let mut tx = app.db.read().await?;
    Ok(!tour::is_put_away(&mut tx, &actor.account).await?)
}

/// Puts the actor's tour away for good.
///
/// # Errors
/// When it can't be written.
pub async fn put_away(app: &App, actor: &Actor) -> Result<()> {
    let mut tx = app.db.write(Scope::Account(actor.account)).await?;
    tour::put_away(&mut tx, &actor.account, app.now()).await?;
    Ok(tx.commit().await?)
}

/// Shows the actor the tour again.
///
/// # Errors
/// When it can't be written.
pub async fn bring_back(app: &App, actor: &Actor) -> Result<()> {
    let mut tx = app.db.write(Scope::Account(actor.account)).await?;
    tour::bring_back(&mut tx, &actor.account).await?;
    Ok(tx.commit().await?)
}
