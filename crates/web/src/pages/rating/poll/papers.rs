//! The papers of the members who count: codes that are shown once, when the poll is opened or they are made anew.

use askama::Template;
use axum::extract::State;
use jianjia_app::{
    core::{app::App, error::Error},
    rating::{
        lock::MemberCodes,
        poll::{self as polls, Held},
    },
};
use jianjia_domain::{
    core::{ids::PollId, policy::Actor},
    rating::poll::slip::printed,
};

use super::{Typed, again, side};
use crate::{
    form::{Form, Nothing, told},
    frame::Frame,
    page::{PageResult, page},
    pages::rating::address,
    path::Path,
    qr,
    session::SignedIn,
    visit::Origin,
};

/// The members' papers: codes that are shown this once.
#[derive(Template)]
#[template(path = "rating/poll/codes.html")]
struct Codes {
    frame: Frame,
    held: Held,
    /// Name, side and code of each member.
    papers: Vec<(String, String, String)>,
    /// Where a member goes with it; without any code.
    desk: String,
    qr: String,
}

pub(super) async fn open(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Origin(origin): Origin,
    frame: Frame,
    Path(id): Path<PollId>,
    Form(Nothing {}): Form<Nothing>,
) -> PageResult {
    let codes = polls::open(&app, &actor, &id).await;
    papers(&app, &actor, frame, &id, &origin, codes).await
}

pub(super) async fn renew(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Origin(origin): Origin,
    frame: Frame,
    Path(id): Path<PollId>,
    Form(Nothing {}): Form<Nothing>,
) -> PageResult {
    let codes = polls::renew_codes(&app, &actor, &id).await;
    papers(&app, &actor, frame, &id, &origin, codes).await
}

/// The codes are the answer itself: they are kept nowhere that another page could take them from.
async fn papers(
    app: &App,
    actor: &Actor,
    frame: Frame,
    id: &PollId,
    origin: &str,
    codes: Result<MemberCodes, Error>,
) -> PageResult {
    let MemberCodes(codes) = match told(codes, &frame)? {
        Ok(codes) => codes,
        Err(problems) => return again(app, actor, frame, id, problems, Typed::default()).await,
    };
    let held = polls::held(app, actor, id).await?;
    let desk = format!("{origin}{}", address::group(id));
    let members = &held.poll.plan.group;
    page(&Codes {
        papers: members
            .iter()
            .zip(&codes)
            .map(|(member, code)| {
                let side = side(&frame, &held, &member.side).to_owned();
                (member.name.clone(), side, printed(code))
            })
            .collect(),
        qr: qr::svg(&desk),
        desk,
        held,
        frame,
    })
}
