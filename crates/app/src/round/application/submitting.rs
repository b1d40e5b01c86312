//! Handing an application in, and in again after a return.

use jianjia_domain::{
    core::{
        ids::{ApplicationId, JudgementId},
        policy::{Act, Actor},
    },
    round::{
        application::{self, Application, ApplicationRefusal, EventAct, State},
        review,
        round::RoundAct,
        route::{self, RouteRefusal},
    },
};
use jianjia_standard::{judgement::Reason, programme::Title};
use jianjia_store::{core::db::Tx, register::unit, round::application as applications};

use super::{Expected, Happened, as_of, expect, keep, own, record, refuse_held, title_of};
use crate::{
    core::{
        app::App,
        error::{Result, refuses},
    },
    round::{round as rounds, scope as scopes},
    year::assessment as assessments,
};

refuses!(RouteRefusal);

/// Hands an application in, or in again after a return: judged on claims at this moment, by clauses A1-A6, V1-V11 and the prerequisites. The judgement is kept.
pub async fn submit(
    app: &App,
    actor: &Actor,
    id: &ApplicationId,
    expected: &Expected,
) -> Result<Application> {
    let mut tx = app.db.write(scopes::of_application(app, id).await?).await?;
    let (application, permit) = own(&mut tx, app, actor, id, Act::SubmitApplication).await?;
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
    rounds::open(&mut tx, app, application.year, window).await?;
    let title = title_of(app, application.year, &application.title)?;
    refuse_held(&mut tx, app, &application, title).await?;
    let judgement = judge_claims(&mut tx, app, &application, title).await?;
    // A union that files for its branch has spoken for it by filing: the route goes on above the union.
    let above = unit::above(&mut tx, &permit.as_role.unit.path).await?;
    let way = app
        .standards
        .of(application.year)
        .route(&title.key)
        .ok_or_else(|| RouteRefusal::NoRoute {
            title: title.name.zh.clone(),
        })
        .and_then(|way| route::resolve(way, &above))?;
    let submitted = application::submit(application, way, judgement, app.now())?;
    keep(&mut tx, &submitted).await?;
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

async fn judge_claims(
    tx: &mut Tx,
    app: &App,
    application: &Application,
    title: &Title,
) -> Result<JudgementId> {
    let as_of = as_of(tx, app, application).await?;
    let person = application.person.as_ref().map(|person| &person.id);
    let mut assessment = assessments::assess(
        tx,
        app,
        &application.unit.id,
        person,
        application.year,
        as_of,
    )
    .await?;
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
