//! Correcting an activity of the log: the record as it was is kept, and the corrected one stands in its place.

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::{ActivityId, UnitId},
        place::UnitPlace,
        policy::{Act, Actor},
    },
    year::{
        activity::{self, Activity, ActivityInput},
        evidence::{EvidenceUse, Target},
    },
};
use jianjia_standard::Standard;
use jianjia_store::{
    core::scope::Scope,
    year::{activity as log_of, evidence as kept, subject},
};
use serde_json::json;

use super::{refresh, workers_of};
use crate::{
    core::{
        app::App,
        error::{Error, Result},
    },
    year::sheet as sheets,
};

/// An activity that stands in the log, for those who may correct it.
///
/// # Errors
/// As `App::permit`; not found when it isn't in the unit's log.
pub async fn find(
    app: &App,
    actor: &Actor,
    unit: &UnitId,
    id: &ActivityId,
) -> Result<(UnitPlace, Activity)> {
    let mut tx = app.db.read().await?;
    let permit = app.permit(&mut tx, actor, Act::LogActivity, unit).await?;
    let found = log_of::find(&mut tx, unit, id).await?;
    let found = found.filter(|found| found.removed_at.is_none());
    Ok((permit.unit, found.ok_or(Error::NotFound)?))
}

/// Corrects an activity; its evidence stays with it. The same form twice corrects it once.
///
/// # Errors
/// As `App::permit`; not found when it isn't in the unit's log; by field as `activity::read`.
pub async fn edit(
    app: &App,
    actor: &Actor,
    unit: &UnitId,
    id: &ActivityId,
    input: &ActivityInput,
    request_key: &str,
) -> Result<ActivityId> {
    let mut tx = app.db.write(Scope::Unit(*unit)).await?;
    let permit = app.permit(&mut tx, actor, Act::LogActivity, unit).await?;
    let request_key = sheets::request_key(unit, None, request_key);
    if let Some(key) = &request_key
        && let Some(known) = log_of::of_request(&mut tx, key).await?
    {
        return Ok(known);
    }
    let before = log_of::find(&mut tx, unit, id).await?;
    let before = before.filter(|found| found.removed_at.is_none());
    let before = before.ok_or(Error::NotFound)?;
    let register = subject::unit(&mut tx, unit).await?.ok_or(Error::NotFound)?;
    let of_year = |year: i16| -> &Standard { app.standards.of(year) };
    let today = app.clock.today();
    let workers = workers_of(&mut tx, &register, today.year()).await?;
    let read = activity::read(&of_year, register.founded_on, workers, input, today)?;
    let now = app.now();
    let after = Activity {
        id: ActivityId(app.entropy.id(now)),
        held_on: read.held_on,
        kind: read.kind,
        title: read.title,
        participants: read.participants,
        note: read.note,
        recorded_by: Some(actor.account),
        recorded_at: now,
        ..before.clone()
    };
    log_of::remove(&mut tx, unit, id, &actor.account, now).await?;
    log_of::insert(&mut tx, &after, request_key.as_deref()).await?;
    for used in kept::uses(&mut tx, unit).await? {
        if used.target != Target::Activity(*id) {
            continue;
        }
        kept::detach(&mut tx, unit, &used).await?;
        let moved = EvidenceUse {
            evidence: used.evidence,
            year: after.held_on.year(),
            target: Target::Activity(after.id),
        };
        kept::attach(&mut tx, unit, &moved, &actor.account, now).await?;
    }
    let words = |activity: &Activity| json!({"held_on": activity.held_on, "kind": activity.kind, "title": activity.title});
    let detail = json!({"before": words(&before), "after": words(&after)});
    let (deed, object) = (Deed::EditActivity, Object::Activity(after.id));
    app.trail(&mut tx, actor, deed, object, Some(&permit.unit), detail)
        .await?;
    refresh(&mut tx, app, unit, before.held_on.year()).await?;
    if after.held_on.year() != before.held_on.year() {
        refresh(&mut tx, app, unit, after.held_on.year()).await?;
    }
    tx.commit().await?;
    Ok(after.id)
}
