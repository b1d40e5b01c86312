//! One file on the reviewer's desk: criteria beside evidence, figures, earlier findings and last year's judgement.

use jianjia_domain::{
    application::ApplicationRefusal,
    ids::ApplicationId,
    policy::{Act, Actor, may},
    refusal::Refusal,
    review,
    route::Step,
};
use jianjia_standard::programme::RouteAct;
use jianjia_store::{conflict, review as reviews};

use super::{acting_units, open_window};
use crate::{
    app::App,
    applications::{ApplicationView, view},
    error::{Error, Result},
};

#[derive(Clone, Debug)]
pub struct Desk {
    pub view: ApplicationView,
    /// The step whose turn it is.
    pub turn: Option<Step>,
    /// Why the actor may not act: another's turn, a conflict, the calendar.
    pub barred: Option<Refusal>,
    pub acts: DeskActs,
    pub before: Option<ApplicationId>,
    pub after: Option<ApplicationId>,
}

/// What the actor may do at this step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeskActs {
    pub find: bool,
    pub endorse: bool,
    pub send_back: bool,
    pub reject: bool,
    pub decide: bool,
    pub recommend: bool,
}

/// The desk, for everyone who may review the applicant's kind of file somewhere on its route; for others it isn't there.
pub async fn desk(app: &App, actor: &Actor, id: &ApplicationId) -> Result<Desk> {
    let view = view(app, actor, id).await?;
    if !may(actor, Act::DeclareConflict, &view.unit) {
        return Err(Error::NotFound);
    }
    let mut tx = app.db.read().await?;
    let application = &view.application;
    let turn = application.turn().cloned();
    let declared = conflict::find(&mut tx, id, &actor.account).await?;
    let barred = match &turn {
        None => Some(Refusal::from(ApplicationRefusal::WrongState {
            state: application.state.key(),
        })),
        Some(turn) => {
            let unit = &turn.unit;
            let kept_out = review::may_review(actor, application, &unit.id, declared.as_ref());
            if let Err(refusal) = kept_out {
                Some(refusal.into())
            } else if !acting_units(actor).iter().any(|own| own.id == unit.id) {
                let unit = unit.name.clone();
                Some(ApplicationRefusal::NotYourTurn { unit }.into())
            } else {
                match open_window(&mut tx, app, application, turn).await {
                    Ok(()) => None,
                    Err(Error::Refused(refusal)) => Some(refusal),
                    Err(error) => return Err(error),
                }
            }
        }
    };
    let acts = match (&turn, &barred) {
        (Some(turn), None) => {
            let there = Actor {
                roles: actor
                    .roles
                    .iter()
                    .filter(|at| at.unit.id == turn.unit.id)
                    .cloned()
                    .collect(),
                ..actor.clone()
            };
            let can = |act| may(&there, act, &view.unit);
            DeskActs {
                find: can(Act::RecordFinding),
                endorse: turn.act == RouteAct::Endorse && can(Act::EndorseApplication),
                send_back: can(Act::ReturnApplication),
                reject: can(Act::RejectApplication),
                decide: turn.act == RouteAct::Decide && can(Act::DecideApplication),
                recommend: turn.act == RouteAct::Recommend && can(Act::RecommendApplication),
            }
        }
        _ => DeskActs::default(),
    };
    let units: Vec<_> = acting_units(actor).iter().map(|unit| unit.id).collect();
    let (before, after) = reviews::neighbours(&mut tx, &units, application).await?;
    Ok(Desk {
        turn,
        barred,
        acts,
        before,
        after,
        view,
    })
}
