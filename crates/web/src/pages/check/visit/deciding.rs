//! What is decided on a visit: the unit's view, the city's decision and what takes it back, that it mended, who goes in an inspector's place.

use axum::extract::State;
use jianjia_app::{
    check::{
        outcome::{self as outcomes, recheck},
        visit as visits,
    },
    core::app::App,
};
use jianjia_domain::{check::outcome::DecisionInput, core::ids::VisitId};
use serde::Deserialize;

use super::{DecideForm, Sent, shown};
use crate::{
    form::{Form, told},
    frame::Frame,
    page::{PageResult, see_other_with},
    pages::check::address,
    path::Path,
    session::SignedIn,
};

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct StatementForm {
    statement: String,
}

pub(super) async fn state(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<VisitId>,
    Form(form): Form<StatementForm>,
) -> PageResult {
    match told(
        outcomes::state(&app, &actor, &id, &form.statement).await,
        &frame,
    )? {
        Ok(()) => see_other_with(&address::visit(&id), "意见已提交，市总工会决定前会看到。"),
        Err(problems) => {
            let sent = Sent {
                problems,
                statement: form.statement,
                ..Sent::default()
            };
            shown(&app, &actor, frame, &id, sent).await
        }
    }
}

pub(super) async fn decide(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<VisitId>,
    Form(form): Form<DecideForm>,
) -> PageResult {
    let input = DecisionInput {
        decision: form.decision.clone(),
        reason: form.reason.clone(),
        document_number: form.document_number.clone(),
        seen: form.seen.clone(),
    };
    match told(outcomes::decide(&app, &actor, &id, &input).await, &frame)? {
        Ok(_) => see_other_with(&address::visit(&id), "决定已作出，单位已收到。"),
        Err(problems) => {
            let sent = Sent {
                problems,
                form,
                ..Sent::default()
            };
            shown(&app, &actor, frame, &id, sent).await
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct OverturnForm {
    overturn_reason: String,
}

pub(super) async fn overturn(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<VisitId>,
    Form(form): Form<OverturnForm>,
) -> PageResult {
    let reason = &form.overturn_reason;
    match told(outcomes::overturn(&app, &actor, &id, reason).await, &frame)? {
        Ok(()) => see_other_with(&address::visit(&id), "决定已撤回，补贴不再下调。"),
        Err(problems) => {
            let sent = Sent {
                problems,
                overturn_reason: form.overturn_reason,
                ..Sent::default()
            };
            shown(&app, &actor, frame, &id, sent).await
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ReadyForm {
    ready_note: String,
}

pub(super) async fn ready(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<VisitId>,
    Form(form): Form<ReadyForm>,
) -> PageResult {
    let done = recheck::say_ready(&app, &actor, &id, &form.ready_note).await;
    match told(done, &frame)? {
        Ok(()) => see_other_with(
            &address::visit(&id),
            "已报告整改完成，检查人员和市总工会已收到。",
        ),
        Err(problems) => {
            let sent = Sent {
                problems,
                ready_note: form.ready_note,
                ..Sent::default()
            };
            shown(&app, &actor, frame, &id, sent).await
        }
    }
}

/// Who does not go any more, and why.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ReleaseForm {
    pub(super) released: String,
    pub(super) release_reason: String,
}

pub(super) async fn release(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<VisitId>,
    Form(form): Form<ReleaseForm>,
) -> PageResult {
    let released = form.released.parse().ok();
    let done = visits::release(&app, &actor, &id, released, &form.release_reason).await;
    match told(done, &frame)? {
        Ok(successor) => see_other_with(
            &address::visit(&id),
            &frame.t2(
                "已换人，改由{}（{}）去检查，两人都已收到通知。",
                successor.name,
                successor.unit_name,
            ),
        ),
        Err(problems) => {
            let sent = Sent {
                problems: problems.renamed("reason", "release_reason"),
                release: form,
                ..Sent::default()
            };
            shown(&app, &actor, frame, &id, sent).await
        }
    }
}
