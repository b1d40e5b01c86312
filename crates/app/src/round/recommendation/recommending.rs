//! Recommending to the city, and taking that back.

use jianjia_domain::{
    core::{
        ids::{ApplicationId, UnitId},
        policy::{Act, Actor, act},
        refusal::Refusal,
    },
    round::{
        application::{self, Application, ApplicationRefusal, EventAct, Recommending},
        recommendation,
        review::{self, Finding},
    },
    year::assessment::Assessment,
};
use jianjia_standard::programme::RoundAct;
use jianjia_store::{
    core::db::Tx,
    round::{finding, quota as quotas},
};

use super::{recommended_title, refuse_closed};
use crate::{
    core::{
        app::App,
        error::{Error, Result},
    },
    round::{
        application::{Expected, Happened, as_of, keep, record, seen, title_of},
        assessment as confirmed,
        review::{self as reviews, Opened, Opening, falls_short, is_fit, unconfirmed_refusal},
        round as rounds, scope as scopes,
    },
    year::assessment as assessments,
};

/// Recommends candidates to the city: all of them or, when one can't be, none. Each is judged again on confirmed facts. Gives those that were
/// recommended now.
///
/// # Errors
/// Not found for a title that the year's standard doesn't know, and for an application that isn't on the list; `NotRecommended`; as `App::permit` at
/// the federation; `NothingChosen`; as `review::open` of each; `NoQuota`, `Closed`, `BeyondQuota` (P3); `Unconfirmed`, of all that count as met by
/// what the applicants say alone; `FallsShort`, with the clauses, of each that does; `WrongStep`.
pub async fn recommend(
    app: &App,
    actor: &Actor,
    year: i16,
    title: &str,
    federation: &UnitId,
    chosen: &[(ApplicationId, i64)],
    request_key: &str,
) -> Result<Vec<Application>> {
    let title_name = recommended_title(app, year, title)?;
    let ids: Vec<ApplicationId> = chosen.iter().map(|(id, _)| *id).collect();
    let mut tx = app
        .db
        .write(scopes::of_list(app, (year, title, federation), &ids).await?)
        .await?;
    app.permit(&mut tx, actor, Act::CloseRecommendation, federation)
        .await?;
    if chosen.is_empty() {
        return Err(ApplicationRefusal::NothingChosen.into());
    }
    let opened = open_all(
        &mut tx,
        app,
        actor,
        (year, title, federation),
        chosen,
        request_key,
    )
    .await?;
    let quota = quotas::find(&mut tx, year, title, federation).await?;
    let used = quotas::used(&mut tx, year, title, federation).await?;
    let wanted = i64::try_from(opened.len()).unwrap_or(i64::MAX);
    if wanted == 0 {
        return Ok(Vec::new());
    }
    recommendation::may_recommend(quota.as_ref(), used, wanted, &title_name)?;
    let (findings, assessed) = judged(&mut tx, app, &opened, year).await?;
    refuse_unconfirmed(app, year, &opened, &findings, &assessed)?;
    refuse_unfit(app, &opened, &findings, &assessed)?;
    let mut recommended = Vec::with_capacity(opened.len());
    for ((file, request_key), assessment) in opened.into_iter().zip(assessed) {
        let one = recommend_one(
            &mut tx,
            app,
            actor,
            file,
            assessment?,
            &findings,
            (EventAct::Recommended, &request_key),
        );
        recommended.push(one.await?);
    }
    tx.commit().await?;
    Ok(recommended)
}

pub(super) type File<A = act::RecommendApplication> = Box<Opened<A>>;

/// Opens those chosen that are not recommended yet by the same request, each with the key of its part in it.
async fn open_all(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    (year, title, federation): (i16, &str, &UnitId),
    chosen: &[(ApplicationId, i64)],
    request_key: &str,
) -> Result<Vec<(File, String)>> {
    let mut opened = Vec::new();
    for (id, revision) in chosen {
        let expected = Expected {
            revision: *revision,
            request_key: format!("{request_key}:{id}"),
        };
        let act = act::RecommendApplication;
        let opening = reviews::open(tx, app, actor, id, act, &expected).await?;
        if let Opening::Open(file) = opening {
            let application = &file.application;
            let is_here = application.year == year
                && application.title == title
                && file.permit.as_role.unit.id == *federation;
            if !is_here {
                return Err(Error::NotFound);
            }
            opened.push((file, expected.request_key));
        }
    }
    Ok(opened)
}

/// Judges the files again on confirmed facts, in their order; with all findings on them.
pub(super) async fn judged<A>(
    tx: &mut Tx,
    app: &App,
    opened: &[(File<A>, String)],
    year: i16,
) -> Result<(Vec<Finding>, Vec<Result<Assessment>>)> {
    let mut dated = Vec::with_capacity(opened.len());
    for (file, _) in opened {
        let as_of = as_of(tx, app, &file.application).await?;
        dated.push((file.application.clone(), as_of));
    }
    let ids: Vec<ApplicationId> = dated.iter().map(|(one, _)| one.id).collect();
    let findings = finding::of_applications(tx, &ids).await?;
    let assessed = confirmed::of_many(tx, app, &dated, &findings, year).await?;
    Ok((findings, assessed))
}

/// Refuses files with criteria that count as met only because the applicants say so, each by name.
pub(super) fn refuse_unconfirmed<A>(
    app: &App,
    year: i16,
    opened: &[(File<A>, String)],
    findings: &[Finding],
    assessed: &[Result<Assessment>],
) -> Result<()> {
    let mut files = Vec::new();
    for ((file, _), assessment) in opened.iter().zip(assessed) {
        let Ok(assessment) = assessment else {
            continue;
        };
        let application = &file.application;
        let of_application = findings
            .iter()
            .filter(|finding| finding.application == application.id);
        let standard = app.standards.of(year);
        let (judgement, title) = (&assessment.judgement, &application.title);
        let unconfirmed = review::unconfirmed(standard, judgement, title, of_application);
        let title = title_of(app, year, title)?;
        if is_fit(assessment, title) && !unconfirmed.is_empty() {
            let names = unconfirmed.into_iter().map(|(_, name)| name).collect();
            files.push((application.applicant_name(), names));
        }
    }
    if files.is_empty() {
        return Ok(());
    }
    Err(unconfirmed_refusal(app, year, files).into())
}

/// Refuses those that fall short, each by name and with its reasons, so that the others can go on without them.
pub(super) fn refuse_unfit<A>(
    app: &App,
    opened: &[(File<A>, String)],
    findings: &[Finding],
    assessed: &[Result<Assessment>],
) -> Result<()> {
    let mut unfit = Vec::new();
    for ((file, _), assessment) in opened.iter().zip(assessed) {
        let Ok(assessment) = assessment else {
            continue;
        };
        let application = &file.application;
        let title = title_of(app, application.year, &application.title)?;
        if is_fit(assessment, title) {
            continue;
        }
        let of_application = findings
            .iter()
            .filter(|finding| finding.application == application.id);
        let findings: Vec<Finding> = of_application.cloned().collect();
        let refusal = falls_short(app, application, title, assessment, &findings);
        unfit.push(Refusal::from(refusal));
    }
    match unfit.len() {
        0 => Ok(()),
        1 => Err(unfit.remove(0).into()),
        _ => {
            let each = unfit
                .into_iter()
                .map(|refusal| ("chosen".to_owned(), refusal));
            Err(Refusal::Fields(each.collect()).into())
        }
    }
}

/// Recommends one on the judgement just made, if that finds it fit.
pub(super) async fn recommend_one<A: Recommending>(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    file: File<A>,
    mut assessment: Assessment,
    findings: &[Finding],
    (act, request_key): (EventAct, &str),
) -> Result<Application> {
    let application = &file.application;
    let title = title_of(app, application.year, &application.title)?;
    if !is_fit(&assessment, title) {
        let findings: Vec<Finding> = findings
            .iter()
            .filter(|finding| finding.application == application.id)
            .cloned()
            .collect();
        return Err(falls_short(app, application, title, &assessment, &findings).into());
    }
    let judgement = assessments::keep(tx, app, &mut assessment).await?;
    let recommended = application::recommend(file.application, &file.permit, app.now())?;
    let recommended = Application {
        judgement: Some(judgement),
        ..recommended
    };
    keep(tx, &recommended).await?;
    let happened = Happened {
        act,
        opinion: "",
        reasons: &[],
        judgement: Some(judgement),
        request_key,
    };
    let step = Some(file.step);
    record(tx, app, actor, &file.permit, &recommended, step, happened).await?;
    Ok(recommended)
}

/// Takes a recommendation back while the city hasn't named it.
///
/// # Errors
/// Not found when it isn't there or the actor doesn't see it; as `App::permit`, at the federation and at the applicant's unit; `Overtaken`, or
/// `Stale`, when it was changed since; as `rounds::open` (P6); `Closed`; `WrongState` when the federation doesn't recommend it or it has gone
/// further.
pub async fn undo(
    app: &App,
    actor: &Actor,
    federation: &UnitId,
    id: &ApplicationId,
    expected: &Expected,
) -> Result<Application> {
    let scopes = scopes::of_recommended(app, federation, id).await?;
    let mut tx = app.db.write(scopes).await?;
    let application = seen(&mut tx, actor, id).await?;
    let before =
        jianjia_store::round::application::of_request(&mut tx, &expected.request_key).await?;
    if before == Some(*id) {
        return Ok(application);
    }
    app.permit(&mut tx, actor, Act::CloseRecommendation, federation)
        .await?;
    let permit = app
        .permit(
            &mut tx,
            actor,
            act::RecommendApplication,
            &application.unit.id,
        )
        .await?;
    crate::round::application::expect(&mut tx, &application, expected.revision).await?;
    rounds::open(&mut tx, app, application.year, RoundAct::Recommend).await?;
    let title_name = recommended_title(app, application.year, &application.title)?;
    let quota = quotas::find(&mut tx, application.year, &application.title, federation).await?;
    refuse_closed(quota.as_ref(), &title_name)?;
    let step = application.state.step();
    let undone = application::undo_recommendation(application, &permit, federation, app.now())?;
    keep(&mut tx, &undone).await?;
    let happened = Happened {
        act: EventAct::RecommendationUndone,
        opinion: "",
        reasons: &[],
        judgement: None,
        request_key: &expected.request_key,
    };
    record(&mut tx, app, actor, &permit, &undone, step, happened).await?;
    tx.commit().await?;
    Ok(undone)
}
