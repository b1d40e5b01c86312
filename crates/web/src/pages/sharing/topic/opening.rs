//! Opening a topic.

use askama::Template;
use axum::extract::State;
use jianjia_app::{core::app::App, sharing::topic as topics};
use jianjia_domain::{
    core::{
        ids::UnitId,
        place::UnitKind,
        policy::{Act, Actor, Role},
        refusal::{General, Refusal},
    },
    sharing::topic::TopicForm,
};

use super::options;
use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    page::{PageError, PageResult, page, see_other_with, unprocessable},
    pages::sharing::address,
    path, request_key,
    session::SignedIn,
};

/// A kind of unions that a topic may be for.
struct Choice {
    key: &'static str,
    words: &'static str,
    is_chosen: bool,
}

#[derive(Template)]
#[template(path = "sharing/topic/new.html")]
struct New {
    frame: Frame,
    problems: Problems,
    form: TopicForm,
    units: Vec<(String, String)>,
    kinds: Vec<Choice>,
}

async fn new_page(
    app: &App,
    actor: &Actor,
    frame: Frame,
    (problems, form): (Problems, TopicForm),
) -> Result<New, PageError> {
    let may_open = topics::list(app, actor, 1).await?.may_open;
    if may_open.is_empty() {
        let roles = vec![Role::Reviewer, Role::Approver];
        let refusal = General::NotYourRole {
            act: Act::OpenTopic,
            roles,
        };
        return Err(Refusal::from(refusal).into());
    }
    let without = [UnitKind::City, UnitKind::District];
    let kinds = UnitKind::ALL.into_iter();
    let kinds = kinds.filter(|kind| !without.contains(kind));
    Ok(New {
        kinds: kinds
            .map(|kind| Choice {
                key: kind.key(),
                words: frame.t_fixed(kind.word()),
                is_chosen: form.kinds.iter().any(|key| key == kind.key()),
            })
            .collect(),
        units: options(&may_open),
        problems,
        form,
        frame,
    })
}

pub(super) async fn new(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
) -> PageResult {
    let form = TopicForm {
        opens_on: frame.today.to_string(),
        request_key: request_key::fresh(&app),
        ..TopicForm::default()
    };
    page(&new_page(&app, &actor, frame, (Problems::none(), form)).await?)
}

pub(super) async fn begin(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Form(form): Form<TopicForm>,
) -> PageResult {
    let unit: UnitId = path::read(&form.unit)?;
    let done = topics::open(&app, &actor, &unit, &form).await;
    match told(done, &frame)? {
        Ok(id) => see_other_with(&address::topic(&id), "题目已发起。"),
        Err(problems) => unprocessable(&new_page(&app, &actor, frame, (problems, form)).await?),
    }
}
