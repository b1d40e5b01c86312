//! Calling a meeting, changing its plan, cancelling it.

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::{MeetingId, UnitId},
        message::{About, Kind, Message, Said, To, UNION},
        place::UnitPlace,
        policy::{Actor, act},
        refusal::{General, Refusal},
    },
    sharing::meeting::{self, BookingState, Cancellation, Meeting, MeetingForm, MeetingRefusal},
};
use jianjia_store::{
    core::{db::Tx, scope::Scope},
    register::unit,
    sharing::meeting as meetings,
};
use serde_json::json;

use super::{booking::move_up, seen};
use crate::{
    core::{app::App, error::Result, message::tell},
    sharing::{permit_on_seen, request_hash},
};

/// Calls a meeting at a union below the federation; the host is told. The same form twice calls it once.
///
/// # Errors
/// Not found for no unit; as `App::permit`; as `meeting::plan`; `NoKind`; `NoHost`, `SeveralHosts`.
pub async fn call(
    app: &App,
    actor: &Actor,
    unit: &UnitId,
    form: &MeetingForm,
) -> Result<MeetingId> {
    let now = app.now();
    let id = MeetingId(app.entropy.id(now));
    let hash = request_hash(app, b"meeting-request", &form.request_key, actor);
    let scopes = [Scope::Meeting(id), Scope::Unit(*unit)];
    let mut tx = app.db.write(scopes).await?;
    let permit = app.permit(&mut tx, actor, act::HoldMeeting, unit).await?;
    if let Some(before) = meetings::of_request(&mut tx, &hash).await? {
        return Ok(before.id);
    }
    let remind = app.in_force().sharing.remind_days;
    let plan = meeting::plan(form, &permit, 0, (remind, app.clock.today()));
    let kind = meeting::kind(form);
    let host = host_of(&mut tx, &permit.unit, &form.host).await;
    let (plan, kind, host) = together(plan, kind, host)?;
    let made = Meeting {
        id,
        unit: permit.unit.id,
        unit_path: permit.unit.path.clone(),
        unit_name: permit.unit.name.clone(),
        host: host.id,
        host_name: host.name.clone(),
        kind,
        plan,
        taken: 0,
        called_by_name: actor.name.clone(),
        called_at: now,
        cancellation: None,
        revision: 1,
    };
    meetings::insert(&mut tx, &made, &hash).await?;
    let to = To::Unit {
        unit: host.id,
        roles: UNION,
    };
    let about = About::of(&Object::Meeting(id), Some(host.id), 0);
    let held = Said::Day {
        on: made.plan.held_on,
    };
    let told = Message::of(Kind::MeetingHosted, about, "hosted", vec![to]).says([
        made.unit_name.as_str().into(),
        made.plan.title.as_str().into(),
        held,
    ]);
    tell(app, &mut tx, actor, told);
    let detail = json!({
        "title": made.plan.title,
        "held_on": made.plan.held_on.to_string(),
        "places": made.plan.places,
        "name": made.host_name,
    });
    let (object, deed) = (Object::Meeting(id), Deed::HoldMeeting);
    app.trail(&mut tx, actor, deed, object, Some(&permit.unit), detail)
        .await?;
    tx.commit().await?;
    Ok(id)
}

/// All that is wrong with a form at once.
fn together<A, B, C>(
    first: std::result::Result<A, Refusal>,
    second: std::result::Result<B, Refusal>,
    third: Result<std::result::Result<C, Refusal>>,
) -> Result<(A, B, C)> {
    match (first, second, third?) {
        (Ok(first), Ok(second), Ok(third)) => Ok((first, second, third)),
        (first, second, third) => {
            let refusals = [first.err(), second.err(), third.err()];
            let mut wrong = Vec::new();
            for refusal in refusals.into_iter().flatten() {
                match refusal {
                    Refusal::Fields(fields) => wrong.extend(fields),
                    told => return Err(told.into()),
                }
            }
            Err(Refusal::Fields(wrong).into())
        }
    }
}

/// The union that is meant as host, below the federation.
async fn host_of(
    tx: &mut Tx,
    federation: &UnitPlace,
    typed: &str,
) -> Result<std::result::Result<UnitPlace, Refusal>> {
    let typed = jianjia_domain::core::text::line(typed);
    let refused = |refusal: MeetingRefusal| Ok(Err(Refusal::at("host", refusal)));
    if typed.is_empty() {
        return refused(MeetingRefusal::NoHost);
    }
    let mut found = unit::meant(tx, &federation.path, &typed).await?;
    found.retain(|unit| unit.id != federation.id);
    match found.as_slice() {
        [one] => Ok(Ok(one.place())),
        [] => refused(MeetingRefusal::NoHost),
        several => {
            let names = several
                .iter()
                .map(|unit| format!("{} {}", unit.number, unit.details.name))
                .collect();
            refused(MeetingRefusal::SeveralHosts { names })
        }
    }
}

/// The form of a meeting as it stands, for whoever may change it.
///
/// # Errors
/// Not found when it isn't there or isn't for the actor; `NotYours`; as `App::permit`; as `meeting::may_change`.
pub async fn form_of(app: &App, actor: &Actor, id: &MeetingId) -> Result<(Meeting, MeetingForm)> {
    let mut tx = app.db.read().await?;
    let found = seen(&mut tx, actor, id).await?;
    permit_on_seen(app, &mut tx, actor, act::HoldMeeting, &found.unit).await?;
    meeting::may_change(&found, app.clock.today())?;
    let form = MeetingForm::of(&found);
    Ok((found, form))
}

/// Changes a meeting's plan; those who booked are told, and who waits gets places that were added. The host stays.
///
/// # Errors
/// As `form_of`; as `meeting::plan`; `Stale`.
pub async fn change(app: &App, actor: &Actor, id: &MeetingId, form: &MeetingForm) -> Result<()> {
    let mut tx = app.db.write(Scope::Meeting(*id)).await?;
    let found = seen(&mut tx, actor, id).await?;
    let permit = permit_on_seen(app, &mut tx, actor, act::HoldMeeting, &found.unit).await?;
    let today = app.clock.today();
    meeting::may_change(&found, today)?;
    if form.revision.parse::<i64>() != Ok(found.revision) {
        return Err(General::Stale.into());
    }
    let remind = app.in_force().sharing.remind_days;
    let plan = meeting::plan(form, &permit, found.taken, (remind, today))?;
    if !meetings::change(&mut tx, &found, &plan).await? {
        return Err(General::Stale.into());
    }
    let changed = Meeting {
        plan,
        revision: found.revision + 1,
        ..found
    };
    let plan = &changed.plan;
    let held = Said::Day { on: plan.held_on };
    let to = booked(&mut tx, id).await?;
    let about = About::of(&Object::Meeting(*id), None, 0);
    if !to.is_empty() {
        let told = Message::of(Kind::MeetingChanged, about, changed.revision, to).says([
            plan.title.as_str().into(),
            held,
            plan.begins.as_str().into(),
            plan.place.as_str().into(),
        ]);
        tell(app, &mut tx, actor, told);
    }
    move_up(&mut tx, app, actor, &changed).await?;
    let detail = json!({
        "held_on": plan.held_on.to_string(),
        "places": plan.places,
        "note": plan.place,
    });
    let (object, deed) = (Object::Meeting(*id), Deed::ChangeMeeting);
    app.trail(&mut tx, actor, deed, object, Some(&permit.unit), detail)
        .await?;
    Ok(tx.commit().await?)
}

/// Says that a meeting is not held; those who booked or wait, and the host, are told why.
///
/// # Errors
/// Not found when it isn't there or isn't for the actor; `NotYours`; as `App::permit`; as `meeting::cancel`.
pub async fn cancel(app: &App, actor: &Actor, id: &MeetingId, typed: &str) -> Result<()> {
    let mut tx = app.db.write(Scope::Meeting(*id)).await?;
    let found = seen(&mut tx, actor, id).await?;
    let permit = permit_on_seen(app, &mut tx, actor, act::HoldMeeting, &found.unit).await?;
    let why = Cancellation {
        reason: meeting::cancel(&found, &permit, typed, app.clock.today())?,
        by_name: actor.name.clone(),
        at: app.now(),
    };
    if !meetings::cancel(&mut tx, id, &why).await? {
        return Err(MeetingRefusal::Cancelled.into());
    }
    let mut to = booked(&mut tx, id).await?;
    to.push(To::Unit {
        unit: found.host,
        roles: UNION,
    });
    let about = About::of(&Object::Meeting(*id), None, 0);
    let told = Message::of(Kind::MeetingCancelled, about, "cancelled", to)
        .says([found.plan.title.as_str().into()])
        .because(vec![why.reason.as_str().into()]);
    tell(app, &mut tx, actor, told);
    let detail = json!({"title": found.plan.title, "reason": why.reason});
    let (object, deed) = (Object::Meeting(*id), Deed::CancelMeeting);
    app.trail(&mut tx, actor, deed, object, Some(&permit.unit), detail)
        .await?;
    Ok(tx.commit().await?)
}

/// The unions whose people come or wait to, each once.
pub(super) async fn booked(tx: &mut Tx, id: &MeetingId) -> Result<Vec<To>> {
    let mut units: Vec<UnitId> = Vec::new();
    for one in meetings::bookings(tx, id).await? {
        let stands = matches!(one.state, BookingState::Booked | BookingState::Waiting);
        if stands && !units.contains(&one.unit) {
            units.push(one.unit);
        }
    }
    let to = units
        .into_iter()
        .map(|unit| To::Unit { unit, roles: UNION });
    Ok(to.collect())
}
