//! What is done with contradictions: asked about, explained, set aside, by the offices, one or many at once; answered and compared again by the union.

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::{DoubtEventId, DoubtId},
        message::{self, About, Kind, Message, To},
        place::UnitPlace,
        policy::{Act, Actor, act, may},
        refusal::{General, Refusal},
    },
    insight::doubt::{
        self, Doubt, DoubtAct, DoubtEvent, DoubtRefusal, DoubtState, TOGETHER_AT_MOST, as_kept,
    },
};
use jianjia_standard::{Text, programme::XrayRule};
use jianjia_store::{
    core::{db::Tx, scope::Scope},
    insight::doubt as doubts,
};
use serde_json::json;

use super::seen;
use crate::{
    core::{
        app::App,
        error::{Error, Result},
        message::{tell, tell_together},
    },
    insight::xray::{self, Looking},
};

/// What an office does with those that were ticked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handling {
    Ask,
    Explain,
    SetAside,
}

impl Handling {
    pub fn from_key(key: &str) -> Option<Handling> {
        match key {
            "ask" => Some(Handling::Ask),
            "explain" => Some(Handling::Explain),
            "set-aside" => Some(Handling::SetAside),
            _ => None,
        }
    }

    pub fn key(self) -> &'static str {
        match self {
            Handling::Ask => "ask",
            Handling::Explain => "explain",
            Handling::SetAside => "set-aside",
        }
    }

    fn state(self) -> DoubtState {
        match self {
            Handling::Ask => DoubtState::Asked,
            Handling::Explain => DoubtState::Explained,
            Handling::SetAside => DoubtState::SetAside,
        }
    }

    fn act(self) -> DoubtAct {
        match self {
            Handling::Ask => DoubtAct::Asked,
            Handling::Explain => DoubtAct::Explained,
            Handling::SetAside => DoubtAct::SetAside,
        }
    }

    fn deed(self) -> Deed {
        match self {
            Handling::Ask => Deed::AskAboutDoubt,
            Handling::Explain => Deed::ExplainDoubt,
            Handling::SetAside => Deed::SetDoubtAside,
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HandlingInput {
    /// What the page showed of each, `id~revision`.
    pub seen: Vec<String>,
    pub text: String,
    /// Of asking: until when the union is to answer.
    pub answer_by: String,
}

/// Those that were ticked, each with why it can't be dealt with so.
///
/// # Errors
/// `NoneChosen`, `TooMany`; not found when one isn't there or the actor doesn't see it.
pub async fn preview(
    app: &App,
    actor: &Actor,
    handling: Handling,
    chosen: &[DoubtId],
) -> Result<Vec<(Doubt, Option<Refusal>)>> {
    enough(chosen.len())?;
    let mut tx = app.db.read().await?;
    let mut found = Vec::with_capacity(chosen.len());
    for id in chosen {
        let (doubt, unit, _) = seen(&mut tx, actor, id).await?;
        if !may(actor, Act::SeeDoubts, &unit) {
            return Err(Error::NotFound);
        }
        let refusal = match app
            .permit_at(&mut tx, actor, act::HandleDoubts, &unit)
            .await
        {
            // A text is typed on the next page.
            Ok(permit) => match handling {
                Handling::Ask => doubt::ask(&doubt, &permit, "").err(),
                Handling::Explain | Handling::SetAside => doubt::settle(&doubt, &permit, "-").err(),
            },
            Err(Error::Refused(refusal)) => Some(refusal),
            Err(error) => return Err(error),
        };
        found.push((doubt, refusal));
    }
    Ok(found)
}

fn enough(chosen: usize) -> Result<()> {
    match chosen {
        0 => Err(DoubtRefusal::NoneChosen.into()),
        chosen if chosen > TOGETHER_AT_MOST => Err(DoubtRefusal::TooMany.into()),
        _ => Ok(()),
    }
}

/// Does it with those that a page showed, all or none. Sent twice, it is done once. Unions that are asked are told, each all of its own in one message.
///
/// # Errors
/// As `preview` for each; as `App::permit` at its unit; `Stale` when one was changed since the page was made; as `doubt::ask` and `doubt::settle`;
/// `answer_by`: `NoDay`.
pub async fn carry_out(
    app: &App,
    actor: &Actor,
    handling: Handling,
    input: &HandlingInput,
) -> Result<Vec<Doubt>> {
    let seen_then = input.seen.iter().map(|token| -> Result<(DoubtId, i64)> {
        let (id, revision) = token.split_once('~').ok_or(Error::NotFound)?;
        let id: DoubtId = id.parse().map_err(|_| Error::NotFound)?;
        Ok((id, revision.parse().map_err(|_| Error::NotFound)?))
    });
    let seen_then: Vec<(DoubtId, i64)> = seen_then.collect::<Result<_>>()?;
    enough(seen_then.len())?;
    let today = app.clock.today();
    let answer_by = match handling {
        Handling::Ask => Some(doubt::answer_by(&input.answer_by, today)?),
        Handling::Explain | Handling::SetAside => None,
    };
    let mut tx = app.db.write(Scope::Doubts).await?;
    app.follow(&mut tx, "doubt_event").await?;
    let (mut done, mut told) = (Vec::new(), Vec::new());
    for (id, revision) in seen_then {
        let (before, unit, events) = seen(&mut tx, actor, &id).await?;
        let permit = app
            .permit_at(&mut tx, actor, act::HandleDoubts, &unit)
            .await?;
        if is_done(&before, &events, actor, (handling, &input.text, revision)) {
            done.push(before);
            continue;
        }
        // That it is over says more than that it changed.
        let text = match handling {
            Handling::Ask => doubt::ask(&before, &permit, &input.text)?,
            Handling::Explain | Handling::SetAside => doubt::settle(&before, &permit, &input.text)?,
        };
        if before.revision != revision {
            return Err(General::Stale.into());
        }
        let mut after = before.clone();
        after.state = handling.state();
        match handling {
            Handling::Ask => {
                after.is_answered = false;
                after.answer_by = answer_by;
                told.push(asked(app, &after, &unit, &text));
            }
            Handling::Explain | Handling::SetAside => after.settled = after.basis.clone(),
        }
        let deed = (handling.act(), handling.deed());
        keep(&mut tx, app, actor, (&mut after, &unit), deed, text).await?;
        done.push(after);
    }
    tell_together(app, &mut tx, actor, Kind::DoubtsAsked, told);
    tx.commit().await?;
    Ok(done)
}

/// Whether it is what was sent before.
fn is_done(
    doubt: &Doubt,
    events: &[DoubtEvent],
    actor: &Actor,
    (handling, text, revision): (Handling, &str, i64),
) -> bool {
    let last = events.last();
    doubt.revision == revision + 1
        && doubt.state == handling.state()
        && last.is_some_and(|last| {
            last.act == handling.act()
                && last.account == Some(actor.account)
                && last.text == as_kept(text)
        })
}

/// Keeps one step, with its line in the trail.
async fn keep(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    (doubt, unit): (&mut Doubt, &UnitPlace),
    (act, deed): (DoubtAct, Deed),
    text: String,
) -> Result<()> {
    let at = app.now();
    doubt.revision += 1;
    doubt.changed_at = at;
    if !doubts::update(tx, doubt).await? {
        return Err(General::Stale.into());
    }
    let detail = json!({ "rule": doubt.rule, "year": doubt.year, "text": text });
    let event = DoubtEvent {
        id: DoubtEventId(app.entropy.id(at)),
        doubt: doubt.id,
        act,
        text,
        figures: None,
        account: Some(actor.account),
        account_name: actor.name.clone(),
        at,
    };
    doubts::add_events(tx, &[event]).await?;
    app.trail(tx, actor, deed, Object::Doubt(doubt.id), Some(unit), detail)
        .await
}

/// What the union is told.
fn asked(app: &App, doubt: &Doubt, unit: &UnitPlace, text: &str) -> Message {
    let once = doubt.revision;
    let told = Message::of(
        Kind::DoubtAsked,
        about(doubt),
        once,
        message::union_of(unit),
    )
    .says([
        unit.name.as_str().into(),
        doubt.year.into(),
        (&rule_name(app, doubt)).into(),
    ]);
    let because = match text {
        "" => Vec::new(),
        text => vec![text.into()],
    };
    told.because(because).due(doubt.answer_by)
}

fn about(doubt: &Doubt) -> About {
    About::of(&Object::Doubt(doubt.id), Some(doubt.unit), doubt.year)
}

/// What the rule is called in the year's standard.
fn rule_name(app: &App, doubt: &Doubt) -> Text {
    let rule = app.standards.of(doubt.year).xray_rule(&doubt.rule);
    rule.map_or_else(
        || Text {
            zh: doubt.rule.clone(),
            en: doubt.rule.clone(),
        },
        |rule| rule.name.clone(),
    )
}

/// The union answers; whoever asked is told. Sent twice, it is one answer.
///
/// # Errors
/// Not found to those who don't see it; as `App::permit` at the unit; as `doubt::answer`.
pub async fn answer(app: &App, actor: &Actor, id: &DoubtId, typed: &str) -> Result<Doubt> {
    let mut tx = app.db.write(Scope::Doubts).await?;
    app.follow(&mut tx, "doubt_event").await?;
    let (before, unit, events) = seen(&mut tx, actor, id).await?;
    let permit = app
        .permit_at(&mut tx, actor, act::AnswerDoubt, &unit)
        .await?;
    let is_same = |event: &DoubtEvent| {
        event.act == DoubtAct::Answered
            && event.account == Some(actor.account)
            && event.text == as_kept(typed)
    };
    if events.last().is_some_and(is_same) {
        return Ok(before);
    }
    let text = doubt::answer(&before, &permit, typed)?;
    let mut after = before;
    after.is_answered = true;
    let deed = (DoubtAct::Answered, Deed::AnswerDoubt);
    keep(&mut tx, app, actor, (&mut after, &unit), deed, text).await?;
    let asked_by = events
        .iter()
        .rev()
        .find(|event| event.act == DoubtAct::Asked);
    if let Some(account) = asked_by.and_then(|event| event.account) {
        let to = vec![To::Account(account)];
        let told = Message::of(Kind::DoubtAnswered, about(&after), after.revision, to).says([
            unit.name.as_str().into(),
            after.year.into(),
            (&rule_name(app, &after)).into(),
        ]);
        tell(app, &mut tx, actor, told);
    }
    tx.commit().await?;
    Ok(after)
}

/// Compares the data again at once, by the rule that raised it: what was corrected is closed, without waiting for the night.
///
/// # Errors
/// Not found to those who don't see it; as `App::permit` for handling or answering it.
pub async fn compare_again(app: &App, actor: &Actor, id: &DoubtId) -> Result<Doubt> {
    let mut tx = app.db.read().await?;
    let (doubt, _, _) = seen(&mut tx, actor, id).await?;
    // Its unit, year and rule never change.
    let standard = app.standards.of(doubt.year);
    let rules: Vec<XrayRule> = standard
        .xray_rule(&doubt.rule)
        .into_iter()
        .cloned()
        .collect();
    let looking = Looking::begin(&mut tx, app, &rules, doubt.year).await?;
    drop(tx);
    let mut tx = app.db.write(Scope::Doubts).await?;
    let (_, unit, _) = seen(&mut tx, actor, id).await?;
    if may(actor, Act::HandleDoubts, &unit) {
        app.permit_at(&mut tx, actor, act::HandleDoubts, &unit)
            .await?;
    } else {
        app.permit_at(&mut tx, actor, act::AnswerDoubt, &unit)
            .await?;
    }
    // Read while nobody else changes doubts, so that what is kept follows from what is seen.
    let units = [doubt.unit];
    let found = xray::look_at(app, &looking, &units).await?;
    let of = Object::Doubt(*id);
    xray::keep(&mut tx, app, &looking, &units, (found, of)).await?;
    let after = doubts::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    tx.commit().await?;
    Ok(after)
}
