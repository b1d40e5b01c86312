//! Slips: made, printed once, declared spoiled. Codes are given back to be printed and kept nowhere; the order of the print is random.

use anyhow::Context;
use jianjia_domain::{core::audit::deed::Deed, rating::poll::voting};
use jianjia_domain::{
    core::{
        ids::{PollId, SlipBatchId},
        policy::Actor,
        refusal::Refusal,
    },
    rating::poll::{
        self, Poll, PollState,
        refusal::PollRefusal,
        slip::{self, SLIP_CODE, SlipBatch, SlipRefusal},
    },
};
use jianjia_store::{
    core::{db::Tx, file::content_hash},
    rating::{poll as polls, slip as slips},
};
use serde_json::json;

use crate::{
    core::{
        app::App,
        error::{Error, Result},
    },
    rating::{
        ballot::Ballots,
        lock as locks,
        poll::{permitted, trail},
        scope as scopes,
    },
};

/// A printing: shown once.
#[derive(Clone, Debug)]
pub struct SlipSheet {
    pub poll: Poll,
    pub batch: SlipBatch,
    /// Codes in random order.
    pub codes: Vec<String>,
}

/// Makes slips for printing, no more than the roll has room for.
///
/// # Errors
/// `SlipsByUpper`; at the field `number`: `WrongState`, `NoNumber`, `MoreSlipsThanRoll`.
pub async fn make(app: &App, actor: &Actor, id: &PollId, number: &str) -> Result<SlipSheet> {
    let mut tx = app.db.write(scopes::of_poll(app, id).await?).await?;
    let found = polls::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let (poll, permit) = match permitted(&mut tx, app, actor, voting::slip_act(&found), id).await {
        Err(Error::Refused(_)) if found.slips_by_upper => {
            return Err(PollRefusal::SlipsByUpper.into());
        }
        other => other?,
    };
    let counts = slips::counted(&mut tx, id).await?;
    let number =
        slip::make(&poll, &counts, number).map_err(|refusal| Refusal::at("number", refusal))?;
    let batches = slips::batches(&mut tx, id).await?;
    let now = app.now();
    let batch = SlipBatch {
        id: SlipBatchId(app.entropy.id(now)),
        poll: *id,
        number: batches.last().map_or(0, |batch| batch.number) + 1,
        slips: number,
        replacing: number.min(counts.spoiled - counts.replaced).max(0),
        made_by_name: actor.name.clone(),
        made_at: now,
    };
    let codes: Vec<String> = (0..number)
        .map(|_| locks::slip_code(&app.entropy))
        .collect();
    // Sorted by hash, which the codes' order does not show: rows tell nothing of the print.
    let mut hashes: Vec<String> = codes.iter().map(|code| app.slip_key.hash(code)).collect();
    hashes.sort_unstable();
    slips::insert(&mut tx, &batch, &hashes).await?;
    let detail = json!({ "batch": batch.number, "slips": number, "replacing": batch.replacing });
    trail(&mut tx, app, actor, Deed::MakeSlips, &poll, &permit, detail).await?;
    tx.commit().await?;
    Ballots::of(app).forget(id);
    Ok(SlipSheet { poll, batch, codes })
}

/// Declares a slip spoiled that was handed back, by its code.
///
/// # Errors
/// `WrongState`; `NotSpoilable` at the field `code`.
pub async fn spoil(app: &App, actor: &Actor, id: &PollId, typed: &str) -> Result<()> {
    let mut tx = app.db.write(scopes::of_poll(app, id).await?).await?;
    let found = polls::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let (poll, permit) = permitted(&mut tx, app, actor, voting::slip_act(&found), id).await?;
    poll::in_state(&poll, PollState::Open)?;
    let hash = slip::read_code(typed, SLIP_CODE).map(|code| app.slip_key.hash(&code));
    let slip = match &hash {
        Some(hash) => slips::find(&mut tx, hash).await?,
        None => None,
    };
    slip.filter(|slip| slip.poll == *id)
        .ok_or(SlipRefusal::Unknown)
        .and_then(|slip| slip.state.spoil())
        .map_err(|refused| {
            let refusal = PollRefusal::NotSpoilable(refused);
            Refusal::at("code", refusal)
        })?;
    slips::spoil(&mut tx, id, &hash.context("a slip has a hash")?).await?;
    trail(
        &mut tx,
        app,
        actor,
        Deed::SpoilSlip,
        &poll,
        &permit,
        json!({ "slips": 1 }),
    )
    .await?;
    tx.commit().await?;
    Ballots::of(app).forget(id);
    Ok(())
}

/// Declares every unused slip of a printing spoiled: the sheet was lost or never came out. Gives their number.
///
/// # Errors
/// `WrongState` when the poll is not open.
pub async fn spoil_batch(app: &App, actor: &Actor, id: &PollId, batch: i64) -> Result<i64> {
    let mut tx = app.db.write(scopes::of_poll(app, id).await?).await?;
    let found = polls::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let (poll, permit) = permitted(&mut tx, app, actor, voting::slip_act(&found), id).await?;
    poll::in_state(&poll, PollState::Open)?;
    let spoiled = slips::spoil_batch(&mut tx, id, batch).await?;
    let detail = json!({ "batch": batch, "slips": spoiled });
    trail(
        &mut tx,
        app,
        actor,
        Deed::SpoilSlips,
        &poll,
        &permit,
        detail,
    )
    .await?;
    tx.commit().await?;
    Ballots::of(app).forget(id);
    Ok(spoiled)
}

/// What the closing record says of the used slips: the hash over theirs, one a line.
pub(crate) async fn used_slips_hash(tx: &mut Tx, id: &PollId) -> Result<String> {
    let used = slips::used(tx, id).await?;
    let lines: String = used.iter().map(|hash| format!("{hash}\n")).collect();
    Ok(content_hash(lines.as_bytes()))
}
