//! What a step of the route decides: an opinion, the title, sending back, the end.

use axum::extract::State;
use jianjia_app::{
    core::{app::App, error::Result as Done},
    round::{
        application::Expected,
        review::{self as reviews, OpinionInput, RejectInput, ReturnInput},
    },
};
use jianjia_domain::{
    core::ids::ApplicationId,
    round::application::{Application, CriterionReason, ReturnTo},
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
    let words = done.as_ref().map_or_else(
        |_| String::new(),
        |file| {
            let next = file.turn().map_or("", |step| step.unit.name.as_str());
            frame.t2(
                "“{}”的申报已签署意见，报{}办理。",
                file.applicant_name(),
                next,
            )
        },
    );
    let to = (To::List, words.as_str());
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
    let words = about(&frame, &done, "“{}”已评定通过，称号从今天起生效。");
    let to = (To::Application, words.as_str());
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
    let number = input
        .reasons
        .iter()
        .filter(|reason| !reason.note.trim().is_empty());
    let number = number.count();
    let words = done.as_ref().map_or_else(
        |_| String::new(),
        |file| {
            let name = file.applicant_name();
            frame.t2(
                "“{}”的申报已退回补正，{} 条理由对方都会看到。",
                name,
                number,
            )
        },
    );
    let to = (To::List, words.as_str());
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
    let words = about(
        &frame,
        &done,
        "“{}”的申报已办结：不予通过，理由已告知申报单位。",
    );
    let to = (To::List, words.as_str());
    answered(&app, &actor, frame, &id, done, fields, to).await
}

/// What was done, on whose file; nothing where it was refused.
pub(super) fn about(frame: &Frame, done: &Done<Application>, sentence: &str) -> String {
    done.as_ref().map_or_else(
        |_| String::new(),
        |file| frame.t1(sentence, file.applicant_name()),
    )
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
