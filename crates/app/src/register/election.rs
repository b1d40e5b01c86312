//! Elections of a union: recorded after they are held; a wrong record is struck out and can still be read.

use jianjia_domain::core::audit::{deed::Deed, object::Object};
use jianjia_domain::{
    core::{
        ids::{ElectionId, UnitId},
        policy::{Act, Actor},
        refusal::Refusal,
    },
    register::{
        election::{self as elections, Election, ElectionForm, ElectionRefusal},
        unit::change::check_living,
    },
};
use jianjia_store::{
    core::scope::Scope,
    register::{election, person, unit},
};
use jiff::civil::Date;
use serde_json::json;

use crate::core::{
    app::App,
    error::{Error, Result, refuses},
};

refuses!(ElectionRefusal);

/// Records an election.
///
/// # Errors
/// As `App::permit`; `Ended` when the unit is no more; by field as `elections::read`, and `chair`: `ChairUnknown` when nobody of the unit.
pub async fn create(
    app: &App,
    actor: &Actor,
    unit: &UnitId,
    form: &ElectionForm,
) -> Result<ElectionId> {
    let mut tx = app.db.write(Scope::Unit(*unit)).await?;
    let permit = app.permit(&mut tx, actor, Act::EditPeople, unit).await?;
    let record = unit::find(&mut tx, unit).await?.ok_or(Error::NotFound)?;
    check_living(&record)?;
    let known: Vec<Date> = election::of_unit(&mut tx, unit)
        .await?
        .into_iter()
        .filter(|election| election.removed_at.is_none())
        .map(|election| election.held_on)
        .collect();
    let details = elections::read(form, &known, record.details.founded_on, app.clock.today())?;
    let mut chair_name = String::new();
    if let Some(chair) = &details.chair {
        chair_name = person::find(&mut tx, chair)
            .await?
            .filter(|person| person.unit_id == *unit)
            .map(|person| person.details.name)
            .ok_or_else(|| Refusal::at("chair", ElectionRefusal::ChairUnknown))?;
    }
    let now = app.now();
    let new = Election {
        id: ElectionId(app.entropy.id(now)),
        unit_id: *unit,
        unit_path: record.path.clone(),
        held_on: details.held_on,
        term_years: details.term_years,
        chair_id: details.chair,
        chair_name,
        note: details.note,
        recorded_by: Some(actor.account.to_string()),
        recorded_at: now,
        removed_at: None,
    };
    election::insert(&mut tx, &new).await?;
    app.follow_unit(&mut tx, unit).await?;
    app.trail(
        &mut tx,
        actor,
        Deed::RecordElection,
        Object::Election(new.id),
        Some(&permit.unit),
        json!({"held_on": new.held_on, "term_years": new.term_years}),
    )
    .await?;
    tx.commit().await?;
    Ok(new.id)
}

/// Strikes out an election that was recorded by mistake.
///
/// # Errors
/// As `App::permit`; not found when it isn't of the unit; `Removed` when it was struck out already.
pub async fn remove(app: &App, actor: &Actor, unit: &UnitId, id: &ElectionId) -> Result<()> {
    let mut tx = app.db.write(Scope::Unit(*unit)).await?;
    let permit = app.permit(&mut tx, actor, Act::EditPeople, unit).await?;
    let known = election::of_unit(&mut tx, unit).await?;
    if known.iter().all(|election| election.id != *id) {
        return Err(Error::NotFound);
    }
    if !election::remove(&mut tx, unit, id, &actor.account, app.now()).await? {
        return Err(ElectionRefusal::Removed.into());
    }
    app.follow_unit(&mut tx, unit).await?;
    app.trail(
        &mut tx,
        actor,
        Deed::RemoveElection,
        Object::Election(*id),
        Some(&permit.unit),
        json!({}),
    )
    .await?;
    tx.commit().await?;
    Ok(())
}
