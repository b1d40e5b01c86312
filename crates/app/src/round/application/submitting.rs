//! Handing an application in, and in again after a return.

use jianjia_domain::{
    core::{
        day,
        ids::{ApplicationId, JudgementId},
        policy::{Actor, Permit, act},
    },
    round::{
        application::{self, Application, ApplicationRefusal, EventAct, State},
        review,
        route::{self, RouteRefusal, Step},
    },
};
use jianjia_standard::programme::RoundAct;
use jianjia_standard::{judgement::Reason, programme::Title};
use jianjia_store::{
    core::db::Tx,
    register::unit,
    round::{application as applications, receipt},
    year::subject::{self, RegisterFacts},
};
use jiff::civil::Date;

use super::{Expected, Happened, expect, keep, record, refuse_held, seen, title_of};
use crate::{
    core::{
        app::App,
        error::{Error, Result, refuses},
    },
    round::{posting as postings, round as rounds, scope as scopes},
    year::assessment as assessments,
};

refuses!(RouteRefusal);

/// Hands an application in, or in again after a return: judged on claims at this moment, by clauses A1-A6, V1-V11 and the prerequisites. The judgement is kept.
///
/// # Errors
/// Not found when it isn't there or the actor doesn't see it, or the person has left the union; as `App::permit`; `Overtaken`, or `Stale`, when it
/// was changed since; as `rounds::open` (P6); `AlreadyHeld`; as `posting::may_submit`; `MayNotApply`, with the clauses; `NoRoute`, and `NobodyAbove` where a step has no
/// unit; `WrongState` when it is under way or has ended.
pub async fn submit(
    app: &App,
    actor: &Actor,
    id: &ApplicationId,
    expected: &Expected,
) -> Result<Application> {
    let mut tx = app.db.write(scopes::of_application(app, id).await?).await?;
    let application = seen(&mut tx, actor, id).await?;
    // The record in the register says where the unit is, and it is judged by it.
    let register = subject::unit(&mut tx, &application.unit.id)
        .await?
        .ok_or(Error::NotFound)?;
    let permit = app
        .permit_at(&mut tx, actor, act::SubmitApplication, &register.place())
        .await?;
    if applications::of_request(&mut tx, &expected.request_key)
        .await?
        .is_some()
    {
        return Ok(application);
    }
    expect(&mut tx, &application, expected.revision).await?;
    let (window, act) = match application.state {
        State::Returned { .. } => (RoundAct::Resubmit, EventAct::Resubmitted),
        _ => (RoundAct::Submit, EventAct::Submitted),
    };
    let rounds = rounds::around(&mut tx, app, application.year).await?;
    rounds.open(app, window)?;
    let title = title_of(app, application.year, &application.title)?;
    refuse_held(&mut tx, app, &application, title).await?;
    postings::may_submit(&mut tx, app, &application).await?;
    // Handed in for the first time, it is judged as of now.
    let as_of = application
        .submitted_at
        .map_or_else(|| rounds.as_of(app), day::day_of);
    let judgement = judge_claims(&mut tx, app, &application, title, register, as_of).await?;
    let way = match application.state {
        State::Draft => route_of(&mut tx, app, &permit, application.year, title).await?,
        // It comes back to the step that returned it, on the route that it has.
        _ => Vec::new(),
    };
    let submitted = application::submit(application, &permit, way, judgement, app.now())?;
    keep(&mut tx, &submitted).await?;
    if act == EventAct::Submitted {
        receipt::give(&mut tx, id, submitted.year).await?;
    }
    let happened = Happened {
        act,
        opinion: "",
        reasons: &[],
        judgement: Some(judgement),
        request_key: &expected.request_key,
    };
    record(&mut tx, app, actor, &permit, &submitted, None, happened).await?;
    tx.commit().await?;
    Ok(submitted)
}

/// The steps of a draft. A union that files for its branch has spoken for it by filing: the route goes on above the union.
async fn route_of<A>(
    tx: &mut Tx,
    app: &App,
    permit: &Permit<A>,
    year: i16,
    title: &Title,
) -> Result<Vec<Step>> {
    let above = unit::above(tx, &permit.as_role.unit.path).await?;
    let way = app
        .standards
        .of(year)
        .route(&title.key)
        .ok_or_else(|| RouteRefusal::NoRoute {
            title: title.name.zh.clone(),
        })?;
    Ok(route::resolve(way, &above)?)
}

async fn judge_claims(
    tx: &mut Tx,
    app: &App,
    application: &Application,
    title: &Title,
    register: RegisterFacts,
    as_of: Date,
) -> Result<JudgementId> {
    let person = application.person.as_ref().map(|person| &person.id);
    let year = application.year;
    let mut assessment =
        assessments::assess_registered(tx, app, register, person, year, as_of).await?;
    let allowed = assessment
        .judgement
        .may_apply
        .get(&title.key)
        .is_some_and(|may| may.allowed);
    if !allowed {
        let because = review::because(
            app.standards.of(application.year),
            &assessment.subject,
            &assessment.judgement,
            &title.key,
            &[],
            as_of,
        );
        let is_vetoed = assessment
            .judgement
            .may_apply
            .get(&title.key)
            .is_some_and(|may| {
                may.because
                    .iter()
                    .any(|reason| matches!(reason, Reason::Veto(_)))
            });
        return Err(ApplicationRefusal::MayNotApply {
            title: title.name.clone(),
            because,
            is_vetoed,
        }
        .into());
    }
    assessments::keep(tx, app, &mut assessment).await
}
