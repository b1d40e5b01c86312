//! What the acts of a poll tell: the union how far it is, and the union above what it is asked.

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::AccountId,
        message::{self, About, Kind, Message, OFFICE, Said, To},
        place::{UnitPlace, paths_above},
        policy::{Actor, Permit},
    },
    rating::poll::{Poll, planning},
};
use jianjia_standard::programme::BallotRules;
use jianjia_store::core::db::Tx;
use jiff::civil::Date;

use crate::core::{
    app::App,
    message::{tell, tell_all_but},
};

/// Tells of what somebody did with a poll, where that is told.
pub(crate) fn of_deed<A>(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    deed: Deed,
    poll: &Poll,
    permit: &Permit<A>,
) {
    let kind = match deed {
        Deed::OpenPoll => Kind::PollOpened,
        Deed::ClosePoll => Kind::PollClosed,
        Deed::AnnulPoll => Kind::PollAnnulled,
        Deed::ConsentToPoll => Kind::ConsentGiven,
        _ => return,
    };
    let mut told = of(kind, poll, &permit.unit);
    match kind {
        Kind::PollOpened => told.due_on = poll.plan.closes_on,
        Kind::PollAnnulled => {
            told.detail.because = vec![Said::from(poll.stage.ended_because())];
        }
        Kind::ConsentGiven => {
            let by = Said::from(permit.as_role.unit.name.as_str());
            told.detail.says.insert(0, by);
        }
        _ => {}
    }
    tell(app, tx, actor, told);
}

/// Tells that a poll went on by the members' codes: nobody is signed in then.
pub(crate) fn of_codes(app: &App, tx: &mut Tx, kind: Kind, poll: &Poll, unit: &UnitPlace) {
    tell_all_but(app, tx, None::<AccountId>, of(kind, poll, unit));
}

/// Tells that nothing is missing in a plan: the union that it may open, or first the union above that it is asked to agree.
pub(crate) fn of_plan(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    poll: &Poll,
    unit: &UnitPlace,
    (rules, today): (&BallotRules, Date),
) {
    if planning::may_open(rules, poll, today).is_ok() {
        tell(app, tx, actor, of(Kind::PollReady, poll, unit));
    } else if planning::is_complete(rules, poll, today).is_ok() {
        let upper = paths_above(&unit.path).into_iter().next();
        let to = upper.map(|path| To::Path {
            path: path.to_owned(),
            roles: OFFICE,
        });
        let told = Message {
            to: to.into_iter().collect(),
            ..of(Kind::ConsentAsked, poll, unit)
        };
        tell(app, tx, actor, told);
    }
}

fn of(kind: Kind, poll: &Poll, unit: &UnitPlace) -> Message {
    let about = About::of(&Object::Poll(poll.id), Some(unit.id), poll.year);
    Message::of(kind, about, "", message::union_of(unit))
        .says([unit.name.as_str().into(), poll.year.into()])
}
