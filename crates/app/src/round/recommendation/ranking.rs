//! The order of a federation's candidates.

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::{ApplicationId, UnitId},
        policy::{Actor, act},
        refusal::{General, Refusal},
    },
    round::recommendation::{self, RecommendationRefusal},
};
use jianjia_standard::programme::RoundAct;
use jianjia_store::round::{quota as quotas, recommendation as lists};
use serde_json::json;

use super::{recommended_title, refuse_closed};
use crate::{
    core::{app::App, error::Result},
    round::{round as rounds, scope as scopes},
};

/// How a federation orders its candidates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ranking {
    /// A number for each, as typed; equal numbers keep their order.
    Numbers(Vec<(ApplicationId, String)>),
    /// One goes up (-1) or down (1).
    Move { moved: ApplicationId, by: isize },
}

/// Orders the federation's candidates: ranks are 1, 2, 3 … again afterwards.
///
/// # Errors
/// Not found for a title that the year's standard doesn't know; `NotRecommended`; as `App::permit` at the federation; as `rounds::open` (P6);
/// `Closed`; by field: `NotARank`; `Stale` when the list was changed in between.
pub async fn rank(
    app: &App,
    actor: &Actor,
    year: i16,
    title: &str,
    federation: &UnitId,
    ranking: &Ranking,
) -> Result<()> {
    let title_name = recommended_title(app, year, title)?;
    let mut tx = app
        .db
        .write(scopes::of_list(app, (year, title, federation), &[]).await?)
        .await?;
    let permit = app
        .permit(&mut tx, actor, act::CloseRecommendation, federation)
        .await?;
    rounds::open(&mut tx, app, year, RoundAct::Review).await?;
    let quota = quotas::find(&mut tx, year, title, federation).await?;
    refuse_closed(quota.as_ref(), &title_name)?;
    let list = lists::of_federation(&mut tx, year, title, federation).await?;
    let before: Vec<ApplicationId> = list.iter().map(|application| application.id).collect();
    let order = match ranking {
        Ranking::Move { moved, by } => recommendation::move_by(&before, moved, *by),
        Ranking::Numbers(numbers) => ordered(&before, numbers)?,
    };
    let ranks: Vec<(ApplicationId, i64)> = order.iter().copied().zip(1..).collect();
    if !lists::set_ranks(&mut tx, federation, &ranks).await? {
        return Err(General::Stale.into());
    }
    app.trail(
        &mut tx,
        actor,
        Deed::RankCandidates,
        Object::Recommendation {
            year,
            title: title.to_owned(),
        },
        Some(&permit.unit),
        json!({ "order": order }),
    )
    .await?;
    Ok(tx.commit().await?)
}

fn ordered(
    before: &[ApplicationId],
    numbers: &[(ApplicationId, String)],
) -> Result<Vec<ApplicationId>> {
    let mut wrong: Vec<(String, Refusal)> = Vec::new();
    let mut placed = Vec::new();
    for (place, id) in before.iter().enumerate() {
        let typed = numbers
            .iter()
            .find(|(named, _)| named == id)
            .map_or("", |(_, number)| number.trim());
        match typed.parse::<u32>() {
            Ok(number) if number > 0 => placed.push((number, place, *id)),
            _ if typed.is_empty() => placed.push((u32::MAX, place, *id)),
            _ => wrong.push((format!("rank_{id}"), RecommendationRefusal::NotARank.into())),
        }
    }
    if !wrong.is_empty() {
        return Err(Refusal::Fields(wrong).into());
    }
    placed.sort_unstable();
    Ok(placed.into_iter().map(|(_, _, id)| id).collect())
}
