//! A federation gives places back that came free after it closed its list.

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::UnitId,
        policy::{Actor, act},
        refusal::{General, Refusal},
    },
    round::{
        quota,
        recommendation::{Quota, RecommendationRefusal},
    },
};
use jianjia_standard::programme::RoundAct;
use jianjia_store::round::quota as quotas;
use serde_json::json;

use super::recommended_title;
use crate::{
    core::{app::App, error::Result},
    round::{round as rounds, scope as scopes},
};

/// Gives the places back that nobody takes since the list was closed; `seen` is the quota's revision and how many the page showed. The list stays as
/// it is: only places that are free return, and the city can move them on.
///
/// # Errors
/// Not found for a title that the year's standard doesn't know; `NotRecommended`; as `App::permit` at the federation; as `rounds::open`, in the time for
/// naming (P6); `NoQuota`; `ClosingReturns`, `NothingLeftOver`; `Stale` when others are free than the page showed, or the quota was changed.
pub async fn give_back(
    app: &App,
    actor: &Actor,
    (year, title, federation): (i16, &str, &UnitId),
    seen: (i64, i64),
) -> Result<Quota> {
    let title_name = recommended_title(app, year, title)?;
    let scopes = scopes::of_list(app, (year, title, federation), &[]).await?;
    let mut tx = app.db.write(scopes).await?;
    let permit = app
        .permit(&mut tx, actor, act::CloseRecommendation, federation)
        .await?;
    rounds::open(&mut tx, app, year, RoundAct::Name).await?;
    let quota = quotas::find(&mut tx, year, title, federation).await?;
    let before =
        quota.ok_or_else(|| Refusal::from(RecommendationRefusal::NoQuota { title: title_name }))?;
    let taken = quotas::taken(&mut tx, year, title, federation).await?;
    let after = quota::give_back(before.clone(), &permit, taken)?;
    let returned = after.returned - before.returned;
    if seen != (before.revision, returned) || !quotas::save(&mut tx, &after).await? {
        return Err(General::Stale.into());
    }
    app.trail(
        &mut tx,
        actor,
        Deed::ReturnPlaces,
        Object::Quota {
            year,
            title: title.to_owned(),
            federation: *federation,
        },
        Some(&permit.unit),
        json!({
            "before": before.in_hand(),
            "after": after.in_hand(),
            "returned": returned,
        }),
    )
    .await?;
    tx.commit().await?;
    Ok(after)
}
