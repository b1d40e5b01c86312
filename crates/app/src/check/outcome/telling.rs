//! What is told of a visit that was concluded or decided on.

use jianjia_domain::{
    check::{
        outcome::{Decided, Outcome},
        visit::{Colour, Visit},
    },
    core::{
        message::{self, Kind, Message, Said, To},
        place::{UnitKind, UnitPlace},
        policy::Actor,
    },
};
use jianjia_store::{core::db::Tx, register::unit};

use super::about;
use crate::core::{app::App, error::Result, message::tell};

/// Tells the unit and its federation what the visit came to; where it is red, the city too.
pub(super) async fn tell_outcome(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    visit: &Visit,
    unit: &UnitPlace,
    outcome: &Outcome,
) -> Result<()> {
    let name = Said::from(visit.unit_name.as_str());
    let standard = app.standards.of(visit.year);
    let because: Vec<Said> = outcome
        .clauses(outcome.colour)
        .into_iter()
        .filter(|_| outcome.colour != Colour::Green)
        .filter_map(|clause| standard.criterion(clause))
        .map(|criterion| Said::from(&criterion.name))
        .collect();
    if outcome.colour == Colour::Red {
        let against = standard
            .visit
            .as_ref()
            .and_then(|rules| standard.title(&rules.against));
        let title = against.map_or_else(|| Said::from(""), |title| Said::from(&title.name));
        let told = Message::of(
            Kind::VisitHearing,
            about(visit),
            "",
            message::union_of(unit),
        )
        .says([name.clone(), title])
        .because(because.clone())
        .due(outcome.hear_until);
        tell(app, tx, actor, told);
        let mut to: Vec<To> = Vec::new();
        for above in unit::above(tx, &unit.path).await? {
            if matches!(
                above.kind,
                UnitKind::City | UnitKind::District | UnitKind::Industry
            ) {
                to.extend(message::office(above.id));
            }
        }
        let told = Message::of(Kind::VisitRed, about(visit), "", to)
            .says([name])
            .because(because);
        tell(app, tx, actor, told);
        return Ok(());
    }
    let word = Said::Word {
        word: outcome.colour.word().to_owned(),
    };
    let told = Message::of(Kind::VisitDone, about(visit), "", message::union_of(unit))
        .says([name, word])
        .because(because);
    tell(app, tx, actor, told);
    Ok(())
}

pub(super) fn tell_decision(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    visit: &Visit,
    unit: &UnitPlace,
    decided: &Decided,
) {
    let word = Said::Word {
        word: decided.decision.word().to_owned(),
    };
    let told = Message::of(
        Kind::VisitDecided,
        about(visit),
        decided.act,
        message::union_of(unit),
    )
    .says([visit.unit_name.as_str().into(), word])
    .because(vec![decided.reason.as_str().into()]);
    tell(app, tx, actor, told);
}
