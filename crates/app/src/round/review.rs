//! Reviewing: what a reviewer finds, the opinions of each step, returns, rejections and decisions; alone and in bulk.

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::ApplicationId,
        message::{self, Kind, Message, To},
        policy::{Act, Actor, act},
    },
    round::{
        application::{self, Application, ApplicationRefusal, CriterionReason, EventAct},
        review::Conflict,
    },
    year::assessment::Assessment,
};
use jianjia_store::{
    core::db::Tx,
    round::{conflict, finding},
};
use serde_json::json;

use crate::{
    core::{
        app::App,
        error::{Error, Result},
        message::tell,
    },
    round::{
        application::{Expected, Happened, as_of, field, keep, record, seen},
        assessment as confirmed, entry as entries,
        recommendation::within_share,
        scope as scopes, telling,
    },
    year::assessment as assessments,
};

mod assigning;
mod bulk;
mod decision;
mod desk;
mod findings;
mod opening;
mod queue;
mod returning;
pub use assigning::{Assigning, assign, note};
use bulk::unconfirmed_of;
pub(crate) use bulk::unconfirmed_refusal;
pub use bulk::{BulkAct, BulkInput, BulkLine, carry_out, preview};
pub use decision::decide;
pub(crate) use decision::{falls_short, is_fit};
pub use desk::{Desk, DeskActs, Look, desk, desk_in};
pub use findings::{FindingInput, confirm_rest, record_finding};
pub(crate) use opening::{Opened, Opening, open};
use opening::{admitted, open_for_reserve, open_window};
pub use queue::{
    InHands, LookedAt, Queue, QueueInput, QueuePortion, Where, acting_units, export, order, queue,
};
pub(crate) use queue::{Judged, judged, looked_at, looked_at_in};
pub use returning::{ReturnInput, send_back};

/// The most characters of an opinion, a reason or a note.
pub const OPINION_AT_MOST: usize = 1000;

/// An opinion that moves an application on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpinionInput {
    pub opinion: String,
    pub expected: Expected,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RejectInput {
    pub reason: String,
    pub reasons: Vec<CriterionReason>,
    pub expected: Expected,
}

/// A reviewer declares a conflict of interest: from then on the account may not act on the application.
///
/// # Errors
/// Not found when it isn't there or the actor doesn't see it; as `App::permit`; `conflict`: `ReasonMissing`, `TooLong`.
pub async fn declare_conflict(
    app: &App,
    actor: &Actor,
    id: &ApplicationId,
    reason: &str,
) -> Result<Application> {
    let mut tx = app.db.write(scopes::of_application(app, id).await?).await?;
    let application = seen(&mut tx, actor, id).await?;
    let permit = app
        .permit(&mut tx, actor, Act::DeclareConflict, &application.unit.id)
        .await?;
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(field("conflict", ApplicationRefusal::ReasonMissing));
    }
    short_enough("conflict", reason)?;
    let declared = Conflict {
        application: *id,
        account: actor.account,
        account_name: actor.name.clone(),
        reason: reason.to_owned(),
        declared_at: app.now(),
    };
    conflict::insert(&mut tx, &declared).await?;
    app.trail(
        &mut tx,
        actor,
        Deed::DeclareConflict,
        Object::Application(*id),
        Some(&permit.unit),
        json!({}),
    )
    .await?;
    if let Some(turn) = application.turn() {
        let to = vec![To::Unit {
            unit: turn.unit.id,
            roles: message::APPROVERS,
        }];
        let [applicant, title] = telling::file(app, &application);
        let told = Message::of(
            Kind::ConflictDeclared,
            telling::about(&application),
            actor.account,
            to,
        );
        let told = told.says([actor.name.as_str().into(), applicant, title]);
        tell(app, &mut tx, actor, told.because(vec![reason.into()]));
    }
    tx.commit().await?;
    Ok(application)
}

/// The step's favourable opinion: on to the next step.
///
/// # Errors
/// As `open`; `opinion`: `OpinionMissing`, `TooLong`; `Stopped` by a veto; `BeyondShare` where the office has a share of the federation's places, which is
/// used up; `WrongStep` when this step doesn't end with an opinion.
pub async fn endorse(
    app: &App,
    actor: &Actor,
    id: &ApplicationId,
    input: &OpinionInput,
) -> Result<Application> {
    let mut tx = app.db.write(scopes::of_endorsement(app, id).await?).await?;
    let endorsed = endorse_in(&mut tx, app, actor, id, input).await?;
    tx.commit().await?;
    Ok(endorsed)
}

pub(crate) async fn endorse_in(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    id: &ApplicationId,
    input: &OpinionInput,
) -> Result<Application> {
    let act = act::EndorseApplication;
    let opened = match open(tx, app, actor, id, act, &input.expected).await? {
        Opening::Open(opened) => *opened,
        Opening::Done(application) => return Ok(*application),
    };
    let opinion = opinion_of(
        "opinion",
        &input.opinion,
        ApplicationRefusal::OpinionMissing,
    )?;
    // V1-V11: what a veto bars does not go on, whatever step it is at.
    entries::refuse_stopped(tx, app, &opened.application).await?;
    within_share(tx, app, &opened.application, 0).await?;
    let endorsed = application::endorse(opened.application, &opened.permit, app.now())?;
    keep(tx, &endorsed).await?;
    let happened = Happened {
        act: EventAct::Endorsed,
        opinion,
        reasons: &[],
        judgement: None,
        request_key: &input.expected.request_key,
    };
    let step = Some(opened.step);
    record(tx, app, actor, &opened.permit, &endorsed, step, happened).await?;
    Ok(endorsed)
}

/// Ends an application without the title, with a reason; the judgement on confirmed facts is kept beside it.
///
/// # Errors
/// As `open`; `reason`: `ReasonMissing`, `TooLong`; at the reason of a criterion: `TooLong`.
pub async fn reject(
    app: &App,
    actor: &Actor,
    id: &ApplicationId,
    input: &RejectInput,
) -> Result<Application> {
    let mut tx = app.db.write(scopes::of_application(app, id).await?).await?;
    let act = act::RejectApplication;
    let opened = match open(&mut tx, app, actor, id, act, &input.expected).await? {
        Opening::Open(opened) => *opened,
        Opening::Done(application) => return Ok(*application),
    };
    let reason = opinion_of("reason", &input.reason, ApplicationRefusal::ReasonMissing)?;
    let reasons = reasons_of(&input.reasons)?;
    let judgement = match assess_confirmed(&mut tx, app, &opened.application).await {
        Ok(mut assessment) => Some(assessments::keep(&mut tx, app, &mut assessment).await?),
        // Somebody who has left the union can't be judged any more, but the application can still be ended.
        Err(Error::NotFound) => None,
        Err(error) => return Err(error),
    };
    let rejected = application::reject(opened.application, &opened.permit, judgement, app.now())?;
    keep(&mut tx, &rejected).await?;
    let happened = Happened {
        act: EventAct::Rejected,
        opinion: reason,
        reasons: &reasons,
        judgement,
        request_key: &input.expected.request_key,
    };
    let step = Some(opened.step);
    record(
        &mut tx,
        app,
        actor,
        &opened.permit,
        &rejected,
        step,
        happened,
    )
    .await?;
    tx.commit().await?;
    Ok(rejected)
}

/// The judgement on what reviewers confirmed: claims without the criteria they rejected.
///
/// # Errors
/// Not found when the person has left the union that applied.
pub async fn assess_confirmed(
    tx: &mut Tx,
    app: &App,
    application: &Application,
) -> Result<Assessment> {
    let as_of = as_of(tx, app, application).await?;
    let findings = finding::of_application(tx, &application.id).await?;
    confirmed::of_one(tx, app, application, &findings, as_of).await
}

/// What was typed into a field that must be filled in.
pub(crate) fn opinion_of<'a>(
    name: &str,
    typed: &'a str,
    missing: ApplicationRefusal,
) -> Result<&'a str> {
    let opinion = typed.trim();
    if opinion.is_empty() {
        return Err(field(name, missing));
    }
    short_enough(name, opinion)?;
    Ok(opinion)
}

fn reasons_of(typed: &[CriterionReason]) -> Result<Vec<CriterionReason>> {
    let mut reasons = Vec::new();
    for reason in typed {
        let note = reason.note.trim();
        if note.is_empty() {
            continue;
        }
        short_enough(&format!("reason_{}", reason.clause), note)?;
        reasons.push(CriterionReason {
            clause: reason.clause.clone(),
            note: note.to_owned(),
        });
    }
    Ok(reasons)
}

fn short_enough(name: &str, typed: &str) -> Result<()> {
    let most = OPINION_AT_MOST;
    if typed.chars().count() > most {
        return Err(field(name, ApplicationRefusal::TooLong { most }));
    }
    Ok(())
}
