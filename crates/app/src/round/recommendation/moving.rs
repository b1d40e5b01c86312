//! Places move on to another federation: those that came back, and those that nobody takes of a closed list.

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::{QuotaMoveId, UnitId},
        message::{Kind, Message},
        place::UnitPlace,
        policy::{Actor, Permit, act, permit},
        refusal::{General, Refusal},
    },
    round::{
        quota::{self, QuotaMove, QuotaRefusal},
        recommendation::{Quota, reserve},
    },
};
use jianjia_standard::{Text, programme::RoundAct};
use jianjia_store::{
    core::{db::Tx, scope::Scope},
    register::unit,
    round::{
        quota::{self as quotas, moving},
        recommendation as lists,
    },
};
use serde_json::json;

use super::{
    places::{federations, quota_of},
    recommended_title,
    releasing::{about, to},
};
use crate::{
    core::{
        app::App,
        error::{Error, Result, refuses},
        message::tell,
    },
    round::{round as rounds, telling},
};

refuses!(QuotaRefusal);

/// What is to move.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MoveInput {
    pub title: String,
    pub from: Option<UnitId>,
    pub to: Option<UnitId>,
    pub places: String,
    pub reason: String,
}

/// What a move would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MovePreview {
    pub year: i16,
    pub title: String,
    pub title_name: Text,
    pub places: i64,
    pub reason: String,
    pub from: MoveSide,
    pub to: MoveSide,
    /// The reserves of the federation that gets them, in their order.
    pub reserves: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MoveSide {
    pub federation: UnitPlace,
    pub before: Quota,
    pub after: Quota,
    /// The candidates that take a place.
    pub taken: i64,
}

impl MoveSide {
    /// Whether places move that nobody had returned: free ones of the closed list.
    pub fn gives_free_places(&self) -> bool {
        self.after.returned > self.before.returned
    }
}

impl MovePreview {
    /// What a confirmation carries, so that nothing else is done than was shown.
    pub fn seen(&self) -> (i64, i64) {
        (self.from.before.revision, self.to.before.revision)
    }
}

/// What a move would do; nothing is kept.
///
/// # Errors
/// Not found to those who don't see the city, and for a title or federation that isn't of the table; `NotYourRole`; by field: `places`:
/// `MoreThanCameBack`, `TooMany`; `to`: `ToItself`; `reason`: `ReasonMissing`, `ReasonTooLong`.
pub async fn preview_move(
    app: &App,
    actor: &Actor,
    year: i16,
    input: &MoveInput,
) -> Result<MovePreview> {
    let mut tx = app.db.read().await?;
    let city = unit::root(&mut tx).await?.ok_or(Error::NotFound)?;
    let city = app.seen(&mut tx, actor, &city.id).await?;
    let permit = permit(actor, act::SetQuota, &city)?;
    planned(&mut tx, app, &permit, year, input).await
}

/// Moves places on: on the trail with its reason, and the federation that gets them is told; the one that had them, too, where it had not returned
/// them.
///
/// # Errors
/// As `preview_move`, and as `App::permit` at the city; `Stale` when one of both was changed since the preview.
pub async fn move_places(
    app: &App,
    actor: &Actor,
    year: i16,
    input: &MoveInput,
    seen: (i64, i64),
) -> Result<QuotaMove> {
    let mut tx = app
        .db
        .write([Scope::Lists(year), Scope::CalendarAsItIs])
        .await?;
    let city = unit::root(&mut tx).await?.ok_or(Error::NotFound)?;
    let permit = app.permit(&mut tx, actor, act::SetQuota, &city.id).await?;
    let title = input.title.as_str();
    let revisions = {
        let federations = federations(&mut tx, app, year).await?;
        let from = named(&federations, input.from.as_ref())?;
        let to = named(&federations, input.to.as_ref())?;
        let (from, _) = quota_of(&mut tx, year, title, from).await?;
        let (to, _) = quota_of(&mut tx, year, title, to).await?;
        (from.revision, to.revision)
    };
    // Sent twice, it finds what it did itself.
    if revisions != seen {
        return Err(General::Stale.into());
    }
    let plan = planned(&mut tx, app, &permit, year, input).await?;
    for side in [&plan.from, &plan.to] {
        if !quotas::save(&mut tx, &side.after).await? {
            return Err(General::Stale.into());
        }
    }
    let now = app.now();
    let moved = QuotaMove {
        id: QuotaMoveId(app.entropy.id(now)),
        year,
        title: title.to_owned(),
        from: plan.from.federation.id,
        to: plan.to.federation.id,
        places: plan.places,
        reason: plan.reason.clone(),
        moved_by: actor.account.to_string(),
        moved_by_name: actor.name.clone(),
        moved_at: now,
    };
    moving::insert(&mut tx, &moved).await?;
    app.trail(
        &mut tx,
        actor,
        Deed::MovePlaces,
        Object::Quota {
            year,
            title: title.to_owned(),
            federation: moved.to,
        },
        Some(&permit.unit),
        json!({
            "from": moved.from,
            "places": moved.places,
            "before": plan.to.before.places,
            "after": plan.to.after.places,
            "reason": moved.reason,
        }),
    )
    .await?;
    let after = &plan.to.after;
    let until = telling::until(&mut tx, app, year, RoundAct::Name).await?;
    let told = Message::of(Kind::PlacesMoved, about(after), moved.id, to(after))
        .due(until)
        .says([
            plan.to.federation.name.as_str().into(),
            year.into(),
            (&plan.title_name).into(),
            moved.places.into(),
            after.in_hand().into(),
        ]);
    tell(app, &mut tx, actor, told);
    if plan.from.gives_free_places() {
        let (before, after) = (&plan.from.before, &plan.from.after);
        let told = Message::of(Kind::PlacesTaken, about(after), moved.id, to(after)).says([
            plan.from.federation.name.as_str().into(),
            year.into(),
            (&plan.title_name).into(),
            (before.in_hand() - after.in_hand()).into(),
            after.in_hand().into(),
        ]);
        tell(app, &mut tx, actor, told);
    }
    tx.commit().await?;
    Ok(moved)
}

async fn planned(
    tx: &mut Tx,
    app: &App,
    permit: &Permit<act::SetQuota>,
    year: i16,
    input: &MoveInput,
) -> Result<MovePreview> {
    let title_name = recommended_title(app, year, &input.title)?;
    rounds::of_year(tx, app, year).await?;
    let federations = federations(tx, app, year).await?;
    let from_place = named(&federations, input.from.as_ref())?;
    let to_place = named(&federations, input.to.as_ref())?;
    let (from, _) = quota_of(tx, year, &input.title, from_place).await?;
    let (to, _) = quota_of(tx, year, &input.title, to_place).await?;
    let taken = quotas::taken(tx, year, &input.title, &from_place.id).await?;
    let taken_there = quotas::taken(tx, year, &input.title, &to_place.id).await?;
    let mut wrong: Vec<(String, Refusal)> = Vec::new();
    let reason = match quota::reason_of(&input.reason) {
        Ok(reason) => reason.to_owned(),
        Err(refusal) => {
            wrong.push(("reason".to_owned(), refusal.into()));
            String::new()
        }
    };
    let places = input.places.trim().parse().unwrap_or(0);
    let moved = match quota::move_places((from.clone(), taken), to.clone(), permit, places) {
        Ok(moved) => Some(moved),
        Err(refusal) => {
            let field = match refusal {
                QuotaRefusal::ToItself => "to",
                _ => "places",
            };
            wrong.push((field.to_owned(), refusal.into()));
            None
        }
    };
    let (Some((from_after, to_after)), true) = (moved, wrong.is_empty()) else {
        return Err(Refusal::Fields(wrong).into());
    };
    let list = lists::of_federation(tx, year, &input.title, &to_place.id).await?;
    let reserves = reserve::reserves(&list);
    Ok(MovePreview {
        year,
        title: input.title.clone(),
        title_name,
        places,
        reason,
        reserves: reserves.iter().map(|one| one.applicant_name()).collect(),
        from: MoveSide {
            federation: from_place.clone(),
            before: from,
            after: from_after,
            taken,
        },
        to: MoveSide {
            federation: to_place.clone(),
            before: to,
            after: to_after,
            taken: taken_there,
        },
    })
}

fn named<'a>(federations: &'a [UnitPlace], id: Option<&UnitId>) -> Result<&'a UnitPlace> {
    let found = id.and_then(|id| federations.iter().find(|unit| unit.id == *id));
    found.ok_or(Error::NotFound)
}
