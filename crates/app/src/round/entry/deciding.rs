//! Deciding on what a department says of a unit: upheld it is a veto from that moment, lifted it is none; what was upheld may be lifted later, each entry
//! by itself. What nobody replied to is upheld by the end of the period.

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::{EntryId, VetoId},
        message::{self, Kind, Message, Said as Told},
        place::UnitPlace,
        policy::{self, Actor, Permit, Role, act},
        refusal::{General, Refusal},
    },
    round::{
        entry::{self, Decider, Decision, Entry, EntryRefusal, EntryState, Lifting, Outcome},
        veto::{self, Veto},
    },
};
use jianjia_store::{
    core::{db::Tx, place, scope::Scope},
    register::unit,
    round::entry as entries,
};
use jiff::civil::Date;
use serde_json::json;

use super::{about, clause, name_of, seen, unit_of};
use crate::{
    core::{
        app::App,
        error::{Error, Result},
        message::tell_all_but,
    },
    round::{department as departments, veto as vetoes},
};

/// The department or the city upholds or lifts it, or lifts later what was upheld. What follows holds with the same act: an upheld one is a veto. Sent
/// twice, it is decided once.
///
/// # Errors
/// Not found to those who don't see it; as `App::permit` at the city; `outcome`: `NoOutcome`; as `entry::decide`.
pub async fn decide(
    app: &App,
    actor: &Actor,
    id: &EntryId,
    outcome: &str,
    reason: &str,
) -> Result<Entry> {
    let unit = unit_of(app, actor, id).await?;
    let mut tx = app
        .db
        .write([Scope::Departments, Scope::Unit(unit)])
        .await?;
    let entry = seen(&mut tx, actor, id).await?;
    let city = unit::root(&mut tx).await?.ok_or(Error::NotFound)?;
    let permit = app
        .permit(&mut tx, actor, act::DecideEntry, &city.id)
        .await?;
    refuse_foreign(&mut tx, actor, &permit, &entry).await?;
    let Some(outcome) = Outcome::from_key(outcome) else {
        return Err(Refusal::at("outcome", EntryRefusal::NoOutcome).into());
    };
    if entry.is_decided_so(&actor.account, outcome, reason) {
        return Ok(entry);
    }
    if outcome == Outcome::Lifted && entry.state() == EntryState::Upheld {
        let lifted = lift_upheld(&mut tx, app, actor, &permit, entry, reason).await?;
        tx.commit().await?;
        return Ok(lifted);
    }
    let reason = entry::decide(&entry, &permit, outcome, reason, app.clock.today())?;
    let decision = Decision {
        outcome,
        decider: decider(&permit),
        reason,
        by: Some(actor.account),
        by_name: actor.name.clone(),
        at: app.now(),
        veto: None,
    };
    let decided = settle(&mut tx, app, Some(actor), entry, decision).await?;
    tx.commit().await?;
    Ok(decided)
}

/// A department decides on what it said itself, whatever else its account may see: another's is not found.
pub(crate) async fn refuse_foreign(
    tx: &mut Tx,
    actor: &Actor,
    permit: &Permit<act::DecideEntry>,
    entry: &Entry,
) -> Result<()> {
    let is_department = permit.as_role.role == Role::Department;
    if is_department && departments::own(tx, actor).await? != entry.department {
        return Err(Error::NotFound);
    }
    Ok(())
}

/// Upholds those that nobody replied to within the period; gives how many. Each in a transaction of its own: one that fails is logged, tried again the
/// next morning, and holds up no other.
///
/// # Errors
/// When they can't be read.
pub async fn uphold_overdue(app: &App) -> Result<usize> {
    let today = app.clock.today();
    let mut tx = app.db.read().await?;
    let overdue = entries::overdue(&mut tx, today).await?;
    tx.commit().await?;
    let mut upheld = 0;
    for entry in overdue {
        match uphold_by_term(app, &entry, today).await {
            Ok(is_upheld) => upheld += usize::from(is_upheld),
            Err(error) => tracing::error!(entry = %entry.id, ?error, "not upheld by its term"),
        }
    }
    Ok(upheld)
}

async fn uphold_by_term(app: &App, entry: &Entry, today: Date) -> Result<bool> {
    let scopes = [Scope::Departments, Scope::Unit(entry.unit)];
    let mut tx = app.db.write(scopes).await?;
    let entry = entries::find(&mut tx, &entry.id).await?;
    let Some(entry) = entry.filter(|entry| entry.is_overdue(today)) else {
        return Ok(false);
    };
    let decision = Decision {
        outcome: Outcome::Upheld,
        decider: Decider::Term,
        reason: String::new(),
        by: None,
        by_name: entry.made_by_name.clone(),
        at: app.now(),
        veto: None,
    };
    settle(&mut tx, app, None, entry, decision).await?;
    tx.commit().await?;
    Ok(true)
}

/// Keeps a decision with what follows from it: the veto of an upheld one, the trail, what the unit is told. No actor: the period was over.
async fn settle(
    tx: &mut Tx,
    app: &App,
    actor: Option<&Actor>,
    entry: Entry,
    decision: Decision,
) -> Result<Entry> {
    let unit = place::find(tx, &entry.unit).await?.ok_or(Error::NotFound)?;
    let standard = app.standards.of(entry.year);
    let veto = match decision.outcome {
        Outcome::Lifted => None,
        Outcome::Upheld => {
            let veto = Veto {
                id: VetoId(app.entropy.id(decision.at)),
                unit: unit.id,
                unit_path: unit.path.clone(),
                unit_name: unit.name.clone(),
                year: entry.year,
                clause: entry.clause.clone(),
                source: entry.source(standard),
                note: entry.note.clone(),
                recorded_by: decision.by,
                recorded_by_name: decision.by_name.clone(),
                recorded_at: decision.at,
                entry: Some(entry.id),
                lifted: None,
            };
            Some(vetoes::record_upheld(tx, app, veto).await?)
        }
    };
    let decision = Decision { veto, ..decision };
    if !entries::decide(tx, &entry.id, &decision).await? {
        return Err(General::Stale.into());
    }
    let (deed, kind) = match decision.outcome {
        Outcome::Upheld => (Deed::UpholdEntry, Kind::EntryUpheld),
        Outcome::Lifted => (Deed::LiftEntry, Kind::EntryLifted),
    };
    let detail = json!({
        "clause": entry.clause, "year": entry.year, "decider": decision.decider.key(), "reason": decision.reason, "veto": veto,
    });
    let object = Object::Entry(entry.id);
    match actor {
        Some(actor) => {
            app.trail(tx, actor, deed, object, Some(&unit), detail)
                .await?;
        }
        None => {
            // Nobody did it: the period was over.
            app.trail_by(tx, ("", ""), deed, object, Some(&unit), detail)
                .await?;
        }
    }
    let reason = match decision.decider {
        Decider::Term => Told::Word {
            word: Decider::Term.word().to_owned(),
        },
        _ => decision.reason.as_str().into(),
    };
    let mut because = vec![reason];
    if decision.outcome == Outcome::Upheld {
        because.push(Told::Both(veto::stops(standard)));
    }
    tell_decided(tx, app, actor, (&entry, &unit), kind, because).await?;
    Ok(Entry {
        decision: Some(decision),
        ..entry
    })
}

/// Lifts what was upheld, and its veto with it; where another entry upholds the same state, the unit is barred on by that one.
///
/// # Errors
/// As `entry::decide`.
pub(crate) async fn lift_upheld(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    permit: &Permit<act::DecideEntry>,
    entry: Entry,
    reason: &str,
) -> Result<Entry> {
    let reason = entry::decide(&entry, permit, Outcome::Lifted, reason, app.clock.today())?;
    let lifting = Lifting {
        decider: decider(permit),
        reason,
        by: Some(actor.account),
        by_name: actor.name.clone(),
        at: app.now(),
    };
    if !entries::lift(tx, &entry.id, &lifting).await? {
        return Err(General::Stale.into());
    }
    let veto = entry.decision.as_ref().and_then(|decision| decision.veto);
    let still = match &veto {
        Some(veto) => {
            let of_veto = veto::Lifting {
                at: lifting.at,
                by_name: lifting.by_name.clone(),
                reason: lifting.reason.clone(),
            };
            vetoes::lift_of_entry(tx, app, veto, &entry.id, &of_veto).await?
        }
        None => None,
    };
    let unit = place::find(tx, &entry.unit).await?.ok_or(Error::NotFound)?;
    app.trail(
        tx,
        actor,
        Deed::LiftEntry,
        Object::Entry(entry.id),
        Some(&unit),
        json!({
            "clause": entry.clause, "year": entry.year, "decider": lifting.decider.key(), "reason": lifting.reason, "veto": veto,
            "still": still.as_ref().map(|veto| veto.id),
        }),
    )
    .await?;
    let mut because = vec![Told::from(lifting.reason.as_str())];
    because.extend(still.map(|still| Told::Both(veto::bars_on(&still))));
    let of = (&entry, &unit);
    tell_decided(tx, app, Some(actor), of, Kind::EntryLifted, because).await?;
    Ok(Entry {
        lifting: Some(lifting),
        ..entry
    })
}

fn decider(permit: &Permit<act::DecideEntry>) -> Decider {
    match permit.as_role.role {
        policy::Role::Department => Decider::Department,
        _ => Decider::City,
    }
}

/// Tells the unit, the offices above it and the department what was decided, whoever of them did it.
async fn tell_decided(
    tx: &mut Tx,
    app: &App,
    actor: Option<&Actor>,
    (entry, unit): (&Entry, &UnitPlace),
    kind: Kind,
    because: Vec<Told>,
) -> Result<()> {
    let mut to = message::union_of(unit);
    for above in unit::above(tx, &unit.path).await? {
        to.extend(message::office(above.id));
    }
    to.extend(departments::people_of(tx, &entry.department).await?);
    let told = Message::of(kind, about(entry), "", to)
        .says([
            entry.unit_name.as_str().into(),
            (&name_of(app, entry)).into(),
            entry.year.into(),
            clause(app, entry),
        ])
        .because(because);
    tell_all_but(app, tx, actor.map(|actor| actor.account), told);
    Ok(())
}
