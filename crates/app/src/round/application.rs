//! Applications: drafting, submitting, withdrawing, and where each one is. Here is what all of these share.

use anyhow::Context;
use jianjia_domain::core::{
    audit::{deed::Deed, object::Object},
    policy::{Permitted, act},
};
use jianjia_domain::{
    core::{
        day,
        ids::{ApplicationEventId, ApplicationId, JudgementId},
        policy::{Actor, Permit, sees},
        refusal::{General, Refusal},
    },
    honour::honour::Honour,
    round::application::{
        self, Application, ApplicationEvent, ApplicationRefusal, CriterionReason, EventAct, State,
    },
};
use jianjia_standard::programme::RoundAct;
use jianjia_standard::{Standard, programme::Title};
use jianjia_store::{core::db::Tx, honour::honour, round::application as applications};
use jiff::civil::Date;
use serde_json::json;

use crate::{
    core::{
        app::App,
        error::{Error, Result, refuses},
    },
    round::{round as rounds, scope as scopes, telling},
};

mod clauses;
mod drafting;
mod naming;
mod properties;
mod rated;
mod reading;
mod submitting;
use clauses::clauses_of;
pub use clauses::{ClauseRow, Figure};
pub use drafting::{DraftInput, STORY_AT_MOST, draft, edit, edit_saying, keep_story};
pub use naming::{Naming, mark_named};
pub(crate) use properties::checked;
pub use reading::{ApplicationView, Offer, Possible, UnitApplications, of_unit, view};
pub use submitting::submit;

refuses!(ApplicationRefusal);

/// What an act on an application expects to find; made with the page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expected {
    pub revision: i64,
    /// Sent twice, the act is done once.
    pub request_key: String,
}

/// Takes an application back; a draft is thrown away on any day.
///
/// # Errors
/// Not found when it isn't there or the actor doesn't see it; as `App::permit`, for drafting where it is a draft and else for withdrawing;
/// `Overtaken`, or `Stale`, when it was changed since. What was handed in: as `rounds::open` (P6), and `WrongState` once it has ended.
pub async fn withdraw(
    app: &App,
    actor: &Actor,
    id: &ApplicationId,
    reason: &str,
    expected: &Expected,
) -> Result<Application> {
    let mut tx = app.db.write(scopes::of_application(app, id).await?).await?;
    let application = seen(&mut tx, actor, id).await?;
    // Whoever may draft may also throw the draft away; what was handed in is the chair's.
    let unit = application.unit.id;
    let withdrawn = if application.state == State::Draft {
        let act = act::DraftApplication;
        let permit = app.permit(&mut tx, actor, act, &unit).await?;
        if is_done(&mut tx, expected).await? {
            return Ok(application);
        }
        expect(&mut tx, &application, expected.revision).await?;
        let step = application.state.step();
        let discarded = application::discard(application, &permit, app.now())?;
        take_back(
            &mut tx,
            app,
            actor,
            &permit,
            &discarded,
            step,
            (reason, expected),
        )
        .await?;
        discarded
    } else {
        let act = act::WithdrawApplication;
        let permit = app.permit(&mut tx, actor, act, &unit).await?;
        if is_done(&mut tx, expected).await? {
            return Ok(application);
        }
        expect(&mut tx, &application, expected.revision).await?;
        rounds::open(&mut tx, app, application.year, RoundAct::Withdraw).await?;
        let step = application.state.step();
        let withdrawn = application::withdraw(application, &permit, app.now())?;
        take_back(
            &mut tx,
            app,
            actor,
            &permit,
            &withdrawn,
            step,
            (reason, expected),
        )
        .await?;
        withdrawn
    };
    tx.commit().await?;
    Ok(withdrawn)
}

/// Whether the request was done before.
async fn is_done(tx: &mut Tx, expected: &Expected) -> Result<bool> {
    let before = applications::of_request(tx, &expected.request_key).await?;
    Ok(before.is_some())
}

/// Keeps an application that was taken back, with its event and its line of the trail.
async fn take_back<A>(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    permit: &Permit<A>,
    application: &Application,
    step: Option<usize>,
    (reason, expected): (&str, &Expected),
) -> Result<()> {
    keep(tx, application).await?;
    let happened = Happened {
        act: EventAct::Withdrawn,
        opinion: reason.trim(),
        reasons: &[],
        judgement: None,
        request_key: &expected.request_key,
    };
    record(tx, app, actor, permit, application, step, happened).await
}

/// Whether the actor may see the application: everyone who sees the unit, and the person it names. A draft is its own unit's only.
pub fn visible(actor: &Actor, application: &Application) -> bool {
    let is_named = actor.person.is_some()
        && actor.person == application.person.as_ref().map(|person| person.id);
    is_named
        || match application.state {
            State::Draft => actor.belongs_to(&application.unit.path),
            _ => sees(actor, &application.unit.path),
        }
}

/// The application, if the actor may see it.
pub(crate) async fn seen(tx: &mut Tx, actor: &Actor, id: &ApplicationId) -> Result<Application> {
    applications::find(tx, id)
        .await?
        .filter(|application| visible(actor, application))
        .ok_or(Error::NotFound)
}

/// What happened, to be kept as an event and a line of the trail.
pub(crate) struct Happened<'a> {
    pub act: EventAct,
    pub opinion: &'a str,
    pub reasons: &'a [CriterionReason],
    pub judgement: Option<JudgementId>,
    pub request_key: &'a str,
}

/// Keeps the event and the trail's line. `step` is the one at which it happened.
pub(crate) async fn record<A>(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    permit: &Permit<A>,
    application: &Application,
    step: Option<usize>,
    happened: Happened<'_>,
) -> Result<()> {
    app.follow(tx, "application_event").await?;
    // The instant of the transition itself, so that `expect` knows the event by which an application came where it is.
    let at = application.since_at;
    let event = ApplicationEvent {
        id: ApplicationEventId(app.entropy.id(at)),
        application: application.id,
        act: happened.act,
        step,
        unit: permit.as_role.unit.id,
        unit_name: permit.as_role.unit.name.clone(),
        account: Some(actor.account),
        account_name: actor.name.clone(),
        opinion: happened.opinion.to_owned(),
        reasons: happened.reasons.to_vec(),
        judgement: happened.judgement,
        at,
        request_key: Some(happened.request_key)
            .filter(|key| !key.is_empty())
            .map(str::to_owned),
    };
    if !applications::add_event(tx, &event).await? {
        // The same form arrived twice at the same moment: the first one counts.
        return Err(General::Stale.into());
    }
    telling::of_event(tx, app, actor, &permit.unit, application, &event).await?;
    let deed = Deed::of(permit.act).context("what is done to an application has its own act")?;
    app.trail(
        tx,
        actor,
        deed,
        Object::Application(application.id),
        Some(&permit.unit),
        json!({
            "event": event.act,
            "title": application.title,
            "year": application.year,
            "state": application.state,
            "judgement": event.judgement,
        }),
    )
    .await
}

/// Keeps the application, unless somebody acted in between.
pub(crate) async fn keep(tx: &mut Tx, application: &Application) -> Result<()> {
    if applications::update(tx, application).await? {
        Ok(())
    } else {
        Err(General::Stale.into())
    }
}

/// Refuses an act that was decided on an older state, and says who did what in between.
pub(crate) async fn expect(tx: &mut Tx, application: &Application, revision: i64) -> Result<()> {
    if application.revision == revision {
        return Ok(());
    }
    let events = applications::events(tx, &application.id).await?;
    // An edit leaves no event: then nothing more is known than that it changed.
    match events
        .last()
        .filter(|event| event.at == application.since_at && event.act != EventAct::Drafted)
    {
        Some(event) => Err(ApplicationRefusal::Overtaken {
            who: event.account_name.clone(),
            unit: event.unit_name.clone(),
            act: event.act,
            at: event.at,
        }
        .into()),
        None => Err(General::Stale.into()),
    }
}

pub(crate) fn title_of<'a>(app: &'a App, year: i16, key: &str) -> Result<&'a Title> {
    app.standards.of(year).title(key).ok_or(Error::NotFound)
}

/// Refuses a title that is held already.
pub(crate) async fn refuse_held(
    tx: &mut Tx,
    app: &App,
    application: &Application,
    title: &Title,
) -> Result<()> {
    let person = application.person.as_ref().map(|person| &person.id);
    let held = honour::held(tx, &application.unit.id, person).await?;
    match held_since(app.standards.of(application.year), &held, &title.key) {
        Some(year) => Err(ApplicationRefusal::AlreadyHeld {
            title: title.name.clone(),
            year,
        }
        .into()),
        None => Ok(()),
    }
}

/// The year of the title among those held, if there is nothing to apply for any more. An honour from before the programme stands for the
/// tier (P5) and doesn't stand in the way of the programme's own.
pub fn held_since(standard: &Standard, held: &[Honour], title: &str) -> Option<i16> {
    held.iter()
        .find(|honour| {
            honour.title == title
                && honour.is_in_force()
                && honour.year >= standard.programme.first_year
        })
        .map(|honour| honour.year)
}

/// The day as of which an application is judged, at every step of its way: that of its first submission. What is said later of that
/// day counts, for a correction was asked for; what happened later doesn't, for nobody else is asked for more months either.
pub(crate) async fn as_of(tx: &mut Tx, app: &App, application: &Application) -> Result<Date> {
    match application.submitted_at {
        Some(at) => Ok(day::day_of(at)),
        None => rounds::as_of(tx, app, application.year).await,
    }
}

/// The application, if it is of the actor's own unit and the act is permitted there.
async fn own<A: Permitted>(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    id: &ApplicationId,
    act: A,
) -> Result<(Application, Permit<A>)> {
    let application = seen(tx, actor, id).await?;
    let permit = app.permit(tx, actor, act, &application.unit.id).await?;
    Ok((application, permit))
}

/// A refusal about one field of a form.
pub(crate) fn field(name: &str, refusal: ApplicationRefusal) -> Error {
    Refusal::at(name, refusal).into()
}
