//! A federation closes its list: what isn't used returns to the city, and those that are not recommended are told.

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::UnitId,
        message::{Kind, Message},
        place::UnitPlace,
        policy::{Actor, act},
        refusal::{General, Refusal},
    },
    round::{
        application::Application,
        recommendation::{self, Quota, RecommendationRefusal, reserve},
    },
};
use jianjia_standard::programme::RoundAct;
use jianjia_store::{
    core::db::Tx,
    round::{quota as quotas, recommendation as lists},
    year::subject,
};
use serde_json::json;

use super::{recommended_title, structure, taking_places};
use crate::{
    core::{app::App, error::Result, message::tell},
    round::{round as rounds, scope as scopes, telling},
};

/// Closes the federation's list: unused places return to the city.
///
/// # Errors
/// Not found for a title that the year's standard doesn't know; `NotRecommended`; as `App::permit` at the federation; as `rounds::open` (P6);
/// `NoQuota`; `Closed`; `StructureBroken` where a rule of the standard on what the list is made up of bars it; `Stale` when the quota was changed
/// in between.
pub async fn close(
    app: &App,
    actor: &Actor,
    year: i16,
    title: &str,
    federation: &UnitId,
) -> Result<Quota> {
    let title_name = recommended_title(app, year, title)?;
    let mut tx = app
        .db
        .write(scopes::of_list(app, (year, title, federation), &[]).await?)
        .await?;
    let permit = app
        .permit(&mut tx, actor, act::CloseRecommendation, federation)
        .await?;
    rounds::open(&mut tx, app, year, RoundAct::Recommend).await?;
    let quota = quotas::find(&mut tx, year, title, federation)
        .await?
        .ok_or_else(|| {
            Refusal::from(RecommendationRefusal::NoQuota {
                title: title_name.clone(),
            })
        })?;
    let used = quotas::used(&mut tx, year, title, federation).await?;
    let closed = recommendation::close(quota, &permit, used, &title_name, app.now())?;
    let list = lists::of_federation(&mut tx, year, title, federation).await?;
    let answers = structure::answers(&mut tx, app, year, title, &list).await?;
    let taking = taking_places(&list, federation);
    let rules = structure::lines(app, (year, title), &list, &answers, (&taking, &taking));
    let broken = structure::barring(&rules);
    if !broken.is_empty() {
        return Err(RecommendationRefusal::StructureBroken { broken }.into());
    }
    if !quotas::save(&mut tx, &closed).await? {
        return Err(General::Stale.into());
    }
    app.trail(
        &mut tx,
        actor,
        Deed::CloseRecommendation,
        Object::Recommendation {
            year,
            title: title.to_owned(),
        },
        Some(&permit.unit),
        json!({
            "places": closed.places,
            "used": used,
            "returned": closed.returned,
            "structure": structure::told(&rules),
        }),
    )
    .await?;
    tell_others(&mut tx, app, actor, &list, &permit.unit).await?;
    tx.commit().await?;
    Ok(closed)
}

/// Tells the candidates that a closed list doesn't recommend: those ranked, which reserve they are.
async fn tell_others(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    list: &[Application],
    federation: &UnitPlace,
) -> Result<()> {
    let others: Vec<&Application> = list
        .iter()
        .filter(|application| application.recommended_by != Some(federation.id))
        .collect();
    let units: Vec<UnitId> = others.iter().map(|other| other.unit.id).collect();
    let units = subject::units(tx, &units).await?;
    let reserves = reserve::reserves(list);
    for other in others {
        let Some(unit) = units.iter().find(|unit| unit.id == other.unit.id) else {
            continue;
        };
        let [applicant, title] = telling::file(app, other);
        let to = telling::whose(other, &unit.place());
        let place = reserves.iter().position(|one| one.id == other.id);
        let kind = if place.is_some() {
            Kind::InReserve
        } else {
            Kind::NotRecommended
        };
        let mut told = Message::of(kind, telling::about(other), "", to);
        told.detail.says = vec![applicant, title, federation.name.as_str().into()];
        if let Some(place) = place {
            let number = i64::try_from(place + 1).unwrap_or(i64::MAX);
            told.detail.says.push(number.into());
        }
        tell(app, tx, actor, told);
    }
    Ok(())
}
