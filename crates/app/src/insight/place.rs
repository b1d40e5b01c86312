//! The place whose figures somebody looks at: a federation, within what the roles show.

use jianjia_domain::core::{
    ids::UnitId,
    place::UnitPlace,
    policy::{self, Act, Actor, POLICY, Permit, act},
    refusal::General,
};
use jianjia_store::{core::db::Tx, register::unit, year::shortfall};

use crate::core::{
    app::App,
    error::{Error, Result},
};

/// A federation, and how its figures are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub unit: UnitPlace,
    /// The federations above it that the actor may look at as well, from the top.
    pub above: Vec<UnitPlace>,
    /// Whether its counts are kept: those of the city and the federations right under it.
    pub is_kept: bool,
}

/// The federation that is asked for; without one, the first at which a role lets the actor look.
///
/// # Errors
/// Not found for what is no federation or out of sight; `NotYourRole` for whoever may look nowhere.
pub(crate) async fn find(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    under: Option<&UnitId>,
) -> Result<(Permit<act::SeeInsight>, Place)> {
    let permit = match under {
        Some(id) => app.permit(tx, actor, act::SeeInsight, id).await?,
        None => {
            let mut roles = actor.roles.iter();
            let at = roles
                .find(|at| looks_at(actor, &at.unit))
                .ok_or_else(nowhere)?;
            app.permit(tx, actor, act::SeeInsight, &at.unit.id).await?
        }
    };
    if !permit.unit.kind.is_federation() {
        return Err(Error::NotFound);
    }
    let mut above = unit::above(tx, &permit.unit.path).await?;
    above.retain(|place| looks_at(actor, place));
    above.sort_by_key(|place| place.path.len());
    let place = Place {
        is_kept: shortfall::is_kept(&permit.unit.path, permit.unit.kind),
        unit: permit.unit.clone(),
        above,
    };
    Ok((permit, place))
}

/// Whether a page of figures is there for somebody at a unit.
pub fn looks_at(actor: &Actor, unit: &UnitPlace) -> bool {
    unit.kind.is_federation() && policy::may(actor, Act::SeeInsight, unit)
}

/// Whether there is any federation whose figures somebody may look at.
pub fn looks_anywhere(actor: &Actor) -> bool {
    actor.roles.iter().any(|at| looks_at(actor, &at.unit))
}

fn nowhere() -> Error {
    let mut acts = POLICY.iter();
    let roles = acts.find(|(act, _)| *act == Act::SeeInsight);
    let roles = roles.map_or(&[][..], |(_, roles)| roles);
    General::NotYourRole {
        act: Act::SeeInsight,
        roles: roles.iter().map(|(role, _)| *role).collect(),
    }
    .into()
}
