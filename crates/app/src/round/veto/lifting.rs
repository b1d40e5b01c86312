//! Lifting a veto: by whoever recorded it or is above them, or with the entry of a department that it is the record of. What other entries uphold
//! bars on.

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::{EntryId, VetoId},
        message::{Kind, Said},
        place::UnitPlace,
        policy::{self, Act, Actor, act},
        refusal::General,
    },
    round::{
        entry,
        veto::{self, Lifting, Veto, VetoRefusal},
    },
};
use jianjia_store::{
    core::db::Tx,
    register::unit,
    round::{entry as entries, veto as vetoes},
};
use serde_json::json;

use super::tell_of;
use crate::{
    core::{
        app::App,
        error::{Error, Result},
    },
    round::{entry as made, scope as scopes},
    year::standing as standings,
};

/// Lifts a veto; it stays on record with the reason. What a department's answer came to is lifted as that entry. Entries that still uphold the same
/// state keep it in force as a veto of their own. Sent twice, it is lifted once.
///
/// # Errors
/// Not found when it isn't there; as `App::permit` at its unit; `OfADepartment` to those who don't decide on departments' answers; `LiftedAlready`; `reason`: `NoReason`, `TooLong`.
pub async fn lift(app: &App, actor: &Actor, id: &VetoId, reason: &str) -> Result<Veto> {
    let mut tx = app.db.write(scopes::of_veto(app, id).await?).await?;
    let veto = vetoes::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let permit = app
        .permit(&mut tx, actor, act::RecordVeto, &veto.unit)
        .await?;
    let is_repeated = veto.lifted.as_ref().is_some_and(|lifted| {
        [reason.trim(), &entry::as_kept(reason)].contains(&lifted.reason.as_str())
            && lifted.by_name == actor.name
    });
    if is_repeated {
        return Ok(veto);
    }
    if let (Some(of), None) = (&veto.entry, &veto.lifted) {
        let city = unit::root(&mut tx).await?.ok_or(Error::NotFound)?;
        if !policy::may(actor, Act::DecideEntry, &city) {
            return Err(VetoRefusal::OfADepartment.into());
        }
        let permit = app
            .permit_at(&mut tx, actor, act::DecideEntry, &city)
            .await?;
        let entry = entries::find(&mut tx, of).await?.ok_or(Error::NotFound)?;
        made::refuse_foreign(&mut tx, actor, &permit, &entry).await?;
        made::lift_upheld(&mut tx, app, actor, &permit, entry, reason).await?;
        let lifted = vetoes::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
        tx.commit().await?;
        return Ok(lifted);
    }
    let lifting = veto::lift(&veto, &permit, reason, &actor.name, app.now())?;
    let still = lift_in(&mut tx, app, &veto, &lifting).await?;
    app.trail(
        &mut tx,
        actor,
        Deed::LiftVeto,
        Object::Veto(*id),
        Some(&permit.unit),
        json!({ "clause": veto.clause, "year": veto.year, "reason": lifting.reason, "still": still.as_ref().map(|veto| veto.id) }),
    )
    .await?;
    let lifted = Veto {
        lifted: Some(lifting),
        ..veto
    };
    tell_lifted(&mut tx, app, actor, &permit.unit, &lifted, still.as_ref());
    tx.commit().await?;
    Ok(lifted)
}

/// Lifts the veto of an entry that was lifted, if it is that entry's; gives the veto by which the unit is barred on.
pub(crate) async fn lift_of_entry(
    tx: &mut Tx,
    app: &App,
    id: &VetoId,
    entry: &EntryId,
    lifting: &Lifting,
) -> Result<Option<Veto>> {
    let veto = vetoes::find(tx, id).await?.ok_or(Error::NotFound)?;
    if veto.entry != Some(*entry) {
        // Another entry's, or recorded by a federation: it stands by itself.
        return Ok(Some(veto).filter(|veto| veto.lifted.is_none()));
    }
    lift_in(tx, app, &veto, lifting).await
}

/// Lifts a veto in the act's transaction. Where entries still uphold the state, the first of them gets a veto of its own, and the others are on
/// record as that one: gives it.
async fn lift_in(tx: &mut Tx, app: &App, veto: &Veto, lifting: &Lifting) -> Result<Option<Veto>> {
    if !vetoes::lift(tx, &veto.id, lifting).await? {
        return Err(VetoRefusal::LiftedAlready.into());
    }
    let said = entries::of_veto(tx, &veto.id).await?;
    let mut standing = said.iter().filter(|entry| entry.upholds(&veto.id));
    let next = standing.next().and_then(|entry| {
        let decision = entry.decision.as_ref()?;
        Some(Veto {
            id: VetoId(app.entropy.id(lifting.at)),
            source: entry.source(app.standards.of(entry.year)),
            note: entry.note.clone(),
            recorded_by: decision.by,
            recorded_by_name: decision.by_name.clone(),
            recorded_at: lifting.at,
            entry: Some(entry.id),
            ..veto.clone()
        })
    });
    if let Some(next) = &next {
        if !vetoes::record(tx, next).await? {
            return Err(General::Stale.into());
        }
        entries::pass_on(tx, &veto.id, &next.id).await?;
    }
    standings::refresh(tx, app, &veto.unit, veto.year).await?;
    Ok(next)
}

/// Tells the unit that a veto was lifted, with the reason, and by what it is barred on.
fn tell_lifted(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    unit: &UnitPlace,
    veto: &Veto,
    still: Option<&Veto>,
) {
    let lifted = veto.lifted.as_ref();
    let why = lifted.map(|lifted| Said::from(lifted.reason.as_str()));
    let still = still.map(|still| Said::Both(veto::bars_on(still)));
    let why = why.into_iter().chain(still).collect();
    tell_of(tx, app, actor, (unit, veto), Kind::VetoLifted, why);
}
