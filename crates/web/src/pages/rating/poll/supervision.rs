//! What the union above does with a poll: having its slips made above, and declaring it void.

use axum::extract::State;
use jianjia_app::{core::app::App, rating::poll as polls};
use jianjia_domain::{
    core::ids::{PollId, UnitId},
    rating::poll::voting::Demand,
};

use crate::{
    form::{Form, named::Fields, told},
    frame::Frame,
    page::{PageError, PageResult, see_other_with},
    pages::{rating::result as ratings, year::address},
    path::Path,
    session::SignedIn,
};

/// The rating's page, which the form of the union above came from.
fn came_from(fields: &Fields) -> Result<(UnitId, i16), PageError> {
    Ok((fields.read("unit")?, fields.read("year")?))
}

pub(super) async fn demand(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<PollId>,
    Form(fields): Form<Fields>,
) -> PageResult {
    let demanded = if fields.first("slips") == "upper" {
        Demand::ByUpper
    } else {
        Demand::ByUnion
    };
    let (unit, year) = came_from(&fields)?;
    let done = polls::demand_slips(&app, &actor, &id, demanded).await;
    match told(done, &frame)? {
        Ok(()) => see_other_with(&address::rating(&unit, year), "测评票由谁制作已改好。"),
        Err(problems) => ratings::again(&app, &actor, frame, (&unit, year), problems, "").await,
    }
}

pub(super) async fn consent(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<PollId>,
    Form(fields): Form<Fields>,
) -> PageResult {
    let reason = fields.first("consent_reason");
    let (unit, year) = came_from(&fields)?;
    match told(polls::consent(&app, &actor, &id, reason).await, &frame)? {
        Ok(()) => see_other_with(
            &address::rating(&unit, year),
            "已同意重办。该工会可以开始投票；签字以前，原来的结果仍然有效。",
        ),
        Err(problems) => ratings::again(&app, &actor, frame, (&unit, year), problems, reason).await,
    }
}

pub(super) async fn annul(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<PollId>,
    Form(fields): Form<Fields>,
) -> PageResult {
    let reason = fields.first("reason");
    let (unit, year) = came_from(&fields)?;
    let done = polls::annul(&app, &actor, &id, reason).await;
    match told(done, &frame)? {
        Ok(()) => see_other_with(
            &address::rating(&unit, year),
            "这次测评已作废，不再作数；该工会可以重新组织一次。",
        ),
        Err(problems) => ratings::again(&app, &actor, frame, (&unit, year), problems, reason).await,
    }
}
