//! The second look at what a visit found, once the unit had time to mend, and a third if that found it short again: a chain of visits that ends together.

use jianjia_domain::{
    check::{
        outcome::{self, Mending, VisitAct},
        spot_check,
        visit::{Colour, Leaving, LeavingBy, Visit, VisitInspector, VisitState},
    },
    core::{
        audit::deed::Deed,
        ids::{SpotCheckId, VisitId},
        message::{self, Kind, Message, To},
        place::UnitPlace,
        policy::{Actor, act},
    },
};
use jianjia_store::{
    check::{outcome as outcomes, spot_check as checks, visit as visits},
    core::db::Tx,
    register::unit,
};
use jiff::civil::Date;
use serde_json::json;

use super::{Step, about, add_event, is_repeated, move_on, trail};
use crate::{
    check::{inspection::seen, visit::successor},
    core::{
        app::App,
        error::{Error, Result},
        message::tell,
    },
};

/// The visit that found a unit short first, and those that looked again, in their order; of any of them.
pub(crate) async fn chain(tx: &mut Tx, id: &VisitId) -> Result<Vec<Visit>> {
    let first = outcomes::rechecked(tx, id).await?.unwrap_or(*id);
    let mut chain = Vec::new();
    chain.extend(visits::find(tx, &first).await?);
    for again in outcomes::rechecks(tx, &first).await? {
        chain.extend(visits::find(tx, &again).await?);
    }
    if chain.is_empty() {
        return Err(Error::NotFound);
    }
    Ok(chain)
}

/// The time to mend that runs in a chain while the next look is still to come, and of which visit.
pub(crate) async fn mending(tx: &mut Tx, chain: &[Visit]) -> Result<Option<(VisitId, Mending)>> {
    if !chain.last().is_some_and(|last| last.state.is_open()) {
        return Ok(None);
    }
    for visit in chain.iter().rev() {
        let Some(outcome) = outcomes::find(tx, &visit.id).await? else {
            continue;
        };
        let events = outcomes::events(tx, &visit.id).await?;
        return Ok(Mending::of(visit, &outcome, &events).map(|mending| (visit.id, mending)));
    }
    Ok(None)
}

/// What a second look says of those before it: it was mended, or was not.
pub(super) async fn looked_again(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    chain: &[Visit],
    is_red: bool,
) -> Result<()> {
    let Some((last, before)) = chain.split_last() else {
        return Ok(());
    };
    if !is_red {
        let of = (before, &last.id);
        return end_mending(tx, app, actor, of, VisitState::Mended, VisitAct::Mended).await;
    }
    let mends = before.iter().filter(|one| one.state == VisitState::Mending);
    for one in mends {
        add_event(tx, app, actor, &one.id, Step::of(VisitAct::FailedAgain)).await?;
    }
    Ok(())
}

/// Every visit of a chain that waits for its mending, but for one, comes to an end.
pub(super) async fn end_mending(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    (chain, but): (&[Visit], &VisitId),
    state: VisitState,
    act: VisitAct,
) -> Result<()> {
    let mends = chain
        .iter()
        .filter(|one| one.state == VisitState::Mending && one.id != *but);
    for one in mends {
        move_on(tx, one, state, one.colour).await?;
        add_event(tx, app, actor, &one.id, Step::of(act)).await?;
    }
    Ok(())
}

/// What was decided on those that looked again falls with the first one's decision; who was still to look is told that they need not.
pub(super) async fn fall(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    first: &VisitId,
    reason: &str,
) -> Result<()> {
    for again in outcomes::rechecks(tx, first).await? {
        let Some(again) = visits::find(tx, &again).await? else {
            continue;
        };
        let Some(state) = outcome::falls_with(again.state) else {
            continue;
        };
        let colour = again.colour.map(|colour| colour.min(Colour::Amber));
        move_on(tx, &again, state, colour).await?;
        let step = Step {
            reason: reason.to_owned(),
            ..Step::of(VisitAct::Overturned)
        };
        add_event(tx, app, actor, &again.id, step).await?;
        if again.state.is_open() {
            let to = going(tx, &again.id).await?;
            let told = Message::of(Kind::InspectorReleased, about(&again), "overturned", to)
                .says([again.unit_name.as_str().into()])
                .because(vec![reason.into()]);
            tell(app, tx, actor, told);
        }
    }
    Ok(())
}

async fn going(tx: &mut Tx, visit: &VisitId) -> Result<Vec<To>> {
    let inspectors = visits::inspectors(tx, visit).await?;
    let going = inspectors.iter().filter(|one| one.left.is_none());
    Ok(going.map(|one| To::Account(one.account)).collect())
}

/// The unit says that it mended, so that it may be visited again before its time is over. Sent twice, it is said once.
///
/// # Errors
/// As `seen` and `App::permit`; as `outcome::say_ready`.
pub async fn say_ready(app: &App, actor: &Actor, id: &VisitId, note: &str) -> Result<()> {
    let mut tx = app.db.write(super::concluding(app, id).await?).await?;
    let (visit, _) = seen(&mut tx, actor, id).await?;
    let permit = app
        .permit(&mut tx, actor, act::AnswerVisit, &visit.unit)
        .await?;
    let events = outcomes::events(&mut tx, id).await?;
    if is_repeated(&events, actor, VisitAct::Ready, note.trim()) {
        return Ok(());
    }
    let chain = chain(&mut tx, id).await?;
    let given = mending(&mut tx, &chain).await?;
    let given = given.and_then(|(of, given)| (of == *id).then_some(given));
    let note = outcome::say_ready(visit.state, given, &permit, note)?;
    let step = Step {
        reason: note,
        ..Step::of(VisitAct::Ready)
    };
    add_event(&mut tx, app, actor, id, step).await?;
    let unit = permit.unit.clone();
    let deed = Deed::AnswerVisit;
    trail(&mut tx, app, actor, deed, &visit, &unit, json!({})).await?;
    let root = unit::root(&mut tx).await?;
    let city = root.map_or_else(Vec::new, |root| {
        vec![To::Unit {
            unit: root.id,
            roles: message::APPROVERS,
        }]
    });
    let mut told_to = vec![(about(&visit), city, None)];
    if let Some(next) = chain.last() {
        told_to.push((
            about(next),
            going(&mut tx, &next.id).await?,
            Some(next.due_on),
        ));
    }
    for (about, to, due_on) in told_to {
        let told = Message::of(Kind::VisitReady, about, events.len(), to)
            .says([visit.unit_name.as_str().into()])
            .due(due_on);
        tell(app, &mut tx, actor, told);
    }
    tx.commit().await?;
    Ok(())
}

/// Another visit by the same inspectors, once there was time to mend: by `due_on`. Whoever can't inspect any more is replaced.
///
/// # Errors
/// `NoInspectorLeft` when none of them can go, and nobody else.
pub(super) async fn order_recheck(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    (root, unit): (&Visit, &UnitPlace),
    (until, due_on): (Date, Date),
) -> Result<()> {
    let now = app.now();
    let id = VisitId(app.entropy.id(now));
    let again = Visit {
        id,
        // It is of no draw.
        check: SpotCheckId(id.0),
        announced: true,
        due_on,
        state: VisitState::Drawn,
        colour: None,
        drawn_at: now,
        unit_path: unit.path.clone(),
        ..root.clone()
    };
    outcomes::insert_recheck(tx, &again, &root.id).await?;
    let inspectors = inspectors_again(tx, root, &again).await?;
    let theirs = inspectors.iter();
    let theirs = theirs.map(|inspector| To::Account(inspector.account));
    // The unit reads of it at the visit that found it short: of the next one it sees nothing before it is concluded.
    let told_to = [
        (about(root), message::union_of(unit), until),
        (about(&again), theirs.collect(), due_on),
    ];
    for (about, to, day) in told_to {
        let told = Message::of(Kind::VisitRecheck, about, again.id, to)
            .says([again.unit_name.as_str().into()])
            .due(Some(day));
        tell(app, tx, actor, told);
    }
    Ok(())
}

/// Keeps who goes again.
async fn inspectors_again(tx: &mut Tx, root: &Visit, again: &Visit) -> Result<Vec<VisitInspector>> {
    let check = checks::find(tx, &root.check).await?;
    let mut inspectors: Vec<VisitInspector> = Vec::new();
    let mut refused = None;
    let went = visits::inspectors(tx, &root.id).await?;
    for one in went.into_iter().filter(|one| one.left.is_none()) {
        let candidate = checks::candidate(tx, &one.account).await?;
        let goes = if spot_check::still_inspects(candidate, again) {
            VisitInspector {
                visit: again.id,
                drawn_at: again.drawn_at,
                ..one
            }
        } else {
            let Some(check) = &check else {
                continue;
            };
            let leaving = Leaving {
                by: LeavingBy::Release,
                reason: String::new(),
                at: again.drawn_at,
            };
            match successor(tx, check, again, &one, &leaving).await {
                Ok(drawn) => drawn,
                Err(Error::Refused(refusal)) => {
                    refused = Some(refusal);
                    continue;
                }
                Err(error) => return Err(error),
            }
        };
        visits::insert_inspectors(tx, std::slice::from_ref(&goes)).await?;
        inspectors.push(goes);
    }
    // One goes alone rather than nobody.
    match refused {
        Some(refusal) if inspectors.is_empty() => Err(refusal.into()),
        _ => Ok(inspectors),
    }
}
