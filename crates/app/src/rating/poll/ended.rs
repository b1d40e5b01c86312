//! Polls that end without a result: given up by the union, or declared void by the union above.

use jianjia_domain::{
    core::{
        audit::deed::Deed,
        ids::PollId,
        policy::{Actor, act},
    },
    rating::poll::{self, Poll, PollState, ending, signing},
};
use jianjia_store::{
    core::db::Tx,
    rating::{ballot, count as rating, poll as polls},
};
use serde_json::json;

use super::{keep, permitted, standard_of, standing, trail};
use crate::{
    core::{app::App, error::Result},
    rating::{ballot::Ballots, scope as scopes},
    year::standing as standings,
};

/// Gives a poll up before it is counted. Its ballots are removed unopened.
///
/// # Errors
/// `WrongState` once it is counted or over; `NoReason` at the field.
pub async fn abandon(app: &App, actor: &Actor, id: &PollId, reason: &str) -> Result<()> {
    let mut tx = app.db.write(scopes::of_poll(app, id).await?).await?;
    let (poll, permit) = permitted(&mut tx, app, actor, act::HoldPoll, id).await?;
    let was = poll.state();
    let poll = ending::abandon(poll, &permit, reason, app.now())?;
    let detail = end(&mut tx, &poll, was).await?;
    trail(
        &mut tx,
        app,
        actor,
        Deed::AbandonPoll,
        &poll,
        &permit,
        detail,
    )
    .await?;
    tx.commit().await?;
    Ballots::of(app).forget(id);
    app.db.forget_deleted(&["tray", "pace"]).await?;
    Ok(())
}

/// Declares a poll void, in whatever state: for the union above, with its reason. A result that was signed counts no more.
///
/// # Errors
/// `WrongState` when it counts for nothing already; `NoReason` at the field.
pub async fn annul(app: &App, actor: &Actor, id: &PollId, reason: &str) -> Result<()> {
    let mut tx = app.db.write(scopes::of_poll(app, id).await?).await?;
    let (poll, permit) = permitted(&mut tx, app, actor, act::SupervisePoll, id).await?;
    let was = poll.state();
    let poll = ending::annul(poll, &permit, reason, app.now())?;
    let detail = end(&mut tx, &poll, was).await?;
    trail(&mut tx, app, actor, Deed::AnnulPoll, &poll, &permit, detail).await?;
    if was == PollState::Signed {
        restand(&mut tx, app, &poll).await?;
        standings::refresh(&mut tx, app, &poll.unit, poll.year).await?;
    }
    tx.commit().await?;
    Ballots::of(app).forget(id);
    app.db.forget_deleted(&["tray", "pace"]).await?;
    Ok(())
}

/// Puts back, or takes away, the year's rating after a signed poll was declared void: an earlier signed poll stands again, or what this one replaced.
async fn restand(tx: &mut Tx, app: &App, annulled: &Poll) -> Result<()> {
    let (unit, year) = (&annulled.unit, annulled.year);
    let found = polls::of_unit(tx, unit, year).await?;
    let standing = match standing(&found) {
        Some(poll) => {
            let standard = standard_of(tx, app, poll).await?;
            signing::rating(poll, poll::rules(&standard)?, app.now())
        }
        // What came from a poll stands by that poll alone.
        None => annulled
            .replaces
            .as_ref()
            .filter(|replaced| replaced.poll.is_none())
            .map(|replaced| replaced.rating(annulled)),
    };
    match standing {
        Some(rating) => rating::record(tx, &rating).await,
        None => rating::remove(tx, unit, year).await,
    }?;
    Ok(())
}

/// Keeps a poll that ended, and removes what belonged to it alone: the names of its roll, its sealed ballots. Gives what the trail tells of it.
pub(crate) async fn end(tx: &mut Tx, poll: &Poll, was: PollState) -> Result<serde_json::Value> {
    keep(tx, poll, was).await?;
    polls::replace_roll(tx, &poll.id, &[]).await?;
    ballot::clear(tx, &poll.id).await?;
    Ok(json!({ "reason": poll.stage.ended_because(), "was": was.key() }))
}
