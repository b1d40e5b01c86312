//! What a reviewer finds of each criterion, and declaring a conflict of interest.

use axum::extract::State;
use jianjia_app::{
    core::app::App,
    round::review::{self as reviews, FindingInput},
};
use jianjia_domain::{core::ids::ApplicationId, round::review::Outcome};

use super::{To, answered, decision};
use crate::{
    form::{Form, named::Fields},
    frame::Frame,
    page::{PageError, PageResult},
    path::Path,
    session::SignedIn,
};

pub(super) async fn find(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<ApplicationId>,
    Form(fields): Form<Fields>,
) -> PageResult {
    if fields.first("rest") == "confirmed" {
        let reason = fields.first("rest_reason");
        let done = reviews::confirm_rest(&app, &actor, &id, reason).await;
        let words = done.as_ref().map_or_else(
            |_| String::new(),
            |(file, number)| {
                let name = file.applicant_name();
                frame.t2("已把“{}”自报达到的 {} 条认定属实。", name, number)
            },
        );
        let to = (To::Desk, words.as_str());
        return answered(&app, &actor, frame, &id, done, fields, to).await;
    }
    let clause = fields.first("clause").to_owned();
    let input = FindingInput {
        outcome: Outcome::from_key(fields.first("outcome")).ok_or(PageError::NotFound)?,
        note: fields.first(&format!("note_{clause}")).to_owned(),
        clause: clause.clone(),
    };
    let done = reviews::record_finding(&app, &actor, &id, &input).await;
    // The row itself shows what was found; the eye goes on to the next.
    let next = fields.first("next_clause").to_owned();
    let to = (To::Criterion(&next), "");
    answered(&app, &actor, frame, &id, done, fields, to).await
}

pub(super) async fn declare(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<ApplicationId>,
    Form(fields): Form<Fields>,
) -> PageResult {
    let done = reviews::declare_conflict(&app, &actor, &id, fields.first("conflict")).await;
    let words = decision::about(&frame, &done, "已声明回避：“{}”的申报由同事办理。");
    let to = (To::List, words.as_str());
    answered(&app, &actor, frame, &id, done, fields, to).await
}
