//! Somebody who was put forward, and what came of it.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use jianjia_app::{
    core::app::App,
    money::priority::{self as priorities, ForwardView},
};
use jianjia_domain::{
    core::{ids::ForwardId, policy::Actor},
    money::priority::{CameInput, Outcome},
};
use jianjia_standard::Standard;
use serde::Deserialize;

use super::{
    forward_href, list_href,
    words::{outcome_class, title_name, title_now},
};
use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    page::{PageError, PageResult, page, see_other_with, unprocessable},
    path::Path,
    session::SignedIn,
};

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct CameForm {
    outcome: String,
    on: String,
    document_number: String,
    note: String,
}

#[derive(Template)]
#[template(path = "money/priority/forward.html")]
struct Show {
    frame: Frame,
    standard: Arc<Standard>,
    view: ForwardView,
    form: CameForm,
    problems: Problems,
}

impl Show {
    async fn of(
        app: &App,
        actor: &Actor,
        frame: Frame,
        id: &ForwardId,
        (form, problems): (CameForm, Problems),
    ) -> Result<Show, PageError> {
        let view = priorities::find(app, actor, id).await?;
        Ok(Show {
            standard: app.standards.of(view.forward.year).clone(),
            frame,
            view,
            form,
            problems,
        })
    }

    fn name(&self) -> String {
        self.view.honour.as_ref().map_or_else(
            || self.view.forward.honour.clone(),
            |honour| self.frame.text(&honour.name).to_owned(),
        )
    }

    fn list_href(&self) -> String {
        list_href(&self.view.forward.honour)
    }

    fn title(&self) -> String {
        title_name(&self.frame, &self.standard, &self.view.forward.title)
    }

    fn title_now(&self) -> Option<String> {
        title_now(&self.frame, &self.view.forward)
    }

    fn outcome(&self) -> &'static str {
        self.frame.t_fixed(self.view.forward.outcome().word())
    }

    fn class(&self) -> &'static str {
        outcome_class(self.view.forward.outcome())
    }

    fn word(&self, outcome: &Outcome) -> &'static str {
        self.frame.t_fixed(outcome.word())
    }

    fn stood(&self) -> String {
        let forward = &self.view.forward;
        self.frame
            .t2("第 {} 位，共 {} 个", forward.place, forward.of)
    }

    fn outcomes(&self) -> Vec<(String, String)> {
        Outcome::ALL
            .into_iter()
            .map(|outcome| {
                let word = self.frame.t_fixed(outcome.word()).to_owned();
                (outcome.key().to_owned(), word)
            })
            .collect()
    }
}

pub(super) async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<ForwardId>,
) -> PageResult {
    let form = CameForm {
        on: frame.today.to_string(),
        ..CameForm::default()
    };
    page(&Show::of(&app, &actor, frame, &id, (form, Problems::none())).await?)
}

pub(super) async fn record(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<ForwardId>,
    Form(form): Form<CameForm>,
) -> PageResult {
    let input = CameInput {
        outcome: form.outcome.clone(),
        on: form.on.clone(),
        document_number: form.document_number.clone(),
        note: form.note.clone(),
    };
    match told(priorities::record(&app, &actor, &id, &input).await, &frame)? {
        Ok(_) => see_other_with(&forward_href(&id), "结果已登记。"),
        Err(problems) => {
            let again = (form, problems);
            unprocessable(&Show::of(&app, &actor, frame, &id, again).await?)
        }
    }
}
