//! What a visit comes to: concluded by an inspector, heard, decided on by the city, mended or withdrawn, taken back.

use jianjia_domain::{
    check::{
        outcome::{
            self, CheckEffect, Decision, DecisionInput, EffectLifting, Outcome, OutcomeRefusal,
            VisitAct, VisitEvent,
        },
        remark,
        visit::{Colour, Visit, VisitInspector, VisitState},
    },
    core::{
        audit::{deed::Deed, object::Object},
        ids::{CheckEffectId, SpotCheckId, VisitEventId, VisitId},
        message::{self, About, Kind, Message, Said, To},
        place::{UnitKind, UnitPlace},
        policy::{Actor, act},
        refusal::General,
    },
    honour::honour::Honour,
    year::assessment::{self, Basis},
};
use jianjia_store::{
    check::{outcome as outcomes, visit as visits},
    core::{
        db::Tx,
        scope::{Scope, Scopes},
    },
    register::unit,
    year::subject,
};
use jiff::{Span, civil::Date};
use serde_json::json;

use super::{
    inspection::{self, at_stake, file, inspecting, seen, stand},
    remark::{noted, place_of, scopes},
    renewal::ask_for_plaque,
};
use crate::{
    core::{
        app::App,
        error::{Error, Result},
        message::tell,
    },
    honour::honour::{refresh_standings, revoke_in},
    year::assessment as assessments,
};

/// An inspector concludes a visit: what was found is judged, and gives its colour. Sent twice, it is concluded once.
///
/// # Errors
/// Not found as `inspecting`; `Contradictory`, `NothingNoted`; `NoRules`.
pub async fn conclude(app: &App, actor: &Actor, id: &VisitId) -> Result<Outcome> {
    let mut tx = app.db.write(concluding(app, id).await?).await?;
    let visit = inspecting(&mut tx, actor, id).await?;
    if let Some(before) = outcomes::find(&mut tx, id).await? {
        return Ok(before);
    }
    let (file, kept, settled) = noted(&mut tx, app, &visit).await?;
    let (noted, open) = stand(&file, &kept, &settled);
    remark::may_conclude(&visit, &open, noted.len())?;
    let (found, failed) = outcome::found(&file.standard, &file.declared, &noted);
    let (_, declared_on) = inspection::days(&mut tx, app, visit.year).await?;
    let mut assessment = assessments::assessed(
        app,
        (visit.unit, None),
        (visit.year, declared_on),
        Basis::Found { visit: *id },
        found,
        failed,
    );
    let judgement = assessments::keep(&mut tx, app, &mut assessment).await?;
    let signs = outcome::signs(
        &file.standard,
        &file.rules,
        &file.title,
        &file.declared,
        &assessment.judgement,
        &noted,
    );
    let colour = outcome::colour(&signs);
    let today = app.clock.today();
    let is_red = colour == Colour::Red;
    let hearing = i64::try_from(file.rules.hearing_days).unwrap_or(10);
    let days = &file.standard.working_days;
    let now = app.now();
    let outcome = Outcome {
        visit: *id,
        colour,
        signs,
        judgement,
        hear_until: is_red.then(|| days.add_working_days(today, hearing).value),
        mend_until: None,
        concluded_by: actor.account,
        concluded_by_name: actor.name.clone(),
        concluded_at: now,
    };
    let state = if is_red {
        VisitState::Hearing
    } else {
        VisitState::Closed
    };
    move_on(&mut tx, &visit, state, Some(colour)).await?;
    outcomes::keep(&mut tx, &outcome).await?;
    let step = Step::of(VisitAct::Concluded);
    add_event(&mut tx, app, actor, id, step).await?;
    let unit = place_of(&mut tx, &visit).await?;
    let detail = json!({
        "colour": colour,
        "clauses": outcome.clauses(colour),
        "judgement": judgement,
    });
    trail(
        &mut tx,
        app,
        actor,
        Deed::ConcludeVisit,
        &visit,
        &unit,
        detail,
    )
    .await?;
    if let Some(of) = outcomes::rechecked(&mut tx, id).await? {
        looked_again(&mut tx, app, actor, &of, is_red).await?;
    }
    tell_outcome(&mut tx, app, actor, &visit, &unit, &outcome).await?;
    tx.commit().await?;
    Ok(outcome)
}

/// What a second look says of the first: it was mended, or was not.
async fn looked_again(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    of: &VisitId,
    is_red: bool,
) -> Result<()> {
    let first = visits::find(tx, of).await?.ok_or(Error::NotFound)?;
    if first.state != VisitState::Mending {
        return Ok(());
    }
    if is_red {
        add_event(tx, app, actor, of, Step::of(VisitAct::FailedAgain)).await
    } else {
        move_on(tx, &first, VisitState::Mended, first.colour).await?;
        add_event(tx, app, actor, of, Step::of(VisitAct::Mended)).await
    }
}

/// The unit says its view while it is heard.
///
/// # Errors
/// As `seen` and `App::permit`; as `outcome::state`.
pub async fn state(app: &App, actor: &Actor, id: &VisitId, statement: &str) -> Result<()> {
    let mut tx = app.db.write(scopes(app, id).await?).await?;
    let (visit, _) = seen(&mut tx, actor, id).await?;
    let permit = app
        .permit(&mut tx, actor, act::AnswerVisit, &visit.unit)
        .await?;
    let outcome = outcomes::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let today = app.clock.today();
    let statement = outcome::state(&visit, &outcome, &permit, statement, today)?;
    let events = outcomes::events(&mut tx, id).await?;
    if is_repeated(&events, actor, VisitAct::Stated, &statement) {
        return Ok(());
    }
    let step = Step {
        reason: statement,
        ..Step::of(VisitAct::Stated)
    };
    add_event(&mut tx, app, actor, id, step).await?;
    let unit = permit.unit.clone();
    trail(
        &mut tx,
        app,
        actor,
        Deed::AnswerVisit,
        &visit,
        &unit,
        json!({}),
    )
    .await?;
    let root = unit::root(&mut tx).await?;
    let to = root.map_or_else(Vec::new, |root| {
        vec![To::Unit {
            unit: root.id,
            roles: message::APPROVERS,
        }]
    });
    let once = events.len();
    let told = Message::of(Kind::VisitStated, about(&visit), once, to)
        .says([visit.unit_name.as_str().into()]);
    tell(app, &mut tx, actor, told);
    tx.commit().await?;
    Ok(())
}

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
    let decided = outcome::decide(&visit, &outcome, &events, &permit, input, today)?;
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
    let first = match outcomes::rechecked(&mut tx, id).await? {
        Some(of) => visits::find(&mut tx, &of).await?,
        None => None,
    };
    let root = first.as_ref().unwrap_or(&visit).clone();
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
            order_recheck(&mut tx, app, actor, &root, &unit, until).await?;
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
    if let Some(first) = first.filter(|first| first.state == VisitState::Mending) {
        let state = match decided.decision {
            Decision::Withdraw => VisitState::Withdrawn,
            Decision::Clear => VisitState::Mended,
            Decision::Mend => VisitState::Mending,
        };
        if state != first.state {
            move_on(&mut tx, &first, state, first.colour).await?;
        }
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

/// Another visit by the same inspectors, once there was time to mend.
async fn order_recheck(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    root: &Visit,
    unit: &UnitPlace,
    until: Date,
) -> Result<()> {
    let now = app.now();
    let id = VisitId(app.entropy.id(now));
    let again = Visit {
        id,
        // It is of no draw.
        check: SpotCheckId(id.0),
        announced: true,
        due_on: until,
        state: VisitState::Drawn,
        colour: None,
        drawn_at: now,
        unit_path: unit.path.clone(),
        ..root.clone()
    };
    outcomes::insert_recheck(tx, &again, &root.id).await?;
    let inspectors: Vec<VisitInspector> = visits::inspectors(tx, &root.id)
        .await?
        .into_iter()
        .filter(|inspector| inspector.conflict.is_none())
        .map(|inspector| VisitInspector {
            visit: id,
            drawn_at: now,
            ..inspector
        })
        .collect();
    visits::insert_inspectors(tx, &inspectors).await?;
    let theirs = inspectors.iter();
    let theirs = theirs.map(|inspector| To::Account(inspector.account));
    // The unit reads of it at the visit that found it short: of the next one it sees nothing before it is concluded.
    let told_to = [
        (about(root), message::union_of(unit)),
        (about(&again), theirs.collect()),
    ];
    for (about, to) in told_to {
        let told = Message::of(Kind::VisitRecheck, about, again.id, to)
            .says([again.unit_name.as_str().into()])
            .due(Some(until));
        tell(app, tx, actor, told);
    }
    Ok(())
}

/// Takes the titles that fall with the visit's, and asks for their plaques.
async fn withdraw(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    titles: &[Honour],
    (reason, document_number): (&str, &str),
    days: u64,
) -> Result<Vec<Honour>> {
    let mut taken = Vec::new();
    for honour in titles {
        let revoked = revoke_in(tx, app, actor, honour, reason, document_number).await?;
        ask_for_plaque(tx, app, actor, &revoked, days).await?;
        taken.push(revoked);
    }
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

/// The city takes a decision back: the effect ends, and visits that were still to look again fall away. A title that was withdrawn is given anew by
/// its own route.
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
    let reason = outcome::overturn(&visit, &permit, reason)?;
    move_on(&mut tx, &visit, VisitState::Overturned, Some(Colour::Amber)).await?;
    for again in outcomes::rechecks(&mut tx, id).await? {
        if let Some(again) = visits::find(&mut tx, &again).await?
            && matches!(again.state, VisitState::Drawn | VisitState::Hearing)
        {
            move_on(&mut tx, &again, VisitState::Overturned, again.colour).await?;
        }
    }
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

/// What happens, before it is an event.
struct Step {
    act: VisitAct,
    reason: String,
    document_number: String,
    due_on: Option<Date>,
}

impl Step {
    fn of(act: VisitAct) -> Step {
        Step {
            act,
            reason: String::new(),
            document_number: String::new(),
            due_on: None,
        }
    }
}

async fn add_event(tx: &mut Tx, app: &App, actor: &Actor, id: &VisitId, step: Step) -> Result<()> {
    app.follow(tx, "visit_event").await?;
    let now = app.now();
    let event = VisitEvent {
        id: VisitEventId(app.entropy.id(now)),
        visit: *id,
        act: step.act,
        reason: step.reason,
        document_number: step.document_number,
        due_on: step.due_on,
        account: actor.account,
        account_name: actor.name.clone(),
        at: now,
    };
    Ok(outcomes::add_event(tx, &event).await?)
}

async fn move_on(tx: &mut Tx, visit: &Visit, to: VisitState, colour: Option<Colour>) -> Result<()> {
    if outcomes::move_on(tx, &visit.id, visit.state, to, colour).await? {
        Ok(())
    } else {
        Err(General::Stale.into())
    }
}

/// Whether this was the last thing that happened: the form was sent twice.
fn is_repeated(events: &[VisitEvent], actor: &Actor, act: VisitAct, reason: &str) -> bool {
    events.last().is_some_and(|last| {
        last.act == act && last.account == actor.account && last.reason == reason
    })
}

async fn trail(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    deed: Deed,
    visit: &Visit,
    unit: &UnitPlace,
    detail: serde_json::Value,
) -> Result<()> {
    let object = Object::Visit(visit.id);
    app.trail(tx, actor, deed, object, Some(unit), detail).await
}

fn about(visit: &Visit) -> About {
    About::of(&Object::Visit(visit.id), Some(visit.unit), visit.year)
}

/// Tells the unit and its federation what the visit came to; where it is red, the city too.
async fn tell_outcome(
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

fn tell_decision(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    visit: &Visit,
    unit: &UnitPlace,
    decided: &outcome::Decided,
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

/// Concluding changes the visit and, where it looks at another's findings again, that one.
async fn concluding(app: &App, id: &VisitId) -> Result<Scopes> {
    let mut tx = app.db.read().await?;
    let visit = visits::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let first = outcomes::rechecked(&mut tx, id).await?;
    Ok([Scope::Visit(*id), Scope::UnitAsItIs(visit.unit)]
        .into_iter()
        .chain(first.map(Scope::Visit))
        .collect())
}

/// Deciding changes the unit's titles, and the visits that look again.
async fn deciding(app: &App, id: &VisitId) -> Result<Scopes> {
    let mut tx = app.db.read().await?;
    let visit = visits::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let first = outcomes::rechecked(&mut tx, id).await?;
    let again = outcomes::rechecks(&mut tx, id).await?;
    Ok([Scope::Visit(*id), Scope::Unit(visit.unit)]
        .into_iter()
        .chain(first.map(Scope::Visit))
        .chain(again.into_iter().map(Scope::Visit))
        .collect())
}
