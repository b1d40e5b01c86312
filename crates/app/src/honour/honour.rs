//! Titles held: begun, suspended, resumed, revoked, withdrawn with their batch, reconfirmed. Nothing is deleted.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jianjia_domain::{
    core::{
        ids::UnitId,
        place::{UnitPlace, paths_above},
        policy::{self, Act, Actor, Permit, Permitted},
    },
    honour::honour::{self, Honour, HonourAct, HonourChange, HonourEvent},
};
use jianjia_store::{core::db::Tx, register::unit, year::standing};

use crate::{
    core::{
        app::App,
        error::{Result, refuses},
    },
    year::standing as standings,
};

mod begin;
mod change;
mod reading;
mod telling;
pub(crate) use begin::{begin_imported, keep_named};
pub(crate) use change::revoke_in;
pub use change::{
    ChangeInput, batch_token, change, may_change, may_reconfirm, no_act_chosen, reconfirm,
    withdraw_batch,
};
pub use jianjia_store::honour::honour::{RollFilter, RollSort};
pub use reading::{
    HonourView, NamedTogether, RollLine, RollPage, RollQuery, batch, export, named_together, roll,
    view,
};
pub(crate) use reading::{decided_together, sees};

pub(crate) use telling::holder_and_title;

refuses!(jianjia_domain::honour::honour::HonourRefusal);

/// Brings up to date where the holders stand, and the federations above them, whose own titles may depend on those below (F1).
pub(crate) async fn refresh_standings(tx: &mut Tx, app: &App, changed: &[Honour]) -> Result<()> {
    let counted: Vec<&Honour> = changed
        .iter()
        .filter(|honour| honour.year >= app.standards.of(honour.year).programme.first_year)
        .collect();
    let of_units = counted.iter().filter(|honour| honour.person.is_none());
    let above_of: HashMap<String, UnitId> =
        unit::above_any(tx, of_units.map(|honour| honour.unit_path.as_str()))
            .await?
            .into_iter()
            .map(|place| (place.path, place.id))
            .collect();
    let mut units: BTreeMap<i16, BTreeSet<UnitId>> = BTreeMap::new();
    for honour in counted {
        let of_year = units.entry(honour.year).or_default();
        of_year.insert(honour.unit);
        if honour.person.is_none() {
            let above = paths_above(&honour.unit_path).into_iter();
            of_year.extend(above.filter_map(|path| above_of.get(path).copied()));
        }
    }
    if units.len() > 1 {
        // Turns are taken in one order, whatever the years.
        let all: BTreeSet<UnitId> = units.values().flatten().copied().collect();
        let all: Vec<UnitId> = all.into_iter().collect();
        standing::take_turn(tx, &all).await?;
    }
    for (year, units) in units {
        standings::refresh_many(tx, app, units, year).await?;
    }
    Ok(())
}

/// Permission to act on the honour, which is the permission on its holder and being the federation in charge of it. Everybody may look an
/// honour up, so to those who don't see the holder it is the role that is another's.
pub(crate) fn permitted(actor: &Actor, act: Act, honour: &Honour) -> Result<Permit> {
    let permit = policy::permit(actor, act, &place(honour))?;
    honour::in_charge(actor, honour, act)?;
    Ok(permit)
}

/// As `permitted`, in the transaction of the act itself (see `App::permit_at`).
async fn permitted_now<A: Permitted>(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    act: A,
    honour: &Honour,
) -> Result<Permit<A>> {
    permitted(actor, act.act(), honour)?;
    app.permit_at(tx, actor, act, &place(honour)).await
}

/// The holder's place in the tree.
pub(crate) fn place(honour: &Honour) -> UnitPlace {
    UnitPlace {
        id: honour.unit,
        kind: honour.unit_kind,
        name: honour.holder_name.clone(),
        path: honour.unit_path.clone(),
    }
}

fn event(
    app: &App,
    actor: &Actor,
    honour: &Honour,
    act: HonourAct,
    change: &HonourChange,
) -> HonourEvent {
    let at = app.now();
    HonourEvent {
        id: app.entropy.id(at).simple().to_string(),
        honour: honour.id,
        act,
        reason: change.reason.clone(),
        document_number: change.document_number.clone(),
        account: Some(actor.account),
        account_name: actor.name.clone(),
        at,
    }
}
