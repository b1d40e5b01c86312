//! Payment runs: released grants are collected, looked over, prepared by one and approved by another, and paid by the bank from a file. `result` has what the bank
//! says of them: what it could not pay is released again.

mod file;
mod result;

use std::collections::HashMap;

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::{GrantId, PaymentRunId, UnitId},
        message::{self, About, Kind, Message, To},
        policy::{self, Act, Actor, act},
        refusal::General,
    },
    money::{
        amount::yuan,
        bank::BankDetails,
        grant::{self, Grant, GrantState},
        ledger::{EntryKind, Movement},
        payment::{
            self, LeftOut, MOST_ROWS, PaymentRefusal, PaymentRow, PaymentRun, RowState, RunState,
        },
    },
    register::unit::UnitState,
};
use jianjia_store::{
    core::{
        counter::next_numbers,
        db::Tx,
        file::content_hash,
        scope::{Scope, Scopes},
    },
    money::{grant as grants, payment as runs},
    register::unit,
};
use serde_json::json;

pub use self::{
    file::BankFile,
    result::{bounce_late, read_return, settle},
};
use crate::{
    core::{
        app::App,
        error::{Error, Result},
        message::tell,
    },
    money::{
        bank,
        book::{self, Draft},
        grant::{places_of, step_of},
    },
};

/// What would be paid now.
#[derive(Debug)]
pub struct Preview {
    pub year: i16,
    pub rows: Vec<(Grant, BankDetails)>,
    pub left_out: Vec<(Grant, LeftOut)>,
    pub total_fen: i64,
    /// Of all that is shown: a run is made of what was seen, and nothing else.
    pub digest: String,
}

/// The released grants on a year's accounts that a run would collect, and those that it can't, with the reason.
///
/// # Errors
/// As `App::permit` on the city.
pub async fn preview(app: &App, actor: &Actor, year: i16) -> Result<Preview> {
    let mut tx = app.db.read().await?;
    book::city(app, &mut tx, actor, act::PreparePayment).await?;
    collected(&mut tx, year).await
}

async fn collected(tx: &mut Tx, year: i16) -> Result<Preview> {
    let found = grants::to_pay(tx, year).await?;
    let ids: Vec<UnitId> = found.iter().map(|grant| grant.unit).collect();
    let mut details = bank::of_units(tx, &ids).await?;
    let units = unit::find_many(tx, &ids).await?;
    let active: HashMap<UnitId, bool> = units
        .into_iter()
        .map(|unit| (unit.id, unit.state == UnitState::Active))
        .collect();
    let (mut rows, mut left_out) = (Vec::new(), Vec::new());
    for grant in found {
        if active.get(&grant.unit) != Some(&true) {
            left_out.push((grant, LeftOut::UnitEnded));
            continue;
        }
        match details.get_mut(&grant.unit) {
            Some(details) if rows.len() < MOST_ROWS => rows.push((grant, details.clone())),
            Some(_) => {}
            None => left_out.push((grant, LeftOut::NoBankDetails)),
        }
    }
    let seen: Vec<String> = rows
        .iter()
        .map(|(grant, details)| format!("{}~{}~{}", grant.id, grant.revision, details.revision))
        .collect();
    let total_fen = rows.iter().fold(0, |sum: i64, (grant, _)| {
        sum.saturating_add(grant.amount_fen)
    });
    Ok(Preview {
        year,
        digest: content_hash(seen.join("\n").as_bytes()),
        rows,
        left_out,
        total_fen,
    })
}

/// Prepares a run of what the preview showed. Sent twice, it is prepared once.
///
/// # Errors
/// As `preview`; `YearClosed`; `NothingToPay`; `PreviewChanged` when it would be other payments.
pub async fn prepare(
    app: &App,
    actor: &Actor,
    year: i16,
    digest: &str,
    request: &str,
) -> Result<PaymentRunId> {
    let mut tx = app.db.write(Scope::Money).await?;
    let permit = book::city(app, &mut tx, actor, act::PreparePayment).await?;
    let key = book::request_key("run", request);
    if let Some(key) = &key
        && let Some(known) = runs::of_request(&mut tx, key).await?
    {
        return Ok(known);
    }
    let year = book::open_year(app, &mut tx, year).await?;
    let preview = collected(&mut tx, year).await?;
    if preview.rows.is_empty() {
        return Err(PaymentRefusal::NothingToPay.into());
    }
    if preview.digest != digest {
        return Err(PaymentRefusal::PreviewChanged.into());
    }
    let now = app.now();
    let id = PaymentRunId(app.entropy.id(now));
    let count = i64::try_from(preview.rows.len()).unwrap_or(i64::MAX);
    let run = PaymentRun {
        id,
        number: next_numbers(&mut tx, "payment-run", 1).await?,
        year,
        state: RunState::Prepared,
        rows: count,
        total_fen: preview.total_fen,
        prepared_by: Some(actor.account),
        prepared_person: actor.person,
        prepared_by_name: actor.name.clone(),
        prepared_at: now,
        approved_by_name: String::new(),
        approved_at: None,
        csv_digest: String::new(),
        xlsx_digest: String::new(),
        ended_by_name: String::new(),
        ended_at: None,
        revision: 1,
    };
    let rows: Vec<PaymentRow> = (1..)
        .zip(preview.rows)
        .map(|(place, (grant, details))| PaymentRow {
            run: id,
            place,
            grant: grant.id,
            unit: grant.unit,
            unit_path: grant.unit_path,
            unit_name: grant.unit_name,
            amount_fen: grant.amount_fen,
            basis: grant.basis,
            account_name: details.account_name,
            bank: details.bank,
            sealed: details.sealed,
            tail: details.tail,
            bank_revision: details.revision,
            state: RowState::Waiting,
            reason: String::new(),
        })
        .collect();
    runs::insert(&mut tx, &run, &rows, key.as_deref()).await?;
    let about = About::of(&Object::PaymentRun(id), Some(permit.unit.id), year);
    let to = vec![To::Unit {
        unit: permit.unit.id,
        roles: message::APPROVERS,
    }];
    let told = Message::of(Kind::RunPrepared, about, "", to).says([
        run.number.into(),
        count.into(),
        yuan(run.total_fen).into(),
    ]);
    tell(app, &mut tx, actor, told);
    app.trail(
        &mut tx,
        actor,
        Deed::PrepareRun,
        Object::PaymentRun(id),
        Some(&permit.unit),
        json!({ "number": run.number, "year": year, "rows": count, "amount": yuan(run.total_fen) }),
    )
    .await?;
    tx.commit().await?;
    Ok(id)
}

/// A run with its rows, and what the actor may do with it.
#[derive(Debug)]
pub struct RunView {
    pub run: PaymentRun,
    pub rows: Vec<PaymentRow>,
    pub may_approve: bool,
    pub may_prepare: bool,
}

/// # Errors
/// As `App::permit` on the city for looking over money; not found.
pub async fn view(app: &App, actor: &Actor, id: &PaymentRunId) -> Result<RunView> {
    let mut tx = app.db.read().await?;
    let permit = book::city(app, &mut tx, actor, act::SeeMoney).await?;
    let run = runs::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    Ok(RunView {
        rows: runs::rows(&mut tx, id).await?,
        run,
        may_approve: policy::may(actor, Act::ApprovePayment, &permit.unit),
        may_prepare: policy::may(actor, Act::PreparePayment, &permit.unit),
    })
}

/// How many runs a page of the list has.
pub const LINES: i64 = 50;

/// The runs of a year, the newest first, with how many there are.
///
/// # Errors
/// As `view`.
pub async fn of_year(
    app: &App,
    actor: &Actor,
    year: i16,
    portion: (i64, i64),
) -> Result<(Vec<PaymentRun>, i64)> {
    let mut tx = app.db.read().await?;
    book::city(app, &mut tx, actor, act::SeeMoney).await?;
    Ok(runs::of_year(&mut tx, year, portion).await?)
}

/// Approves a run, which makes the file for the bank: by somebody else than who prepared it, with the second factor.
///
/// # Errors
/// As `App::permit` on the city; not found; as `payment::approve`; `RowChanged` when a unit's bank details or a grant are others by now; `KeyLost`.
pub async fn approve(app: &App, actor: &Actor, id: &PaymentRunId, revision: i64) -> Result<()> {
    let mut tx = app.db.write(Scope::Money).await?;
    let permit = book::city(app, &mut tx, actor, act::ApprovePayment).await?;
    let run = runs::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let mut run = payment::approve(run, &permit, actor, (revision, app.now()))?;
    let year = book::open_year(app, &mut tx, run.year).await?;
    let mut rows = runs::rows(&mut tx, id).await?;
    let taken = taken_on(&mut tx, &rows).await?;
    let file = file::of(app, &run, &rows, &purposes_of(&taken))?;
    run.csv_digest = content_hash(&file.csv);
    run.xlsx_digest = content_hash(&file.xlsx);
    let places = places_of(&mut tx, &taken).await?;
    let today = app.clock.today();
    let (mut sent, mut drafts) = (Vec::new(), Vec::new());
    for (row, grant) in rows.iter_mut().zip(taken) {
        row.state = RowState::Sent;
        let unit = places.of(&grant)?;
        drafts.push(Draft {
            run: Some(*id),
            ..step_of(
                &grant,
                unit,
                (EntryKind::Sent, &Movement::Send),
                (year, today),
            )
        });
        sent.push(grant::step(grant, GrantState::Released, GrantState::Sent)?);
    }
    if !grants::save_states(&mut tx, &sent).await?
        || !runs::save(&mut tx, &run, Some(actor.account)).await?
    {
        return Err(General::Stale.into());
    }
    runs::save_rows(&mut tx, &rows).await?;
    book::write(app, &mut tx, actor, drafts).await?;
    app.trail(
        &mut tx,
        actor,
        Deed::ApproveRun,
        Object::PaymentRun(*id),
        Some(&permit.unit),
        json!({ "number": run.number, "rows": run.rows, "amount": yuan(run.total_fen), "digest": run.csv_digest }),
    )
    .await?;
    tx.commit().await?;
    Ok(())
}

/// What the bank is told of each of these grants.
fn purposes_of(grants: &[Grant]) -> HashMap<GrantId, String> {
    let purpose = |grant: &Grant| (grant.id, payment::purpose(grant.year, grant.kind));
    grants.iter().map(purpose).collect()
}

/// The grants of a run's rows, in their order, if each is as it was when the run was prepared.
async fn taken_on(tx: &mut Tx, rows: &[PaymentRow]) -> Result<Vec<Grant>> {
    let ids: Vec<GrantId> = rows.iter().map(|row| row.grant).collect();
    let units: Vec<UnitId> = rows.iter().map(|row| row.unit).collect();
    let details = bank::of_units(tx, &units).await?;
    let found = grants::find_many(tx, &ids).await?;
    let mut by_id: HashMap<GrantId, Grant> =
        found.into_iter().map(|grant| (grant.id, grant)).collect();
    let mut taken = Vec::new();
    for row in rows {
        let changed = || PaymentRefusal::RowChanged {
            unit: row.unit_name.clone(),
        };
        let grant = by_id.remove(&row.grant).ok_or_else(changed)?;
        let is_same_bank = details
            .get(&row.unit)
            .is_some_and(|details| details.revision == row.bank_revision);
        if !is_same_bank
            || grant.state != GrantState::Released
            || grant.amount_fen != row.amount_fen
        {
            return Err(changed().into());
        }
        taken.push(grant);
    }
    Ok(taken)
}

/// Withdraws a run that nobody approved: its grants can be in another.
///
/// # Errors
/// As `App::permit` on the city; not found; as `payment::withdraw`.
pub async fn withdraw(app: &App, actor: &Actor, id: &PaymentRunId, revision: i64) -> Result<()> {
    let mut tx = app.db.write(Scope::Money).await?;
    let permit = book::city(app, &mut tx, actor, act::PreparePayment).await?;
    let run = runs::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let run = payment::withdraw(run, &permit, actor, (revision, app.now()))?;
    let mut rows = runs::rows(&mut tx, id).await?;
    for row in &mut rows {
        row.state = RowState::Withdrawn;
    }
    if !runs::save(&mut tx, &run, None).await? {
        return Err(General::Stale.into());
    }
    runs::save_rows(&mut tx, &rows).await?;
    app.trail(
        &mut tx,
        actor,
        Deed::WithdrawRun,
        Object::PaymentRun(*id),
        Some(&permit.unit),
        json!({ "number": run.number, "rows": run.rows }),
    )
    .await?;
    tx.commit().await?;
    Ok(())
}

/// The file for the bank, with whole account numbers, of a run that is approved; that it was fetched stands in the trail.
///
/// # Errors
/// As `App::permit` on the city for approving payments; not found; `WrongState` before it is approved; `KeyLost`; `FileChanged`.
pub async fn bank_file(app: &App, actor: &Actor, id: &PaymentRunId) -> Result<(i64, BankFile)> {
    let mut tx = app.db.write(Scopes::default()).await?;
    let permit = book::city(app, &mut tx, actor, act::ApprovePayment).await?;
    let run = runs::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    if !matches!(run.state, RunState::Approved | RunState::Ended) {
        return Err(PaymentRefusal::WrongState { state: run.state }.into());
    }
    let rows = runs::rows(&mut tx, id).await?;
    let ids: Vec<GrantId> = rows.iter().map(|row| row.grant).collect();
    let purposes = purposes_of(&grants::find_many(&mut tx, &ids).await?);
    let mut file = file::of(app, &run, &rows, &purposes)?;
    if content_hash(&file.csv) != run.csv_digest {
        // As it was made before purposes were short.
        file = file::of(app, &run, &rows, &HashMap::new())?;
    }
    if content_hash(&file.csv) != run.csv_digest {
        return Err(PaymentRefusal::FileChanged.into());
    }
    app.trail(
        &mut tx,
        actor,
        Deed::FetchBankFile,
        Object::PaymentRun(*id),
        Some(&permit.unit),
        json!({ "number": run.number, "rows": run.rows }),
    )
    .await?;
    tx.commit().await?;
    Ok((run.number, file))
}
