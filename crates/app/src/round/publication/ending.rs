//! How a public notice ends: by itself when its days are over, or earlier by somebody who says why.

use std::pin::Pin;

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::PublicationId,
        message::{APPROVERS, About, Kind, Message, To},
        place::UnitPlace,
        policy::{Actor, act},
    },
    round::publication::{self, Publication, PublicationRefusal, TakenDown},
};
use jianjia_store::{
    core::{db::Tx, scope::Scope},
    register::unit,
    round::publication as publications,
};
use serde_json::json;

use super::{scopes, shown_of};
use crate::{
    core::{
        app::App,
        error::{Error, Result},
        job::running::{Outcome, Running},
        message::tell_all_but,
    },
    round::naming::city_seen,
};

/// Takes a notice down before its days are over, as when the list is wrong: then it counts as none, and its candidates can be shown again.
///
/// # Errors
/// Not found when it isn't there, and to those who don't see the city; `NotYourRole`; as `publication::withdraw`.
pub async fn withdraw(app: &App, actor: &Actor, id: &PublicationId, typed: &str) -> Result<()> {
    let mut tx = app.db.read().await?;
    let of = publications::find(&mut tx, id)
        .await?
        .ok_or(Error::NotFound)?;
    tx.commit().await?;
    // Its year and title never change.
    let mut tx = app.db.write(scopes(of.year, &of.title)).await?;
    let city = city_seen(&mut tx, actor).await?;
    let permit = app
        .permit_at(&mut tx, actor, act::PublishCandidates, &city)
        .await?;
    let found = publications::find(&mut tx, id)
        .await?
        .ok_or(Error::NotFound)?;
    let reason = publication::withdraw(&found, &permit, typed, app.clock.today())?;
    let taken_down = TakenDown {
        at: app.now(),
        reason,
    };
    if !publications::take_down(&mut tx, id, &taken_down).await? {
        return Err(PublicationRefusal::Over.into());
    }
    let detail = json!({
        "title": found.title,
        "year": found.year,
        "reason": taken_down.reason,
        "hash": found.hash,
    });
    let object = Object::Publication(*id);
    app.trail(
        &mut tx,
        actor,
        Deed::WithdrawPublication,
        object,
        Some(&city),
        detail,
    )
    .await?;
    Ok(tx.commit().await?)
}

pub fn work<'a>(
    app: &'a App,
    running: &'a Running,
) -> Pin<Box<dyn Future<Output = Result<Outcome>> + Send + 'a>> {
    Box::pin(take_down(app, running))
}

/// Notes of the notices whose days are over that they came down, and tells those who name. The public sees none of them since its last day ended.
async fn take_down(app: &App, running: &Running) -> Result<Outcome> {
    let mut tx = app.db.write([Scope::Publications, Scope::Jobs]).await?;
    let result = json!({ "taken_down": take_down_over(&mut tx, app).await? });
    running.commit(app, tx, &result).await
}

/// Takes down those whose days are over, and gives how many they were.
///
/// # Errors
/// When they can't be read or written.
pub async fn take_down_over(tx: &mut Tx, app: &App) -> Result<usize> {
    let over = publications::over(tx, app.clock.today()).await?;
    let city = unit::root(tx).await?;
    for publication in &over {
        take_down_one(tx, app, city.as_ref(), publication).await?;
    }
    Ok(over.len())
}

async fn take_down_one(
    tx: &mut Tx,
    app: &App,
    city: Option<&UnitPlace>,
    publication: &Publication,
) -> Result<()> {
    let taken_down = TakenDown {
        at: app.now(),
        reason: String::new(),
    };
    publications::take_down(tx, &publication.id, &taken_down).await?;
    let (year, object) = (publication.year, Object::Publication(publication.id));
    if let Some(city) = city {
        let about = About::of(&object, Some(city.id), year);
        let to = To::Unit {
            unit: city.id,
            roles: APPROVERS,
        };
        let name = shown_of(publication)?.title;
        let told = Message::of(Kind::PublicationEnded, about, publication.id, vec![to]);
        tell_all_but(app, tx, None, told.says([(&name).into(), year.into()]));
    }
    let detail = json!({
        "title": publication.title,
        "year": year,
        "to": publication.days.to.to_string(),
        "hash": publication.hash,
    });
    let nobody = ("", "");
    app.trail_by(tx, nobody, Deed::TakeDownPublication, object, city, detail)
        .await
}
