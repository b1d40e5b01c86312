//! Visits, as the inspectors see them who were drawn for them; conflicts that they declare, and releases by the city: another is drawn in their place.

use jianjia_domain::{
    check::{
        spot_check::{self, SpotCheck, SpotCheckRefusal},
        visit::{Leaving, LeavingBy, Visit, VisitInspector},
    },
    core::{
        audit::{deed::Deed, object::Object},
        ids::{AccountId, VisitId},
        message::{About, Kind, Message, To},
        policy::{Actor, act},
        refusal::{General, Refusal},
    },
};
use jianjia_store::{
    check::{outcome as outcomes, spot_check as checks, visit as visits},
    core::db::Tx,
    register::unit,
};
use serde_json::json;

use crate::{
    check::scope as scopes,
    core::{
        app::App,
        error::{Error, Result},
        message::tell,
    },
};

/// What somebody was drawn for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnVisits {
    pub year: i16,
    /// The years with any, newest first.
    pub years: Vec<i16>,
    /// Those of the year, and those of any year that are still to be made: the latest last day first.
    pub visits: Vec<Visit>,
}

/// The visits of a year that the actor was drawn for and goes to: of the newest one, unless another is asked for.
pub async fn mine(app: &App, actor: &Actor, year: Option<i16>) -> Result<OwnVisits> {
    let mut tx = app.db.read().await?;
    let years = visits::years_of_inspector(&mut tx, &actor.account).await?;
    let newest = years.first().copied();
    let year = year.or(newest).unwrap_or_else(|| app.year());
    Ok(OwnVisits {
        visits: visits::of_inspector(&mut tx, &actor.account, year).await?,
        years,
        year,
    })
}

/// A visit with those who make it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnVisit {
    pub visit: Visit,
    pub inspectors: Vec<VisitInspector>,
}

/// A visit that the actor was drawn for.
///
/// # Errors
/// Not found for anybody else.
pub async fn find(app: &App, actor: &Actor, id: &VisitId) -> Result<OwnVisit> {
    let mut tx = app.db.read().await?;
    let visit = visits::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let inspectors = visits::inspectors(&mut tx, id).await?;
    let is_own = inspectors
        .iter()
        .any(|inspector| inspector.account == actor.account);
    if is_own {
        Ok(OwnVisit { visit, inspectors })
    } else {
        Err(Error::NotFound)
    }
}

/// Declares a conflict with a home that one was drawn for: somebody else is drawn in one's place. Sent twice, it is declared once.
///
/// # Errors
/// Not found for those who were not drawn; as `App::permit` at their federation; as `spot_check::declare`; `NoInspectorLeft`.
pub async fn declare_conflict(
    app: &App,
    actor: &Actor,
    id: &VisitId,
    reason: &str,
) -> Result<Visit> {
    let mut tx = app.db.write(scopes::of_visit(app, id).await?).await?;
    let visit = visits::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let mine = drawn_for(&mut tx, id, &actor.account).await?;
    app.permit(&mut tx, actor, act::InspectHome, &mine.unit)
        .await?;
    if let Some(declared) = &mine.left
        && declared.reason == reason.trim()
    {
        return Ok(visit);
    }
    let conflict = spot_check::declare(&visit, &mine, reason, app.now())?;
    let successor = succeed(&mut tx, app, actor, &visit, &mine, &conflict).await?;
    // The city's line: a district must not read in its own that one of its homes was drawn.
    let city = unit::root(&mut tx).await?;
    app.trail(
        &mut tx,
        actor,
        Deed::DeclareInspectorConflict,
        Object::Visit(visit.id),
        city.as_ref(),
        json!({ "year": visit.year, "successor": successor.account }),
    )
    .await?;
    tx.commit().await?;
    Ok(visit)
}

/// The city releases an inspector from a visit: somebody else is drawn by the same rule, and both are told. Sent twice, it is done once.
///
/// # Errors
/// As `App::permit` at the city; not found when the visit isn't there; `released`: `NoneReleased` when they were not drawn for it; as `spot_check::release`;
/// `NoInspectorLeft`.
pub async fn release(
    app: &App,
    actor: &Actor,
    id: &VisitId,
    account: Option<AccountId>,
    reason: &str,
) -> Result<VisitInspector> {
    let mut tx = app.db.write(scopes::of_visit(app, id).await?).await?;
    let city = unit::root(&mut tx).await?.ok_or(Error::NotFound)?;
    let permit = app
        .permit_at(&mut tx, actor, act::HoldSpotCheck, &city)
        .await?;
    let visit = visits::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let of_visit = visits::inspectors(&mut tx, id).await?;
    let drawn = of_visit.iter().find(|one| Some(one.account) == account);
    let none = || Refusal::at("released", SpotCheckRefusal::NoneReleased);
    let drawn = drawn.ok_or_else(none)?;
    if let Some(left) = &drawn.left
        && left.by == LeavingBy::Release
        && left.reason == reason.trim()
        && let Some(after) = of_visit
            .iter()
            .filter(|one| one.account != drawn.account)
            .rfind(|one| one.place == drawn.place && one.drawn_at == left.at)
    {
        return Ok(after.clone());
    }
    let leaving = spot_check::release(&permit, &visit, drawn, reason, app.now())?;
    let successor = succeed(&mut tx, app, actor, &visit, drawn, &leaving).await?;
    let about = About::of(&Object::Visit(visit.id), None, visit.year);
    let to = vec![To::Account(drawn.account)];
    let told = Message::of(Kind::InspectorReleased, about, "", to)
        .says([visit.unit_name.as_str().into()])
        .because(vec![leaving.reason.as_str().into()]);
    tell(app, &mut tx, actor, told);
    app.trail(
        &mut tx,
        actor,
        Deed::ReleaseInspector,
        Object::Visit(visit.id),
        Some(&permit.unit),
        json!({ "year": visit.year, "reason": leaving.reason, "by_name": drawn.name, "successor": successor.account }),
    )
    .await?;
    tx.commit().await?;
    Ok(successor)
}

async fn drawn_for(tx: &mut Tx, id: &VisitId, account: &AccountId) -> Result<VisitInspector> {
    let of_visit = visits::inspectors(tx, id).await?;
    let drawn = of_visit.into_iter().find(|one| one.account == *account);
    drawn.ok_or(Error::NotFound)
}

/// Draws who comes in the place of somebody who does not go, and tells them.
async fn succeed(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    visit: &Visit,
    left: &VisitInspector,
    leaving: &Leaving,
) -> Result<VisitInspector> {
    // A second look is of no draw: who may go in one's place is found by the first one's.
    let drawn_by = match outcomes::rechecked(tx, &visit.id).await? {
        Some(first) => visits::find(tx, &first).await?,
        None => None,
    };
    let drawn_by = drawn_by.map_or(visit.check, |first| first.check);
    let check = checks::find(tx, &drawn_by).await?.ok_or(Error::NotFound)?;
    let successor = successor(tx, &check, visit, left, leaving).await?;
    if !visits::leave(tx, &visit.id, &left.account, leaving).await? {
        return Err(General::Stale.into());
    }
    visits::insert_inspectors(tx, std::slice::from_ref(&successor)).await?;
    let about = About::of(&Object::Visit(visit.id), None, visit.year);
    let to = vec![To::Account(successor.account)];
    let told = Message::of(Kind::InspectorDrawn, about, "", to)
        .says([visit.year.into(), 1_i64.into()])
        .due(Some(visit.due_on));
    tell(app, tx, actor, told);
    Ok(successor)
}

/// Draws who comes in somebody's place, of those who can inspect today; somebody who was not of the check is called in.
pub(super) async fn successor(
    tx: &mut Tx,
    check: &SpotCheck,
    visit: &Visit,
    left: &VisitInspector,
    leaving: &Leaving,
) -> Result<VisitInspector> {
    let seed = check.drawn.as_ref().map(|done| done.seed.clone());
    let known = checks::inspectors(tx, &check.id).await?;
    let able = spot_check::able(check.id, &known, checks::candidates(tx).await?);
    let mut all = visits::inspectors_of_check(tx, &check.id).await?;
    // Those of a second look are of no draw; who did not go to the first one does not go to it either.
    if let Some(first) = outcomes::rechecked(tx, &visit.id).await? {
        let went = all.iter().filter(|one| one.visit == first);
        let went = went.map(|one| VisitInspector {
            visit: visit.id,
            ..one.clone()
        });
        let went: Vec<VisitInspector> = went.collect();
        all.extend(went);
        all.extend(visits::inspectors(tx, &visit.id).await?);
    }
    let seed = seed.unwrap_or_default();
    let drawn = spot_check::replace(&seed, visit, left, leaving, &able, &all)?;
    let called_in = able.others.iter().find(|one| one.account == drawn.account);
    if let Some(called_in) = called_in {
        checks::insert_inspectors(tx, std::slice::from_ref(called_in)).await?;
    }
    Ok(drawn)
}
