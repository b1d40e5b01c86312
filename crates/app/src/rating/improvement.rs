//! What a union will improve after its rating, and its report the year after.

use jianjia_domain::core::audit::{deed::Deed, object::Object};
use jianjia_domain::{
    core::{
        ids::{ImprovementId, UnitId},
        policy::{Act, Actor},
    },
    rating::improvement::{self, Improvement, ImprovementRefusal, Report},
};
use jianjia_store::{
    core::scope::Scope,
    rating::{count as rating, improvement as improvements},
};
use serde_json::json;

use crate::{
    core::{
        app::App,
        error::{Error, Result, refuses},
    },
    rating::scope as scopes,
};

refuses!(ImprovementRefusal);

/// Says what the union will improve after the rating of a year.
///
/// # Errors
/// `NoRating`; `Empty` or `TooLong` at the field `text`.
pub async fn say(app: &App, actor: &Actor, unit: &UnitId, year: i16, typed: &str) -> Result<()> {
    let mut tx = app.db.write(Scope::Unit(*unit)).await?;
    let permit = app.permit(&mut tx, actor, Act::HoldPoll, unit).await?;
    if rating::of_year(&mut tx, unit, year).await?.is_none() {
        return Err(ImprovementRefusal::NoRating { year }.into());
    }
    let now = app.now();
    let said = Improvement {
        id: ImprovementId(app.entropy.id(now)),
        unit: *unit,
        unit_path: permit.unit.path.clone(),
        year,
        text: improvement::text("text", typed)?,
        said_by_name: actor.name.clone(),
        said_at: now,
        report: None,
    };
    improvements::insert(&mut tx, &said).await?;
    let object = Object::Improvement(said.id);
    let detail = json!({ "year": year, "text": said.text });
    app.trail(
        &mut tx,
        actor,
        Deed::PlanImprovement,
        object,
        Some(&permit.unit),
        detail,
    )
    .await?;
    Ok(tx.commit().await?)
}

/// Reports what became of an improvement. Gives the union and year it belongs to.
///
/// # Errors
/// `Empty` or `TooLong` at the field `report`; `ReportedAlready`.
pub async fn report(
    app: &App,
    actor: &Actor,
    id: &ImprovementId,
    typed: &str,
) -> Result<(UnitId, i16)> {
    let mut tx = app.db.write(scopes::of_improvement(app, id).await?).await?;
    let found = improvements::find(&mut tx, id)
        .await?
        .ok_or(Error::NotFound)?;
    let permit = app
        .permit(&mut tx, actor, Act::HoldPoll, &found.unit)
        .await?;
    let report = Report {
        text: improvement::text("report", typed)?,
        by_name: actor.name.clone(),
        at: app.now(),
    };
    if !improvements::report(&mut tx, id, &report).await? {
        return Err(ImprovementRefusal::ReportedAlready.into());
    }
    let object = Object::Improvement(*id);
    let detail = json!({ "year": found.year, "report": report.text });
    app.trail(
        &mut tx,
        actor,
        Deed::ReportImprovement,
        object,
        Some(&permit.unit),
        detail,
    )
    .await?;
    tx.commit().await?;
    Ok((found.unit, found.year))
}
