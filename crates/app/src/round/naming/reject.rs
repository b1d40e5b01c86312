//! Ending the applications of candidates that the city doesn't name.

use jianjia_domain::{
    core::{
        ids::ApplicationId,
        place::UnitPlace,
        policy::{Act, Actor},
        refusal::Refusal,
    },
    round::{
        application::{self, Application, EventAct},
        naming::{self, NamingRefusal},
        review,
    },
};
use jianjia_standard::programme::RoundAct;
use jianjia_standard::programme::Title;
use jianjia_store::{
    core::db::Tx,
    round::{application as applications_store, conflict},
};

use super::{city_seen, named_title, permit_for, request_key, waiting_among};
use crate::{
    core::{
        app::App,
        error::{Error, Result},
    },
    round::{
        application::{self as applications, Happened},
        review as reviews, round as rounds, scope as scopes,
    },
    year::assessment as assessments,
};

/// One candidate of a rejection: the application and its revision on the page.
pub type Chosen = (ApplicationId, i64);

/// Ends the applications of candidates that the city doesn't name, with one reason, and returns them. If any was handled since, nothing happens.
///
/// # Errors
/// As `naming::preview`; `reason`: `NoReason`, `TooLong`; `Changed`, with every candidate that was handled since; as `review::may_review` of each;
/// `RoleTaken` when the role was taken meanwhile.
pub async fn reject(
    app: &App,
    actor: &Actor,
    year: i16,
    title: &str,
    chosen: &[Chosen],
    reason: &str,
    request: &str,
) -> Result<Vec<Application>> {
    let ids: Vec<ApplicationId> = chosen.iter().map(|(id, _)| *id).collect();
    let scopes = scopes::of_candidates(app, year, title, &ids).await?;
    let mut tx = app.db.write(scopes).await?;
    let city = city_seen(&mut tx, actor).await?;
    app.permit_at(&mut tx, actor, Act::NameApplications, &city)
        .await?;
    let title = named_title(app, year, title)?;
    if let Some((first, _)) = chosen.first() {
        let key = request_key(request, first);
        if applications_store::of_request(&mut tx, &key)
            .await?
            .is_some()
        {
            return ended_before(&mut tx, &ids).await;
        }
    } else {
        return Err(NamingRefusal::NobodyChosen.into());
    }
    rounds::open(&mut tx, app, year, RoundAct::Name).await?;
    let reason = naming::reason(reason).map_err(|refusal| Refusal::at("reason", refusal))?;
    let mut ended = Vec::new();
    for application in unchanged(&mut tx, year, title, chosen).await? {
        ended.push(reject_one(&mut tx, app, actor, &city, application, &reason, request).await?);
    }
    tx.commit().await?;
    Ok(ended)
}

/// What an earlier arrival of the same form ended.
async fn ended_before(tx: &mut Tx, ids: &[ApplicationId]) -> Result<Vec<Application>> {
    let mut ended = Vec::new();
    for id in ids {
        let application = applications_store::find(tx, id).await?;
        ended.push(application.ok_or(Error::NotFound)?);
    }
    Ok(ended)
}

/// Those chosen, if all of them wait to be named as they were on the page.
async fn unchanged(
    tx: &mut Tx,
    year: i16,
    title: &Title,
    chosen: &[Chosen],
) -> Result<Vec<Application>> {
    let ids: Vec<ApplicationId> = chosen.iter().map(|(id, _)| *id).collect();
    let waiting = waiting_among(tx, year, title, &ids).await?;
    let mut changes = Vec::new();
    let mut rejected = Vec::new();
    for (id, revision) in chosen {
        match waiting.iter().find(|application| application.id == *id) {
            None => changes.push(naming::Change::Gone),
            Some(application) if application.revision != *revision => {
                changes.push(naming::Change::Handled {
                    name: application.applicant_name(),
                });
            }
            Some(application) => rejected.push(application.clone()),
        }
    }
    if !changes.is_empty() {
        return Err(NamingRefusal::Changed { changes }.into());
    }
    Ok(rejected)
}

async fn reject_one(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    city: &UnitPlace,
    application: Application,
    reason: &str,
    request: &str,
) -> Result<Application> {
    let barred = barred(tx, actor, city, &application).await?;
    if let Some(refusal) = barred {
        return Err(refusal.into());
    }
    let permit = permit_for(tx, app, actor, &application).await?;
    let step = application.state.step();
    let judgement = match reviews::assess_confirmed(tx, app, &application).await {
        Ok(mut assessment) => Some(assessments::keep(tx, app, &mut assessment).await?),
        // The person left the union since: there is nothing to judge.
        Err(Error::NotFound) => None,
        Err(error) => return Err(error),
    };
    let ended = application::reject(application, &permit, judgement, app.now())?;
    applications::keep(tx, &ended).await?;
    let key = request_key(request, &ended.id);
    let happened = Happened {
        act: EventAct::Rejected,
        opinion: reason,
        reasons: &[],
        judgement,
        request_key: &key,
    };
    applications::record(tx, app, actor, &permit, &ended, step, happened).await?;
    Ok(ended)
}

/// Why the actor must keep out of an application.
async fn barred(
    tx: &mut Tx,
    actor: &Actor,
    city: &UnitPlace,
    application: &Application,
) -> Result<Option<Refusal>> {
    let declared = conflict::find(tx, &application.id, &actor.account).await?;
    Ok(
        review::may_review(actor, application, &city.id, declared.as_ref())
            .err()
            .map(Refusal::from),
    )
}
