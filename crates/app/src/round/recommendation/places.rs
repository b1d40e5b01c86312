//! The city's quotas: places by federation and title, with what is used and what came back.

use std::collections::BTreeSet;

use jianjia_domain::core::{
    audit::{deed::Deed, object::Object},
    message::{self, About, Kind, Message, To},
    policy::act,
};
use jianjia_domain::{
    core::{
        ids::UnitId,
        place::{UnitKind, UnitPlace},
        policy::{Act, Actor, Permit},
        refusal::{General, Refusal},
    },
    round::recommendation::{self, Quota, RecommendationRefusal},
};
use jianjia_standard::{
    Text,
    programme::{RoundAct, RouteAct},
};
use jianjia_store::{
    core::{db::Tx, scope::Scope},
    register::unit,
    round::{quota as quotas, recommendation as lists},
};
use serde_json::json;

use super::titles;
use crate::{
    core::{
        app::App,
        error::{Error, Result},
        message::tell,
    },
    round::{round as rounds, telling},
};

/// A year's places: a row a federation, a cell a title.
#[derive(Clone, Debug)]
pub struct QuotaTable {
    pub year: i16,
    pub titles: Vec<(String, Text)>,
    pub rows: Vec<QuotaRow>,
    /// By title: places, used, returned.
    pub totals: Vec<(i64, i64, i64)>,
    pub may_set: bool,
}

#[derive(Clone, Debug)]
pub struct QuotaRow {
    pub federation: UnitPlace,
    pub cells: Vec<QuotaCell>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QuotaCell {
    pub places: i64,
    pub used: i64,
    pub returned: i64,
    pub is_closed: bool,
    /// Candidates that wait for the federation's choice.
    pub waiting: i64,
}

/// What the city typed into one cell, and what the page had shown there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaceInput {
    pub federation: UnitId,
    pub title: String,
    pub seen: i64,
    pub places: String,
}

/// The table of a year, for the city.
///
/// # Errors
/// Not found to those who don't see the city; `OutsideProgramme`.
pub async fn table(app: &App, actor: &Actor, year: i16) -> Result<QuotaTable> {
    let mut tx = app.db.read().await?;
    let city = unit::root(&mut tx).await?.ok_or(Error::NotFound)?;
    app.seen(&mut tx, actor, &city.id).await?;
    rounds::of_year(&mut tx, app, year).await?;
    let titles = titles(app, year);
    let kept = quotas::of_year(&mut tx, year).await?;
    let used = quotas::used_of_year(&mut tx, year).await?;
    let waiting = lists::waiting_of_year(&mut tx, year).await?;
    let count = |counts: &[(String, UnitId, i64)], title: &str, unit: &UnitId| {
        counts
            .iter()
            .find(|(key, at, _)| key == title && at == unit)
            .map_or(0, |(_, _, count)| *count)
    };
    let rows: Vec<QuotaRow> = federations(&mut tx, app, year)
        .await?
        .into_iter()
        .map(|federation| QuotaRow {
            cells: titles
                .iter()
                .map(|(title, _)| {
                    let quota = kept
                        .iter()
                        .find(|quota| quota.title == *title && quota.unit == federation.id);
                    QuotaCell {
                        places: quota.map_or(0, |quota| quota.places),
                        used: count(&used, title, &federation.id),
                        returned: quota.map_or(0, |quota| quota.returned),
                        is_closed: quota.is_some_and(|quota| quota.closed_at.is_some()),
                        waiting: count(&waiting, title, &federation.id),
                    }
                })
                .collect(),
            federation,
        })
        .collect();
    let totals = (0..titles.len())
        .map(|title| {
            rows.iter().fold((0, 0, 0), |total, row| {
                let cell = &row.cells[title];
                (
                    total.0 + cell.places,
                    total.1 + cell.used,
                    total.2 + cell.returned,
                )
            })
        })
        .collect();
    Ok(QuotaTable {
        year,
        titles,
        rows,
        totals,
        may_set: jianjia_domain::core::policy::may(actor, Act::SetQuota, &city),
    })
}

/// The city sets places, all of a form at once or none.
///
/// # Errors
/// As `App::permit` at the city; `OutsideProgramme`; not found for a federation or a title that isn't of the table; by field: `Stale` when somebody
/// set them since, `Closed`, `NotANumber`, `FewerThanUsed`; `Stale` when a quota was changed in between.
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
    let changed = changes(&mut tx, &permit, (year, &titles, &federations), inputs).await?;
    let until = telling::until(&mut tx, app, year, RoundAct::Recommend).await?;
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
        let federation = federations.iter().find(|unit| unit.id == after.unit);
        let title = titles.iter().find(|(title, _)| *title == after.title);
        if let (Some(federation), Some((_, title))) = (federation, title) {
            let object = Object::Recommendation {
                year,
                title: after.title.clone(),
            };
            let to = vec![To::Unit {
                unit: after.unit,
                roles: message::APPROVERS,
            }];
            let about = About::of(&object, Some(after.unit), year);
            let told = Message::of(Kind::QuotaSet, about, after.revision, to)
                .due(until)
                .says([
                    federation.name.as_str().into(),
                    year.into(),
                    title.into(),
                    after.places.into(),
                ]);
            tell(app, &mut tx, actor, told);
        }
    }
    tx.commit().await?;
    Ok(changed.len())
}

/// The quotas that a form changes, as they are and as they become; refused with every field that can't be.
async fn changes(
    tx: &mut Tx,
    permit: &Permit<act::SetQuota>,
    (year, titles, federations): (i16, &[(String, Text)], &[UnitPlace]),
    inputs: &[PlaceInput],
) -> Result<Vec<(Quota, Quota)>> {
    let mut wrong: Vec<(String, Refusal)> = Vec::new();
    let mut changed = Vec::new();
    for input in inputs {
        let federation = federations
            .iter()
            .find(|unit| unit.id == input.federation)
            .ok_or(Error::NotFound)?;
        let (title, name) = titles
            .iter()
            .find(|(title, _)| *title == input.title)
            .ok_or(Error::NotFound)?;
        let before = quotas::find(tx, year, title, &federation.id).await?;
        let is_new = before.is_none();
        let before = before.unwrap_or_else(|| Quota {
            year,
            title: title.clone(),
            unit: federation.id,
            unit_path: federation.path.clone(),
            places: 0,
            returned: 0,
            closed_at: None,
            revision: 0,
        });
        let used = quotas::used(tx, year, title, &federation.id).await?;
        let field = format!("places_{}_{title}", federation.id);
        let most = recommendation::MOST_PLACES;
        let Ok(places) = typed(&input.places) else {
            wrong.push((field, RecommendationRefusal::NotANumber { most }.into()));
            continue;
        };
        match recommendation::set_places(before.clone(), permit, input.seen, places, used, name) {
            Ok(after) if after != before || (is_new && places > 0) => {
                changed.push((before, after));
            }
            Ok(_) => {}
            Err(refusal) => wrong.push((field, refusal)),
        }
    }
    if !wrong.is_empty() {
        return Err(Refusal::Fields(wrong).into());
    }
    Ok(changed)
}

/// An empty field is no places.
fn typed(places: &str) -> std::result::Result<i64, std::num::ParseIntError> {
    match places.trim() {
        "" => Ok(0),
        number => number.parse(),
    }
}

/// The units that recommend: of the kinds that the standard's recommending steps name, in the order of the tree.
pub(super) async fn federations(tx: &mut Tx, app: &App, year: i16) -> Result<Vec<UnitPlace>> {
    let kinds: BTreeSet<&str> = app
        .standards
        .of(year)
        .routes
        .iter()
        .flat_map(|route| &route.steps)
        .filter(|step| step.act == RouteAct::Recommend)
        .flat_map(|step| step.at.iter().chain(&step.otherwise))
        .map(String::as_str)
        .collect();
    let kinds: Vec<&str> = kinds.into_iter().collect();
    let mut federations = unit::of_kinds(tx, &kinds).await?;
    federations.sort_by_cached_key(|unit| {
        let kind = UnitKind::ALL.iter().position(|kind| *kind == unit.kind);
        (kind, numbers(&unit.path))
    });
    Ok(federations)
}

/// A path as its numbers: as text, 10 would stand before 2.
fn numbers(path: &str) -> Vec<u64> {
    path.split('/')
        .filter_map(|part| part.parse().ok())
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_tenth_federation_stands_behind_the_second() {
        let mut paths = ["/1/10/", "/1/2/", "/1/"];
        paths.sort_by_key(|path| super::numbers(path));
        assert_eq!(paths, ["/1/", "/1/2/", "/1/10/"]);
    }
}
