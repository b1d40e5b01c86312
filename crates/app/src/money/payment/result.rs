//! What the bank says of a payment run: what was paid and what came back, at once or late.

use std::collections::HashMap;

use bytes::Bytes;
use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::{GrantId, PaymentRunId},
        message::{self, About, Kind, Message},
        policy::{Actor, act},
        refusal::{General, Refusal},
    },
    money::{
        amount::yuan,
        grant::{self, Grant, GrantState},
        ledger::{Account, EntryKind, Movement},
        payment::{self, Bounced, PaymentRefusal, PaymentRun, ReturnRow, RowState},
    },
};
use jianjia_store::{
    core::scope::Scope,
    money::{grant as grants, ledger as entries, payment as runs},
};
use serde_json::json;

use super::{RunView, file, view};
use crate::{
    core::{
        app::App,
        error::{Error, Result},
        message::tell,
    },
    money::{
        book::{self, Draft},
        grant::{place, places_of, step_of},
    },
};

/// Enters what the bank says of a run: these rows were returned, all others were paid.
///
/// # Errors
/// As `App::permit` on the city; not found; as `payment::settle`.
pub async fn settle(
    app: &App,
    actor: &Actor,
    id: &PaymentRunId,
    bounced: &[Bounced],
    revision: i64,
) -> Result<PaymentRun> {
    let mut tx = app.db.write(Scope::Money).await?;
    let permit = book::city(app, &mut tx, actor, act::PreparePayment).await?;
    let run = runs::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let rows = runs::rows(&mut tx, id).await?;
    let at = (revision, app.now());
    let (run, rows) = payment::settle(run, rows, &permit, actor, bounced, at)?;
    let year = book::open_year(app, &mut tx, run.year).await?;
    let ids: Vec<GrantId> = rows.iter().map(|row| row.grant).collect();
    let found = grants::find_many(&mut tx, &ids).await?;
    let places = places_of(&mut tx, &found).await?;
    let mut by_id: HashMap<GrantId, Grant> =
        found.into_iter().map(|grant| (grant.id, grant)).collect();
    let (mut stepped, mut drafts) = (Vec::new(), Vec::new());
    let today = app.clock.today();
    for row in &rows {
        let grant = by_id.remove(&row.grant).ok_or(Error::NotFound)?;
        let unit = places.of(&grant)?;
        let (kind, movement, to) = match row.state {
            RowState::Bounced => (EntryKind::Bounced, Movement::Bounce, GrantState::Released),
            _ => (EntryKind::Paid, Movement::Pay, GrantState::Paid),
        };
        let told_as = match row.state {
            RowState::Bounced => Kind::PaymentBounced,
            _ => Kind::MoneyPaid,
        };
        let about = About::of(&Object::Unit(unit.id), Some(unit.id), year);
        let told = Message::of(
            told_as,
            about,
            format!("{id}:{}", row.place),
            message::union_of(&unit),
        );
        let name = row.unit_name.as_str();
        let told = match row.state {
            RowState::Bounced => told.says([
                name.into(),
                yuan(row.amount_fen).into(),
                row.reason.as_str().into(),
            ]),
            _ => told.says([name.into(), yuan(row.amount_fen).into()]),
        };
        tell(app, &mut tx, actor, told);
        drafts.push(Draft {
            run: Some(*id),
            reason: row.reason.clone(),
            ..step_of(&grant, unit, (kind, &movement), (year, today))
        });
        stepped.push(grant::step(grant, GrantState::Sent, to)?);
    }
    if !grants::save_states(&mut tx, &stepped).await? || !runs::save(&mut tx, &run, None).await? {
        return Err(General::Stale.into());
    }
    runs::save_rows(&mut tx, &rows).await?;
    book::write(app, &mut tx, actor, drafts).await?;
    app.trail(
        &mut tx,
        actor,
        Deed::SettleRun,
        Object::PaymentRun(*id),
        Some(&permit.unit),
        json!({ "number": run.number, "rows": run.rows, "returned": bounced.len() }),
    )
    .await?;
    tx.commit().await?;
    Ok(run)
}

/// Enters that the bank returned a payment after it was told to be paid.
///
/// # Errors
/// As `App::permit` on the city; not found; as `payment::bounce_late`; `SpentAlready`; `YearClosed`.
pub async fn bounce_late(
    app: &App,
    actor: &Actor,
    (id, at): (&PaymentRunId, i64),
    reason: &str,
) -> Result<()> {
    let mut tx = app.db.write(Scope::Money).await?;
    let permit = book::city(app, &mut tx, actor, act::PreparePayment).await?;
    let run = runs::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let rows = runs::rows(&mut tx, id).await?;
    let row = rows.into_iter().find(|row| row.place == at);
    let row = row.ok_or(PaymentRefusal::NoSuchRow { place: at })?;
    let row = payment::bounce_late(row, &permit, reason)?;
    let year = book::open_year(app, &mut tx, run.year).await?;
    let found = grants::find_many(&mut tx, std::slice::from_ref(&row.grant)).await?;
    let grant = found.into_iter().next().ok_or(Error::NotFound)?;
    let unit = place(&mut tx, &grant.unit).await?;
    let balances = entries::balances(&mut tx, &unit.id, year).await?;
    if balances.of(Account::Held) < row.amount_fen {
        return Err(PaymentRefusal::SpentAlready {
            unit: row.unit_name,
        }
        .into());
    }
    let draft = Draft {
        run: Some(*id),
        reason: row.reason.clone(),
        ..step_of(
            &grant,
            unit.clone(),
            (EntryKind::Bounced, &Movement::BounceLate),
            (year, app.clock.today()),
        )
    };
    let stepped = grant::step(grant, GrantState::Paid, GrantState::Released)?;
    if !grants::save_states(&mut tx, std::slice::from_ref(&stepped)).await? {
        return Err(General::Stale.into());
    }
    runs::save_rows(&mut tx, std::slice::from_ref(&row)).await?;
    book::write(app, &mut tx, actor, vec![draft]).await?;
    let about = About::of(&Object::Unit(unit.id), Some(unit.id), year);
    let once = format!("{id}:{at}:late");
    let told = Message::of(Kind::PaymentBounced, about, once, message::union_of(&unit)).says([
        row.unit_name.as_str().into(),
        yuan(row.amount_fen).into(),
        row.reason.as_str().into(),
    ]);
    tell(app, &mut tx, actor, told);
    app.trail(
        &mut tx,
        actor,
        Deed::ReturnPayment,
        Object::PaymentRun(*id),
        Some(&unit),
        json!({ "number": run.number, "place": at, "reason": row.reason }),
    )
    .await?;
    tx.commit().await?;
    Ok(())
}

/// Which rows a list of the bank says were returned; nothing is entered by it.
///
/// # Errors
/// As `view`; at `file`: as a list of grants is read, `ReturnUnclear`.
pub async fn read_return(
    app: &App,
    actor: &Actor,
    id: &PaymentRunId,
    (bytes, file_name): (Bytes, &str),
) -> Result<(RunView, Vec<Bounced>)> {
    let view = view(app, actor, id).await?;
    if !view.may_prepare {
        let mut tx = app.db.read().await?;
        book::city(app, &mut tx, actor, act::PreparePayment).await?;
    }
    let list: Vec<ReturnRow> = file::read_return(bytes, file_name).await?;
    let bounced = payment::returned(&view.rows, &list);
    let bounced = bounced.map_err(|refusal| Refusal::at("file", refusal))?;
    Ok((view, bounced))
}
