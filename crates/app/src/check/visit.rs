//! Visits, as the inspectors see them who were drawn for them, and conflicts that they declare.

use jianjia_domain::{
    check::{
        spot_check::{self, SpotCheckRefusal},
        visit::{Visit, VisitInspector},
    },
    core::{
        audit::{deed::Deed, object::Object},
        ids::VisitId,
        message::{About, Kind, Message, To},
        policy::{Actor, act},
    },
};
use jianjia_store::{
    check::{outcome as outcomes, spot_check as checks, visit as visits},
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

/// The visits that the actor was drawn for and has no conflict with, the latest last day first.
pub async fn mine(app: &App, actor: &Actor) -> Result<Vec<Visit>> {
    let mut tx = app.db.read().await?;
    Ok(visits::of_inspector(&mut tx, &actor.account).await?)
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
    let of_visit = visits::inspectors(&mut tx, id).await?;
    let mine = of_visit
        .into_iter()
        .find(|inspector| inspector.account == actor.account)
        .ok_or(Error::NotFound)?;
    app.permit(&mut tx, actor, act::InspectHome, &mine.unit)
        .await?;
    if let Some(declared) = &mine.conflict
        && declared.reason == reason.trim()
    {
        return Ok(visit);
    }
    let conflict = spot_check::declare(&visit, &mine, reason, app.now())?;
    // A second look is of no draw: who may go in one's place is found by the first one's.
    let drawn_by = match outcomes::rechecked(&mut tx, id).await? {
        Some(first) => visits::find(&mut tx, &first).await?,
        None => None,
    };
    let drawn_by = drawn_by.map_or(visit.check, |first| first.check);
    let check = checks::find(&mut tx, &drawn_by)
        .await?
        .ok_or(Error::NotFound)?;
    let seed = check.drawn.as_ref().map(|done| done.seed.clone());
    let inspectors = checks::inspectors(&mut tx, &check.id).await?;
    let all = visits::inspectors_of_check(&mut tx, &check.id).await?;
    let successor = spot_check::replace(
        &seed.unwrap_or_default(),
        &visit,
        &mine,
        &conflict,
        &inspectors,
        &all,
    )?;
    if !visits::declare_conflict(&mut tx, id, &actor.account, &conflict).await? {
        return Err(SpotCheckRefusal::ConflictDeclared.into());
    }
    visits::insert_inspectors(&mut tx, std::slice::from_ref(&successor)).await?;
    let about = About::of(&Object::Visit(visit.id), None, visit.year);
    let to = vec![To::Account(successor.account)];
    let told = Message::of(Kind::InspectorDrawn, about, "", to)
        .says([visit.year.into(), 1_i64.into()])
        .due(Some(visit.due_on));
    tell(app, &mut tx, actor, told);
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
