//! A unit with the titles that it holds.

use jianjia_domain::{
    core::{ids::UnitId, policy::Actor},
    honour::honour::Honour,
};
use jianjia_store::honour::honour as honours;

use crate::{
    core::{app::App, error::Result},
    register::unit::{self as units, UnitView},
};

/// The record of a unit that the actor sees, with what belongs to it, and every title that it ever held, oldest first.
///
/// # Errors
/// Not found when the actor does not see the unit.
pub async fn find(app: &App, actor: &Actor, id: &UnitId) -> Result<(UnitView, Vec<Honour>)> {
    let mut tx = app.db.read().await?;
    let view = units::view(&mut tx, app, actor, id).await?;
    let honours = honours::of_holder(&mut tx, id, None).await?;
    Ok((view, honours))
}
