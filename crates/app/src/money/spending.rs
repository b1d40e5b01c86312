//! What a unit spends of what it was granted, with its vouchers; corrections of the ledger; what comes back from a unit.

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        day,
        ids::{LedgerEntryId, UnitId},
        message::{self, About, Kind, Message, To},
        place::{UnitPlace, paths_above},
        policy::{Act, Actor, Permit, act},
        refusal::Refusal,
    },
    money::{
        amount::{self, yuan},
        grant::{self, GrantState},
        ledger::{self, EntryKind, LedgerEntry, LedgerRefusal, TakingBack, reason_of},
        spending::{self, SpendingForm},
    },
    year::evidence::{EvidenceUse, Target},
};
use jianjia_store::{
    core::{db::Tx, scope::Scope},
    money::{books, grant as grants, ledger as entries},
    year::evidence as kept,
};
use serde_json::json;

use crate::{
    core::{
        app::App,
        error::{Error, Result},
        message::tell,
    },
    money::{
        book::{self, Draft},
        ledger::seen,
    },
    year::evidence::{File, admit_all, keep_all},
};

/// Enters what a unit spent, with its vouchers. Sent twice, it is entered once.
///
/// # Errors
/// As `App::permit`; `YearClosed`, `NoYear`; by field as `spending::spend`; at `file` as evidence is taken.
pub async fn spend(
    app: &App,
    actor: &Actor,
    (unit, year): (&UnitId, i16),
    (form, files): (&SpendingForm, Vec<File>),
    request: &str,
) -> Result<LedgerEntryId> {
    let key = book::request_key(&format!("spending:{unit}"), request);
    let (standard, vouchers) = (app.standards.of(year).clone(), files.len());
    // What can't be taken anyway is told before files are cleaned and stored.
    let mut tx = app.db.read().await?;
    let permit = app
        .permit(&mut tx, actor, act::RecordSpending, unit)
        .await?;
    if let Some(key) = &key
        && let Some(known) = entries::of_request(&mut tx, key).await?
    {
        return Ok(known);
    }
    let balances = entries::balances(&mut tx, unit, year).await?;
    let on = (vouchers, app.clock.today());
    spending::spend(&standard, &permit, (year, &balances), form, on)?;
    drop(tx);
    let admitted = admit_all(app, actor, unit, Act::RecordSpending, files).await?;
    let scopes = [Scope::Unit(*unit), Scope::UnitMoney(*unit)];
    let mut tx = app.db.write(scopes).await?;
    let permit = app
        .permit(&mut tx, actor, act::RecordSpending, unit)
        .await?;
    if let Some(key) = &key
        && let Some(known) = entries::of_request(&mut tx, key).await?
    {
        return Ok(known);
    }
    let year = book::open_year(app, &mut tx, year).await?;
    let balances = entries::balances(&mut tx, unit, year).await?;
    let spent = spending::spend(&standard, &permit, (year, &balances), form, on)?;
    let draft = Draft {
        basis: spent.what.clone(),
        purpose: spent.purpose.clone(),
        payee: Some(spent.payee),
        over_fen: spent.over_fen,
        request_key: key,
        ..Draft::of(
            EntryKind::Spent,
            year,
            &permit.unit,
            (spent.spent_on, spent.amount_fen),
            spent.lines,
        )
    };
    let written = book::write(app, &mut tx, actor, vec![draft]).await?;
    let entry = written.into_iter().next().ok_or(Error::NotFound)?;
    for evidence in keep_all(&mut tx, app, actor, &permit.unit, admitted).await? {
        let used = EvidenceUse {
            evidence,
            year,
            target: Target::Spending(entry.id),
        };
        kept::attach(&mut tx, unit, &used, &actor.account, app.now()).await?;
    }
    if spent.over_fen > 0 {
        tell_over(app, &mut tx, actor, &permit.unit, &entry);
    }
    app.trail(
        &mut tx,
        actor,
        Deed::SpendMoney,
        Object::LedgerEntry(entry.id),
        Some(&permit.unit),
        json!({ "year": year, "purpose": spent.purpose, "amount": yuan(entry.amount_fen), "over": yuan(spent.over_fen), "vouchers": vouchers }),
    )
    .await?;
    tx.commit().await?;
    Ok(entry.id)
}

/// Tells the federation above, and the city, that a unit spent more than there was.
fn tell_over(app: &App, tx: &mut Tx, actor: &Actor, unit: &UnitPlace, entry: &LedgerEntry) {
    let above = paths_above(&unit.path);
    let mut to: Vec<To> = [above.first(), above.last()]
        .into_iter()
        .flatten()
        .map(|path| To::Path {
            path: (*path).to_owned(),
            roles: message::OFFICE,
        })
        .collect();
    to.dedup();
    let about = About::of(&Object::Unit(unit.id), Some(unit.id), entry.year);
    let told = Message::of(Kind::SpentOver, about, entry.id, to).says([
        unit.name.as_str().into(),
        entry.year.into(),
        yuan(entry.over_fen).into(),
    ]);
    tell(app, tx, actor, told);
}

/// As typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TakingForm {
    pub amount: String,
    pub happened_on: String,
    pub reason: String,
}

/// Enters money that came back from a unit: it paid it back, or it was demanded back.
///
/// # Errors
/// As `App::permit`; `YearClosed`, `NoYear`; `amount`, `happened_on`, `reason`: what is wrong with them; `MoreThanHeld`.
pub async fn take_back(
    app: &App,
    actor: &Actor,
    (unit, year): (&UnitId, i16),
    how: TakingBack,
    form: &TakingForm,
    request: &str,
) -> Result<LedgerEntryId> {
    let mut tx = app.db.write(Scope::UnitMoney(*unit)).await?;
    let permit = app.permit(&mut tx, actor, act::TakeMoneyBack, unit).await?;
    let key = book::request_key(&format!("taking:{unit}"), request);
    if let Some(key) = &key
        && let Some(known) = entries::of_request(&mut tx, key).await?
    {
        return Ok(known);
    }
    let year = book::open_year(app, &mut tx, year).await?;
    let today = app.clock.today();
    let mut wrong: Vec<(String, Refusal)> = Vec::new();
    let mut at = |field: &str, refusal: Refusal| wrong.push((field.to_owned(), refusal));
    let amount_fen = amount::read(&form.amount);
    let happened_on = day::read(&form.happened_on)
        .filter(|day| *day <= today && day.year() >= year)
        .ok_or(LedgerRefusal::NoDay { year });
    let reason = reason_of(&form.reason);
    if let Err(refusal) = &amount_fen {
        at("amount", refusal.clone().into());
    }
    if let Err(refusal) = &happened_on {
        at("happened_on", refusal.clone().into());
    }
    if let Err(refusal) = &reason {
        at("reason", refusal.clone().into());
    }
    let (Ok(amount_fen), Ok(happened_on), Ok(reason)) = (amount_fen, happened_on, reason) else {
        return Err(Refusal::Fields(wrong).into());
    };
    let balances = entries::balances(&mut tx, unit, year).await?;
    let lines = ledger::take_back(&balances, &permit, (year, how, amount_fen))
        .map_err(|refusal| Refusal::at("amount", refusal))?;
    let (kind, deed) = match how {
        TakingBack::Refunded => (EntryKind::Refunded, Deed::ReceiveRefund),
        TakingBack::ClawedBack => (EntryKind::ClawedBack, Deed::ClawBackMoney),
    };
    let draft = Draft {
        reason: reason.clone(),
        request_key: key,
        ..Draft::of(kind, year, &permit.unit, (happened_on, amount_fen), lines)
    };
    let written = book::write(app, &mut tx, actor, vec![draft]).await?;
    let entry = written.into_iter().next().ok_or(Error::NotFound)?;
    app.trail(
        &mut tx,
        actor,
        deed,
        Object::LedgerEntry(entry.id),
        Some(&permit.unit),
        json!({ "year": year, "amount": yuan(amount_fen), "reason": reason }),
    )
    .await?;
    tx.commit().await?;
    Ok(entry.id)
}

/// Which act it takes to take an entry of a kind back.
pub fn act_of(kind: EntryKind) -> Act {
    match kind {
        EntryKind::Spent => Act::RecordSpending,
        EntryKind::Refunded | EntryKind::ClawedBack => Act::TakeMoneyBack,
        _ => Act::GrantMoney,
    }
}

/// Takes an entry back by its mirror, with the reason. What is of a year that is closed is corrected in the one that stands open.
///
/// # Errors
/// Not found to those who don't read its unit's money; as `App::permit` for the act of its kind; `reason`: `ReasonMissing`, `TooLong`; as `ledger::reversing`; `NotThere` while later entries rest on it;
/// of a grant or a release, `WrongState` when it is further on.
pub async fn reverse(
    app: &App,
    actor: &Actor,
    id: &LedgerEntryId,
    reason: &str,
) -> Result<LedgerEntryId> {
    // Its unit never changes; what it takes to take it back is asked again.
    let mut tx = app.db.read().await?;
    let found = entries::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    seen(app, &mut tx, actor, &found.entry.unit).await?;
    drop(tx);
    let scope = match found.entry.grant {
        Some(_) => Scope::Money,
        None => Scope::UnitMoney(found.entry.unit),
    };
    let mut tx = app.db.write(scope).await?;
    let kept = entries::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let entry = kept.entry;
    let permit: Permit<Act> = app
        .permit(&mut tx, actor, act_of(entry.kind), &entry.unit)
        .await?;
    let reason = reason_of(reason).map_err(|refusal| Refusal::at("reason", refusal))?;
    let is_reversed = entries::reversing(&mut tx, id).await?.is_some();
    let closed = books::closed_until(&mut tx).await?;
    let (year, lines, corrects) = ledger::reversing(&entry, &permit, is_reversed, closed)?;
    if let Some(grant) = &entry.grant {
        let found = grants::find_many(&mut tx, std::slice::from_ref(grant)).await?;
        let found = found.into_iter().next().ok_or(Error::NotFound)?;
        if grants::is_in_open_run(&mut tx, grant).await? {
            let unit = found.unit_name;
            return Err(grant::GrantRefusal::InRun { unit }.into());
        }
        let from = match entry.kind {
            EntryKind::Released => GrantState::Released,
            _ => GrantState::Granted,
        };
        let stepped = grant::step_back(found, from)?;
        grants::save_states(&mut tx, std::slice::from_ref(&stepped)).await?;
    }
    let draft = Draft {
        basis: entry.basis.clone(),
        reason: reason.clone(),
        reverses: Some(entry.id),
        grant: entry.grant,
        purpose: kept.purpose,
        payee: kept.payee,
        corrects,
        ..Draft::of(
            EntryKind::Reversal,
            year,
            &permit.unit,
            (app.clock.today(), entry.amount_fen),
            lines,
        )
    };
    let written = book::write(app, &mut tx, actor, vec![draft]).await?;
    let back = written.into_iter().next().ok_or(Error::NotFound)?;
    app.trail(
        &mut tx,
        actor,
        Deed::ReverseEntry,
        Object::LedgerEntry(back.id),
        Some(&permit.unit),
        json!({ "number": entry.number, "year": year, "amount": yuan(entry.amount_fen), "reason": reason }),
    )
    .await?;
    tx.commit().await?;
    Ok(back.id)
}
