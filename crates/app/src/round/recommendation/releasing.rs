//! The city sets places: a preview of what it would do, and the act that releases them to the federations.

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::UnitId,
        message::{self, About, Kind, Message, To},
        place::UnitPlace,
        policy::{Actor, Permit, act, permit},
        refusal::{General, Refusal},
    },
    round::{
        quota::QuotaRefusal,
        recommendation::{self, Quota, RecommendationRefusal},
    },
};
use jianjia_standard::{Text, programme::RoundAct};
use jianjia_store::{
    core::{db::Tx, scope::Scope},
    register::unit,
    round::quota::{self as quotas, sharing},
};
use serde_json::json;

use super::{
    places::{federations, quota_of, shared_of},
    titles,
};
use crate::{
    core::{
        app::App,
        error::{Error, Result},
        message::tell,
    },
    round::{round as rounds, telling},
};

/// What the city typed into one cell, and what the page had shown there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaceInput {
    pub federation: UnitId,
    pub title: String,
    pub seen: i64,
    pub places: String,
}

impl PlaceInput {
    /// The field of the form.
    pub fn field(&self) -> String {
        format!("places_{}_{}", self.federation, self.title)
    }
}

/// What releasing a form would do.
#[derive(Clone, Debug, PartialEq)]
pub struct ReleasePreview {
    pub year: i16,
    /// What changes, federation by federation.
    pub lines: Vec<ReleaseLine>,
    /// By title: its name, all places now and after. Titles that nothing changes of are left out.
    pub sums: Vec<(Text, i64, i64)>,
}

impl ReleasePreview {
    /// Whether something stands in the way.
    pub fn is_broken(&self) -> bool {
        self.lines.iter().any(|line| line.breaks.is_some())
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct ReleaseLine {
    pub federation: UnitPlace,
    pub title: String,
    pub title_name: Text,
    pub now: i64,
    /// As it was typed.
    pub after: String,
    pub used: i64,
    /// Why it can't be.
    pub breaks: Option<Refusal>,
}

/// What a form would do: who gets how many where it had how many, the sums, and what stands in the way. Nothing is kept.
///
/// # Errors
/// Not found to those who don't see the city, and for a federation or a title that isn't of the table; `NotYourRole`; `OutsideProgramme`.
pub async fn preview_places(
    app: &App,
    actor: &Actor,
    year: i16,
    inputs: &[PlaceInput],
) -> Result<ReleasePreview> {
    let mut tx = app.db.read().await?;
    let city = unit::root(&mut tx).await?.ok_or(Error::NotFound)?;
    let city = app.seen(&mut tx, actor, &city.id).await?;
    let permit = permit(actor, act::SetQuota, &city)?;
    rounds::of_year(&mut tx, app, year).await?;
    let titles = titles(app, year);
    let federations = federations(&mut tx, app, year).await?;
    let of = (year, titles.as_slice(), federations.as_slice());
    let changes = changes(&mut tx, &permit, of, inputs).await?;
    let mut lines = Vec::new();
    for change in &changes {
        let federation = federations
            .iter()
            .find(|unit| unit.id == change.before.unit);
        let name = titles.iter().find(|(key, _)| *key == change.before.title);
        if let (Some(federation), Some((_, name))) = (federation, name) {
            lines.push(ReleaseLine {
                federation: federation.clone(),
                title: change.before.title.clone(),
                title_name: name.clone(),
                now: change.before.places,
                after: change.typed.clone(),
                used: change.used,
                breaks: change.after.as_ref().err().cloned(),
            });
        }
    }
    let kept = quotas::of_year(&mut tx, year).await?;
    let sums = titles.iter().filter_map(|(key, name)| {
        let of_title = changes.iter().filter(|change| change.before.title == *key);
        let differences: Vec<i64> = of_title
            .filter_map(|change| Some(change.after.as_ref().ok()?.places - change.before.places))
            .collect();
        let quotas = kept.iter().filter(|quota| quota.title == *key);
        let now: i64 = quotas.map(|quota| quota.in_hand() + quota.unmoved()).sum();
        let after = now + differences.iter().sum::<i64>();
        (!differences.is_empty()).then(|| (name.clone(), now, after))
    });
    Ok(ReleasePreview {
        year,
        lines,
        sums: sums.collect(),
    })
}

/// The city releases places, all of a form at once or none: the federations are told.
///
/// # Errors
/// As `App::permit` at the city; `OutsideProgramme`; not found for a federation or a title that isn't of the table; by field: `Stale` when somebody
/// set them since, `Closed`, `NotANumber`, `FewerThanUsed`, `FewerThanShared`; `Stale` when a quota was changed in between.
pub async fn set_places(
    app: &App,
    actor: &Actor,
    year: i16,
    inputs: &[PlaceInput],
) -> Result<usize> {
    let mut tx = app
        .db
        .write([Scope::Lists(year), Scope::CalendarAsItIs])
        .await?;
    let city = unit::root(&mut tx).await?.ok_or(Error::NotFound)?;
    let permit = app.permit(&mut tx, actor, act::SetQuota, &city.id).await?;
    rounds::of_year(&mut tx, app, year).await?;
    let titles = titles(app, year);
    let federations = federations(&mut tx, app, year).await?;
    let of = (year, titles.as_slice(), federations.as_slice());
    let (mut changed, mut wrong) = (Vec::new(), Vec::new());
    for change in changes(&mut tx, &permit, of, inputs).await? {
        match change.after {
            Ok(after) => changed.push((change.before, after)),
            Err(refusal) => wrong.push((change.field, refusal)),
        }
    }
    if !wrong.is_empty() {
        return Err(Refusal::Fields(wrong).into());
    }
    for (before, after) in &changed {
        if !quotas::save(&mut tx, after).await? {
            return Err(General::Stale.into());
        }
        app.trail(
            &mut tx,
            actor,
            Deed::SetQuota,
            Object::Quota {
                year,
                title: after.title.clone(),
                federation: after.unit,
            },
            Some(&permit.unit),
            json!({ "before": before.places, "after": after.places }),
        )
        .await?;
        tell_federation(&mut tx, app, actor, of, after).await?;
    }
    tx.commit().await?;
    Ok(changed.len())
}

async fn tell_federation(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    (year, titles, federations): (i16, &[(String, Text)], &[UnitPlace]),
    after: &Quota,
) -> Result<()> {
    let federation = federations.iter().find(|unit| unit.id == after.unit);
    let title = titles.iter().find(|(title, _)| *title == after.title);
    if let (Some(federation), Some((_, title))) = (federation, title) {
        let until = telling::until(tx, app, year, RoundAct::Recommend).await?;
        let told = Message::of(Kind::QuotaSet, about(after), after.revision, to(after))
            .due(until)
            .says([
                federation.name.as_str().into(),
                year.into(),
                title.into(),
                after.places.into(),
            ]);
        tell(app, tx, actor, told);
    }
    Ok(())
}

/// What a message about a federation's places is about.
pub(super) fn about(quota: &Quota) -> About {
    let object = Object::Recommendation {
        year: quota.year,
        title: quota.title.clone(),
    };
    About::of(&object, Some(quota.unit), quota.year)
}

/// Those who recommend for the federation.
pub(super) fn to(quota: &Quota) -> Vec<To> {
    vec![To::Unit {
        unit: quota.unit,
        roles: message::APPROVERS,
    }]
}

/// One cell that a form changes, or can't.
struct Change {
    field: String,
    before: Quota,
    typed: String,
    used: i64,
    after: std::result::Result<Quota, Refusal>,
}

/// The cells that a form changes, as they are and as they become.
async fn changes(
    tx: &mut Tx,
    permit: &Permit<act::SetQuota>,
    (year, titles, federations): (i16, &[(String, Text)], &[UnitPlace]),
    inputs: &[PlaceInput],
) -> Result<Vec<Change>> {
    let shares = sharing::of_year(tx, year).await?;
    let mut changes = Vec::new();
    for input in inputs {
        let federation = federations
            .iter()
            .find(|unit| unit.id == input.federation)
            .ok_or(Error::NotFound)?;
        let (title, name) = titles
            .iter()
            .find(|(title, _)| *title == input.title)
            .ok_or(Error::NotFound)?;
        let (before, is_new) = quota_of(tx, year, title, federation).await?;
        let used = quotas::used(tx, year, title, &federation.id).await?;
        let shared = shared_of(&shares, title, &federation.id);
        let after = after(before.clone(), permit, input, (used, shared), name);
        let is_changed = match &after {
            Ok(after) => *after != before || (is_new && after.places > 0),
            Err(_) => true,
        };
        if is_changed {
            changes.push(Change {
                field: input.field(),
                before,
                typed: input.places.trim().to_owned(),
                used,
                after,
            });
        }
    }
    Ok(changes)
}

fn after(
    before: Quota,
    permit: &Permit<act::SetQuota>,
    input: &PlaceInput,
    (used, shared): (i64, i64),
    name: &Text,
) -> std::result::Result<Quota, Refusal> {
    let most = recommendation::MOST_PLACES;
    let places = typed(&input.places).map_err(|_| RecommendationRefusal::NotANumber { most })?;
    let had = before.places;
    let after = recommendation::set_places(before, permit, input.seen, places, used, name)?;
    if places < shared && places < had {
        return Err(QuotaRefusal::FewerThanShared { places, shared }.into());
    }
    Ok(after)
}

/// An empty field is no places.
pub(super) fn typed(places: &str) -> std::result::Result<i64, std::num::ParseIntError> {
    match places.trim() {
        "" => Ok(0),
        number => number.parse(),
    }
}
