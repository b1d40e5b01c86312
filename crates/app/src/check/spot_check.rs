//! The city's spot checks: the frame is made and published with its hash, the seed comes later, and the sample follows from both. What the public sees
//! of it is in `public`.

pub mod public;
mod reading;

use std::collections::{BTreeMap, BTreeSet};

use jianjia_domain::{
    check::{
        draw::{self, DrawRefusal, Drawn},
        spot_check::{
            self, Candidate, DrawDone, Inspector, Plan, Publication, Published, Publishing,
            SpotCheck, SpotCheckRefusal,
        },
        visit::{Visit, VisitInspector},
    },
    core::{
        audit::{deed::Deed, object::Object},
        ids::{AccountId, SpotCheckId, VisitId},
        message::{self, About, Kind, Message, To},
        place::{UnitKind, UnitPlace},
        policy::{Act, Actor, Permit, act},
        refusal::Refusal,
    },
};
use jianjia_standard::programme::{self, Sign};
use jianjia_store::{
    check::{
        risk::{self, Asked},
        spot_check as checks, visit as visits,
    },
    core::{db::Tx, scope::Scope},
    honour::target,
    register::unit,
};
use jiff::ToSpan;
use serde_json::json;

pub use self::reading::{
    FramePage, LINES, Sample, SampleLine, SamplePage, Shown, YearLine, frame, list, sample,
    sample_page, show, whole_frame,
};
use crate::{
    check::inspection,
    core::{
        app::App,
        error::{Error, Result, refuses},
        message::tell,
    },
};

refuses!(SpotCheckRefusal);
refuses!(DrawRefusal);

/// Whether the actor may publish frames and enter seeds.
///
/// # Errors
/// As `App::permit` at the city.
pub async fn may_hold(app: &App, actor: &Actor) -> Result<()> {
    let mut tx = app.db.read().await?;
    permitted(&mut tx, app, actor, Act::HoldSpotCheck).await?;
    Ok(())
}

/// A check that can be prepared: what its frame would be, and who can inspect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    pub year: i16,
    pub plan: Plan,
    pub candidates: Vec<Candidate>,
    pub may_publish: bool,
}

/// What the frame of a year would be today; nothing is kept.
///
/// # Errors
/// As `App::permit` at the city; `NotProvided`; `PublishedAlready`.
pub async fn preview(app: &App, actor: &Actor, year: i16) -> Result<Preview> {
    let mut tx = app.db.read().await?;
    let city = permitted(&mut tx, app, actor, Act::SeeSpotCheck)
        .await?
        .unit;
    if let Some(check) = checks::of_year(&mut tx, year).await? {
        return Err(published_already(check).into());
    }
    let may_publish = app
        .permit_at(&mut tx, actor, Act::HoldSpotCheck, &city)
        .await
        .is_ok();
    Ok(Preview {
        year,
        plan: plan(&mut tx, app, year, &city).await?,
        candidates: checks::candidates(&mut tx).await?,
        may_publish,
    })
}

fn published_already(check: SpotCheck) -> SpotCheckRefusal {
    SpotCheckRefusal::PublishedAlready {
        year: check.year,
        hash: check.frame_hash,
    }
}

async fn plan(tx: &mut Tx, app: &App, year: i16, city: &UnitPlace) -> Result<Plan> {
    let standard = app.standards.of(year);
    let rules = spot_check::rules(standard)?;
    let asked = Asked {
        year,
        title: &rules.title,
        every_years: rules.every_years as i64,
        facts: jumping(rules),
    };
    let homes = risk::homes(tx, &asked).await?;
    let mut right_under = vec![city.clone()];
    right_under.extend(target::right_under(tx, city).await?);
    Ok(spot_check::plan(standard, rules, homes, &right_under))
}

/// The facts whose jumps the standard looks for.
fn jumping(rules: &programme::SpotCheck) -> Vec<String> {
    let facts = rules.signs.iter().filter_map(|sign| match &sign.what {
        Sign::Jump { facts, .. } => Some(facts.iter().cloned()),
        _ => None,
    });
    let facts: BTreeSet<String> = facts.flatten().collect();
    facts.into_iter().collect()
}

/// Publishes the frame of a year: from now on nobody is added or left out. Sent twice, it is published once.
///
/// # Errors
/// As `App::permit` at the city; `NotProvided`; `PublishedAlready`; `LotteryUsed`; `NoInspectors`; as `spot_check::publish` and `too_few`.
pub async fn publish(
    app: &App,
    actor: &Actor,
    year: i16,
    publication: &Publication,
) -> Result<SpotCheck> {
    let mut tx = app.db.write(Scope::SpotCheck(year)).await?;
    let city = unit::root(&mut tx).await?.ok_or(Error::NotFound)?;
    let permit = app
        .permit_at(&mut tx, actor, act::HoldSpotCheck, &city)
        .await?;
    if let Some(check) = checks::of_year(&mut tx, year).await? {
        let is_repeated = check.published_by == Some(actor.account)
            && check.lottery.issue == publication.lottery_issue.trim()
            && Some(check.lottery.on) == publication.lottery_on;
        return match is_repeated {
            true => Ok(check),
            false => Err(published_already(check).into()),
        };
    }
    let standard = app.standards.of(year);
    let rules = spot_check::rules(standard)?;
    let plan = plan(&mut tx, app, year, &city).await?;
    let id = SpotCheckId(app.entropy.id(app.now()));
    let inspectors = confirmed(&mut tx, &id, publication).await?;
    let of = Publishing {
        id,
        year,
        standard,
        rules,
        // Who runs the program at the machine has no account.
        by: Some(actor.account).filter(|id| !id.0.is_nil()),
        by_name: &actor.name,
        today: app.clock.today(),
        now: app.now(),
    };
    let nonce = || format!("{:016x}{:016x}", app.entropy.number(), app.entropy.number());
    let published = spot_check::publish(&permit, &of, plan, publication, nonce)?;
    if inspectors.is_empty() {
        let refusal = SpotCheckRefusal::NoInspectors;
        return Err(Refusal::at("inspectors", refusal).into());
    }
    spot_check::too_few(&published.strata, &inspectors, rules.inspectors)
        .map_err(|refusal| Refusal::at("inspectors", refusal))?;
    keep(&mut tx, &published, &inspectors).await?;
    let check = published.check;
    app.trail(
        &mut tx,
        actor,
        Deed::PublishFrame,
        Object::SpotCheck(check.id),
        Some(&permit.unit),
        json!({
            "year": year,
            "frame_hash": check.frame_hash,
            "units": check.units,
            "sample": check.sample,
            "inspectors": inspectors.len(),
            "lottery": format!("{} {} {}", check.lottery.on, check.lottery.issue, check.lottery.name),
        }),
    )
    .await?;
    tx.commit().await?;
    Ok(check)
}

/// Those of the list who can inspect, in its order.
async fn confirmed(
    tx: &mut Tx,
    id: &SpotCheckId,
    publication: &Publication,
) -> Result<Vec<Inspector>> {
    let candidates = checks::candidates(tx).await?;
    let chosen: BTreeSet<AccountId> = publication.inspectors.iter().copied().collect();
    Ok(candidates
        .into_iter()
        .filter(|candidate| chosen.contains(&candidate.account))
        .map(|candidate| candidate.confirmed(*id))
        .collect())
}

async fn keep(tx: &mut Tx, published: &Published, inspectors: &[Inspector]) -> Result<()> {
    let check = &published.check;
    if !checks::insert(tx, check).await? {
        let lottery = &check.lottery;
        let year = checks::year_of_lottery(tx, &lottery.name, &lottery.issue).await?;
        let year = year.unwrap_or(check.year);
        let refusal = SpotCheckRefusal::LotteryUsed { year };
        return Err(Refusal::at("lottery_issue", refusal).into());
    }
    checks::insert_strata(tx, &check.id, &published.strata).await?;
    checks::insert_units(tx, &published.units).await?;
    checks::insert_inspectors(tx, inspectors).await?;
    Ok(checks::keep_file(tx, &check.id, FRAME, &published.file).await?)
}

/// The frame's file among those of a check.
pub(crate) const FRAME: &str = "frame";

/// Enters the number of the lottery: the sample is drawn by it, and who inspects, of those who still can. Sent twice, it is drawn once.
///
/// # Errors
/// As `App::permit` at the city; not found without a frame; as `spot_check::seed`; `FrameDamaged`; `TooFewInspectors`, `NoInspectorLeft` when too few
/// people can inspect today, even with those who were not confirmed.
pub async fn draw(app: &App, actor: &Actor, year: i16, typed: &str) -> Result<SpotCheck> {
    let mut tx = app.db.write(Scope::SpotCheck(year)).await?;
    let city = unit::root(&mut tx).await?.ok_or(Error::NotFound)?;
    let permit = app
        .permit_at(&mut tx, actor, act::HoldSpotCheck, &city)
        .await?;
    let check = checks::of_year(&mut tx, year)
        .await?
        .ok_or(Error::NotFound)?;
    if let Some(done) = &check.drawn
        && done.by == Some(actor.account)
        && draw::seed(typed).as_ref() == Ok(&done.seed)
    {
        return Ok(check);
    }
    let today = app.clock.today();
    let seed = spot_check::seed(&check, &permit, typed, today)?;
    let done = DrawDone {
        seed,
        due_on: today.saturating_add(check.days.days()),
        by: Some(actor.account).filter(|id| !id.0.is_nil()),
        by_name: actor.name.clone(),
        at: app.now(),
    };
    let file = checks::file(&mut tx, &check.id, FRAME)
        .await?
        .ok_or(SpotCheckRefusal::FrameDamaged)?;
    let units = checks::units(&mut tx, &check.id).await?;
    let id = || VisitId(app.entropy.id(done.at));
    let drawn = spot_check::visits(&check, &done, &file, &units, id)?;
    let known = checks::inspectors(&mut tx, &check.id).await?;
    let able = spot_check::able(check.id, &known, checks::candidates(&mut tx).await?);
    let strata = checks::strata(&mut tx, &check.id).await?;
    let each = u64::try_from(check.inspectors_each).unwrap_or(1);
    let able_all = able.to_draw_from(&strata, each)?;
    let assigned = spot_check::assign(&check, &done.seed, &drawn, &able_all)?;
    let left_out: Vec<AccountId> = able.left_out.iter().map(|one| one.account).collect();
    let called_in: Vec<Inspector> = able
        .others
        .iter()
        .filter(|other| assigned.iter().any(|one| one.account == other.account))
        .cloned()
        .collect();
    if !checks::draw(&mut tx, &check.id, &done).await? {
        let seed = done.seed;
        return Err(SpotCheckRefusal::DrawnAlready { seed }.into());
    }
    visits::insert(&mut tx, &drawn).await?;
    visits::insert_inspectors(&mut tx, &assigned).await?;
    checks::leave_out(&mut tx, &check.id, &left_out).await?;
    checks::insert_inspectors(&mut tx, &called_in).await?;
    inspection::keep_declared(&mut tx, app, year, &drawn).await?;
    tell_inspectors(&mut tx, app, actor, &check, &done, &assigned);
    if check.announced {
        for visit in &drawn {
            tell_unit(&mut tx, app, actor, visit);
        }
    }
    app.trail(
        &mut tx,
        actor,
        Deed::DrawSample,
        Object::SpotCheck(check.id),
        Some(&permit.unit),
        json!({
            "year": year,
            "seed": done.seed,
            "frame_hash": check.frame_hash,
            "sample": drawn.len(),
            "left_out": names(&able.left_out),
            "called_in": names(&called_in),
        }),
    )
    .await?;
    tx.commit().await?;
    Ok(SpotCheck {
        drawn: Some(done),
        ..check
    })
}

fn names(inspectors: &[Inspector]) -> Vec<&str> {
    inspectors.iter().map(|one| one.name.as_str()).collect()
}

fn tell_inspectors(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    check: &SpotCheck,
    done: &DrawDone,
    assigned: &[VisitInspector],
) {
    let mut counts: BTreeMap<AccountId, i64> = BTreeMap::new();
    for one in assigned {
        *counts.entry(one.account).or_default() += 1;
    }
    for (account, count) in counts {
        let about = About::of(&Object::SpotCheck(check.id), None, check.year);
        let told = Message::of(Kind::InspectorDrawn, about, "", vec![To::Account(account)])
            .says([check.year.into(), count.into()])
            .due(Some(done.due_on));
        tell(app, tx, actor, told);
    }
}

/// Tells a unit that it was drawn, where the standard has visits announced.
fn tell_unit(tx: &mut Tx, app: &App, actor: &Actor, visit: &Visit) {
    let about = About::of(&Object::Visit(visit.id), Some(visit.unit), visit.year);
    let place = UnitPlace {
        id: visit.unit,
        // A branch holds no home.
        kind: UnitKind::Grassroots,
        name: visit.unit_name.clone(),
        path: visit.unit_path.clone(),
    };
    let told = Message::of(Kind::VisitAnnounced, about, "", message::union_of(&place))
        .says([visit.unit_name.as_str().into(), visit.year.into()])
        .due(Some(visit.due_on));
    tell(app, tx, actor, told);
}

/// A draw that was done again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repeated {
    /// What the programs print that draw.
    pub sample: String,
    /// Whether the visits are this sample.
    pub is_same: bool,
}

/// Draws the sample of a year again from the frame's file and the seed that are kept; none where nothing was drawn. For whoever runs the program.
pub async fn repeat(app: &App, year: i16) -> Result<Option<Repeated>> {
    let mut tx = app.db.read().await?;
    let Some(check) = checks::of_year(&mut tx, year).await? else {
        return Ok(None);
    };
    let Some(done) = &check.drawn else {
        return Ok(None);
    };
    let file = checks::file(&mut tx, &check.id, FRAME).await?;
    let file = file.ok_or(SpotCheckRefusal::FrameDamaged)?;
    let frame = draw::read_frame(&file)?;
    let drawn = draw::draw(&frame, &done.seed);
    let sample = draw::sample_text(&draw::hash(file.as_bytes()), &done.seed, &drawn);
    let kept: Vec<Drawn> = visits::of_check(&mut tx, &check.id)
        .await?
        .into_iter()
        .map(public::drawn)
        .collect();
    Ok(Some(Repeated {
        is_same: sample == draw::sample_text(&check.frame_hash, &done.seed, &kept),
        sample,
    }))
}

async fn permitted(tx: &mut Tx, app: &App, actor: &Actor, act: Act) -> Result<Permit> {
    let city = unit::root(tx).await?.ok_or(Error::NotFound)?;
    app.permit_at(tx, actor, act, &city).await
}
