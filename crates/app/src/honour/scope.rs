//! The scopes of acts on titles: see the table in `core::scope`.

use jianjia_domain::core::ids::HonourId;
use jianjia_store::{
    core::scope::{Scope, Scopes},
    honour::honour,
};

use crate::core::{
    app::App,
    error::{Error, Result},
};

pub(crate) async fn of_honour(app: &App, id: &HonourId) -> Result<Scopes> {
    let mut tx = app.db.read().await?;
    let found = honour::find(&mut tx, id).await?;
    Ok(Scope::Unit(found.ok_or(Error::NotFound)?.unit).into())
}

/// The holders of a batch, which is whole from its naming on.
pub(crate) async fn of_batch(app: &App, batch: &str) -> Result<Scopes> {
    let mut tx = app.db.read().await?;
    let all = honour::of_batch(&mut tx, batch).await?;
    Ok(all.iter().map(|held| Scope::Unit(held.unit)).collect())
}
