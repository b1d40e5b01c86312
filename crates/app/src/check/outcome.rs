//! What a visit comes to: concluded by an inspector, heard, decided on by the city, mended or withdrawn, taken back. Its second look is in `recheck`.

mod deciding;
pub mod recheck;
mod telling;

use jianjia_domain::{
    check::{
        outcome::{self, Outcome, VisitAct, VisitEvent},
        remark,
        visit::{Colour, Visit, VisitState},
    },
    core::{
        audit::{deed::Deed, object::Object},
        ids::{VisitEventId, VisitId},
        message::{self, About, Kind, Message, To},
        place::UnitPlace,
        policy::{Actor, act},
        refusal::General,
    },
    year::assessment::Basis,
};
use jianjia_store::{
    check::outcome as outcomes,
    core::{
        db::Tx,
        scope::{Scope, Scopes},
    },
    register::unit,
};
use jiff::civil::Date;
use serde_json::json;

pub(crate) use self::deciding::too_early;
pub use self::deciding::{decide, overturn};
use self::{
    recheck::{chain, looked_again, mending},
    telling::tell_outcome,
};
use super::{
    inspection::{self, inspecting, seen, stand},
    remark::{noted, place_of, scopes},
};
use crate::{
    core::{
        app::App,
        error::{Error, Result},
        message::tell,
    },
    year::assessment as assessments,
};

/// An inspector concludes a visit: what was found is judged, and gives its colour. Sent twice, it is concluded once.
///
/// # Errors
/// Not found as `inspecting`; `Contradictory`, `NothingNoted`; `NoRules`; `BeforeMended` for a second look that finds the unit short before its time to
/// mend is over.
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
    let chain = chain(&mut tx, id).await?;
    let given = mending(&mut tx, &chain).await?.map(|(_, given)| given);
    outcome::may_fail_again(given, colour, today)?;
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
    looked_again(&mut tx, app, actor, &chain, is_red).await?;
    tell_outcome(&mut tx, app, actor, &visit, &unit, &outcome).await?;
    tx.commit().await?;
    Ok(outcome)
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

/// Concluding or deciding changes the visits of its chain.
async fn concluding(app: &App, id: &VisitId) -> Result<Scopes> {
    let mut tx = app.db.read().await?;
    let chain = chain(&mut tx, id).await?;
    let unit = chain.first().map(|visit| Scope::UnitAsItIs(visit.unit));
    let visits = chain.iter().map(|visit| Scope::Visit(visit.id));
    Ok(visits.chain(unit).collect())
}
