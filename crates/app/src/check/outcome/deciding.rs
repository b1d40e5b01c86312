//! The city's decision on a red visit, and what takes it back.

use jianjia_domain::{
    check::{
        outcome::{
            self, CheckEffect, Decision, DecisionInput, EffectLifting, Outcome, OutcomeRefusal,
            VisitAct, VisitEvent,
        },
        visit::{Colour, Visit, VisitState},
    },
    core::{
        audit::deed::Deed,
        ids::{CheckEffectId, VisitId},
        message::{self, Kind, Message, Said},
        policy::{Actor, act},
        refusal::General,
    },
    honour::honour::Honour,
    year::assessment,
};
use jianjia_store::{
    check::outcome as outcomes,
    core::{
        db::Tx,
        scope::{Scope, Scopes},
    },
    year::subject,
};
use jiff::Span;
use serde_json::json;

use super::{
    Step, about, add_event, is_repeated, move_on,
    recheck::{chain, end_mending, fall, order_recheck},
    telling::tell_decision,
    trail,
};
use crate::{
    check::{
        inspection::{at_stake, file, seen},
        renewal::ask_for_plaques,
    },
    core::{
        app::App,
        error::{Error, Result},
        message::tell,
    },
    honour::honour::{refresh_standings, revoke_in},
};

/// Why a red visit can't be decided on yet: the unit may still be heard.
pub(crate) fn too_early(
    app: &App,
    outcome: &Outcome,
    events: &[VisitEvent],
) -> Option<OutcomeRefusal> {
    let was_heard = events.iter().any(|event| event.act == VisitAct::Stated);
    let until = outcome.hear_until.filter(|_| !was_heard)?;
    (app.clock.today() <= until).then_some(OutcomeRefusal::BeforeHearing { until })
}

/// The city decides on a red visit: time to mend with another visit, the title withdrawn, or not held short. Sent twice, it is decided once.
///
/// # Errors
/// As `seen` and `App::permit`; `Stale`; as `outcome::decide`; `TitleGone` when there is no title left to withdraw.
pub async fn decide(
    app: &App,
    actor: &Actor,
    id: &VisitId,
    input: &DecisionInput,
) -> Result<VisitState> {
    let mut tx = app.db.write(deciding(app, id).await?).await?;
    let (visit, _) = seen(&mut tx, actor, id).await?;
    let permit = app
        .permit(&mut tx, actor, act::DecideVisit, &visit.unit)
        .await?;
    let outcome = outcomes::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let events = outcomes::events(&mut tx, id).await?;
    let repeated = Decision::from_key(&input.decision).map(|decision| match decision {
        Decision::Mend => VisitAct::Mending,
        Decision::Withdraw => VisitAct::Withdrawn,
        Decision::Clear => VisitAct::Cleared,
    });
    if repeated.is_some_and(|act| is_repeated(&events, actor, act, input.reason.trim())) {
        return Ok(visit.state);
    }
    if input.seen != visit.state.key() {
        return Err(General::Stale.into());
    }
    let today = app.clock.today();
    let standard = app.standards.of(visit.year);
    let of = (&outcome, events.as_slice());
    let decided = outcome::decide(standard, &visit, of, &permit, input, today)?;
    let unit = permit.unit.clone();
    let file = file(&mut tx, app, &visit).await?;
    let mending = i64::try_from(file.rules.mending_days).unwrap_or(60);
    let until = today.saturating_add(Span::new().days(mending));
    let due_on = (decided.decision == Decision::Mend).then_some(until);
    // What is not upheld counts as what was to be explained, and no more.
    let colour = match decided.decision {
        Decision::Clear => Colour::Amber,
        _ => Colour::Red,
    };
    let chain = chain(&mut tx, id).await?;
    let root = chain.first().unwrap_or(&visit).clone();
    move_on(&mut tx, &visit, decided.state, Some(colour)).await?;
    let step = Step {
        reason: decided.reason.clone(),
        document_number: input.document_number.trim().to_owned(),
        due_on,
        ..Step::of(decided.act)
    };
    add_event(&mut tx, app, actor, id, step).await?;
    let mut taken = Vec::new();
    match decided.decision {
        Decision::Mend => {
            outcomes::mend_until(&mut tx, id, until).await?;
            let days = i64::try_from(file.rules.recheck_days).unwrap_or(0);
            let due_on = until.saturating_add(Span::new().days(days));
            order_recheck(&mut tx, app, actor, (&root, &unit), (until, due_on)).await?;
        }
        Decision::Withdraw => {
            let titles = at_stake(&mut tx, &file, &visit).await?;
            if titles.is_empty() {
                return Err(OutcomeRefusal::TitleGone.into());
            }
            let words = (decided.reason.as_str(), input.document_number.as_str());
            taken = withdraw(&mut tx, app, actor, &titles, words, file.rules.plaque_days).await?;
        }
        Decision::Clear => {}
    }
    if let Some((state, act)) = outcome::ends_with(decided.decision) {
        end_mending(&mut tx, app, actor, (&chain, id), state, act).await?;
    }
    let mut effect = None;
    if decided.decision != Decision::Clear {
        effect = keep_effect(&mut tx, app, actor, &root).await?;
    }
    let detail = json!({
        "decision": decided.decision,
        "reason": decided.reason,
        "document_number": input.document_number.trim(),
        "until": due_on,
        "titles": taken.iter().map(|honour: &Honour| honour.number.as_str()).collect::<Vec<_>>(),
        "effect": effect,
    });
    trail(
        &mut tx,
        app,
        actor,
        Deed::DecideVisit,
        &visit,
        &unit,
        detail,
    )
    .await?;
    tell_decision(&mut tx, app, actor, &visit, &unit, &decided);
    tx.commit().await?;
    Ok(decided.state)
}

/// Takes the titles that fall with the visit's, and asks for their plaques.
async fn withdraw(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    titles: &[Honour],
    words: (&str, &str),
    days: u64,
) -> Result<Vec<Honour>> {
    let taken = revoke_in(tx, app, actor, titles, words).await?;
    ask_for_plaques(tx, app, actor, &taken, days).await?;
    refresh_standings(tx, app, &taken).await?;
    Ok(taken)
}

/// Records that the unit was found short, where that has an effect on its subsidy (R4); the clause.
async fn keep_effect(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    root: &Visit,
) -> Result<Option<String>> {
    let register = subject::unit(tx, &root.unit).await?;
    let register = register.ok_or(Error::NotFound)?;
    let standard = app.standards.of(root.year);
    let kind = assessment::kind_of(register.kind).ok();
    let Some(clause) = outcome::effect(standard, kind, &register.division) else {
        return Ok(None);
    };
    let now = app.now();
    let effect = CheckEffect {
        id: CheckEffectId(app.entropy.id(now)),
        year: root.year,
        unit: root.unit,
        unit_path: register.path,
        clause: clause.clone(),
        visit: root.id,
        recorded_at: now,
        recorded_by_name: actor.name.clone(),
        lifted: None,
    };
    outcomes::record_effect(tx, &effect).await?;
    Ok(Some(clause))
}

/// The city takes a decision back: the effect ends, and what was decided on visits that looked again, or was still to be looked at, falls with it. A title
/// that was withdrawn is given anew by its own route.
///
/// # Errors
/// As `seen` and `App::permit`; as `outcome::overturn`.
pub async fn overturn(app: &App, actor: &Actor, id: &VisitId, reason: &str) -> Result<()> {
    let mut tx = app.db.write(deciding(app, id).await?).await?;
    let (visit, _) = seen(&mut tx, actor, id).await?;
    let permit = app
        .permit(&mut tx, actor, act::DecideVisit, &visit.unit)
        .await?;
    let events = outcomes::events(&mut tx, id).await?;
    if is_repeated(&events, actor, VisitAct::Overturned, reason.trim()) {
        return Ok(());
    }
    let first = outcomes::rechecked(&mut tx, id).await?;
    let reason = outcome::overturn(&visit, first, &permit, reason)?;
    move_on(&mut tx, &visit, VisitState::Overturned, Some(Colour::Amber)).await?;
    fall(&mut tx, app, actor, id, &reason).await?;
    let step = Step {
        reason: reason.clone(),
        ..Step::of(VisitAct::Overturned)
    };
    add_event(&mut tx, app, actor, id, step).await?;
    let lifting = EffectLifting {
        at: app.now(),
        by_name: actor.name.clone(),
        reason: reason.clone(),
    };
    let lifted = outcomes::lift_effects(&mut tx, id, &lifting).await?;
    let unit = permit.unit.clone();
    let detail = json!({ "reason": reason, "effects_lifted": lifted });
    trail(
        &mut tx,
        app,
        actor,
        Deed::OverturnVisit,
        &visit,
        &unit,
        detail,
    )
    .await?;
    let word = Said::Word {
        word: VisitState::Overturned.word().to_owned(),
    };
    let told = Message::of(
        Kind::VisitDecided,
        about(&visit),
        events.len(),
        message::union_of(&unit),
    )
    .says([visit.unit_name.as_str().into(), word])
    .because(vec![reason.as_str().into()]);
    tell(app, &mut tx, actor, told);
    tx.commit().await?;
    Ok(())
}

/// Deciding changes the unit's titles besides.
async fn deciding(app: &App, id: &VisitId) -> Result<Scopes> {
    let mut tx = app.db.read().await?;
    let chain = chain(&mut tx, id).await?;
    let unit = chain.first().map(|visit| Scope::Unit(visit.unit));
    // Whoever looks again is drawn from the inspectors of its check, or called in there.
    let check = chain.first().map(|visit| Scope::SpotCheck(visit.year));
    let visits = chain.iter().map(|visit| Scope::Visit(visit.id));
    Ok(visits.chain(unit).chain(check).collect())
}
