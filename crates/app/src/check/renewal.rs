//! Titles that are due to be looked at again: listed for the federation in charge, found to hold, or withdrawn together with reasons; and the plaques of
//! those that were taken.

use jianjia_domain::{
    check::{
        outcome::OutcomeRefusal,
        remark::reasoned,
        renewal::{Due, Plaque, Renewal, cycles},
    },
    core::{
        audit::{deed::Deed, object::Object},
        day,
        ids::HonourId,
        message::{self, About, Kind, Message},
        policy::{self, Act, Actor, act},
        refusal::{General, Refusal},
    },
    honour::honour::{self, Honour},
};
pub use jianjia_store::check::renewal::DueFilter;
use jianjia_store::{
    check::renewal as renewals,
    core::{
        db::Tx,
        scope::{Scope, Scopes},
    },
    honour::honour as honours,
};
use jiff::{Span, civil::Date};
use serde_json::json;

use crate::{
    core::{
        app::App,
        error::{Error, Result},
        message::tell_together,
    },
    honour::honour::{holder_and_title, permitted, place, refresh_standings, revoke_in},
};

/// How many lines a page of the list has, and how many titles are dealt with at once.
pub const LINES: i64 = 50;

#[derive(Debug)]
pub struct DuePage {
    pub lines: Vec<Due>,
    pub total: i64,
    pub page: i64,
    pub pages: i64,
    pub year: i16,
    /// The titles that have a cycle, by their keys.
    pub titles: Vec<String>,
}

/// The titles below the actor's federations that are due to be looked at again this year, the longest ago first.
///
/// # Errors
/// `NotYourRole` to those who approve nowhere.
pub async fn due(app: &App, actor: &Actor, filter: &DueFilter, page: i64) -> Result<DuePage> {
    let page = page.max(1);
    let offset = (page - 1).saturating_mul(LINES);
    let (lines, total) = export(app, actor, filter, (LINES, offset)).await?;
    let year = app.year();
    let cycles = cycles(app.in_force(), year).into_iter();
    Ok(DuePage {
        lines,
        total,
        page,
        pages: (total + LINES - 1) / LINES,
        year,
        titles: cycles.map(|(title, _)| title).collect(),
    })
}

/// A portion (limit, offset) of them, for a file, with how many there are.
///
/// # Errors
/// As `due`.
pub async fn export(
    app: &App,
    actor: &Actor,
    filter: &DueFilter,
    portion: (i64, i64),
) -> Result<(Vec<Due>, i64)> {
    let mut tx = app.db.read().await?;
    let within = in_charge_of(actor)?;
    let of_year = cycles(app.in_force(), app.year());
    let first = app.in_force().programme.first_year;
    Ok(renewals::due(&mut tx, &within, (first, &of_year), filter, portion).await?)
}

/// The subtrees in which the actor renews.
fn in_charge_of(actor: &Actor) -> Result<Vec<String>> {
    let approves = |held: &&policy::RoleAt| {
        held.role == policy::Role::Approver && held.unit.kind.is_federation()
    };
    let paths: Vec<String> = actor
        .roles
        .iter()
        .filter(approves)
        .map(|held| held.unit.path.clone())
        .collect();
    if paths.is_empty() {
        return Err(General::NotYourRole {
            act: Act::RenewHonours,
            roles: vec![policy::Role::Approver],
        }
        .into());
    }
    Ok(paths)
}

/// What is done with the titles that were ticked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RenewalAct {
    /// The holders meet the conditions still.
    Renew,
    /// They are revoked.
    Withdraw,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RenewalInput {
    /// What the preview showed of each, `id~revision`.
    pub seen: Vec<String>,
    pub reason: String,
    pub document_number: String,
}

/// The titles that were ticked, with why one can't be dealt with here.
///
/// # Errors
/// `NoneChosen`; not found when one isn't there or the actor doesn't see it.
pub async fn preview(
    app: &App,
    actor: &Actor,
    act: RenewalAct,
    chosen: &[HonourId],
) -> Result<Vec<(Honour, Option<Refusal>)>> {
    if chosen.is_empty() {
        return Err(OutcomeRefusal::NoneChosen.into());
    }
    let mut tx = app.db.read().await?;
    let mut found = Vec::new();
    for id in chosen.iter().take(usize::try_from(LINES).unwrap_or(50)) {
        let honour = honours::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
        let refusal = match may(actor, act, &honour) {
            Ok(()) if honour.is_in_force() => None,
            Ok(()) => Some(OutcomeRefusal::TitleGone.into()),
            Err(Error::Refused(refusal)) => Some(refusal),
            Err(error) => return Err(error),
        };
        found.push((honour, refusal));
    }
    Ok(found)
}

fn may(actor: &Actor, act: RenewalAct, honour: &Honour) -> Result<()> {
    let act = match act {
        RenewalAct::Renew => Act::RenewHonours,
        RenewalAct::Withdraw => Act::ChangeHonour,
    };
    permitted(actor, act, honour)?;
    Ok(())
}

/// Renews or withdraws the titles that the preview showed, all or none. Sent twice, it is done once.
///
/// # Errors
/// As `preview` for each; `Stale` when one was changed since the preview; `reason`: as `reasoned`.
pub async fn carry_out(
    app: &App,
    actor: &Actor,
    act: RenewalAct,
    input: &RenewalInput,
) -> Result<Vec<Honour>> {
    let seen = input.seen.iter().map(|token| -> Result<(HonourId, i64)> {
        let (id, revision) = token.split_once('~').ok_or(Error::NotFound)?;
        let id: HonourId = id.parse().map_err(|_| Error::NotFound)?;
        let revision: i64 = revision.parse().map_err(|_| Error::NotFound)?;
        Ok((id, revision))
    });
    let seen: Vec<(HonourId, i64)> = seen.collect::<Result<_>>()?;
    if seen.is_empty() {
        return Err(OutcomeRefusal::NoneChosen.into());
    }
    let reason = reasoned("reason", &input.reason)?;
    let mut tx = app.db.write(scopes(app, &seen).await?).await?;
    let mut done = Vec::new();
    let now = app.now();
    let days = app.in_force().visit.as_ref().map(|rules| rules.plaque_days);
    for (id, revision) in seen {
        let honour = honours::find(&mut tx, &id).await?.ok_or(Error::NotFound)?;
        permitted(actor, Act::RenewHonours, &honour)?;
        honour::unchanged(&honour, revision)?;
        if !honour.is_in_force() {
            return Err(OutcomeRefusal::TitleGone.into());
        }
        match act {
            RenewalAct::Renew => {
                app.permit_at(&mut tx, actor, act::RenewHonours, &place(&honour))
                    .await?;
                let renewal = Renewal {
                    honour: id,
                    year: app.year(),
                    note: reason.clone(),
                    account: actor.account,
                    account_name: actor.name.clone(),
                    at: now,
                };
                if renewals::renew(&mut tx, &renewal).await? {
                    app.trail(
                        &mut tx,
                        actor,
                        Deed::RenewHonours,
                        Object::Honour(id),
                        Some(&place(&honour)),
                        json!({ "number": honour.number, "note": reason }),
                    )
                    .await?;
                }
                done.push(honour);
            }
            RenewalAct::Withdraw => done.push(honour),
        }
    }
    if act == RenewalAct::Withdraw {
        let words = (reason.as_str(), input.document_number.as_str());
        done = revoke_in(&mut tx, app, actor, &done, words).await?;
        ask_for_plaques(&mut tx, app, actor, &done, days.unwrap_or(30)).await?;
        refresh_standings(&mut tx, app, &done).await?;
    }
    tx.commit().await?;
    Ok(done)
}

async fn scopes(app: &App, seen: &[(HonourId, i64)]) -> Result<Scopes> {
    let mut tx = app.db.read().await?;
    let mut scopes = Vec::new();
    for (id, _) in seen {
        let honour = honours::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
        scopes.push(Scope::Unit(honour.unit));
    }
    Ok(scopes.into_iter().collect())
}

/// Asks for the plaques of titles that were taken, and tells their holders.
pub(crate) async fn ask_for_plaques(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    taken: &[Honour],
    days: u64,
) -> Result<()> {
    let mut told = Vec::new();
    for honour in taken {
        let Some(due_on) = ask_plaque(tx, app, actor, honour, days).await? else {
            continue;
        };
        let about = About::of(&Object::Honour(honour.id), Some(honour.unit), honour.year);
        let to = message::union_of(&place(honour));
        let asked = Message::of(Kind::PlaqueAsked, about, "", to)
            .says(holder_and_title(app, honour))
            .due(Some(due_on));
        told.push(asked);
    }
    tell_together(app, tx, actor, Kind::PlaquesAsked, told);
    Ok(())
}

/// A page of the plaques that were asked for below the actor's units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaquePage {
    /// Each with whether the actor may record that it came back.
    pub lines: Vec<(Plaque, bool)>,
    pub total: i64,
    pub page: i64,
    pub pages: i64,
}

/// A page of them: those still out first.
///
/// # Errors
/// When they can't be read.
pub async fn plaques(app: &App, actor: &Actor, page: i64) -> Result<PlaquePage> {
    let page = page.max(1);
    let portion = (LINES, (page - 1).saturating_mul(LINES));
    let (found, total) = export_plaques(app, actor, portion).await?;
    let may = |plaque: &Plaque| {
        plaque.returned_on.is_none() && policy::may(actor, Act::ReturnPlaque, &plaque.place())
    };
    let lines = found.into_iter().map(|plaque| {
        let may = may(&plaque);
        (plaque, may)
    });
    Ok(PlaquePage {
        lines: lines.collect(),
        total,
        page,
        pages: (total + LINES - 1) / LINES,
    })
}

/// A portion (limit, offset) of the same plaques, and how many there are.
///
/// # Errors
/// When they can't be read.
pub async fn export_plaques(
    app: &App,
    actor: &Actor,
    portion: (i64, i64),
) -> Result<(Vec<Plaque>, i64)> {
    let mut tx = app.db.read().await?;
    Ok(renewals::plaques(&mut tx, &policy::scopes(actor), portion).await?)
}

/// Records that a plaque came back. Sent twice, it is recorded once.
///
/// # Errors
/// Not found when the title isn't there or the actor doesn't see its holder; as `App::permit`; `PlaqueNotAsked`, `PlaqueReturned`; `returned_on`: `NoDay`.
pub async fn return_plaque(
    app: &App,
    actor: &Actor,
    id: &HonourId,
    returned_on: &str,
) -> Result<()> {
    let scopes = crate::honour::scope::of_honour(app, id).await?;
    let mut tx = app.db.write(scopes).await?;
    let honour = honours::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let permit = app
        .permit_at(&mut tx, actor, act::ReturnPlaque, &place(&honour))
        .await?;
    let today = app.clock.today();
    let day = day::read(returned_on).filter(|day| *day <= today);
    let plaque = renewals::plaque(&mut tx, id).await?;
    let plaque = plaque.ok_or(OutcomeRefusal::PlaqueNotAsked)?;
    if plaque.returned_on.is_some() {
        if plaque.returned_on == day && plaque.returned_by_name == actor.name {
            return Ok(());
        }
        return Err(OutcomeRefusal::PlaqueReturned.into());
    }
    let Some(day) = day else {
        return Err(Refusal::at("returned_on", OutcomeRefusal::NoDay).into());
    };
    renewals::return_plaque(&mut tx, id, day, &actor.name).await?;
    app.trail(
        &mut tx,
        actor,
        Deed::ReturnPlaque,
        Object::Honour(*id),
        Some(&permit.unit),
        json!({ "number": honour.number, "returned_on": day }),
    )
    .await?;
    tx.commit().await?;
    Ok(())
}

/// Asks for the plaque of a title; until when, none where it was asked for before.
async fn ask_plaque(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    honour: &Honour,
    days: u64,
) -> Result<Option<Date>> {
    let today = app.clock.today();
    let days = i64::try_from(days).unwrap_or(30);
    let due_on = today.saturating_add(Span::new().days(days));
    let of = (&honour.id, &honour.unit, honour.unit_path.as_str());
    let asked = renewals::ask_plaque(tx, of, (today, due_on), &actor.name).await?;
    Ok(asked.then_some(due_on))
}
