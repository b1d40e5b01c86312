//! Who goes first for a higher honour (R2): the lists, who was put forward, and what came of it. `holders` puts them in order.

mod holders;

use std::collections::BTreeMap;

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::ForwardId,
        place::{UnitPlace, is_within},
        policy::{self, Act, Actor, Role, act},
        refusal::General,
    },
    money::priority::{self, Came, CameInput, Forward, Outcome, Place, PriorityRefusal},
};
use jianjia_standard::programme::HigherHonour;
use jianjia_store::{
    core::{db::Tx, place, scope::Scope},
    money::priority as store,
};
use serde_json::json;

use self::holders::{counted, places};
use crate::core::{
    app::App,
    error::{Error, Result, refuses},
};

refuses!(PriorityRefusal);

/// A higher honour on the page of all of them.
#[derive(Clone, Debug)]
pub struct HonourLine {
    pub honour: HigherHonour,
    /// Those who can be put forward, and those who hold a title and are barred.
    pub ranked: usize,
    pub barred: usize,
    /// Of this year, by what came of it.
    pub forwards: Vec<(Outcome, usize)>,
}

/// The higher honours of the year's standard, for the federations.
///
/// # Errors
/// `NotYourRole` to those who see no list.
pub async fn all(app: &App, actor: &Actor) -> Result<Vec<HonourLine>> {
    let within = seen_within(actor)?;
    let year = app.year();
    let mut tx = app.db.read().await?;
    let mut lines = Vec::new();
    let honours = &app.standards.of(year).higher_honours;
    let counts = counted(&mut tx, app, honours, (&within, year)).await?;
    let forwards = store::forwards(&mut tx, &within, "").await?;
    for (honour, (ranked, barred)) in honours.iter().zip(counts) {
        let of_year = forwards
            .iter()
            .filter(|forward| forward.year == year && forward.honour == honour.key);
        let mut came: BTreeMap<Outcome, usize> = BTreeMap::new();
        for forward in of_year {
            *came.entry(forward.outcome()).or_default() += 1;
        }
        lines.push(HonourLine {
            honour: honour.clone(),
            ranked,
            barred,
            forwards: came.into_iter().collect(),
        });
    }
    Ok(lines)
}

/// The list of a higher honour.
#[derive(Clone, Debug)]
pub struct PriorityList {
    pub honour: HigherHonour,
    pub year: i16,
    pub places: Vec<Place>,
    /// Those put forward, of all years.
    pub forwards: Vec<Forward>,
    pub may_put_forward: bool,
}

/// Who goes first, with those who are barred behind them, and who was put forward.
///
/// # Errors
/// `NotYourRole` to those who see no list; not found when the year's standard has no such honour.
pub async fn list(app: &App, actor: &Actor, honour: &str) -> Result<PriorityList> {
    let within = seen_within(actor)?;
    let mut tx = app.db.read().await?;
    list_in(&mut tx, app, actor, (honour, &within)).await
}

async fn list_in(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    (key, within): (&str, &[String]),
) -> Result<PriorityList> {
    let year = app.year();
    let honour = app.standards.of(year).higher_honour(key);
    let honour = honour.ok_or(Error::NotFound)?;
    Ok(PriorityList {
        honour: honour.clone(),
        year,
        places: places(tx, app, honour, (within, year)).await?,
        forwards: store::forwards(tx, within, key).await?,
        may_put_forward: puts_forward(actor),
    })
}

/// Whether the actor puts somebody forward anywhere.
fn puts_forward(actor: &Actor) -> bool {
    let mut roles = actor.roles.iter();
    roles.any(|held| held.role == Role::Approver && held.unit.kind.is_federation())
}

/// The subtrees whose holders the actor sees in order.
fn seen_within(actor: &Actor) -> Result<Vec<String>> {
    let sees = [Role::Reviewer, Role::Approver, Role::Auditor];
    let mut paths: Vec<String> = actor
        .roles
        .iter()
        .filter(|held| sees.contains(&held.role) && held.unit.kind.is_federation())
        .map(|held| held.unit.path.clone())
        .collect();
    if paths.is_empty() {
        return Err(General::NotYourRole {
            act: Act::SeePriority,
            roles: sees.to_vec(),
        }
        .into());
    }
    paths.sort();
    paths.dedup_by(|longer, shorter| is_within(longer, shorter));
    Ok(paths)
}

/// What is sent with those who are to be put forward.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ForwardInput {
    /// Their tokens.
    pub chosen: Vec<String>,
    /// Why others before them are passed over.
    pub reason: String,
}

/// Notes who was put forward. The places are those of the list as it is in this moment.
///
/// # Errors
/// As `list`; as `priority::choose` and `priority::put_forward`; as `App::permit` at each holder's unit.
pub async fn put_forward(
    app: &App,
    actor: &Actor,
    honour: &str,
    input: &ForwardInput,
) -> Result<Vec<Forward>> {
    let within = seen_within(actor)?;
    if !puts_forward(actor) {
        return Err(General::NotYourRole {
            act: Act::PutForward,
            roles: vec![Role::Approver],
        }
        .into());
    }
    let mut tx = app.db.write(Scope::Forwards).await?;
    let list = list_in(&mut tx, app, actor, (honour, &within)).await?;
    let ranked = list.places.iter().filter(|place| place.place.is_some());
    let ranked = i64::try_from(ranked.count()).unwrap_or(i64::MAX);
    let chosen = priority::choose(&list.places, list.year, &input.chosen)?;
    let now = app.now();
    let (mut forwards, mut reason) = (Vec::with_capacity(chosen.len()), String::new());
    for one in &chosen {
        let unit = place::find(&mut tx, &one.holder.unit).await?;
        let unit = unit.ok_or(Error::NotFound)?;
        let permit = app
            .permit_at(&mut tx, actor, act::PutForward, &unit)
            .await?;
        if forwards.is_empty() {
            reason = priority::put_forward(&chosen, &permit, &input.reason)?;
        }
        let forward = Forward {
            id: ForwardId(app.entropy.id(now)),
            year: list.year,
            honour: list.honour.key.clone(),
            title_held: one.holder.honour,
            title_state: jianjia_domain::honour::honour::HonourState::InForce,
            title: one.holder.title.clone(),
            unit: one.holder.unit,
            unit_path: one.holder.unit_path.clone(),
            unit_name: one.holder.unit_name.clone(),
            person: one.holder.person,
            person_name: one.holder.person_name.clone(),
            place: i64::try_from(one.place).unwrap_or(i64::MAX),
            of: ranked,
            passed_over: i64::try_from(one.passed_over).unwrap_or(i64::MAX),
            reason: match one.passed_over {
                0 => String::new(),
                _ => reason.clone(),
            },
            by: actor.account,
            by_name: actor.name.clone(),
            at: now,
            came: None,
        };
        forwards.push((forward, unit));
    }
    for (forward, unit) in &forwards {
        if !store::insert(&mut tx, std::slice::from_ref(forward)).await? {
            let refusal = PriorityRefusal::IsForward {
                name: forward.in_words(),
                year: forward.year,
            };
            return Err(refusal.into());
        }
        trail_forward(&mut tx, app, actor, (forward, unit)).await?;
    }
    tx.commit().await?;
    Ok(forwards.into_iter().map(|(forward, _)| forward).collect())
}

async fn trail_forward(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    (forward, unit): (&Forward, &UnitPlace),
) -> Result<()> {
    let detail = json!({
        "honour": forward.honour,
        "year": forward.year,
        "name": forward.in_words(),
        "place": forward.place,
        "skipped": forward.passed_over,
        "reason": forward.reason,
    });
    app.trail(
        tx,
        actor,
        Deed::PutForward,
        Object::Forward(forward.id),
        Some(unit),
        detail,
    )
    .await
}

/// Somebody who was put forward, with everything that was said of what came of it.
#[derive(Clone, Debug)]
pub struct ForwardView {
    pub forward: Forward,
    pub honour: Option<HigherHonour>,
    /// The newest first.
    pub outcomes: Vec<Came>,
    pub may_record: bool,
}

/// One that was put forward.
///
/// # Errors
/// Not found when it isn't there or the actor sees no list that it stands on.
pub async fn find(app: &App, actor: &Actor, id: &ForwardId) -> Result<ForwardView> {
    let mut tx = app.db.read().await?;
    let (forward, unit) = seen(&mut tx, actor, id).await?;
    let standard = app.standards.of(forward.year);
    Ok(ForwardView {
        honour: standard.higher_honour(&forward.honour).cloned(),
        outcomes: store::outcomes(&mut tx, id).await?,
        may_record: policy::may(actor, Act::PutForward, &unit),
        forward,
    })
}

async fn seen(tx: &mut Tx, actor: &Actor, id: &ForwardId) -> Result<(Forward, UnitPlace)> {
    let forward = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    let within = seen_within(actor).map_err(|_| Error::NotFound)?;
    if !within
        .iter()
        .any(|path| is_within(&forward.unit_path, path))
    {
        return Err(Error::NotFound);
    }
    let unit = place::find(tx, &forward.unit).await?;
    Ok((forward, unit.ok_or(Error::NotFound)?))
}

/// Records what came of it. Sent twice, it is recorded once.
///
/// # Errors
/// As `find`; as `App::permit` at the holder's unit; as `priority::came`.
pub async fn record(
    app: &App,
    actor: &Actor,
    id: &ForwardId,
    input: &CameInput,
) -> Result<Forward> {
    let mut tx = app.db.write(Scope::Forwards).await?;
    let (forward, unit) = seen(&mut tx, actor, id).await?;
    let permit = app
        .permit_at(&mut tx, actor, act::PutForward, &unit)
        .await?;
    let times = (app.clock.today(), app.now());
    let came = priority::came(&forward, &permit, input, &actor.name, times)?;
    let is_same = |before: &Came| {
        Came {
            at: came.at,
            ..before.clone()
        } == came
    };
    if forward.came.as_ref().is_some_and(is_same) {
        return Ok(forward);
    }
    app.follow(&mut tx, "forward_outcome").await?;
    let row = app.entropy.id(app.now()).simple().to_string();
    store::came(&mut tx, &row, id, &came, &actor.account).await?;
    let detail = json!({
        "honour": forward.honour,
        "outcome": came.outcome,
        "on": came.on.to_string(),
        "document_number": came.document_number,
        "note": came.note,
    });
    app.trail(
        &mut tx,
        actor,
        Deed::RecordOutcome,
        Object::Forward(*id),
        Some(&unit),
        detail,
    )
    .await?;
    tx.commit().await?;
    Ok(Forward {
        came: Some(came),
        ..forward
    })
}
