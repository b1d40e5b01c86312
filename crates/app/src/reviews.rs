//! Reviewing: what a reviewer finds, the opinions of each step, returns, rejections and decisions; alone and in bulk.

use jianjia_domain::{
    application::{
        self, Application, ApplicationRefusal, CriterionReason, EventAct, ReturnTo, State,
    },
    assessment::{Assessment, Basis},
    ids::{ApplicationId, FindingId},
    policy::{self, Act, Actor, Permit},
    refusal::Refusal,
    review::{self, Conflict, Finding, Outcome},
    round::RoundAct,
    route::Step,
    unit::UnitPlace,
};
use jianjia_standard::programme::RouteAct;
use jianjia_store::{application as applications, conflict, db::Tx, finding, unit};
use serde_json::json;

use crate::{
    app::App,
    applications::{Expected, Happened, as_of, expect, field, keep, record, title_of, visible},
    assessments,
    error::{Error, Result},
    rounds,
};

mod bulk;
mod decision;
mod desk;
mod queue;
pub use bulk::{BulkAct, BulkInput, BulkLine, carry_out, preview};
pub use decision::decide;
pub(crate) use decision::fit_for_title;
pub use desk::{Desk, DeskActs, Look, desk};
pub use queue::{Queue, QueueInput, Where, acting_units, order, queue};

/// The most characters of an opinion, a reason or a note.
pub const OPINION_AT_MOST: usize = 1000;

/// An opinion that moves an application on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpinionInput {
    pub opinion: String,
    pub expected: Expected,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnInput {
    pub to: ReturnTo,
    pub opinion: String,
    /// At least one: which criterion to correct, and how.
    pub reasons: Vec<CriterionReason>,
    pub expected: Expected,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RejectInput {
    pub reason: String,
    pub reasons: Vec<CriterionReason>,
    pub expected: Expected,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingInput {
    pub clause: String,
    pub outcome: Outcome,
    /// Needed where the claim is rejected.
    pub note: String,
}

/// A file opened for an act: everything the act needs was checked.
pub(crate) struct Opened {
    pub application: Application,
    pub permit: Permit,
    pub step: usize,
}

/// What opening a file comes to.
pub(crate) enum Opening {
    Open(Box<Opened>),
    /// The same request was applied before.
    Done(Box<Application>),
}

/// Opens a file for an act of the unit whose turn it is: the application is seen, it is that unit's turn, the role is right, nothing bars the
/// person, the round is open, and nobody acted since the page was shown.
pub(crate) async fn open(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    id: &ApplicationId,
    act: Act,
    expected: Option<&Expected>,
) -> Result<Opening> {
    let application = applications::find(tx, id)
        .await?
        .filter(|application| visible(actor, application))
        .ok_or(Error::NotFound)?;
    if let Some(expected) = expected {
        let before = applications::of_request(tx, &expected.request_key).await?;
        if before == Some(application.id) {
            return Ok(Opening::Done(Box::new(application)));
        }
    }
    let place = unit::place(tx, &application.unit.id)
        .await?
        .ok_or(Error::NotFound)?;
    // The role comes first, so that nobody learns by refusals what isn't theirs.
    let permit = policy::permit(actor, act, &place)?;
    if let Some(expected) = expected {
        expect(tx, &application, expected.revision).await?;
    }
    let Some(turn) = application.turn().cloned() else {
        let state = application.state.key();
        return Err(Refusal::from(ApplicationRefusal::WrongState { state }).into());
    };
    let permit = at_step(actor, &turn, act, &place, permit)?;
    let declared = conflict::find(tx, id, &actor.account).await?;
    review::may_review(actor, &application, &turn.unit.id, declared.as_ref())
        .map_err(Refusal::from)?;
    open_window(tx, app, &application, &turn).await?;
    let State::UnderReview { step } = application.state else {
        return Err(Error::NotFound);
    };
    Ok(Opening::Open(Box::new(Opened {
        application,
        permit,
        step,
    })))
}

/// The permission for the act by a role held at the step's own unit.
fn at_step(
    actor: &Actor,
    turn: &Step,
    act: Act,
    place: &UnitPlace,
    anywhere: Permit,
) -> Result<Permit> {
    if anywhere.as_role.unit.id == turn.unit.id {
        return Ok(anywhere);
    }
    let there = Actor {
        roles: actor
            .roles
            .iter()
            .filter(|at| at.unit.id == turn.unit.id)
            .cloned()
            .collect(),
        ..actor.clone()
    };
    if there.roles.is_empty() {
        let unit = turn.unit.name.clone();
        return Err(Refusal::from(ApplicationRefusal::NotYourTurn { unit }).into());
    }
    Ok(policy::permit(&there, act, place)?)
}

/// The examination, and at the naming step the naming's window as well.
async fn open_window(tx: &mut Tx, app: &App, application: &Application, turn: &Step) -> Result<()> {
    let reviewing = rounds::open(tx, app, application.year, RoundAct::Review).await;
    if reviewing.is_err() && turn.act == RouteAct::Name {
        return rounds::open(tx, app, application.year, RoundAct::Name).await;
    }
    reviewing
}

/// A reviewer confirms or rejects the claim on one criterion.
pub async fn record_finding(
    app: &App,
    actor: &Actor,
    id: &ApplicationId,
    input: &FindingInput,
) -> Result<Finding> {
    let mut tx = app.db.write(&format!("application:{id}")).await?;
    let opened = match open(&mut tx, app, actor, id, Act::RecordFinding, None).await? {
        Opening::Open(opened) => opened,
        Opening::Done(_) => return Err(Error::NotFound),
    };
    let title = title_of(app, &opened.application.title)?;
    let is_asked = app
        .standard
        .chain(title)
        .iter()
        .flat_map(|tier| &tier.criteria)
        .any(|criterion| criterion.clause == input.clause);
    if !is_asked {
        return Err(Error::NotFound);
    }
    let note = input.note.trim();
    if input.outcome == Outcome::Rejected && note.is_empty() {
        return Err(field(
            &format!("note_{}", input.clause),
            ApplicationRefusal::ReasonMissing,
        ));
    }
    short_enough(&format!("note_{}", input.clause), note)?;
    let at = app.now();
    let found = Finding {
        id: FindingId(app.entropy.id(at)),
        application: *id,
        clause: input.clause.clone(),
        outcome: input.outcome,
        note: note.to_owned(),
        unit: opened.permit.as_role.unit.id,
        unit_name: opened.permit.as_role.unit.name.clone(),
        account: actor.account,
        account_name: actor.name.clone(),
        at,
    };
    finding::insert(&mut tx, &found).await?;
    app.trail(
        &mut tx,
        actor,
        "record-finding",
        ("application", &id.to_string()),
        Some(&opened.permit.unit),
        json!({ "clause": found.clause, "outcome": found.outcome }),
    )
    .await?;
    tx.commit().await?;
    Ok(found)
}

/// Confirms every criterion that is met and that nobody has found on yet: what the reviewer looked through and didn't object to.
pub async fn confirm_rest(app: &App, actor: &Actor, id: &ApplicationId) -> Result<usize> {
    let view = crate::applications::view(app, actor, id).await?;
    let rest: Vec<String> = view
        .clauses
        .iter()
        .filter(|row| row.findings.is_empty() && !row.is_open())
        .map(|row| row.clause.clone())
        .collect();
    let mut tx = app.db.write(&format!("application:{id}")).await?;
    let opened = match open(&mut tx, app, actor, id, Act::RecordFinding, None).await? {
        Opening::Open(opened) => opened,
        Opening::Done(_) => return Err(Error::NotFound),
    };
    let at = app.now();
    for clause in &rest {
        let found = Finding {
            id: FindingId(app.entropy.id(at)),
            application: *id,
            clause: clause.clone(),
            outcome: Outcome::Confirmed,
            note: String::new(),
            unit: opened.permit.as_role.unit.id,
            unit_name: opened.permit.as_role.unit.name.clone(),
            account: actor.account,
            account_name: actor.name.clone(),
            at,
        };
        finding::insert(&mut tx, &found).await?;
    }
    app.trail(
        &mut tx,
        actor,
        "record-finding",
        ("application", &id.to_string()),
        Some(&opened.permit.unit),
        json!({ "clauses": rest, "outcome": Outcome::Confirmed }),
    )
    .await?;
    tx.commit().await?;
    Ok(rest.len())
}

/// A reviewer declares a conflict of interest: from then on the account may not act on the application.
pub async fn declare_conflict(
    app: &App,
    actor: &Actor,
    id: &ApplicationId,
    reason: &str,
) -> Result<()> {
    let mut tx = app.db.write(&format!("application:{id}")).await?;
    let application = applications::find(&mut tx, id)
        .await?
        .filter(|application| visible(actor, application))
        .ok_or(Error::NotFound)?;
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
        "declare-conflict",
        ("application", &id.to_string()),
        Some(&permit.unit),
        json!({}),
    )
    .await?;
    Ok(tx.commit().await?)
}

/// The step's favourable opinion: on to the next step.
pub async fn endorse(
    app: &App,
    actor: &Actor,
    id: &ApplicationId,
    input: &OpinionInput,
) -> Result<Application> {
    let mut tx = app.db.write(&format!("application:{id}")).await?;
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
    let act = Act::EndorseApplication;
    let opened = match open(tx, app, actor, id, act, Some(&input.expected)).await? {
        Opening::Open(opened) => *opened,
        Opening::Done(application) => return Ok(*application),
    };
    let opinion = opinion_of(
        "opinion",
        &input.opinion,
        ApplicationRefusal::OpinionMissing,
    )?;
    let endorsed = application::endorse(opened.application, app.now()).map_err(Refusal::from)?;
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

/// Back to the applicant or an earlier step for correction, with reasons per criterion.
pub async fn send_back(
    app: &App,
    actor: &Actor,
    id: &ApplicationId,
    input: &ReturnInput,
) -> Result<Application> {
    let mut tx = app.db.write(&format!("application:{id}")).await?;
    let act = Act::ReturnApplication;
    let opened = match open(&mut tx, app, actor, id, act, Some(&input.expected)).await? {
        Opening::Open(opened) => *opened,
        Opening::Done(application) => return Ok(*application),
    };
    let reasons = reasons_of(&input.reasons)?;
    if reasons.is_empty() {
        return Err(field("reasons", ApplicationRefusal::CriterionReasonMissing));
    }
    let opinion = input.opinion.trim();
    short_enough("return_opinion", opinion)?;
    let returned =
        application::send_back(opened.application, input.to, app.now()).map_err(Refusal::from)?;
    keep(&mut tx, &returned).await?;
    let happened = Happened {
        act: EventAct::Returned,
        opinion,
        reasons: &reasons,
        judgement: None,
        request_key: &input.expected.request_key,
    };
    let step = Some(opened.step);
    record(
        &mut tx,
        app,
        actor,
        &opened.permit,
        &returned,
        step,
        happened,
    )
    .await?;
    tx.commit().await?;
    Ok(returned)
}

/// Ends an application without the title, with a reason; the judgement on confirmed facts is kept beside it.
pub async fn reject(
    app: &App,
    actor: &Actor,
    id: &ApplicationId,
    input: &RejectInput,
) -> Result<Application> {
    let mut tx = app.db.write(&format!("application:{id}")).await?;
    let act = Act::RejectApplication;
    let opened = match open(&mut tx, app, actor, id, act, Some(&input.expected)).await? {
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
    let rejected =
        application::reject(opened.application, judgement, app.now()).map_err(Refusal::from)?;
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
pub(crate) async fn assess_confirmed(
    tx: &mut Tx,
    app: &App,
    application: &Application,
) -> Result<Assessment> {
    let as_of = as_of(tx, app, application).await?;
    assessments::assess(
        tx,
        app,
        &application.unit.id,
        application.person.as_ref().map(|person| &person.id),
        application.year,
        as_of,
        Basis::Confirmed {
            application: application.id,
        },
    )
    .await
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
