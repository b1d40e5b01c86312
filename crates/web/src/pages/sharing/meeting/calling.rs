//! Calling a meeting, and changing its plan.

use askama::Template;
use axum::extract::State;
use jianjia_app::{core::app::App, sharing::meeting as meetings};
use jianjia_domain::{
    core::{
        ids::{MeetingId, UnitId},
        policy::{Act, Actor, Role},
        refusal::{General, Refusal},
    },
    sharing::meeting::{MeetingForm, MeetingKind},
};

use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    page::{PageError, PageResult, page, see_other_with, unprocessable},
    pages::sharing::{address, topic::options},
    path::{self, Path},
    request_key,
    session::SignedIn,
};

#[derive(Template)]
#[template(path = "sharing/meeting/edit.html")]
struct Edit {
    frame: Frame,
    problems: Problems,
    form: MeetingForm,
    action: String,
    back: String,
    /// Empty where it is changed: who calls it, where and what kind it is stay.
    units: Vec<(String, String)>,
    kinds: Vec<(String, String)>,
}

fn kinds(frame: &Frame) -> Vec<(String, String)> {
    let kinds = MeetingKind::ALL.into_iter();
    kinds
        .map(|kind| (kind.key().to_owned(), frame.t_fixed(kind.word()).to_owned()))
        .collect()
}

async fn new_page(
    app: &App,
    actor: &Actor,
    frame: Frame,
    (problems, form): (Problems, MeetingForm),
) -> Result<Edit, PageError> {
    let may_call = meetings::list(app, actor, 1).await?.may_call;
    if may_call.is_empty() {
        let roles = vec![Role::Reviewer, Role::Approver];
        let refusal = General::NotYourRole {
            act: Act::HoldMeeting,
            roles,
        };
        return Err(Refusal::from(refusal).into());
    }
    Ok(Edit {
        problems,
        form,
        action: address::MEETINGS.to_owned(),
        back: address::MEETINGS.to_owned(),
        units: options(&may_call),
        kinds: kinds(&frame),
        frame,
    })
}

pub(super) async fn new(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
) -> PageResult {
    let form = MeetingForm {
        begins: "14:00".to_owned(),
        each: "1".to_owned(),
        remind_days: app.in_force().sharing.remind_days.to_string(),
        request_key: request_key::fresh(&app),
        ..MeetingForm::default()
    };
    page(&new_page(&app, &actor, frame, (Problems::none(), form)).await?)
}

pub(super) async fn call(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Form(form): Form<MeetingForm>,
) -> PageResult {
    let unit: UnitId = path::read(&form.unit)?;
    let done = meetings::call(&app, &actor, &unit, &form).await;
    match told(done, &frame)? {
        Ok(id) => see_other_with(&address::meeting(&id), "会议已发布，承办单位会收到消息。"),
        Err(problems) => unprocessable(&new_page(&app, &actor, frame, (problems, form)).await?),
    }
}

fn edit_page(frame: Frame, id: &MeetingId, (problems, form): (Problems, MeetingForm)) -> Edit {
    Edit {
        problems,
        form,
        action: format!("{}/edit", address::meeting(id)),
        back: address::meeting(id),
        units: Vec::new(),
        kinds: kinds(&frame),
        frame,
    }
}

pub(super) async fn edit(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<MeetingId>,
) -> PageResult {
    let (_, form) = meetings::form_of(&app, &actor, &id).await?;
    page(&edit_page(frame, &id, (Problems::none(), form)))
}

pub(super) async fn change(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<MeetingId>,
    Form(mut form): Form<MeetingForm>,
) -> PageResult {
    let done = meetings::change(&app, &actor, &id, &form).await;
    match told(done, &frame)? {
        Ok(()) => see_other_with(&address::meeting(&id), "已修改，预约的单位会收到消息。"),
        Err(problems) => {
            let (found, _) = meetings::form_of(&app, &actor, &id).await?;
            form.revision = found.revision.to_string();
            unprocessable(&edit_page(frame, &id, (problems, form)))
        }
    }
}
