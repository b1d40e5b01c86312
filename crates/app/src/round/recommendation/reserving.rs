//! The next reserve moves up when a place came free.

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::{ApplicationId, UnitId},
        policy::{Act, Actor, act},
    },
    round::{
        application::{Application, EventAct},
        recommendation::{
            RecommendationRefusal,
            reserve::{before, may_move_up, reserves, takes_place},
        },
    },
};
use jianjia_store::{
    core::db::Tx,
    round::{finding, quota as quotas, recommendation as lists},
};
use serde_json::json;

use super::{
    recommended_title,
    recommending::{judged, recommend_one, refuse_unconfirmed, refuse_unfit},
};
use crate::{
    core::{
        app::App,
        error::{Error, Result},
    },
    round::{
        application::{Expected, as_of, title_of},
        assessment as confirmed,
        review::{self as reviews, Opening, is_fit},
        scope as scopes,
    },
};

/// Recommends the next reserve by its rank, on a list that is closed too: a place is free, since a candidate dropped out or was turned down, or the
/// city moved one here. Those before it who no longer meet the conditions are passed over, which the trail says.
///
/// # Errors
/// Not found for a title that the year's standard doesn't know, and for an application that isn't on the list; `NotRecommended`; as `App::permit` at
/// the federation; as `review::open`, in the time for naming (P6); `NoQuota`, `NoPlaceFree`; `NoReserve`, `NotTheNext`; `Unconfirmed`; `FallsShort`.
pub async fn take_up(
    app: &App,
    actor: &Actor,
    (year, title, federation): (i16, &str, &UnitId),
    id: &ApplicationId,
    expected: &Expected,
) -> Result<Application> {
    let title_name = recommended_title(app, year, title)?;
    let scopes = {
        let mut tx = app.db.read().await?;
        let list = lists::of_federation(&mut tx, year, title, federation).await?;
        let waiting: Vec<ApplicationId> = reserves(&list).iter().map(|one| one.id).collect();
        drop(tx);
        let own = (!waiting.contains(id)).then_some(*id);
        let named: Vec<ApplicationId> = waiting.into_iter().chain(own).collect();
        scopes::of_list(app, (year, title, federation), &named).await?
    };
    let mut tx = app.db.write(scopes).await?;
    app.permit(&mut tx, actor, Act::CloseRecommendation, federation)
        .await?;
    let act = act::TakeUpReserve;
    let file = match reviews::open(&mut tx, app, actor, id, act, expected).await? {
        Opening::Open(file) => file,
        Opening::Done(application) => return Ok(*application),
    };
    let is_here = file.application.year == year
        && file.application.title == title
        && file.permit.as_role.unit.id == *federation;
    if !is_here {
        return Err(Error::NotFound);
    }
    let quota = quotas::find(&mut tx, year, title, federation).await?;
    let list = lists::of_federation(&mut tx, year, title, federation).await?;
    let taking = list.iter().filter(|one| takes_place(one, federation));
    let taken = i64::try_from(taking.count()).unwrap_or(i64::MAX);
    may_move_up(quota.as_ref(), taken, &title_name)?;
    let earlier = before(&list, &file.application)?;
    let passed_over = refuse_before_others(&mut tx, app, &earlier).await?;
    let opened = vec![(file, expected.request_key.clone())];
    let (findings, assessed) = judged(&mut tx, app, &opened, year).await?;
    refuse_unconfirmed(app, year, &opened, &findings, &assessed)?;
    refuse_unfit(app, &opened, &findings, &assessed)?;
    let taken_up = opened.into_iter().zip(assessed).next();
    let ((file, request_key), assessment) = taken_up.ok_or(Error::NotFound)?;
    let unit = file.permit.as_role.unit.clone();
    let how = (EventAct::TakenUp, request_key.as_str());
    let recommended = recommend_one(&mut tx, app, actor, file, assessment?, &findings, how).await?;
    app.trail(
        &mut tx,
        actor,
        Deed::TakeUpReserve,
        Object::Recommendation {
            year,
            title: title.to_owned(),
        },
        Some(&unit),
        json!({ "application": recommended.id, "rank": recommended.rank, "passed_over": passed_over }),
    )
    .await?;
    tx.commit().await?;
    Ok(recommended)
}

/// Refuses where one of those before meets the conditions; gives those that don't.
async fn refuse_before_others(
    tx: &mut Tx,
    app: &App,
    earlier: &[&Application],
) -> Result<Vec<ApplicationId>> {
    let mut dated = Vec::with_capacity(earlier.len());
    for application in earlier {
        let as_of = as_of(tx, app, application).await?;
        dated.push(((*application).clone(), as_of));
    }
    let Some((first, _)) = dated.first() else {
        return Ok(Vec::new());
    };
    let (year, title) = (first.year, first.title.clone());
    let ids: Vec<ApplicationId> = dated.iter().map(|(one, _)| one.id).collect();
    let findings = finding::of_applications(tx, &ids).await?;
    let assessed = confirmed::of_many(tx, app, &dated, &findings, year).await?;
    let title = title_of(app, year, &title)?;
    for ((application, _), assessment) in dated.iter().zip(assessed) {
        let assessment = match assessment {
            Ok(assessment) => assessment,
            // Who left the union meanwhile holds up nobody behind.
            Err(Error::NotFound) => continue,
            Err(error) => return Err(error),
        };
        if is_fit(&assessment, title) {
            let next = application.applicant_name();
            return Err(RecommendationRefusal::NotTheNext { next }.into());
        }
    }
    Ok(ids)
}
