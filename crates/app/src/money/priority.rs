//! Who goes first for a higher honour (R2): the lists, who was put forward, and what came of it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::{ForwardId, PersonId, UnitId},
        place::{UnitKind, UnitPlace, is_within},
        policy::{self, Act, Actor, Role, act},
        refusal::General,
    },
    honour::honour::Honour,
    money::priority::{
        self, Barred, Came, CameInput, Forward, Holder, Outcome, Place, PriorityRefusal,
    },
};
use jianjia_standard::{
    Standard,
    fact::{FactKind, FactValue},
    kinds::{HonourLevel, Post},
    programme::{Bar, HigherHonour, HonouredOf, OrderRule},
};
use jianjia_store::{
    core::{db::Tx, place, scope::Scope},
    money::priority::{self as store, Bars},
    rating::count as ratings,
    year::statement as statements,
};
use serde_json::json;

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
    for honour in &app.standards.of(year).higher_honours {
        let places = places(&mut tx, app, honour, (&within, year)).await?;
        let ranked = places.iter().filter(|place| place.place.is_some()).count();
        let forwards = store::forwards(&mut tx, &within, &honour.key).await?;
        let of_year = forwards.iter().filter(|forward| forward.year == year);
        let mut came: BTreeMap<Outcome, usize> = BTreeMap::new();
        for forward in of_year {
            *came.entry(forward.outcome()).or_default() += 1;
        }
        lines.push(HonourLine {
            honour: honour.clone(),
            ranked,
            barred: places.len() - ranked,
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
        may_put_forward: actor
            .roles
            .iter()
            .any(|held| held.role == Role::Approver && held.unit.kind.is_federation()),
    })
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

/// The holders within subtrees, in order.
async fn places(
    tx: &mut Tx,
    app: &App,
    honour: &HigherHonour,
    (within, year): (&[String], i16),
) -> Result<Vec<Place>> {
    let standard = app.standards.of(year);
    let of_people = honour.of == HonouredOf::People;
    let held = store::held(tx, within, &honour.requires, of_people).await?;
    let units: BTreeSet<UnitId> = held.iter().map(|honour| honour.unit).collect();
    let units: Vec<UnitId> = units.into_iter().collect();
    let registered = store::members(tx, &units).await?;
    let people: Vec<PersonId> = held.iter().filter_map(|honour| honour.person).collect();
    let posts = store::posts(tx, &people).await?;
    let asks = |rule| honour.order.contains(&rule);
    let satisfaction = match asks(OrderRule::Satisfaction) {
        true => satisfaction(tx, app, &units, year - 1).await?,
        false => HashMap::new(),
    };
    let stars = match asks(OrderRule::Stars) {
        true => stars(tx, app, &units, year).await?,
        false => HashMap::new(),
    };
    let bars = match honour.barred_by.is_empty() {
        true => Bars::default(),
        false => store::bars(tx, within, year).await?,
    };
    let mut forwards: HashMap<(UnitId, Option<PersonId>), Vec<(i16, Outcome)>> = HashMap::new();
    for forward in store::forwards(tx, within, &honour.key).await? {
        let of = forwards.entry((forward.unit, forward.person)).or_default();
        of.push((forward.year, forward.outcome()));
    }
    // Whoever was given a title twice stands once, by the earliest.
    let mut holders: BTreeMap<(UnitId, Option<PersonId>), Holder> = BTreeMap::new();
    let today = app.clock.today();
    for title in held.into_iter().filter(|title| title.begun_on <= today) {
        let who = (title.unit, title.person);
        if let Some(known) = holders.get_mut(&who) {
            known.level = higher(known.level, title.level);
            continue;
        }
        let Some((true, name, members)) = registered.get(&title.unit).cloned() else {
            continue;
        };
        let post = title.person.and_then(|person| posts.get(&person).copied());
        let barred = barred(standard, honour, &bars, (&title, post));
        let holder = Holder {
            honour: title.id,
            since: title.begun_on,
            level: title.level,
            unit: title.unit,
            unit_kind: title.unit_kind,
            unit_name: name,
            person: title.person,
            forwards: forwards.remove(&who).unwrap_or_default(),
            satisfaction: satisfaction.get(&title.unit).copied(),
            stars: stars.get(&title.unit).copied(),
            members,
            barred,
            title: title.title,
            number: title.number,
            unit_path: title.unit_path,
            person_name: title.person_name,
        };
        holders.insert(who, holder);
    }
    Ok(priority::ranked(
        honour,
        year,
        holders.into_values().collect(),
    ))
}

fn higher(one: HonourLevel, other: HonourLevel) -> HonourLevel {
    let rank = |level| HonourLevel::ALL.iter().position(|known| *known == level);
    if rank(other) > rank(one) { other } else { one }
}

/// What bars a holder: what is of its unit, or of the union of a branch; of a person only for the posts that the title's vetoes bar.
fn barred(
    standard: &Standard,
    honour: &HigherHonour,
    bars: &Bars,
    (title, post): (&Honour, Option<Post>),
) -> Vec<Barred> {
    let concerns = |path: &str, kind: UnitKind| {
        path == title.unit_path || (!kind.is_federation() && is_within(&title.unit_path, path))
    };
    let posts = standard
        .title(&title.title)
        .map_or(&[][..], |title| &title.barred_posts);
    // Whose post isn't known is not barred by a rule that names posts.
    let spares = title.person.is_some()
        && !posts.is_empty()
        && !post.is_some_and(|post| posts.contains(&post));
    let asks = |bar| honour.barred_by.contains(&bar);
    let mut found = Vec::new();
    if asks(Bar::Veto) && !spares {
        let vetoes = bars.vetoes.iter();
        let of = vetoes.filter(|(path, kind, _)| concerns(path, *kind));
        found.extend(of.map(|(_, _, clause)| Barred::Veto(clause.clone())));
    }
    if asks(Bar::Entry) && !spares {
        let entries = bars.entries.iter();
        let of = entries.filter(|(path, kind, _)| concerns(path, *kind));
        found.extend(of.map(|(_, _, clause)| Barred::Entry(clause.clone())));
    }
    if asks(Bar::Check) {
        let visits = bars.visits.iter();
        let of = visits.filter(|(path, _)| *path == title.unit_path);
        found.extend(of.map(|(_, state)| Barred::Check(*state)));
    }
    found
}

/// The satisfied and the valid ballots of a year; none of a rating that the year's standard can't read.
async fn satisfaction(
    tx: &mut Tx,
    app: &App,
    units: &[UnitId],
    year: i16,
) -> Result<HashMap<UnitId, (i64, i64)>> {
    let standard = app.standards.of(year);
    let rated = ratings::of_units(tx, units, year).await?;
    let known = rated.into_iter().filter_map(|(unit, totals)| {
        let (satisfied, valid) = totals.satisfied_of_valid(standard)?;
        (valid > 0).then_some((unit, (satisfied, valid)))
    });
    Ok(known.collect())
}

/// The stars that units say, of the sheet's one level.
async fn stars(
    tx: &mut Tx,
    app: &App,
    units: &[UnitId],
    year: i16,
) -> Result<HashMap<UnitId, u64>> {
    let standard = app.standards.of(year);
    let mut facts = standard.facts.iter();
    let Some(level) = facts.find(|fact| fact.kind == FactKind::Level) else {
        return Ok(HashMap::new());
    };
    let mut known = HashMap::new();
    // Last year's stand until the year says others.
    for year in [year - 1, year] {
        for (unit, said) in statements::facts_of_units(tx, units, year).await? {
            let said = said.get(&level.key).and_then(|said| said.known(level));
            if let Some(FactValue::Number(stars)) = said {
                known.insert(unit, stars);
            }
        }
    }
    Ok(known)
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
