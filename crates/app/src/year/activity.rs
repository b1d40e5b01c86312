//! The activity log of a union.

use std::collections::BTreeMap;

use jianjia_domain::core::audit::{deed::Deed, object::Object};
use jianjia_domain::{
    core::{
        ids::{ActivityId, EvidenceId, UnitId},
        place::UnitPlace,
        policy::{self, Act, Actor},
    },
    year::{
        activity::{self, Activity, ActivityInput, PeriodOfLog},
        evidence::{Evidence, EvidenceUse, Target, is_only_voucher},
    },
};
use jianjia_standard::{Standard, check::Check, kinds::Kind, period::Every};
use jianjia_store::{
    core::{db::Tx, scope::Scope},
    year::{
        activity as log_of, evidence as kept, statement as statements,
        subject::{self, RegisterFacts},
    },
};
use jiff::{ToSpan, civil::Date};
use serde_json::json;

use crate::{
    core::{
        app::App,
        error::{Error, Result, refuses},
    },
    year::{
        assessment as assessments,
        evidence::{self, File},
        sheet as sheets, standing as standings,
    },
};

mod editing;
pub use editing::{edit, find};

refuses!(jianjia_domain::year::activity::ActivityRefusal);

/// What the log shows: the last fifteen months up to a day.
#[derive(Clone, Debug)]
pub struct ActivityLog {
    pub unit: UnitPlace,
    pub as_of: Date,
    pub founded_on: Option<Date>,
    /// Newest first.
    pub activities: Vec<Activity>,
    pub evidence: BTreeMap<ActivityId, Vec<Evidence>>,
    /// All evidence of the unit, which can be attached again.
    pub all_evidence: Vec<Evidence>,
    /// For each rhythm that the standard requires of this kind of unit: its periods, oldest first.
    pub rhythms: Vec<Rhythm>,
    pub may_log: bool,
}

/// A rhythm of activities that the standard requires, and its periods.
#[derive(Clone, Debug)]
pub struct Rhythm {
    pub clause: String,
    /// The key of the title that requires it.
    pub title: String,
    pub every: Every,
    pub periods: Vec<PeriodOfLog>,
}

impl Rhythm {
    pub fn missing(&self) -> usize {
        self.periods
            .iter()
            .filter(|period| period.is_missing())
            .count()
    }
}

/// The log up to today, for anybody who may see the unit.
///
/// # Errors
/// Not found when the actor doesn't see the unit.
pub async fn read(app: &App, actor: &Actor, unit: &UnitId) -> Result<ActivityLog> {
    let mut tx = app.db.read().await?;
    let place = app.seen(&mut tx, actor, unit).await?;
    let register = subject::unit(&mut tx, unit).await?.ok_or(Error::NotFound)?;
    let as_of = app.clock.today();
    let from = as_of.saturating_sub(15.months());
    let activities = log_of::between(&mut tx, unit, from, as_of).await?;
    let mut all_evidence = kept::of_unit(&mut tx, unit).await?;
    let uses = kept::uses(&mut tx, unit).await?;
    all_evidence.retain(|piece| {
        let own = uses.iter().filter(|used| used.evidence == piece.id);
        !is_only_voucher(own.map(|used| &used.target))
    });
    let mut evidence: BTreeMap<ActivityId, Vec<Evidence>> = BTreeMap::new();
    for used in uses {
        if let Target::Activity(id) = used.target
            && let Some(found) = all_evidence.iter().find(|kept| kept.id == used.evidence)
        {
            evidence.entry(id).or_default().push(found.clone());
        }
    }
    let kind: Option<Kind> = register.kind.key().parse().ok();
    let rhythms = kind.map_or_else(Vec::new, |kind| {
        rhythms(
            app.standards.of(as_of.year()),
            kind,
            &activities,
            register.founded_on,
            as_of,
        )
    });
    Ok(ActivityLog {
        may_log: policy::may(actor, Act::LogActivity, &place),
        unit: place,
        as_of,
        founded_on: register.founded_on,
        activities,
        evidence,
        all_evidence,
        rhythms,
    })
}

/// How many work there: by the register, or else by what the union says of the year.
async fn workers_of(tx: &mut Tx, register: &RegisterFacts, year: i16) -> Result<Option<i64>> {
    if register.workers.is_some() {
        return Ok(register.workers);
    }
    let said = statements::facts_of(tx, &register.id, None, year).await?;
    let said = said.get("workers").and_then(|said| said.value.as_i64());
    Ok(said)
}

/// Logs an activity with photos: new ones and evidence that the union has already. The same form twice logs it once.
///
/// # Errors
/// As `App::permit`; of a photo as `evidence::upload`; by field as `activity::read`; not found when a piece to use again isn't of the unit.
pub async fn log(
    app: &App,
    actor: &Actor,
    unit: &UnitId,
    input: &ActivityInput,
    photos: Vec<File>,
    reuse: &[EvidenceId],
    request_key: &str,
) -> Result<ActivityId> {
    let admitted = evidence::admit_all(app, actor, unit, Act::LogActivity, photos).await?;
    let mut tx = app.db.write(Scope::Unit(*unit)).await?;
    let permit = app.permit(&mut tx, actor, Act::LogActivity, unit).await?;
    let request_key = sheets::request_key(unit, None, request_key);
    if let Some(key) = &request_key
        && let Some(known) = log_of::of_request(&mut tx, key).await?
    {
        return Ok(known);
    }
    let register = subject::unit(&mut tx, unit).await?.ok_or(Error::NotFound)?;
    let today = app.clock.today();
    let of_year = |year: i16| -> &Standard { app.standards.of(year) };
    let workers = workers_of(&mut tx, &register, today.year()).await?;
    let read = activity::read(&of_year, register.founded_on, workers, input, today)?;
    let now = app.now();
    let activity = Activity {
        id: ActivityId(app.entropy.id(now)),
        unit: *unit,
        unit_path: permit.unit.path.clone(),
        held_on: read.held_on,
        kind: read.kind,
        title: read.title,
        participants: read.participants,
        note: read.note,
        recorded_by: Some(actor.account),
        recorded_at: now,
        removed_at: None,
    };
    log_of::insert(&mut tx, &activity, request_key.as_deref()).await?;
    let mut attached = evidence::keep_all(&mut tx, app, actor, &permit.unit, admitted).await?;
    attached.extend(own(&mut tx, unit, reuse).await?);
    for evidence in attached {
        let used = EvidenceUse {
            evidence,
            year: activity.held_on.year(),
            target: Target::Activity(activity.id),
        };
        kept::attach(&mut tx, unit, &used, &actor.account, now).await?;
    }
    let detail =
        json!({"held_on": activity.held_on, "kind": activity.kind, "title": activity.title});
    app.trail(
        &mut tx,
        actor,
        Deed::LogActivity,
        Object::Activity(activity.id),
        Some(&permit.unit),
        detail,
    )
    .await?;
    refresh(&mut tx, app, unit, activity.held_on.year()).await?;
    tx.commit().await?;
    Ok(activity.id)
}

/// The pieces named, all of which are the unit's own.
async fn own(tx: &mut Tx, unit: &UnitId, named: &[EvidenceId]) -> Result<Vec<EvidenceId>> {
    let mut own = Vec::new();
    for id in named {
        let found = kept::find(tx, id).await?;
        found
            .filter(|found| found.unit == *unit)
            .ok_or(Error::NotFound)?;
        own.push(*id);
    }
    Ok(own)
}

/// Removes an activity from the log; the row is kept.
///
/// # Errors
/// As `App::permit`; not found when it isn't of the unit.
pub async fn remove(app: &App, actor: &Actor, unit: &UnitId, id: &ActivityId) -> Result<()> {
    let mut tx = app.db.write(Scope::Unit(*unit)).await?;
    let permit = app.permit(&mut tx, actor, Act::LogActivity, unit).await?;
    let activity = log_of::find(&mut tx, unit, id)
        .await?
        .ok_or(Error::NotFound)?;
    // A second click finds it removed already: nothing more to do.
    if log_of::remove(&mut tx, unit, id, &actor.account, app.now()).await? {
        let detail = json!({"held_on": activity.held_on, "title": activity.title});
        app.trail(
            &mut tx,
            actor,
            Deed::RemoveActivity,
            Object::Activity(*id),
            Some(&permit.unit),
            detail,
        )
        .await?;
        refresh(&mut tx, app, unit, activity.held_on.year()).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Judges the unit anew where an activity of a year changed: on its claims of this year, and of that one if a programme has it.
async fn refresh(tx: &mut Tx, app: &App, unit: &UnitId, held_in: i16) -> Result<()> {
    let this_year = app.clock.today().year();
    if held_in != this_year && app.standards.years().contains(&held_in) {
        standings::refresh(tx, app, unit, held_in).await?;
    }
    standings::refresh(tx, app, unit, this_year).await
}

/// The rhythms that the titles of a kind require, each once.
fn rhythms(
    standard: &Standard,
    kind: Kind,
    activities: &[Activity],
    founded_on: Option<Date>,
    as_of: Date,
) -> Vec<Rhythm> {
    let mut found: Vec<Rhythm> = Vec::new();
    for title in standard.titles_of(kind) {
        for criterion in title
            .criteria
            .iter()
            .filter(|criterion| criterion.kinds.contains(&kind))
        {
            assessments::walk(&criterion.check, &mut |check| {
                if let Check::Activities {
                    kinds,
                    every,
                    periods,
                    ..
                } = check
                    && !found.iter().any(|rhythm| rhythm.every == *every)
                {
                    let days: Vec<Date> = activities
                        .iter()
                        .filter(|activity| kinds.contains(&activity.kind))
                        .map(|activity| activity.held_on)
                        .collect();
                    found.push(Rhythm {
                        clause: criterion.clause.clone(),
                        title: title.key.clone(),
                        every: *every,
                        periods: activity::periods(&days, founded_on, *every, *periods, as_of),
                    });
                }
            });
        }
    }
    found
}
