//! Reconfirming an old title.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use jianjia_app::{
    core::app::App,
    honour::honour::{self as honours, HonourView},
};
use jianjia_domain::{core::ids::HonourId, honour::honour::Honour};
use jianjia_standard::Standard;
use jianjia_words::title;

use super::{change::ChangeForm, clause, title_name};
use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    page::{PageResult, page, see_other_with, unprocessable},
    pages::honour::address,
    path::Path,
    session::SignedIn,
};

#[derive(Template)]
#[template(path = "honour/honour/reconfirmation.html")]
struct Reconfirmation {
    frame: Frame,
    standard: Arc<Standard>,
    view: HonourView,
    problems: Problems,
    form: ChangeForm,
}

impl Reconfirmation {
    fn honour(&self) -> &Honour {
        &self.view.honour
    }

    fn clause(&self) -> &str {
        clause(&self.standard)
    }

    fn title_name(&self) -> String {
        title_name(&self.frame, &self.standard, &self.honour().title)
    }

    fn rule(&self) -> String {
        self.standard
            .equivalence
            .as_ref()
            .map_or_else(String::new, |rule| self.frame.text(&rule.text).to_owned())
    }
}

pub(super) async fn reconfirmation(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<HonourId>,
) -> PageResult {
    let view = honours::view(&app, Some(&actor), &id).await?;
    honours::may_reconfirm(&app, &actor, &id).await?;
    let form = ChangeForm {
        revision: view.honour.revision.to_string(),
        ..ChangeForm::default()
    };
    page(&Reconfirmation {
        standard: app.standards.of(view.honour.year).clone(),
        frame,
        view,
        problems: Problems::none(),
        form,
    })
}

pub(super) async fn reconfirm(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<HonourId>,
    Form(form): Form<ChangeForm>,
) -> PageResult {
    match told(
        honours::reconfirm(&app, &actor, &id, &form.input()).await,
        &frame,
    )? {
        Ok(honour) => {
            let next = title::called(frame.lang, app.in_force(), |title| {
                title.below.as_deref() == Some(&honour.title)
            });
            see_other_with(
                &address::honour(&id),
                &frame.t1("已记下复核结果：持有者可以直接作为{}一级的候选。", next),
            )
        }
        Err(problems) => {
            let view = honours::view(&app, Some(&actor), &id).await?;
            unprocessable(&Reconfirmation {
                standard: app.standards.of(view.honour.year).clone(),
                view,
                frame,
                problems,
                form,
            })
        }
    }
}
