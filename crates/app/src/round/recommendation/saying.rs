//! A federation says of its candidates what nobody answered, so that the rules on its list can be counted.

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::{ApplicationId, UnitId},
        policy::{Actor, act},
    },
    round::{application::ApplicationRefusal, recommendation::RecommendationRefusal},
};
use jianjia_standard::programme::RoundAct;
use jianjia_store::round::{property as properties, quota as quotas, recommendation as lists};
use serde_json::json;

use super::recommended_title;
use crate::{
    core::{
        app::App,
        error::{Error, Result},
    },
    round::{application::checked, round as rounds, scope as scopes},
};

/// Says of candidates which choices of which properties they are: application, property, choice; an empty choice takes an answer back. All of a form
/// at once or none.
///
/// # Errors
/// Not found for a title that the year's standard doesn't know, and for a candidate, property or choice that isn't there; `NotRecommended`; as
/// `App::permit` at the federation; as `rounds::open` (P6); `SaidLate`; `NothingChosen`.
pub async fn say(
    app: &App,
    actor: &Actor,
    (year, title, federation): (i16, &str, &UnitId),
    answers: &[(ApplicationId, String, String)],
) -> Result<usize> {
    let title_name = recommended_title(app, year, title)?;
    let of = (year, title, federation);
    let ids: Vec<ApplicationId> = answers.iter().map(|(id, _, _)| *id).collect();
    let mut tx = app.db.write(scopes::of_list(app, of, &ids).await?).await?;
    let permit = app
        .permit(&mut tx, actor, act::CloseRecommendation, federation)
        .await?;
    rounds::open(&mut tx, app, year, RoundAct::Review).await?;
    let quota = quotas::find(&mut tx, year, title, federation).await?;
    // The rules on the list were held against what was said of it by then.
    if let Some(at) = quota.and_then(|quota| quota.closed_at) {
        let title = title_name;
        return Err(RecommendationRefusal::SaidLate { title, at }.into());
    }
    let list = lists::of_federation(&mut tx, year, title, federation).await?;
    let before = properties::of_applications(&mut tx, &ids).await?;
    let mut said = 0;
    for application in &list {
        let own = answers.iter().filter(|(id, _, _)| *id == application.id);
        let own: Vec<(String, String)> = own
            .map(|(_, property, choice)| (property.clone(), choice.clone()))
            .collect();
        let kept = before.get(&application.id).map_or(&[][..], Vec::as_slice);
        let changed = checked(app, application, kept, &own)?;
        if changed.is_empty() {
            continue;
        }
        said += changed.len();
        let by = (actor.account.to_string(), actor.name.as_str());
        properties::say(&mut tx, &application.id, &changed, (&by.0, by.1), app.now()).await?;
        app.trail(
            &mut tx,
            actor,
            Deed::SayProperty,
            Object::Application(application.id),
            Some(&permit.unit),
            json!({ "said": changed }),
        )
        .await?;
    }
    if ids.iter().any(|id| !list.iter().any(|one| one.id == *id)) {
        return Err(Error::NotFound);
    }
    if said == 0 {
        return Err(ApplicationRefusal::NothingChosen.into());
    }
    tx.commit().await?;
    Ok(said)
}
