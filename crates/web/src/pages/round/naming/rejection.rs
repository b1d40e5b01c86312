//! Ending candidates without naming them.

use askama::Template;
use axum::extract::State;
use jianjia_app::{
    core::app::App,
    round::naming::{self as namings, Chosen, NamingPreview},
};
use jianjia_domain::round::{application::Application, naming::Line};
use serde::Deserialize;

use super::{Index, ids, token};
use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    page::{PageResult, page, see_other_with, unprocessable},
    pages::round::address,
    path::Path,
    request_key,
    session::SignedIn,
};

#[derive(Template)]
#[template(path = "round/naming/rejection.html")]
struct Rejection {
    frame: Frame,
    preview: NamingPreview,
    problems: Problems,
    form: RejectForm,
}

impl Rejection {
    fn token(&self, line: &Line) -> String {
        token(&line.candidate)
    }
}

/// What would end, with a reason to give.
pub(super) fn asked(app: &App, frame: Frame, preview: NamingPreview) -> PageResult {
    page(&Rejection {
        frame,
        preview,
        problems: Problems::none(),
        form: RejectForm {
            request_key: request_key::fresh(app),
            ..RejectForm::default()
        },
    })
}

/// What the rejection sends.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RejectForm {
    application: Vec<String>,
    reason: String,
    request_key: String,
}

pub(super) async fn reject(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((year, title)): Path<(i16, String)>,
    Form(form): Form<RejectForm>,
) -> PageResult {
    let chosen: Vec<Chosen> = form
        .application
        .iter()
        .filter_map(|token| {
            let (id, revision) = token.split_once('~')?;
            Some((id.parse().ok()?, revision.parse().ok()?))
        })
        .collect();
    let done = namings::reject(
        &app,
        &actor,
        year,
        &title,
        &chosen,
        &form.reason,
        &form.request_key,
    )
    .await;
    match told(done, &frame)? {
        Ok(ended) => see_other_with(
            &address::namings(year, &title),
            &frame.t2(
                "已办结 {} 份申报，不予命名：{}。理由已告知申报单位。",
                ended.len(),
                frame.first_names(ended.iter().map(Application::applicant_name)),
            ),
        ),
        Err(problems) => {
            let chosen = ids(&form.application);
            match namings::preview(&app, &actor, year, &title, &chosen).await {
                Ok(preview) if !preview.lines.is_empty() => unprocessable(&Rejection {
                    frame,
                    preview,
                    problems,
                    form,
                }),
                _ => unprocessable(&Index {
                    standard: app.standards.of(year).clone(),
                    list: namings::list(&app, &actor, year, &title, 1).await?,
                    frame,
                    problems,
                    chosen: Vec::new(),
                }),
            }
        }
    }
}
