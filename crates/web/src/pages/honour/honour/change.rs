//! Suspending, resuming or revoking a title.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use jianjia_app::{
    core::app::App,
    honour::honour::{self as honours, ChangeInput, HonourView},
};
use jianjia_domain::{
    core::ids::HonourId,
    honour::honour::{Honour, HonourAct, HonourState},
};
use jianjia_standard::Standard;
use serde::Deserialize;

use super::title_name;
use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    page::{PageResult, page, see_other_with, unprocessable},
    pages::honour::address,
    path::Path,
    session::SignedIn,
};

/// What the forms of one honour bring.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ChangeForm {
    pub(super) act: String,
    pub(super) reason: String,
    pub(super) document_number: String,
    pub(super) revision: String,
}

impl ChangeForm {
    pub(super) fn input(&self) -> ChangeInput {
        ChangeInput {
            reason: self.reason.clone(),
            document_number: self.document_number.clone(),
            revision: self.revision.parse().unwrap_or(0),
        }
    }
}

#[derive(Template)]
#[template(path = "honour/honour/change.html")]
struct Change {
    frame: Frame,
    standard: Arc<Standard>,
    view: HonourView,
    problems: Problems,
    form: ChangeForm,
}

impl Change {
    fn honour(&self) -> &Honour {
        &self.view.honour
    }

    fn title_name(&self) -> String {
        title_name(&self.frame, &self.standard, &self.honour().title)
    }

    fn acts(&self) -> Vec<(String, String)> {
        self.view
            .acts
            .iter()
            .map(|act| {
                let words = match act {
                    HonourAct::Suspended => "暂停：查清之前不再有效，可以恢复",
                    HonourAct::Resumed => "恢复：重新有效",
                    HonourAct::Revoked => "撤销：不再有效，不能恢复",
                    _ => act.word(),
                };
                (act.key().to_owned(), self.frame.t(words).to_owned())
            })
            .collect()
    }
}

pub(super) async fn change(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<HonourId>,
) -> PageResult {
    let view = honours::view(&app, Some(&actor), &id).await?;
    honours::may_change(&app, &actor, &id).await?;
    let form = ChangeForm {
        revision: view.honour.revision.to_string(),
        ..ChangeForm::default()
    };
    page(&Change {
        standard: app.standards.of(view.honour.year).clone(),
        frame,
        view,
        problems: Problems::none(),
        form,
    })
}

pub(super) async fn make_change(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<HonourId>,
    Form(form): Form<ChangeForm>,
) -> PageResult {
    let act = HonourAct::from_key(&form.act);
    let done = match act {
        Some(act) => honours::change(&app, &actor, &id, act, &form.input()).await,
        None => honours::no_act_chosen(&app, &actor, &id).await,
    };
    match told(done, &frame)? {
        Ok(honour) => see_other_with(
            &address::honour(&id),
            match honour.state {
                HonourState::Suspended => "称号已暂停，记录在下面的经过里。",
                HonourState::Revoked => "称号已撤销，记录在下面的经过里。",
                _ => "称号已恢复，记录在下面的经过里。",
            },
        ),
        Err(problems) => {
            let view = honours::view(&app, Some(&actor), &id).await?;
            unprocessable(&Change {
                standard: app.standards.of(view.honour.year).clone(),
                view,
                frame,
                problems,
                form,
            })
        }
    }
}
