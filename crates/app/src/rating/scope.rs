//! The scopes of acts on polls and improvements: see the table in `core::scope`.

use jianjia_domain::core::ids::{ImprovementId, PollId};
use jianjia_store::{
    core::scope::{Scope, Scopes},
    rating::{improvement, poll as polls},
};

use crate::core::{
    app::App,
    error::{Error, Result},
};

/// Any act on a poll that stands already.
pub(crate) async fn of_poll(app: &App, id: &PollId) -> Result<Scopes> {
    let mut tx = app.db.read().await?;
    let found = polls::find(&mut tx, id).await?;
    let unit = found.ok_or(Error::NotFound)?.unit;
    Ok([Scope::Unit(unit), Scope::Ballots].into())
}

pub(crate) async fn of_improvement(app: &App, id: &ImprovementId) -> Result<Scopes> {
    let mut tx = app.db.read().await?;
    let found = improvement::find(&mut tx, id).await?;
    Ok(Scope::Unit(found.ok_or(Error::NotFound)?.unit).into())
}
