//! The paper ballots, entered by two members each alone.

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object},
        ids::PollId,
    },
    rating::poll::{
        self, PollState,
        paper::{self, Agreement, PaperEntry, PaperInput},
    },
};
use jianjia_store::rating::{paper as papers, poll as polls, slip as slips};
use serde_json::json;

use super::{counting_tries, member, place};
use crate::{
    core::{
        app::App,
        error::{Error, Result},
    },
    rating::{poll::standard_of, scope as scopes},
};

/// Enters the paper ballots, as one member counted them. Corrections are new entries.
///
/// # Errors
/// `NoSuchCode`, `TooManyTries`, `WrongState`; at each field what `paper::read` refuses, `MoreThanTheRoll`.
pub async fn enter_paper(
    app: &App,
    id: &PollId,
    code: &str,
    input: &PaperInput,
) -> Result<Agreement> {
    counting_tries(app, id, keep_paper(app, id, code, input).await).await
}

async fn keep_paper(app: &App, id: &PollId, code: &str, input: &PaperInput) -> Result<Agreement> {
    let mut tx = app.db.write(scopes::of_poll(app, id).await?).await?;
    let poll = polls::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let member = member(app, &mut tx, &poll, "code", code).await?;
    poll::in_state(&poll, PollState::Closed)?;
    let standard = standard_of(&mut tx, app, &poll).await?;
    let rules = poll::rules(&standard)?;
    let objects = poll::objects(rules, &poll.plan.leaders);
    let used = slips::counted(&mut tx, id).await?.used();
    let count = paper::read(rules, &objects, input, poll.plan.roll)?;
    paper::has_room(poll.plan.roll, used, &count)?;
    let entry = PaperEntry {
        member,
        count,
        entered_at: app.now(),
    };
    papers::insert(&mut tx, id, &entry).await?;
    let entries = papers::of_poll(&mut tx, id).await?;
    let place = place(&mut tx, &poll).await?;
    let by = ("", poll.member_name(member));
    // The figures stay in the entry: the trail is read by others before both have entered.
    app.trail_by(
        &mut tx,
        by,
        Deed::EnterPaperBallots,
        object::Object::Poll(*id),
        Some(&place),
        json!({ "member": member }),
    )
    .await?;
    tx.commit().await?;
    Ok(paper::agreement(&entries))
}
