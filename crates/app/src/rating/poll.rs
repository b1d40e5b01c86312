//! Polls: preparing, opening, closing and ending a union's rating, and reading how it stands. Voting is in `ballot`, the slips in `slip`,
//! opening the box and signing in `count`. What each act makes of a poll, and when it is refused, is decided in `domain::rating::poll`.

pub(crate) mod checking;
mod ended;
pub mod left_out;
mod reading;
pub(crate) mod recount;
mod roll;

use std::sync::Arc;

use anyhow::Context;
use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        policy::{Permitted, act},
    },
    rating::poll::refusal::PollRefusal,
};
use jianjia_domain::{
    core::{
        ids::{PollId, UnitId},
        policy::{Actor, Permit},
        refusal::General,
    },
    rating::poll::{
        self, Lock, Poll, PollState,
        planning::{self, PlanInput},
        second::{self, Replaced},
        voting::{self, Demand},
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
        ballot::Ballots,
        lock::{self as locks, MemberCodes},
        scope as scopes, telling,
    },
    year::assessment as assessments,
};

pub(crate) use ended::end;
pub use ended::{abandon, annul};
pub(crate) use reading::suggestions;
pub use reading::{
    Heading, Held, ObjectResult, PollPage, PublicResult, heading, held, of_unit, replaced_sum,
    result, roll,
};
pub use recount::recount_file;
pub use roll::RatedRoll;
pub(crate) use roll::{behind, of_rating, plan_of, upper_of};

refuses!(PollRefusal);

/// The standard whose rules hold for a poll: the one it was opened under, or its year's.
pub(crate) async fn standard_of(tx: &mut Tx, app: &App, poll: &Poll) -> Result<Arc<Standard>> {
    let Some(opened) = poll.stage.opened() else {
        return Ok(app.standards.of(poll.year).clone());
    };
    let standard = app.standards.of_version(tx, &opened.standard).await?;
    Ok(standard.context("the poll's standard is kept")?)
}

/// A poll and the permission for an act on its unit; not found for whoever may not see the unit.
pub(crate) async fn permitted<A: Permitted>(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    act: A,
    id: &PollId,
) -> Result<(Poll, Permit<A>)> {
    let poll = polls::find(tx, id).await?.ok_or(Error::NotFound)?;
    let permit = app.permit(tx, actor, act, &poll.unit).await?;
    Ok((poll, permit))
}

/// How many members a union has: what it says of a year, and what the register has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Members {
    pub said: Option<i64>,
    pub registered: Option<i64>,
    /// By so many a roll may be above what is registered, and pass for newer than that.
    pub may_exceed: i64,
}

impl Members {
    /// The members that a roll is compared with. The register may be older than the roll: a few more are no contradiction.
    pub fn beside(self, roll: i64) -> Option<i64> {
        let is_told = |members: &i64| *members >= roll || roll - members > self.may_exceed;
        let registered = self.registered.filter(is_told);
        self.said.or(registered)
    }
}

/// The members of a union; none where the standard does not compare the roll with them, and for a federation that is not judged.
pub(crate) async fn members(tx: &mut Tx, app: &App, unit: &UnitId, year: i16) -> Result<Members> {
    let standard = app.standards.of(year);
    let rules = standard
        .rating
        .as_ref()
        .and_then(|rating| rating.roll.as_ref());
    let Some(rules) = rules else {
        return Ok(Members::default());
    };
    let as_of = assessments::as_of(app, year);
    let gathered = assessments::gather(tx, app, &[(*unit, as_of)], year).await?;
    Ok(gathered.first().map_or_else(Members::default, |found| {
        let said = rules.members_of(&found.subject);
        Members {
            said: said.and_then(|members| i64::try_from(members).ok()),
            registered: found.register.members,
            may_exceed: found.register.members.map_or(0, |members| {
                let members = u64::try_from(members).unwrap_or(0);
                i64::try_from(rules.may_differ_by.of(members)).unwrap_or(i64::MAX)
            }),
        }
    }))
}

/// Keeps a changed poll, unless somebody changed it since it was read: in what state it was then, its revision says the rest.
pub(crate) async fn keep(tx: &mut Tx, poll: &Poll, was: PollState) -> Result<()> {
    if !polls::update(tx, poll, was).await? {
        return Err(General::Stale.into());
    }
    Ok(())
}

/// Keeps the plan of the year's poll, and begins one where there is none. Gives the poll.
///
/// # Errors
/// `StatementRefusal` for a year that is not open, `AssessmentRefusal` for a unit that holds no rating, `NoBallot`, `AnotherPoll`, and at each field what
/// `planning::read` refuses.
pub async fn save_plan(
    app: &App,
    actor: &Actor,
    unit: &UnitId,
    year: i16,
    input: &PlanInput,
) -> Result<PollId> {
    let mut tx = app.db.write(Scope::Unit(*unit)).await?;
    let permit = app.permit(&mut tx, actor, act::HoldPoll, unit).await?;
    let today = app.clock.today();
    statement::open_year(app.standards.of(year), year, today.year())?;
    jianjia_domain::year::assessment::kind_of(permit.unit.kind)?;
    let rules = poll::rules(app.standards.of(year))?;
    let found = polls::of_unit(&mut tx, unit, year).await?;
    let planned = planning::being_planned(found)?;
    let had_list = planned.as_ref().and_then(planning::listed);
    let members = members(&mut tx, app, unit, year).await?;
    let mut read = planning::read(rules, input, (had_list, members.said), today, year)?;
    read.plan.members = members.beside(read.plan.roll);
    let replaces = rating::of_year(&mut tx, unit, year).await?;
    let replaces = replaces.as_ref().map(Replaced::of);
    let now = app.now();
    let poll = match planned {
        Some(poll) => {
            let poll = Poll { replaces, ..poll };
            let changed = planning::change(poll, &permit, read.plan, now)?;
            keep(&mut tx, &changed, PollState::Preparing).await?;
            changed
        }
        None => {
            let id = PollId(app.entropy.id(now));
            let begun = planning::begin(id, &permit, year, (read.plan, replaces), now);
            polls::insert_many(&mut tx, std::slice::from_ref(&begun)).await?;
            begun
        }
    };
    if !read.list.is_empty() || !poll.plan.has_list {
        polls::replace_roll(&mut tx, &poll.id, &read.list).await?;
    }
    telling::of_plan(app, &mut tx, actor, &poll, &permit.unit, (rules, today));
    let plan = &poll.plan;
    let detail = json!({
        "year": year,
        "roll": plan.roll,
        "members": plan.members,
        "voters": plan.voters,
        "roll_reason": plan.roll_reason,
        "group": plan.group.len(),
    });
    trail(&mut tx, app, actor, Deed::PlanPoll, &poll, &permit, detail).await?;
    tx.commit().await?;
    Ok(poll.id)
}

/// Opens the poll: roll, objects and rules are fixed from here on, the box gets its lock. Gives the members' codes, which are shown
/// once and kept nowhere.
///
/// # Errors
/// `NoBallot`; `WrongState`, and at each field what `planning::may_open` misses.
pub async fn open(app: &App, actor: &Actor, id: &PollId) -> Result<MemberCodes> {
    let mut tx = app.db.write(scopes::of_poll(app, id).await?).await?;
    let (mut poll, permit) = permitted(&mut tx, app, actor, act::HoldPoll, id).await?;
    let rules = poll::rules(app.standards.of(poll.year))?;
    if poll.state() == PollState::Preparing {
        let members = members(&mut tx, app, &poll.unit, poll.year).await?;
        poll.plan.members = members.beside(poll.plan.roll);
        let replaces = rating::of_year(&mut tx, &poll.unit, poll.year).await?;
        poll.replaces = replaces.as_ref().map(Replaced::of);
    }
    planning::may_open(rules, &poll, app.clock.today())?;
    let (lock, codes) = lock(app, &poll, rules.group.keys)?;
    let (was, version) = (poll.state(), app.standards.of(poll.year).version.as_str());
    let fixed = (version, permit.unit.name.as_str());
    let poll = planning::open(poll, &permit, rules, fixed, lock, app.now())?;
    keep(&mut tx, &poll, was).await?;
    let detail = json!({
        "year": poll.year,
        "roll": poll.plan.roll,
        "members": poll.plan.members,
        "voters": poll.plan.voters,
        "roll_reason": poll.plan.roll_reason,
        "standard": version,
        "closes_on": poll.plan.closes_on,
        "replaces": poll.replaces,
        "consent": poll.consent,
        "group": poll.plan.group,
        "leaders": poll.plan.leaders,
    });
    trail(&mut tx, app, actor, Deed::OpenPoll, &poll, &permit, detail).await?;
    tx.commit().await?;
    Ok(codes)
}

/// Makes the members' codes anew: for papers that were lost or never printed, while the box is empty. Whoever makes the slips may: where the
/// union above asked to make them, the union's own people can no more hold all codes.
///
/// # Errors
/// `WrongState`, `BoxNotEmpty`.
pub async fn renew_codes(app: &App, actor: &Actor, id: &PollId) -> Result<MemberCodes> {
    let mut tx = app.db.write(scopes::of_poll(app, id).await?).await?;
    let found = polls::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let (poll, permit) = permitted(&mut tx, app, actor, voting::slip_act(&found), id).await?;
    let sealed = ballot::count_sealed(&mut tx, id).await?;
    voting::may_renew_codes(&poll, sealed)?;
    let standard = standard_of(&mut tx, app, &poll).await?;
    let keys = poll::rules(&standard)?.group.keys;
    let (lock, codes) = lock(app, &poll, keys)?;
    let poll = voting::renew_codes(poll, &permit, sealed, lock, app.now())?;
    keep(&mut tx, &poll, PollState::Open).await?;
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
    Ballots::of(app).forget(id);
    Ok(codes)
}

/// The next lock of a poll's box, and the codes that open it.
fn lock(app: &App, poll: &Poll, keys: u64) -> Result<(Lock, MemberCodes)> {
    let version = poll.lock().map_or(0, |lock| lock.version) + 1;
    let keys = usize::try_from(keys).context("the number of keys")?;
    locks::make(&app.entropy, &poll.id, version, poll.plan.group.len(), keys)
}

/// Ends voting. Paper ballots are entered after this, then the box is opened. The names of the roll are removed.
///
/// # Errors
/// `WrongState` when it is not open.
pub async fn close(app: &App, actor: &Actor, id: &PollId) -> Result<()> {
    let mut tx = app.db.write(scopes::of_poll(app, id).await?).await?;
    let (poll, permit) = permitted(&mut tx, app, actor, act::HoldPoll, id).await?;
    let poll = voting::close(poll, &permit, app.now())?;
    keep(&mut tx, &poll, PollState::Open).await?;
    polls::replace_roll(&mut tx, id, &[]).await?;
    let counts = slips::counted(&mut tx, id).await?;
    let detail = json!({ "issued": counts.issued(), "used": counts.used(), "unused": counts.unused, "spoiled": counts.spoiled });
    trail(&mut tx, app, actor, Deed::ClosePoll, &poll, &permit, detail).await?;
    tx.commit().await?;
    Ballots::of(app).forget(id);
    Ballots::of(app).write_pace(app, 0).await
}

/// Agrees, for the union above, that a union holds a second poll in a year that has a result already.
///
/// # Errors
/// As `second::consent`.
pub async fn consent(app: &App, actor: &Actor, id: &PollId, reason: &str) -> Result<()> {
    let mut tx = app.db.write(scopes::of_poll(app, id).await?).await?;
    let (mut poll, permit) = permitted(&mut tx, app, actor, act::ConsentToPoll, id).await?;
    let was = poll.state();
    if was == PollState::Preparing {
        let replaces = rating::of_year(&mut tx, &poll.unit, poll.year).await?;
        poll.replaces = replaces.as_ref().map(Replaced::of);
    }
    let poll = second::consent(poll, &permit, &actor.name, reason, app.now())?;
    keep(&mut tx, &poll, was).await?;
    let detail =
        json!({ "roll": poll.plan.roll, "replaces": poll.replaces, "consent": poll.consent });
    let deed = Deed::ConsentToPoll;
    trail(&mut tx, app, actor, deed, &poll, &permit, detail).await?;
    tx.commit().await?;
    Ok(())
}

/// The newest of a union's polls of a year whose result is signed and shown: the year's rating is its. `found` has the newest first.
pub(crate) fn standing(found: &[Poll]) -> Option<&Poll> {
    found.iter().find(|poll| {
        let is_shown = poll.record().is_some_and(|record| !record.is_withheld());
        poll.state() == PollState::Signed && is_shown
    })
}

/// The union above asks to make the slips itself, or leaves it to the union again.
///
/// # Errors
/// `WrongState` once voting is over.
pub async fn demand_slips(app: &App, actor: &Actor, id: &PollId, demanded: Demand) -> Result<()> {
    let mut tx = app.db.write(scopes::of_poll(app, id).await?).await?;
    let (poll, permit) = permitted(&mut tx, app, actor, act::SupervisePoll, id).await?;
    let was = poll.state();
    let poll = voting::demand_slips(poll, &permit, demanded, app.now())?;
    keep(&mut tx, &poll, was).await?;
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

pub(crate) async fn trail<A>(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    deed: Deed,
    poll: &Poll,
    permit: &Permit<A>,
    detail: serde_json::Value,
) -> Result<()> {
    let object = Object::Poll(poll.id);
    telling::of_deed(app, tx, actor, deed, poll, permit);
    app.trail(tx, actor, deed, object, Some(&permit.unit), detail)
        .await
}
