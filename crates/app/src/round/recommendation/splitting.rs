//! Shares of a federation's places that it gives on to the townships below it, where the city opened that: whoever has a share sends no more on.

use std::collections::BTreeSet;

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::UnitId,
        message::{self, About, Kind, Message, Said},
        place::{UnitPlace, is_within},
        policy::{Act, Actor, act, may},
        refusal::{General, Refusal},
    },
    round::{
        application::Application,
        quota::{self, QuotaRefusal, QuotaShare},
        recommendation::MOST_PLACES,
    },
};
use jianjia_standard::{
    Text,
    programme::{RoundAct, RouteAct},
};
use jianjia_store::{
    core::{db::Tx, scope::Scope},
    register::unit,
    round::quota::{self as quotas, sharing},
};
use serde_json::json;

use super::{federations_seen, recommended_title};
use crate::{
    core::{
        app::App,
        error::{Error, Result},
        message::tell,
    },
    round::{round as rounds, scope as scopes, telling},
};

/// A federation's places for a title, and what each township below has of them.
#[derive(Clone, Debug)]
pub struct ShareTable {
    pub year: i16,
    pub title: String,
    pub title_name: Text,
    pub federation: UnitPlace,
    /// The places in hand.
    pub places: i64,
    pub rows: Vec<ShareRow>,
    /// Whether the city opened the title's places for it.
    pub is_open: bool,
    pub may_split: bool,
}

impl ShareTable {
    pub fn shared(&self) -> i64 {
        self.rows.iter().filter_map(|row| row.places).sum()
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShareRow {
    pub unit: UnitPlace,
    /// None: no share was given, so nothing limits it.
    pub places: Option<i64>,
    /// What it has sent on.
    pub used: i64,
    pub revision: i64,
}

/// What a federation typed for one township; empty: no share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShareInput {
    pub unit: UnitId,
    /// The revision that the page showed.
    pub seen: i64,
    pub places: String,
}

/// The city opens the places of a title for shares, or ends that; shares that were given then limit nobody.
///
/// # Errors
/// Not found for a title that the year's standard doesn't know; `NotRecommended`; as `App::permit` at the city; `OutsideProgramme`.
pub async fn open_for_shares(
    app: &App,
    actor: &Actor,
    year: i16,
    title: &str,
    is_open: bool,
) -> Result<()> {
    recommended_title(app, year, title)?;
    let mut tx = app
        .db
        .write([Scope::Lists(year), Scope::CalendarAsItIs])
        .await?;
    let city = unit::root(&mut tx).await?.ok_or(Error::NotFound)?;
    let permit = app.permit(&mut tx, actor, act::SetQuota, &city.id).await?;
    rounds::of_year(&mut tx, app, year).await?;
    if sharing::is_open(&mut tx, year, title).await? == is_open {
        return Ok(());
    }
    sharing::open(&mut tx, year, title, is_open).await?;
    app.trail(
        &mut tx,
        actor,
        Deed::OpenQuota,
        Object::Recommendation {
            year,
            title: title.to_owned(),
        },
        Some(&permit.unit),
        json!({ "open": is_open }),
    )
    .await?;
    Ok(tx.commit().await?)
}

/// The shares of a federation: the actor's own, or `of` for those above it.
///
/// # Errors
/// Not found for a title that the year's standard doesn't know, and for a federation that the actor doesn't see; `NotRecommended`;
/// `OutsideProgramme`.
pub async fn shares(
    app: &App,
    actor: &Actor,
    year: i16,
    title: &str,
    of: Option<&UnitId>,
) -> Result<ShareTable> {
    let title_name = recommended_title(app, year, title)?;
    let mut tx = app.db.read().await?;
    rounds::of_year(&mut tx, app, year).await?;
    let federations = federations_seen(&mut tx, app, actor, year).await?;
    let mut seen = federations.into_iter();
    let federation = match of {
        Some(id) => seen.find(|unit| unit.id == *id),
        None => seen.next(),
    };
    let federation = federation.ok_or(Error::NotFound)?;
    let quota = quotas::find(&mut tx, year, title, &federation.id).await?;
    Ok(ShareTable {
        year,
        title: title.to_owned(),
        title_name,
        places: quota.map_or(0, |quota| quota.in_hand()),
        rows: rows(&mut tx, app, year, title, &federation).await?,
        is_open: sharing::is_open(&mut tx, year, title).await?,
        may_split: may(actor, Act::SplitQuota, &federation),
        federation,
    })
}

/// The townships below a federation, with what they have and have sent on.
async fn rows(
    tx: &mut Tx,
    app: &App,
    year: i16,
    title: &str,
    federation: &UnitPlace,
) -> Result<Vec<ShareRow>> {
    let units = townships(tx, app, year, title, federation).await?;
    let kept = sharing::of_year(tx, year).await?;
    let handed_in = sharing::handed_in_below(tx, year, title, &federation.path).await?;
    let rows = units.into_iter().map(|unit| {
        let share = kept
            .iter()
            .find(|share| share.title == title && share.unit == unit.id);
        ShareRow {
            places: share.map(|share| share.places),
            revision: share.map_or(0, |share| share.revision),
            used: sent_on(&handed_in, &unit.id),
            unit,
        }
    });
    Ok(rows.collect())
}

/// The federations below that give their opinion before the title is recommended.
async fn townships(
    tx: &mut Tx,
    app: &App,
    year: i16,
    title: &str,
    federation: &UnitPlace,
) -> Result<Vec<UnitPlace>> {
    let steps = app
        .standards
        .of(year)
        .route(title)
        .map(|route| &route.steps);
    let kinds: BTreeSet<&str> = steps
        .into_iter()
        .flatten()
        .filter(|step| step.act == RouteAct::Endorse)
        .flat_map(|step| step.at.iter().chain(&step.otherwise))
        .map(String::as_str)
        .collect();
    let kinds: Vec<&str> = kinds.into_iter().collect();
    let mut units = unit::of_kinds(tx, &kinds).await?;
    units.retain(|unit| {
        unit.kind.is_federation()
            && unit.id != federation.id
            && is_within(&unit.path, &federation.path)
    });
    Ok(units)
}

fn sent_on(handed_in: &[Application], unit: &UnitId) -> i64 {
    let past = handed_in.iter().filter(|one| quota::is_past(one, unit));
    i64::try_from(past.count()).unwrap_or(i64::MAX)
}

/// A federation gives shares on, all of a form at once or none; the townships are told.
///
/// # Errors
/// Not found for a title that the year's standard doesn't know, and for a unit that is no township below; `NotRecommended`; as `App::permit` at the
/// federation; as `rounds::open` (P6); `NotSplit`; by field: `Stale` when somebody set it since, `NotANumber`, `ShareBelowUsed`;
/// `SharesBeyondPlaces`; `Stale`.
pub async fn split(
    app: &App,
    actor: &Actor,
    (year, title, federation): (i16, &str, &UnitId),
    inputs: &[ShareInput],
) -> Result<usize> {
    let title_name = recommended_title(app, year, title)?;
    let of = (year, title, federation);
    let units = inputs.iter().map(|input| input.unit);
    let mut tx = app.db.write(scopes::of_shares(of, units)).await?;
    let permit = app
        .permit(&mut tx, actor, act::SplitQuota, federation)
        .await?;
    rounds::open(&mut tx, app, year, RoundAct::Review).await?;
    if !sharing::is_open(&mut tx, year, title).await? {
        return Err(QuotaRefusal::NotSplit { title: title_name }.into());
    }
    let rows = rows(&mut tx, app, year, title, &permit.unit).await?;
    let changes = changed(year, title, &permit.unit, &rows, inputs)?;
    let quota = quotas::find(&mut tx, year, title, federation).await?;
    let after = rows.iter().filter_map(|row| {
        let change = changes.iter().find(|(unit, _)| unit.id == row.unit.id);
        change.map_or(row.places, |(_, share)| {
            share.as_ref().map(|share| share.places)
        })
    });
    quota::may_split(quota.as_ref(), &permit, after)?;
    let until = telling::until(&mut tx, app, year, RoundAct::Review).await?;
    for (unit, share) in &changes {
        match share {
            Some(share) if !sharing::save(&mut tx, share).await? => {
                return Err(General::Stale.into());
            }
            Some(_) => {}
            None => sharing::remove(&mut tx, year, title, &unit.id).await?,
        }
        let places = share.as_ref().map(|share| share.places);
        let told = of_share(app, of, &title_name, &permit.unit, unit, places);
        tell(
            app,
            &mut tx,
            actor,
            told.due(until.filter(|_| share.is_some())),
        );
        let before = rows.iter().find(|row| row.unit.id == unit.id);
        app.trail(
            &mut tx,
            actor,
            Deed::SplitQuota,
            Object::Quota {
                year,
                title: title.to_owned(),
                federation: unit.id,
            },
            Some(&permit.unit),
            json!({
                "before": before.and_then(|row| row.places),
                "after": share.as_ref().map(|share| share.places),
            }),
        )
        .await?;
    }
    tx.commit().await?;
    Ok(changes.len())
}

/// What a township is told of its share; of one that was taken back, that it has none.
fn of_share(
    app: &App,
    (year, title, _): (i16, &str, &UnitId),
    title_name: &Text,
    federation: &UnitPlace,
    unit: &UnitPlace,
    places: Option<i64>,
) -> Message {
    let object = Object::Quota {
        year,
        title: title.to_owned(),
        federation: unit.id,
    };
    let about = About::of(&object, Some(unit.id), year);
    let to = message::office(unit.id);
    // A share that was taken back and is given anew begins to count its revisions again, so the change is known by itself.
    let change = app.entropy.id(app.now());
    let kind = match places {
        Some(_) => Kind::SharesGiven,
        None => Kind::SharesTakenBack,
    };
    let mut told = Message::of(kind, about, change, to).says([
        federation.name.as_str().into(),
        year.into(),
        title_name.into(),
        unit.name.as_str().into(),
    ]);
    told.detail.says.extend(places.map(Said::from));
    told
}

/// The shares that a form changes: with the share as it becomes, or without where it is taken back.
fn changed(
    year: i16,
    title: &str,
    federation: &UnitPlace,
    rows: &[ShareRow],
    inputs: &[ShareInput],
) -> Result<Vec<(UnitPlace, Option<QuotaShare>)>> {
    let mut wrong: Vec<(String, Refusal)> = Vec::new();
    let mut changes = Vec::new();
    for input in inputs {
        let row = rows.iter().find(|row| row.unit.id == input.unit);
        let row = row.ok_or(Error::NotFound)?;
        let field = format!("share_{}", input.unit);
        let typed = input.places.trim();
        let places = match typed.parse::<i64>() {
            _ if typed.is_empty() => None,
            Ok(places) if (0..=MOST_PLACES).contains(&places) => Some(places),
            _ => {
                wrong.push((field, QuotaRefusal::NotANumber { most: MOST_PLACES }.into()));
                continue;
            }
        };
        if places == row.places {
            continue;
        }
        if input.seen != row.revision {
            wrong.push((field, General::Stale.into()));
            continue;
        }
        if let Some(places) = places.filter(|places| *places < row.used) {
            let refusal = QuotaRefusal::ShareBelowUsed {
                unit: row.unit.name.clone(),
                places,
                used: row.used,
            };
            wrong.push((field, refusal.into()));
            continue;
        }
        let share = places.map(|places| QuotaShare {
            year,
            title: title.to_owned(),
            federation: federation.id,
            unit: row.unit.id,
            unit_path: row.unit.path.clone(),
            places,
            revision: row.revision + 1,
        });
        changes.push((row.unit.clone(), share));
    }
    if !wrong.is_empty() {
        return Err(Refusal::Fields(wrong).into());
    }
    Ok(changes)
}

/// Refuses an opinion by which an office would send more on than its share, together with `besides` others that are to go on before it.
pub(crate) async fn within_share(
    tx: &mut Tx,
    app: &App,
    application: &Application,
    besides: i64,
) -> Result<()> {
    let Some(turn) = application.turn() else {
        return Ok(());
    };
    let (year, title) = (application.year, application.title.as_str());
    let share = sharing::find(tx, year, title, &turn.unit.id).await?;
    let Some(share) = share else { return Ok(()) };
    if !sharing::is_open(tx, year, title).await? {
        return Ok(());
    }
    let standard = app.standards.of(year);
    let name = standard.title(title).ok_or(Error::NotFound)?.name.clone();
    // Its path is as of today; the share's copy follows a move, too.
    let handed_in = sharing::handed_in_below(tx, year, title, &share.unit_path).await?;
    Ok(quota::may_send_on(
        &share,
        sent_on(&handed_in, &turn.unit.id),
        besides,
        &name,
    )?)
}
