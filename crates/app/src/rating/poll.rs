//! Polls: preparing, opening, closing and ending a union's rating, and reading how it stands. Voting is in `ballots`, the slips in `slips`,
//! opening the box and signing in `counts`.

pub(crate) mod checking;
pub mod left_out;
mod reading;

use std::sync::Arc;

use anyhow::Context;
use jianjia_domain::core::audit::{deed::Deed, object::Object};
use jianjia_domain::{
    core::{
        ids::{PollId, UnitId},
        policy::{Act, Actor, Permit},
        refusal::{General, Refusal},
    },
    rating::poll::{
        self, Plan, Poll, PollState,
        planning::{self, PlanInput},
        refusal::PollRefusal,
    },
    year::statement,
};
use jianjia_standard::Standard;
use jianjia_store::{
    core::{db::Tx, scope::Scope},
    rating::{ballot, count as rating, poll as polls, slip as slips},
};
use serde_json::json;

use crate::{
    core::{
        app::App,
        error::{Error, Result, refuses},
    },
    rating::{
        lock::{self as locks, MemberCodes},
        scope as scopes,
    },
    year::standing as standings,
};

pub(crate) use reading::suggestions;
pub use reading::{
    Heading, Held, ObjectResult, PollPage, PublicResult, heading, held, of_unit, recount_file,
    result, roll,
};

refuses!(PollRefusal);

/// The standard whose rules hold for a poll: the one it was opened under, or its year's.
pub(crate) async fn standard_of(tx: &mut Tx, app: &App, poll: &Poll) -> Result<Arc<Standard>> {
    if poll.standard.is_empty() {
        return Ok(app.standards.of(poll.year).clone());
    }
    let standard = app.standards.of_version(tx, &poll.standard).await?;
    Ok(standard.context("the poll's standard is kept")?)
}

/// A poll and the permission for an act on its unit; not found for whoever may not see the unit.
pub(crate) async fn permitted(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    act: Act,
    id: &PollId,
) -> Result<(Poll, Permit)> {
    let poll = polls::find(tx, id).await?.ok_or(Error::NotFound)?;
    let permit = app.permit(tx, actor, act, &poll.unit).await?;
    Ok((poll, permit))
}

/// Keeps a changed poll, unless somebody changed it since it was read: in what state it was then, its revision says the rest.
pub(crate) async fn keep(tx: &mut Tx, poll: &mut Poll, was: PollState) -> Result<()> {
    if !polls::update(tx, poll, was).await? {
        return Err(General::Stale.into());
    }
    poll.revision += 1;
    Ok(())
}

/// Keeps the plan of the year's poll, and begins one where there is none. Gives the poll.
///
/// # Errors
/// Refused when a field can't be taken, or another poll of the year stands.
pub async fn save_plan(
    app: &App,
    actor: &Actor,
    unit: &UnitId,
    year: i16,
    input: &PlanInput,
) -> Result<PollId> {
    let mut tx = app.db.write(Scope::Unit(*unit)).await?;
    let permit = app.permit(&mut tx, actor, Act::HoldPoll, unit).await?;
    let today = app.clock.today();
    statement::open_year(app.standards.of(year), year, today.year())?;
    jianjia_domain::year::assessment::kind_of(permit.unit.kind)?;
    let rules = poll::rules(app.standards.of(year))?;
    let found = polls::of_unit(&mut tx, unit, year).await?;
    let standing = found.into_iter().find(|poll| !allows_another(poll, rules));
    if let Some(poll) = &standing
        && poll.state != PollState::Preparing
    {
        return Err(PollRefusal::AnotherPoll { state: poll.state }.into());
    }
    let had_list = standing
        .as_ref()
        .filter(|poll| poll.plan.has_list)
        .map(|poll| poll.plan.roll);
    let planned = planning::read(rules, input, had_list, today, year)?;
    let now = app.now();
    let is_new = standing.is_none();
    let mut poll = standing.unwrap_or_else(|| Poll {
        id: PollId(app.entropy.id(now)),
        unit: *unit,
        unit_path: permit.unit.path.clone(),
        unit_name: permit.unit.name.clone(),
        year,
        state: PollState::Preparing,
        plan: Plan::default(),
        slips_by_upper: false,
        standard: String::new(),
        lock: None,
        signatures: Vec::new(),
        record: None,
        prepared_at: now,
        opened_at: None,
        closed_at: None,
        counted_at: None,
        signed_at: None,
        ended_because: String::new(),
        revision: 1,
        changed_at: now,
    });
    poll.plan = planned.plan;
    poll.changed_at = now;
    if is_new {
        polls::insert_many(&mut tx, std::slice::from_ref(&poll)).await?;
    } else {
        keep(&mut tx, &mut poll, PollState::Preparing).await?;
    }
    if !planned.list.is_empty() || !poll.plan.has_list {
        polls::replace_roll(&mut tx, &poll.id, &planned.list).await?;
    }
    let detail = json!({ "year": year, "roll": poll.plan.roll, "group": poll.plan.group.len() });
    trail(&mut tx, app, actor, Deed::PlanPoll, &poll, &permit, detail).await?;
    tx.commit().await?;
    Ok(poll.id)
}

/// Whether a union may hold another poll in the year of this one: it counts for nothing, or its result can't.
fn allows_another(poll: &Poll, rules: &jianjia_standard::programme::BallotRules) -> bool {
    match poll.state {
        PollState::Abandoned | PollState::Annulled => true,
        PollState::Signed => poll
            .record
            .as_ref()
            .is_none_or(|record| poll::counting::rating(rules, record).is_none()),
        _ => false,
    }
}

/// Opens the poll: roll, objects and rules are fixed from here on, the box gets its lock. Gives the members' codes, which are shown
/// once and kept nowhere.
pub async fn open(app: &App, actor: &Actor, id: &PollId) -> Result<MemberCodes> {
    let mut tx = app.db.write(scopes::of_poll(app, id).await?).await?;
    let (mut poll, permit) = permitted(&mut tx, app, actor, Act::HoldPoll, id).await?;
    let rules = poll::rules(app.standards.of(poll.year))?;
    planning::open(rules, &poll, app.clock.today())?;
    let codes = lock(app, &mut poll, rules.group.keys)?;
    let (now, was) = (app.now(), poll.state);
    poll.state = PollState::Open;
    poll.standard = app.standards.of(poll.year).version.clone();
    poll.unit_name = permit.unit.name.clone();
    poll.opened_at = Some(now);
    poll.changed_at = now;
    keep(&mut tx, &mut poll, was).await?;
    let detail = json!({
        "year": poll.year,
        "roll": poll.plan.roll,
        "standard": poll.standard,
        "closes_on": poll.plan.closes_on,
        "group": poll.plan.group,
        "leaders": poll.plan.leaders,
    });
    trail(&mut tx, app, actor, Deed::OpenPoll, &poll, &permit, detail).await?;
    tx.commit().await?;
    Ok(codes)
}

/// Makes the members' codes anew: for papers that were lost or never printed, while the box is empty. Whoever makes the slips may: where the
/// union above asked to make them, the union's own people can no more hold all codes.
pub async fn renew_codes(app: &App, actor: &Actor, id: &PollId) -> Result<MemberCodes> {
    let mut tx = app.db.write(scopes::of_poll(app, id).await?).await?;
    let found = polls::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let (mut poll, permit) = permitted(&mut tx, app, actor, slip_act(&found), id).await?;
    poll::in_state(&poll, PollState::Open)?;
    if ballot::count_sealed(&mut tx, id).await? > 0 {
        return Err(PollRefusal::BoxNotEmpty.into());
    }
    let standard = standard_of(&mut tx, app, &poll).await?;
    let keys = poll::rules(&standard)?.group.keys;
    let codes = lock(app, &mut poll, keys)?;
    poll.changed_at = app.now();
    keep(&mut tx, &mut poll, PollState::Open).await?;
    trail(
        &mut tx,
        app,
        actor,
        Deed::RenewPollCodes,
        &poll,
        &permit,
        json!({}),
    )
    .await?;
    tx.commit().await?;
    app.ballots.forget(id);
    Ok(codes)
}

fn lock(app: &App, poll: &mut Poll, keys: u64) -> Result<MemberCodes> {
    let version = poll.lock.as_ref().map_or(0, |lock| lock.version) + 1;
    let keys = usize::try_from(keys).context("the number of keys")?;
    let (lock, codes) = locks::make(&app.entropy, &poll.id, version, poll.plan.group.len(), keys)?;
    poll.lock = Some(lock);
    Ok(codes)
}

/// Ends voting. Paper ballots are entered after this, then the box is opened. The names of the roll are removed.
pub async fn close(app: &App, actor: &Actor, id: &PollId) -> Result<()> {
    let mut tx = app.db.write(scopes::of_poll(app, id).await?).await?;
    let (mut poll, permit) = permitted(&mut tx, app, actor, Act::HoldPoll, id).await?;
    poll::in_state(&poll, PollState::Open)?;
    let now = app.now();
    poll.state = PollState::Closed;
    poll.closed_at = Some(now);
    poll.changed_at = now;
    keep(&mut tx, &mut poll, PollState::Open).await?;
    polls::replace_roll(&mut tx, id, &[]).await?;
    let counts = slips::counted(&mut tx, id).await?;
    let detail = json!({ "issued": counts.issued(), "used": counts.used(), "unused": counts.unused, "spoiled": counts.spoiled });
    trail(&mut tx, app, actor, Deed::ClosePoll, &poll, &permit, detail).await?;
    tx.commit().await?;
    app.ballots.forget(id);
    app.ballots.write_pace(app, 0).await
}

/// Gives a poll up before it is counted. Its ballots are removed unopened.
pub async fn abandon(app: &App, actor: &Actor, id: &PollId, reason: &str) -> Result<()> {
    let mut tx = app.db.write(scopes::of_poll(app, id).await?).await?;
    let (mut poll, permit) = permitted(&mut tx, app, actor, Act::HoldPoll, id).await?;
    if !matches!(
        poll.state,
        PollState::Preparing | PollState::Open | PollState::Closed
    ) {
        let refusal = PollRefusal::WrongState {
            state: poll.state,
            wanted: PollState::Open,
        };
        return Err(refusal.into());
    }
    end(
        &mut tx,
        app,
        actor,
        &permit,
        &mut poll,
        PollState::Abandoned,
        reason,
    )
    .await?;
    tx.commit().await?;
    app.ballots.forget(id);
    app.db.forget_deleted(&["tray", "pace"]).await?;
    Ok(())
}

/// Declares a poll void, in whatever state: for the union above, with its reason. A result that was signed counts no more.
pub async fn annul(app: &App, actor: &Actor, id: &PollId, reason: &str) -> Result<()> {
    let mut tx = app.db.write(scopes::of_poll(app, id).await?).await?;
    let (mut poll, permit) = permitted(&mut tx, app, actor, Act::SupervisePoll, id).await?;
    if matches!(poll.state, PollState::Abandoned | PollState::Annulled) {
        let refusal = PollRefusal::WrongState {
            state: poll.state,
            wanted: PollState::Signed,
        };
        return Err(refusal.into());
    }
    let was_signed = poll.state == PollState::Signed;
    end(
        &mut tx,
        app,
        actor,
        &permit,
        &mut poll,
        PollState::Annulled,
        reason,
    )
    .await?;
    if was_signed {
        rating::remove(&mut tx, &poll.unit, poll.year).await?;
        standings::refresh(&mut tx, app, &poll.unit, poll.year).await?;
    }
    tx.commit().await?;
    app.ballots.forget(id);
    app.db.forget_deleted(&["tray", "pace"]).await?;
    Ok(())
}

async fn end(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    permit: &Permit,
    poll: &mut Poll,
    state: PollState,
    reason: &str,
) -> Result<()> {
    let reason = reason.trim();
    if reason.is_empty() {
        let refusal = PollRefusal::NoReason;
        return Err(Refusal::at("reason", refusal).into());
    }
    let before = poll.state;
    poll.state = state;
    poll.ended_because = reason.chars().take(500).collect();
    poll.changed_at = app.now();
    keep(tx, poll, before).await?;
    polls::replace_roll(tx, &poll.id, &[]).await?;
    ballot::clear(tx, &poll.id).await?;
    let deed = if state == PollState::Annulled {
        Deed::AnnulPoll
    } else {
        Deed::AbandonPoll
    };
    let detail = json!({ "reason": poll.ended_because, "was": before.key() });
    trail(tx, app, actor, deed, poll, permit, detail).await
}

/// The union above asks to make the slips itself, or leaves it to the union again.
pub async fn demand_slips(app: &App, actor: &Actor, id: &PollId, demanded: Demand) -> Result<()> {
    let mut tx = app.db.write(scopes::of_poll(app, id).await?).await?;
    let (mut poll, permit) = permitted(&mut tx, app, actor, Act::SupervisePoll, id).await?;
    if !matches!(poll.state, PollState::Preparing | PollState::Open) {
        let refusal = PollRefusal::WrongState {
            state: poll.state,
            wanted: PollState::Open,
        };
        return Err(refusal.into());
    }
    poll.slips_by_upper = demanded == Demand::ByUpper;
    poll.changed_at = app.now();
    let was = poll.state;
    keep(&mut tx, &mut poll, was).await?;
    let detail = json!({ "by_upper": poll.slips_by_upper });
    trail(
        &mut tx,
        app,
        actor,
        Deed::DemandSlips,
        &poll,
        &permit,
        detail,
    )
    .await?;
    tx.commit().await?;
    Ok(())
}

/// Who makes the slips.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Demand {
    ByUpper,
    ByUnion,
}

/// Which act makes slips of a poll: the union's own, or the supervision's where that asked for it.
pub(crate) fn slip_act(poll: &Poll) -> Act {
    if poll.slips_by_upper {
        Act::SupervisePoll
    } else {
        Act::HoldPoll
    }
}

pub(crate) async fn trail(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    deed: Deed,
    poll: &Poll,
    permit: &Permit,
    detail: serde_json::Value,
) -> Result<()> {
    let object = Object::Poll(poll.id);
    app.trail(tx, actor, deed, object, Some(&permit.unit), detail)
        .await
}
