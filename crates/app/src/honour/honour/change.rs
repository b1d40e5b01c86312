//! What happens to titles held: suspended, resumed, revoked, withdrawn with their batch, reconfirmed (P5).

use jianjia_domain::core::{
    audit::{deed::Deed, object::Object},
    message::{Kind, Message},
    policy::act,
};
use jianjia_domain::{
    core::{
        ids::HonourId,
        policy::{Act, Actor},
        refusal::{General, Refusal},
    },
    honour::honour::{self, Honour, HonourAct, HonourChange, HonourRefusal, HonourState},
};
use jianjia_store::{core::db::Tx, honour::honour as honours};
use serde_json::json;
use std::collections::BTreeMap;

use super::{
    event, permitted, permitted_now, place, refresh_standings,
    telling::{of_change, with_federations},
};
use crate::{
    core::{
        app::App,
        error::{Error, Result},
        message::{tell, tell_together},
    },
    honour::scope as scopes,
    year::standing as standings,
};

/// What a form that changes an honour was made from and says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangeInput {
    pub reason: String,
    pub document_number: String,
    /// The revision of the honour on the page.
    pub revision: i64,
}

impl ChangeInput {
    fn change(&self) -> HonourChange {
        HonourChange {
            reason: self.reason.trim().to_owned(),
            document_number: self.document_number.trim().to_owned(),
        }
    }
}

/// Suspends, resumes or revokes a title: who gave it takes it (P2, P4), with a reason.
///
/// # Errors
/// Not found when it isn't there or the actor doesn't see its holder; `NotYourRole` and `GivenElsewhere` to those who didn't give it; `Stale` when it
/// was changed since; by field: `reason`: `NoReason`, `TooLong`; `document_number`: `TooLong`; `WrongState` when the act doesn't go from its state.
pub async fn change(
    app: &App,
    actor: &Actor,
    id: &HonourId,
    act: HonourAct,
    input: &ChangeInput,
) -> Result<Honour> {
    let mut tx = app.db.write(scopes::of_honour(app, id).await?).await?;
    let honour = honours::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let permit = permitted_now(&mut tx, app, actor, act::ChangeHonour, &honour).await?;
    let change = input.change();
    if is_repeated(&mut tx, actor, &honour, act, &change).await? {
        return Ok(honour);
    }
    honour::unchanged(&honour, input.revision)?;
    let state = honour::change(&honour, &permit, act, &change)?;
    let (changed, told) = set_state(&mut tx, app, actor, &honour, act, state, &change).await?;
    if let Some(told) = told {
        tell(app, &mut tx, actor, told);
    }
    refresh_standings(&mut tx, app, std::slice::from_ref(&changed)).await?;
    tx.commit().await?;
    Ok(changed)
}

/// Clause P5: the holder's federation finds that the holder of an old title still meets the conditions.
///
/// # Errors
/// Not found when it isn't there or the actor doesn't see its holder; `NotYourRole` and `NotTheFederation` to those who don't lead it; by P5
/// `ReconfirmedAlready`, `WrongState`, `CountsWithout` and `NotEquivalent`; `Stale` when it was changed since; by field as `change`.
pub async fn reconfirm(
    app: &App,
    actor: &Actor,
    id: &HonourId,
    input: &ChangeInput,
) -> Result<Honour> {
    let mut tx = app.db.write(scopes::of_honour(app, id).await?).await?;
    let honour = honours::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let permit = permitted_now(&mut tx, app, actor, act::ReconfirmHonour, &honour).await?;
    let change = input.change();
    if is_repeated(&mut tx, actor, &honour, HonourAct::Reconfirmed, &change).await? {
        return Ok(honour);
    }
    honour::reconfirm(app.in_force(), &honour, &permit, &change)?;
    honour::unchanged(&honour, input.revision)?;
    let by = permit.as_role.unit.id;
    if !honours::reconfirm(&mut tx, id, honour.revision, Some(&by)).await? {
        return Err(General::Stale.into());
    }
    let reconfirmed = HonourAct::Reconfirmed;
    if let Some(told) = record(&mut tx, app, actor, &honour, reconfirmed, &change).await? {
        tell(app, &mut tx, actor, told);
    }
    // The old title counts from now on for what the holder may apply for this year.
    standings::refresh(&mut tx, app, &honour.unit, app.year()).await?;
    tx.commit().await?;
    Ok(Honour {
        reconfirmed: true,
        reconfirmed_by: Some(by),
        revision: honour.revision + 1,
        ..honour
    })
}

/// Withdraws every title of a batch that is in force or suspended; the others stay as they are. `seen` are the honours that the preview
/// showed as being withdrawn, each `id~revision`.
///
/// # Errors
/// Not found when there is no such batch; as `change` for each of its titles; `NothingToWithdraw` when none is in force or suspended; `Stale` when
/// others would be withdrawn than those seen.
pub async fn withdraw_batch(
    app: &App,
    actor: &Actor,
    batch: &str,
    seen: &[String],
    input: &ChangeInput,
) -> Result<Vec<Honour>> {
    let mut tx = app.db.write(scopes::of_batch(app, batch).await?).await?;
    let all = honours::of_batch(&mut tx, batch).await?;
    if all.is_empty() {
        return Err(Error::NotFound);
    }
    let mut permits = BTreeMap::new();
    for honour in &all {
        let permit = permitted_now(&mut tx, app, actor, act::ChangeHonour, honour).await?;
        permits.insert(honour.id, permit);
    }
    let change = input.change();
    if let Some(first) = all.first()
        && is_repeated(&mut tx, actor, first, HonourAct::Withdrawn, &change).await?
    {
        let withdrawn = |honour: &Honour| honour.state == HonourState::Withdrawn;
        return Ok(all.into_iter().filter(withdrawn).collect());
    }
    honour::checked(HonourAct::Withdrawn, &change)?;
    let standing: Vec<Honour> = all
        .into_iter()
        .filter(|honour| {
            let permit = permits.get(&honour.id);
            permit.is_some_and(|permit| {
                honour::change(honour, permit, HonourAct::Withdrawn, &change).is_ok()
            })
        })
        .collect();
    if standing.is_empty() {
        return Err(HonourRefusal::NothingToWithdraw.into());
    }
    let now: Vec<String> = standing.iter().map(batch_token).collect();
    if now != seen {
        return Err(General::Stale.into());
    }
    let state = HonourState::Withdrawn;
    let mut withdrawn = Vec::new();
    let mut told = Vec::new();
    for honour in &standing {
        let act = HonourAct::Withdrawn;
        let (changed, of_it) = set_state(&mut tx, app, actor, honour, act, state, &change).await?;
        told.extend(of_it.map(|told| with_federations(&changed, told)));
        withdrawn.push(changed);
    }
    tell_together(app, &mut tx, actor, Kind::HonoursTaken, told);
    refresh_standings(&mut tx, app, &withdrawn).await?;
    tx.commit().await?;
    Ok(withdrawn)
}

/// Takes titles in the transaction of another act, which has found why: revokes them by who gave them, as `change`. Their federations are told as well.
///
/// # Errors
/// As `change` for each, but for the revision.
pub(crate) async fn revoke_in(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    titles: &[Honour],
    (reason, document_number): (&str, &str),
) -> Result<Vec<Honour>> {
    let change = HonourChange {
        reason: reason.trim().to_owned(),
        document_number: document_number.trim().to_owned(),
    };
    let act = HonourAct::Revoked;
    let mut revoked = Vec::new();
    let mut told = Vec::new();
    for honour in titles {
        let permit = permitted_now(tx, app, actor, act::ChangeHonour, honour).await?;
        let state = honour::change(honour, &permit, act, &change)?;
        let (changed, of_it) = set_state(tx, app, actor, honour, act, state, &change).await?;
        told.extend(of_it.map(|told| with_federations(&changed, told)));
        revoked.push(changed);
    }
    tell_together(app, tx, actor, Kind::HonoursTaken, told);
    Ok(revoked)
}

/// Whether the actor may suspend, resume or revoke the honour; the page of the form asks.
///
/// # Errors
/// Not found when it isn't there or the actor doesn't see its holder; `NotYourRole` and `GivenElsewhere` to those who didn't give it.
pub async fn may_change(app: &App, actor: &Actor, id: &HonourId) -> Result<()> {
    let mut tx = app.db.read().await?;
    let honour = honours::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    permitted(actor, Act::ChangeHonour, &honour)?;
    Ok(())
}

/// Whether the actor may reconfirm the honour by P5; the page of the form asks.
///
/// # Errors
/// Not found when it isn't there or the actor doesn't see its holder; `NotYourRole` and `NotTheFederation` to those who don't lead it.
pub async fn may_reconfirm(app: &App, actor: &Actor, id: &HonourId) -> Result<()> {
    let mut tx = app.db.read().await?;
    let honour = honours::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    permitted(actor, Act::ReconfirmHonour, &honour)?;
    Ok(())
}

/// The answer to a form that doesn't say what to do.
///
/// # Errors
/// Always.
pub async fn no_act_chosen(app: &App, actor: &Actor, id: &HonourId) -> Result<Honour> {
    may_change(app, actor, id).await?;
    Err(Refusal::at("act", HonourRefusal::NoActChosen).into())
}

/// What the preview of a withdrawal showed of one honour.
pub fn batch_token(honour: &Honour) -> String {
    format!("{}~{}", honour.id, honour.revision)
}

/// Whether this very change was the last thing that happened: the form was sent twice.
async fn is_repeated(
    tx: &mut Tx,
    actor: &Actor,
    honour: &Honour,
    act: HonourAct,
    change: &HonourChange,
) -> Result<bool> {
    let events = honours::events(tx, &honour.id).await?;
    Ok(events.last().is_some_and(|last| {
        last.act == act
            && last.account == Some(actor.account)
            && last.reason == change.reason
            && last.document_number == change.document_number
    }))
}

async fn set_state(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    honour: &Honour,
    act: HonourAct,
    state: HonourState,
    change: &HonourChange,
) -> Result<(Honour, Option<Message>)> {
    if !honours::set_state(tx, &honour.id, honour.revision, state).await? {
        return Err(General::Stale.into());
    }
    let told = record(tx, app, actor, honour, act, change).await?;
    let changed = Honour {
        state,
        revision: honour.revision + 1,
        ..honour.clone()
    };
    Ok((changed, told))
}

/// The story's next line and the trail's; what the holder is told of it.
async fn record(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    honour: &Honour,
    act: HonourAct,
    change: &HonourChange,
) -> Result<Option<Message>> {
    app.follow(tx, "honour_event").await?;
    let happened = event(app, actor, honour, act, change);
    honours::add_event(tx, &happened).await?;
    let deed = match act {
        HonourAct::Reconfirmed => Deed::ReconfirmHonour,
        _ => Deed::ChangeHonour,
    };
    app.trail(
        tx,
        actor,
        deed,
        Object::Honour(honour.id),
        Some(&place(honour)),
        json!({
            "event": act,
            "number": honour.number,
            "reason": change.reason,
            "document_number": change.document_number,
        }),
    )
    .await?;
    Ok(of_change(app, honour, act, (&happened.id, change)))
}
