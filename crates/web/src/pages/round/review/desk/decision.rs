//! What a step of the route decides: an opinion, the title, sending back, the end.

use axum::extract::State;
use jianjia_app::{
    core::app::App,
    round::{
        application::Expected,
        review::{self as reviews, OpinionInput, RejectInput, ReturnInput},
    },
};
use jianjia_domain::{
    core::ids::ApplicationId,
    round::application::{CriterionReason, ReturnTo},
};

use super::{To, answered};
use crate::{
    form::{Form, named::Fields},
    frame::Frame,
    page::{PageError, PageResult},
    path::{self, Path},
    session::SignedIn,
};

pub(super) async fn endorse(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<ApplicationId>,
    Form(fields): Form<Fields>,
) -> PageResult {
    let done = reviews::endorse(&app, &actor, &id, &opinion(&fields)?).await;
    let to = (To::List, "意见已签署，申报已报上一级。");
    answered(&app, &actor, frame, &id, done, fields, to).await
}

pub(super) async fn decide(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<ApplicationId>,
    Form(fields): Form<Fields>,
) -> PageResult {
    let done = reviews::decide(&app, &actor, &id, &opinion(&fields)?).await;
    let to = (To::Application, "已通过，称号从今天起生效。");
    answered(&app, &actor, frame, &id, done, fields, to).await
}

pub(super) async fn send_back(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<ApplicationId>,
    Form(fields): Form<Fields>,
) -> PageResult {
    let input = ReturnInput {
        to: match fields.first("to") {
            "" | "applicant" => ReturnTo::Applicant,
            step => ReturnTo::Step(path::read(step)?),
        },
        opinion: fields.first("return_opinion").to_owned(),
        reasons: reasons(&fields),
        expected: expected(&fields)?,
    };
    let done = reviews::send_back(&app, &actor, &id, &input).await;
    let to = (To::List, "已退回补正，对方会看到逐条的理由。");
    answered(&app, &actor, frame, &id, done, fields, to).await
}

pub(super) async fn reject(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<ApplicationId>,
    Form(fields): Form<Fields>,
) -> PageResult {
    let input = RejectInput {
        reason: fields.first("reason").to_owned(),
        reasons: reasons(&fields),
        expected: expected(&fields)?,
    };
    let done = reviews::reject(&app, &actor, &id, &input).await;
    let to = (To::List, "已办结：不予通过，理由已告知申报单位。");
    answered(&app, &actor, frame, &id, done, fields, to).await
}

fn opinion(fields: &Fields) -> Result<OpinionInput, PageError> {
    Ok(OpinionInput {
        opinion: fields.first("opinion").to_owned(),
        expected: expected(fields)?,
    })
}

fn expected(fields: &Fields) -> Result<Expected, PageError> {
    Ok(Expected {
        revision: fields.read("revision")?,
        request_key: fields.first("request_key").to_owned(),
    })
}

/// The notes typed beside criteria: `reason_M1b`.
fn reasons(fields: &Fields) -> Vec<CriterionReason> {
    fields
        .beginning("reason_")
        .map(|(clause, note)| CriterionReason {
            clause: clause.to_owned(),
            note: note.to_owned(),
        })
        .collect()
}
