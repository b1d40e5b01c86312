//! The deciding step: judged again on confirmed facts, and named when the title's conditions hold.

use jianjia_domain::{
    core::{
        ids::ApplicationId,
        policy::{Actor, act},
    },
    round::{
        application::{Application, ApplicationRefusal},
        review::{self, Finding},
    },
    year::assessment::Assessment,
};
use jianjia_standard::programme::{RouteAct, Title};
use jianjia_store::{core::db::Tx, round::finding};

use super::{Opening, OpinionInput, assess_confirmed, open, opinion_of};
use crate::{
    core::{app::App, error::Result},
    round::{
        application::{Naming, mark_named, refuse_held, title_of},
        entry as entries,
        naming::title::name_one,
        scope as scopes,
    },
    year::assessment as assessments,
};

/// The deciding federation names the applicant (clauses P1, P2): a title begins.
///
/// # Errors
/// As `open`; `opinion`: `OpinionMissing`, `TooLong`; `WrongStep` when this step doesn't decide; `AlreadyHeld`, `HeldAlready`; `Holds` while a
/// department's entry waits; `FallsShort`, with the
/// clauses; not found when the person has left the union that applied.
pub async fn decide(
    app: &App,
    actor: &Actor,
    id: &ApplicationId,
    input: &OpinionInput,
) -> Result<Application> {
    let mut tx = app.db.write(scopes::of_decision(app, id).await?).await?;
    let named = decide_in(&mut tx, app, actor, id, input).await?;
    tx.commit().await?;
    Ok(named)
}

pub(crate) async fn decide_in(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    id: &ApplicationId,
    input: &OpinionInput,
) -> Result<Application> {
    let act = act::DecideApplication;
    let opened = match open(tx, app, actor, id, act, &input.expected).await? {
        Opening::Open(opened) => *opened,
        Opening::Done(application) => return Ok(*application),
    };
    let opinion = opinion_of(
        "opinion",
        &input.opinion,
        ApplicationRefusal::OpinionMissing,
    )?;
    // The city names the trusted titles in its own act, in bulk (clause P4).
    if let Some(turn) = opened
        .application
        .turn()
        .filter(|turn| turn.act != RouteAct::Decide)
    {
        let refusal = ApplicationRefusal::WrongStep {
            unit: turn.unit.name.clone(),
            act: turn.act,
        };
        return Err(refusal.into());
    }
    let title = title_of(app, opened.application.year, &opened.application.title)?;
    refuse_held(tx, app, &opened.application, title).await?;
    entries::refuse_held(tx, app, &opened.application).await?;
    let mut assessment = fit_for_title(tx, app, &opened.application, title).await?;
    let judgement = assessments::keep(tx, app, &mut assessment).await?;
    let honour = name_one(tx, app, actor, &opened.application).await?;
    let naming = Naming {
        permit: &opened.permit,
        judgement: Some(judgement),
        opinion,
        number: &honour.number,
        request_key: &input.expected.request_key,
    };
    mark_named(tx, app, actor, opened.application, naming).await
}

/// The judgement on confirmed facts, when by it the title can be given.
///
/// # Errors
/// When criteria are not met, a veto holds or a prerequisite lacks: with each reason in words.
async fn fit_for_title(
    tx: &mut Tx,
    app: &App,
    application: &Application,
    title: &Title,
) -> Result<Assessment> {
    let assessment = assess_confirmed(tx, app, application).await?;
    if is_fit(&assessment, title) {
        return Ok(assessment);
    }
    let findings = finding::of_application(tx, &application.id).await?;
    Err(falls_short(app, application, title, &assessment, &findings).into())
}

/// Whether by this judgement the title can be given.
pub(crate) fn is_fit(assessment: &Assessment, title: &Title) -> bool {
    let may = assessment.judgement.may_apply.get(&title.key);
    may.is_some_and(|may| may.allowed)
}

/// Why the title can't be given, by a judgement and the findings on the application.
pub(crate) fn falls_short(
    app: &App,
    application: &Application,
    title: &Title,
    assessment: &Assessment,
    findings: &[Finding],
) -> ApplicationRefusal {
    let because = review::because(
        app.standards.of(application.year),
        &assessment.subject,
        &assessment.judgement,
        &title.key,
        findings,
        assessment.as_of,
    );
    ApplicationRefusal::FallsShort {
        applicant: application.applicant_name(),
        title: title.name.clone(),
        because,
    }
}
