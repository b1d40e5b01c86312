//! The group signs a counted result.

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object},
        ids::PollId,
        message::Kind,
    },
    rating::poll::{self, Poll, signing},
};
use jianjia_standard::programme::BallotRules;
use jianjia_store::{
    core::db::Tx,
    rating::{count as ratings, poll as polls},
};
use serde_json::json;

use super::{counting_tries, member, place};
use crate::{
    core::{
        app::App,
        error::{Error, Result},
    },
    rating::{
        poll::{keep, standard_of},
        scope as scopes, telling,
    },
    year::standing as standings,
};

/// Signs a counted result with the own code. When enough of the group have signed, it is the year's rating.
///
/// # Errors
/// `NoSuchCode` or `TooManyTries` at the field `code`; `WrongState`; `SignedAlready` at the field.
pub async fn sign(app: &App, id: &PollId, code: &str) -> Result<Poll> {
    counting_tries(app, id, keep_signature(app, id, code).await).await
}

async fn keep_signature(app: &App, id: &PollId, code: &str) -> Result<Poll> {
    let mut tx = app.db.write(scopes::of_poll(app, id).await?).await?;
    let poll = polls::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let member = member(app, &mut tx, &poll, "code", code).await?;
    let standard = standard_of(&mut tx, app, &poll).await?;
    let rules = poll::rules(&standard)?;
    let was = poll.state();
    let poll = signing::sign(poll, rules, member, app.now())?;
    keep(&mut tx, &poll, was).await?;
    let is_signed_now = was != poll.state();
    let place = place(&mut tx, &poll).await?;
    app.trail_by(
        &mut tx,
        ("", poll.member_name(member)),
        Deed::SignPoll,
        object::Object::Poll(poll.id),
        Some(&place),
        json!({ "signatures": poll.signatures().len(), "of": poll.plan.group.len(), "signed": is_signed_now }),
    )
    .await?;
    if is_signed_now {
        telling::of_codes(app, &mut tx, Kind::PollSigned, &poll, &place);
        become_rating(app, &mut tx, rules, &poll).await?;
    }
    tx.commit().await?;
    Ok(poll)
}

/// Makes a signed result the year's rating, which judging reads.
async fn become_rating(app: &App, tx: &mut Tx, rules: &BallotRules, poll: &Poll) -> Result<()> {
    let Some(rating) = signing::rating(poll, rules, app.now()) else {
        return Ok(());
    };
    ratings::record(tx, &rating).await?;
    standings::refresh(tx, app, &poll.unit, poll.year).await?;
    Ok(())
}
