//! Polls of a city that was restored from a backup made while members voted: their votes are not in a backup (`store::exchange::backup::writing`), so they
//! are void and have to be held again.

use jianjia_domain::core::audit::{deed::Deed, object::Object};
use jianjia_domain::rating::poll::{Poll, ending};
use jianjia_store::{core::place, rating::poll as polls};

use crate::{
    core::{app::App, error::Result},
    rating::poll::end,
};

/// Shown where the poll is.
const BECAUSE: &str = "系统是从备份恢复的，备份时这次测评还没有计票。备份里不含未计票的选票，所以投过的票没有恢复，这次测评作废，请重新组织。";

/// Declares the polls void whose votes the backup left out, unless that is done; gives them.
pub async fn annul_left_out(app: &App) -> Result<Vec<Poll>> {
    let mut tx = app.db.write_alone().await?;
    let mut annulled = Vec::new();
    for id in polls::left_out(&mut tx).await? {
        let Some(poll) = polls::find(&mut tx, &id).await? else {
            continue;
        };
        let was = poll.state();
        // Those that lost no votes, or were declared void at an earlier start.
        let Ok(poll) = ending::annul_lost(poll, BECAUSE, app.now()) else {
            continue;
        };
        let detail = end(&mut tx, &poll, was).await?;
        let place = place::find(&mut tx, &poll.unit).await?;
        app.trail_by(
            &mut tx,
            ("", "restore"),
            Deed::AnnulPoll,
            Object::Poll(poll.id),
            place.as_ref(),
            detail,
        )
        .await?;
        annulled.push(poll);
    }
    if !annulled.is_empty() {
        tx.commit().await?;
    }
    Ok(annulled)
}

/// How many polls of this city lost their votes in a restoring.
pub async fn count_left_out(app: &App) -> Result<usize> {
    let mut tx = app.db.read().await?;
    Ok(polls::left_out(&mut tx).await?.len())
}
