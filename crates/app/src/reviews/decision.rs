//! The deciding step: judged again on confirmed facts, and named when the title's conditions hold.

use jianjia_domain::{
    application::{Application, ApplicationRefusal},
    assessment::Assessment,
    honour::{self, Honour, HonourAct, HonourEvent, HonourSource, HonourState},
    ids::{ApplicationId, HonourId},
    policy::{Act, Actor},
    refusal::Refusal,
    review,
    unit::{UnitKind, UnitPlace},
};
use jianjia_standard::{
    kinds::HonourLevel,
    programme::{RouteAct, Title},
};
use jianjia_store::{
    db::{Tx, next_numbers},
    finding, honour as honours, unit,
};

use super::{Opening, OpinionInput, assess_confirmed, open, opinion_of};
use crate::{
    app::App,
    applications::{Naming, mark_named, refuse_held, title_of},
    assessments,
    error::{Error, Result},
};

/// The deciding federation names the applicant (clauses P1, P2): a title begins.
pub async fn decide(
    app: &App,
    actor: &Actor,
    id: &ApplicationId,
    input: &OpinionInput,
) -> Result<Application> {
    let mut tx = app.db.write(&format!("application:{id}")).await?;
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
    let act = Act::DecideApplication;
    let opened = match open(tx, app, actor, id, act, Some(&input.expected)).await? {
        Opening::Open(opened) => *opened,
        Opening::Done(application) => return Ok(application),
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
        return Err(Refusal::from(refusal).into());
    }
    let title = title_of(app, &opened.application.title)?;
    refuse_held(tx, app, &opened.application, title).await?;
    let mut assessment = fit_for_title(tx, app, &opened.application, title).await?;
    let judgement = assessments::keep(tx, app, &mut assessment).await?;
    begin_title(
        tx,
        app,
        actor,
        &opened.permit.as_role.unit,
        &opened.application,
        title,
    )
    .await?;
    let naming = Naming {
        permit: &opened.permit,
        judgement: Some(judgement),
        opinion,
        request_key: &input.expected.request_key,
    };
    mark_named(tx, app, actor, opened.application, naming).await
}

/// The judgement on confirmed facts, when by it the title can be given.
///
/// # Errors
/// When criteria are not met, a veto holds or a prerequisite lacks: with each reason in words.
pub(crate) async fn fit_for_title(
    tx: &mut Tx,
    app: &App,
    application: &Application,
    title: &Title,
) -> Result<Assessment> {
    let assessment = assess_confirmed(tx, app, application).await?;
    let may = assessment.judgement.may_apply.get(&title.key);
    if may.is_some_and(|may| may.allowed) {
        return Ok(assessment);
    }
    let findings = finding::of_application(tx, &application.id).await?;
    let because = review::because(
        &app.standard,
        &assessment.subject,
        &assessment.judgement,
        &title.key,
        &findings,
        assessment.as_of,
    );
    Err(Refusal::from(ApplicationRefusal::FallsShort {
        applicant: application.applicant_name(),
        title: title.name.clone(),
        because,
    })
    .into())
}

/// The title that the decision gives: it begins today and carries the next number of its title and year.
async fn begin_title(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    by: &UnitPlace,
    application: &Application,
    title: &Title,
) -> Result<()> {
    let at = app.now();
    let unit = unit::find(tx, &application.unit.id)
        .await?
        .ok_or(Error::NotFound)?;
    let counter = honour::counter(&title.key, application.year);
    let number = next_numbers(tx, &counter, 1).await?;
    let level = match by.kind {
        UnitKind::City => HonourLevel::City,
        _ => HonourLevel::County,
    };
    let person = application.person.as_ref();
    let given = Honour {
        id: HonourId(app.entropy.id(at)),
        title: title.key.clone(),
        level,
        year: application.year,
        unit: unit.id,
        unit_path: unit.path,
        unit_kind: unit.kind,
        division: unit.details.division,
        holder_name: unit.details.name,
        holder_sort_key: unit.sort_key,
        person: person.map(|person| person.id),
        person_name: person.map_or_else(String::new, |person| person.name.clone()),
        number: honour::number(title, application.year, number),
        begun_on: app.clock.today(),
        state: HonourState::InForce,
        reconfirmed: false,
        reconfirmed_by: None,
        source: HonourSource::Named,
        named_by: Some(by.id),
        application: Some(application.id),
        batch: app.entropy.id(at).simple().to_string(),
        revision: 1,
        recorded_at: at,
    };
    honours::insert(tx, &given).await?;
    let event = HonourEvent {
        id: app.entropy.id(at).simple().to_string(),
        honour: given.id,
        act: HonourAct::Named,
        reason: String::new(),
        document_number: String::new(),
        account: Some(actor.account),
        account_name: actor.name.clone(),
        at,
    };
    Ok(honours::add_event(tx, &event).await?)
}
