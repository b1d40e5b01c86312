//! Opening a file for an act of the office whose turn it is: everything that the act needs is checked here.

use jianjia_domain::{
    core::{
        ids::ApplicationId,
        place::UnitPlace,
        policy::{Act, Actor, Permit, Permitted},
    },
    round::{
        application::{Application, ApplicationRefusal, State},
        recommendation::reserve,
        review,
        route::Step,
    },
};
use jianjia_standard::programme::{RoundAct, RouteAct};
use jianjia_store::{
    core::{db::Tx, place},
    round::{application as applications, conflict},
};

use crate::{
    core::{
        app::App,
        error::{Error, Result},
    },
    round::{
        application::{Expected, expect, seen},
        round as rounds,
    },
};

/// A file opened for an act: everything the act needs was checked.
pub(crate) struct Opened<A = Act> {
    pub application: Application,
    pub permit: Permit<A>,
    pub step: usize,
}

/// What opening a file comes to.
pub(crate) enum Opening<A = Act> {
    Open(Box<Opened<A>>),
    /// The same request was applied before.
    Done(Box<Application>),
}

/// Opens a file for an act of the unit whose turn it is: the application is seen, it is that unit's turn, the role is right, nothing bars the
/// person, the round is open, and nobody acted since the page was shown.
///
/// # Errors
/// Not found when it isn't there or the actor doesn't see it; as `App::permit`; `Overtaken`, or `Stale`, when it was changed since; `WrongState`
/// when it isn't under review; `NotYourTurn`; as `review::may_review`; as `rounds::open` (P6).
pub(crate) async fn open<A: Permitted>(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    id: &ApplicationId,
    act: A,
    expected: &Expected,
) -> Result<Opening<A>> {
    let application = seen(tx, actor, id).await?;
    let before = applications::of_request(tx, &expected.request_key).await?;
    if before == Some(application.id) {
        return Ok(Opening::Done(Box::new(application)));
    }
    let opened = admitted(tx, app, actor, application, act, Some(expected)).await?;
    Ok(Opening::Open(Box::new(opened)))
}

pub(super) async fn admitted<A: Permitted>(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    application: Application,
    act: A,
    expected: Option<&Expected>,
) -> Result<Opened<A>> {
    let place = place::find(tx, &application.unit.id)
        .await?
        .ok_or(Error::NotFound)?;
    // The role comes first, so that nobody learns by refusals what isn't theirs.
    let permit = app.permit_at(tx, actor, act, &place).await?;
    if let Some(expected) = expected {
        expect(tx, &application, expected.revision).await?;
    }
    let (State::UnderReview { step }, Some(turn)) = (&application.state, application.turn()) else {
        let state = application.state.key();
        return Err(ApplicationRefusal::WrongState { state }.into());
    };
    let (step, turn) = (*step, turn.clone());
    let permit = at_step(tx, app, actor, &turn, act, &place, permit).await?;
    let declared = conflict::find(tx, &application.id, &actor.account).await?;
    review::may_review(actor, &application, &turn.unit.id, declared.as_ref())?;
    let is_looked_through = act.act() == Act::RecordFinding && reserve::is_reserve(&application);
    match open_window(tx, app, &application, &turn, window_of(act.act())).await {
        Err(Error::Refused(_)) if is_looked_through => {
            open_for_reserve(tx, app, &application).await?;
        }
        opened => opened?,
    }
    Ok(Opened {
        application,
        permit,
        step,
    })
}

/// The permission for the act by a role held at the step's own unit.
async fn at_step<A: Permitted>(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    turn: &Step,
    act: A,
    place: &UnitPlace,
    anywhere: Permit<A>,
) -> Result<Permit<A>> {
    if anywhere.as_role.unit.id == turn.unit.id {
        return Ok(anywhere);
    }
    let there = actor.at(&turn.unit.id);
    if there.roles.is_empty() {
        let unit = turn.unit.name.clone();
        return Err(ApplicationRefusal::NotYourTurn { unit }.into());
    }
    app.permit_at(tx, &there, act, place).await
}

/// In which window of the calendar an act on a file falls.
fn window_of(act: Act) -> RoundAct {
    match act {
        Act::DecideApplication => RoundAct::Decide,
        Act::RecommendApplication => RoundAct::Recommend,
        // Places come free as long as the city names.
        Act::TakeUpReserve => RoundAct::Name,
        _ => RoundAct::Review,
    }
}

/// The act's own window, and at the naming step the naming's as well.
pub(super) async fn open_window(
    tx: &mut Tx,
    app: &App,
    application: &Application,
    turn: &Step,
    act: RoundAct,
) -> Result<()> {
    let rounds = rounds::around(tx, app, application.year).await?;
    let reviewing = rounds.open(app, act);
    if reviewing.is_err() && turn.act == RouteAct::Name {
        return rounds.open(app, RoundAct::Name);
    }
    reviewing
}

/// A reserve is looked through as long as it can be taken up.
pub(super) async fn open_for_reserve(
    tx: &mut Tx,
    app: &App,
    application: &Application,
) -> Result<()> {
    let act = window_of(Act::TakeUpReserve);
    rounds::open(tx, app, application.year, act).await
}
